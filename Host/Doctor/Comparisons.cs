using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>
/// Finds causes by experiment: the same short run with one option changed. If the network learns more, the option was a
/// cause; how much it explains is the share of the missing accuracy that the change brings.
/// </summary>
internal sealed class Comparisons(
    TrialRun trial, DataSet data, int threads, CancellationToken cancellation)
{
    private const int MostSteps = 800, LeastSteps = 60;
    private const double Budget = 3e10;
    private const double LeastGain = 0.03, LeastShare = 0.3;

    private readonly TrainConfiguration configuration = trial.Configuration;

    /// <summary>One thing changed.</summary>
    private sealed record Change(
        FindingKind Kind, TrainConfiguration Configuration, string Description, string Advice, double Head = 0);

    /// <summary>The causes that the experiments show, each once.</summary>
    public IReadOnlyList<Finding> Findings()
    {
        var changes = Changes().ToArray();
        var results = new Finding?[changes.Length];
        Parallel.For(0, changes.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
            results[i] = Threads.Use(1, () => Try(changes[i])));
        return [.. results.OfType<Finding>().GroupBy(finding => finding.Kind)
            .Select(same => same.MaxBy(finding => finding.Weight)!)];
    }

    private Finding? Try(Change change)
    {
        // As long as the run that it is compared with, unless its length is what is changed.
        var most = change.Kind == FindingKind.TooFewSteps
            ? MostSteps
            : Math.Min(MostSteps, Math.Max(trial.Steps, LeastSteps));
        var other = TrialRun.Run(
            change.Configuration, data, most, Budget, cancellation: cancellation) with { Ceiling = trial.Ceiling };
        var gain = other.Learned - trial.Learned;
        var share = gain / (1 - trial.Learned + 1e-9);
        // An average is of the very same run: what it loses is no matter of luck.
        if (gain < LeastGain || share < (change.Kind == FindingKind.AverageTooSlow ? LeastShare / 3 : LeastShare))
            return null;
        // What is learned by heart only, the other run may do better without.
        var holds = other.Holding - trial.Holding >= Math.Max(
            LeastGain, 1 / Math.Sqrt(Math.Min(data.Test.Count, TrialRun.ProbeSamples)));
        // Who learns by heart is not helped by learning more of it.
        if (!holds && trial.Overfits)
            return null;
        return new Finding(
            change.Kind, null, holds ? SeverityOf(trial) : Severity.Hint,
            Invariant($"with {change.Description}, {other.Training.Accuracy:0%} ")
                + Invariant($"{trial.Of("training")} after {Plural.Of(other.Steps, "step")}; unchanged, ")
                + Invariant($"{trial.Training.Accuracy:0%} after {trial.Steps:N0}"),
            change.Advice)
        {
            Weight = share + change.Head,
            // The losses are those of the network that is trained, averaged or not.
            Picture = change.Kind == FindingKind.AverageTooSlow
                ? Pictures.Accuracies(
                    trial.IsOfQuantities,
                    ("moving average", trial.Training.Accuracy), ("last weights", other.Training.Accuracy))
                : Pictures.Losses(trial.TrainingChance, ("unchanged", trial.Losses),
                    ($"with {change.Description.Split(" instead")[0]}", other.Losses)),
        };
    }

    internal static Severity SeverityOf(TrialRun trial) =>
        trial.Learned < 0.1 ? Severity.Error : trial.Learned < 0.5 ? Severity.Warning : Severity.Hint;

    private IEnumerable<Change> Changes()
    {
        if (trial.Learned > 0.95)
            yield break;
        var optimizer = configuration.Optimizer;
        var rate = optimizer.Complete().LearningRate!.Value;
        var usual = (optimizer with { LearningRate = null }).Complete().LearningRate!.Value;
        // A run that goes on for much longer than the trial gets as far with short steps.
        var stretch = (double)trial.Planned / Math.Max(1, trial.Steps);
        if (trial.Learned < 0.9 || stretch < 8)
            foreach (var higher in Rates(rate, usual, [10, 100, 1000])
                .Where(value => value > 1.5 * rate && (rate == 0 || value / rate > stretch)))
                yield return new Change(
                    FindingKind.LearningRateTooLow, With(optimizer with { LearningRate = higher }),
                    Invariant($"--learning-rate {higher:G3} instead of {rate:G3}"),
                    Invariant($"Take longer steps: --learning-rate {higher:G3}"));
        foreach (var lower in Rates(rate, usual, [0.1, 0.01]).Where(value => value < rate / 1.5))
            yield return new Change(
                FindingKind.LearningRateTooHigh, With(optimizer with { LearningRate = lower }),
                Invariant($"--learning-rate {lower:G3} instead of {rate:G3}"),
                Invariant($"Take shorter steps: --learning-rate {lower:G3}"));
        if (configuration.Dropout >= 0.3)
            yield return new Change(
                FindingKind.DropoutTooStrong, configuration with { Dropout = 0 },
                Invariant($"no dropout instead of {configuration.Dropout:0%}"),
                "Drop less, --dropout 0.2, or train longer: too little gets through for the layers behind to go "
                + "by", 0.6);
        if (Penalties().Any())
            yield return new Change(
                FindingKind.PenaltyTooStrong,
                With(optimizer with { WeightDecay = 0, ProximalL1 = 0 }) with { L1 = 0, L2 = 0 },
                $"no {string.Join(" and ", Penalties())}",
                $"Make the penalty at least 10 times weaker ({string.Join(", ", Penalties())}): "
                + "it pulls weights to 0 harder than the data pull them away", 0.6);
        if (configuration.LabelSmoothing >= 0.5)
            yield return new Change(
                FindingKind.PenaltyTooStrong, configuration with { LabelSmoothing = 0 },
                Invariant($"no label smoothing instead of {configuration.LabelSmoothing:0%}"),
                "Smooth less: --label-smoothing 0.1", 0.2);
        if (configuration.Augmentations.Count > 0)
            yield return new Change(
                FindingKind.AugmentationTooStrong, configuration with { Augmentations = [] }, "no augmentation",
                "Change the images less: what a person can't read any more, a network can't learn from");
        if (optimizer.ClipNorm is not null || optimizer.ClipValue is not null)
            yield return new Change(
                FindingKind.ClippingTooStrong, With(optimizer with { ClipNorm = null, ClipValue = null }),
                "no clipping",
                "Clip less, as in --clip-norm 1: gradients are clipped so short that steps hardly move", 0.2);
        if (optimizer.Schedule != RunSchedule.Constant)
            yield return new Change(
                FindingKind.LearningRateTooLow, With(optimizer with { Schedule = RunSchedule.Constant }),
                $"--schedule constant instead of {optimizer.Schedule}",
                "Choose a --schedule that keeps the learning rate up for longer", 0.1);
        if (optimizer.Accumulate > 1)
            yield return new Change(
                FindingKind.TooFewSteps, With(optimizer with { Accumulate = 1 }),
                Invariant($"a change of the weights after every batch instead of every {optimizer.Accumulate}"),
                "Use a smaller --accumulate, or train longer: the weights are hardly ever changed");
        if (trial.Planned < 200)
            yield return new Change(
                FindingKind.TooFewSteps, configuration with { Iterations = 10 * trial.Planned },
                Invariant($"{Plural.Of(10 * trial.Planned, "step")} instead of {trial.Planned}"),
                "Train longer: more --epochs, or a smaller --batch-size for more steps in each");
        if (configuration.Patience is { } patience && trial.Steps < Math.Min(trial.Planned, MostSteps))
            yield return new Change(
                FindingKind.TooFewSteps, configuration with { Patience = null },
                Invariant($"all {Plural.Of(trial.Planned, "step")} instead of {trial.Steps:N0}, ")
                    + Invariant($"after which --patience {patience} ended training"),
                "Wait longer for a better validation accuracy: a larger --patience");
        if (optimizer.Average is { } average)
            yield return new Change(
                FindingKind.AverageTooSlow, With(optimizer with { Average = null }),
                Invariant($"the last weights instead of their moving average (--average {average:R})"),
                "Choose an --average that forgets the weights of early steps, such as 0.9 or 0.99, "
                + "or train longer", 0.6);
        if (configuration.Hidden.Count == 0)
            yield return new Change(
                FindingKind.TooSmall, configuration with { Hidden = [64] },
                "a hidden layer of 64 units instead of none",
                "Give the network a hidden layer: --hidden 50 or more", -0.1);
        else if (configuration.Hidden.Min() < 32)
            yield return new Change(
                FindingKind.TooSmall,
                configuration with { Hidden = [.. configuration.Hidden.Select(units => Math.Max(64, units))] },
                Invariant($"at least 64 units in each hidden layer instead of {configuration.Hidden.Min()}"),
                "Give the network more units: --hidden 50 or more", -0.1);
    }

    private TrainConfiguration With(OptimizerSettings optimizer) => configuration with { Optimizer = optimizer };

    private static IEnumerable<double> Rates(double rate, double usual, double[] factors) =>
        factors.Select(factor => rate * factor).Append(usual).Where(double.IsFinite).Distinct();

    private IEnumerable<string> Penalties()
    {
        foreach (var option in (string[])["l1", "l2", "weight-decay", "proximal-l1"])
            if (TrainOptions.All.First(known => known.Name == option).Get(configuration) is { } value && value != "0")
                yield return $"--{option} {value}";
    }
}
