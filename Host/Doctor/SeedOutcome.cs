using Functional.Host.Charts;

namespace Functional.Host.Doctor;

/// <summary>How the configuration does with a seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="TrainAccuracy">Share of training samples classified correctly; of quantities the share of their
/// variance that is explained.</param>
/// <param name="TestAccuracy">The same of test samples.</param>
/// <param name="Fails">Whether it learns much less than with most seeds.</param>
internal sealed record SeedOutcome(long Seed, double TrainAccuracy, double TestAccuracy, bool Fails);

/// <summary>What depends on the seed.</summary>
internal static class SeedFailures
{
    private const double LeastLoss = 0.08;

    /// <summary>Which of the runs learn much less than the better half does.</summary>
    public static bool[] Of(IReadOnlyList<TrialRun> runs)
    {
        var better = runs.Select(Known).OrderDescending().ElementAt((runs.Count - 1) / 2);
        return [.. runs.Select(run => runs.Count > 1 && better > 0.3
            && better - Known(run) > Math.Max(LeastLoss, 3 * Math.Sqrt(run.HeldError / run.HeldSamples)
                * run.PerAccuracy))];
    }

    /// <summary>What that means, if any of them does.</summary>
    public static Finding? Finding(IReadOnlyList<TrialRun> runs)
    {
        var fail = Of(runs);
        var failed = fail.Count(fails => fails);
        if (failed == 0)
            return null;
        string[] shares = [.. runs.Select(run => Invariant($"{run.Held.Accuracy:0%}"))];
        var held = runs[0].Configuration.Validation > 0 ? "validation" : "test";
        return new Finding(
            FindingKind.SeedDependent, null, Severity.Warning,
            Invariant($"with {failed} of {runs.Count} seeds it learns much less than with the others: ")
                + $"with seeds {runs[0].Configuration.Seed} to {runs[^1].Configuration.Seed} "
                + $"{string.Join(", ", shares)} {runs[0].Of(held)}",
            "Don't rely on one seed: try several (--seed), and follow the advice of the other findings, which makes "
            + "training less a matter of luck; more units (--hidden) often do")
        {
            Picture = new BarChart(
                runs[0].IsOfQuantities ? "Variance explained with each seed" : "Accuracy with each seed", "share, %")
            {
                Bars = [.. runs.Select(run => (Invariant($"{run.Configuration.Seed}"), 100 * run.Held.Accuracy))],
            },
        };
    }

    private static double Known(TrialRun run) => Math.Min(run.Learned, run.Holding + 0.2);
}
