using Functional.Host.Comparisons;
using MathNet.Numerics.Distributions;

namespace Functional.Host.Search;

/// <summary>
/// Which trials need no more seeds. A trial is dropped if it is improbable that with all its n seeds it would have a
/// better mean than the best complete trial that it sees. It is compared, seed by seed, with the mean of the best
/// trials (up to ten): what a seed does to all trials cancels. If its n differences came to the sum that is needed, the
/// sum of the first k would be normally distributed with the mean k/n of that and the variance s² k (n - k) / n,
/// whatever the trial's true mean is. A trial is dropped if its sum is so far below that mean, in
/// standard deviations, that a trial that would win is dropped with a probability of at most
/// <see cref="ErrorRate"/>, all n - 2 looks together (Bonferroni). s² is what seeds do beyond that to the best trials
/// (the residual variance of trials and seeds) or, if that is larger, to this trial.
/// </summary>
/// <remarks>Stochastic curtailment: Lan, Simon and Halperin, Stochastically curtailed tests in long-term clinical
/// trials (1982). Racing with blocks: Birattari et al., A racing algorithm for configuring metaheuristics (2002).
/// <see cref="SequentialTest"/> could drop nothing before the fifth seed: it knows no noise but that of one
/// pair.</remarks>
internal static class Race
{
    /// <summary>How probable it is, at most, that a trial is dropped that would have been better with all its
    /// seeds.</summary>
    public const double ErrorRate = 0.05;

    /// <summary>The seeds before which nothing is dropped.</summary>
    public const int FewestSeeds = 2;

    /// <summary>More than anybody runs.</summary>
    public const int MostSeeds = 1000;

    // Noise is that of good settings: those that learn nothing have little of it.
    private const int MostReference = 10, LeastReference = 2;

    // Means of the same numbers in another order differ in their last bits.
    private const double Rounding = 1e-12;

    /// <summary>How a trial ends after the seeds that it has run with; null if it goes on.</summary>
    public static TrialResult? End(StudySettings settings, IReadOnlyList<Trial> seen, Trial trial)
    {
        var runs = trial.SeedResults.Count;
        if (runs == 0)
            return null;
        if (runs == settings.Seeds)
            return Ended(TrialState.Complete, null);
        return runs >= FewestSeeds && Ahead(settings, seen, trial) is { } best
            ? Ended(TrialState.Pruned,
                Invariant($"clearly worse than trial {best.Number} after {runs} of {settings.Seeds} seeds"))
            : null;

        TrialResult Ended(TrialState state, string? reason) => new(
            state, Means(trial.SeedResults.ConvertAll(seed => seed.Curve)),
            Means(trial.SeedResults.ConvertAll(seed => seed.TrainingCurve)),
            trial.SeedResults.Sum(seed => seed.Seconds), Statistics.Mean(trial.SeedValues), reason);
    }

    /// <summary>The same trials, those that were dropped with the value that is expected of them with all seeds: what
    /// the others would do to them is taken from the best trials. The mean of those that they have run with says less:
    /// these may be easy ones, or hard ones.</summary>
    public static IReadOnlyList<Trial> WithExpected(StudySettings settings, IReadOnlyList<Trial> trials)
    {
        if (!StudyResults.Dropped(trials).Any())
            return trials;
        var ofSeed = OfSeed(settings, [.. Reference(settings, trials)]);
        return [.. trials.Select(trial => trial.State != TrialState.Pruned || trial.SeedResults.Count == 0 ? trial
            : trial with
            {
                Result = trial.Result! with
                {
                    Value = settings.Direction.Score(ofSeed.Average()
                        + Scores(settings, trial).Select((score, seed) => score - ofSeed[seed]).Average()),
                },
            })];
    }

    private static IEnumerable<double[]> Reference(StudySettings settings, IReadOnlyList<Trial> trials) =>
        StudyResults.Best(settings.Direction, trials).Take(MostReference).Select(trial => Scores(settings, trial));

    private static double[] Scores(StudySettings settings, Trial trial) =>
        [.. trial.SeedResults.Select(seed => settings.Direction.Score(seed.Value))];

    // The mean of the best trials with each seed.
    private static double[] OfSeed(StudySettings settings, double[][] reference) =>
        [.. Enumerable.Range(0, settings.Seeds).Select(seed => reference.Average(scores => scores[seed]))];

    /// <summary>The best trial, if this one is clearly behind it.</summary>
    private static Trial? Ahead(StudySettings settings, IReadOnlyList<Trial> seen, Trial trial)
    {
        var (n, k) = (settings.Seeds, trial.SeedResults.Count);
        var reference = Reference(settings, seen).ToArray();
        if (reference.Length < LeastReference)
            return null;
        var ofSeed = OfSeed(settings, reference);
        double[] differences = [.. Scores(settings, trial).Select((score, seed) => score - ofSeed[seed])];
        var needed = reference[0].Average() - ofSeed.Average();
        var missing = k * needed - differences.Sum();
        if (missing <= Rounding * k * reference[0].Max(Math.Abs))
            return null;
        // Of trials and seeds.
        var freedom = (reference.Length - 1) * (n - 1);
        var residual = reference.Sum(scores =>
        {
            var offset = scores.Average() - ofSeed.Average();
            return scores.Select((score, seed) => score - ofSeed[seed] - offset).Sum(rest => rest * rest);
        }) / freedom * (1 + 1.0 / reference.Length);
        var mean = differences.Average();
        var own = differences.Sum(one => (one - mean) * (one - mean)) / (k - 1);
        var quantile = StudentT.InvCDF(0, 1, freedom, 1 - ErrorRate / (n - FewestSeeds));
        return missing > quantile * Math.Sqrt(Math.Max(residual, own) * k * (n - k) / n)
            ? StudyResults.Best(settings.Direction, seen).First() : null;
    }

    // Of each report that all have, the mean.
    private static double[] Means(IReadOnlyList<IReadOnlyList<double>> curves) =>
        [.. Enumerable.Range(0, curves.Min(curve => curve.Count))
            .Select(i => Statistics.Mean([.. curves.Select(curve => curve[i])]))];
}
