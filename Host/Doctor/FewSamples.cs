using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>Whether a network of these sizes can fit a few samples at all, under the best of circumstances.</summary>
internal static class FewSamples
{
    private const int Count = 30, Steps = 600;
    private const double Enough = 0.95, Gain = 0.1;

    /// <summary>The best of its tries to learn a few samples by heart.</summary>
    private static TrialRun Best(
        TrainConfiguration configuration, DataSet data, CancellationToken cancellation)
    {
        TrialRun? best = null;
        foreach (var (rate, seed) in ((double, long)[])[(0.01, 1), (0.003, 2), (0.03, 3)])
        {
            var plain = LabelCeiling.Plain(configuration);
            var ideal = plain with
            {
                Samples = Count,
                Validation = 0,
                BatchSize = Count,
                Iterations = Steps,
                Hidden = configuration.Hidden,
                Activation = configuration.Activation,
                BatchNorm = configuration.BatchNorm,
                Initializer = configuration.Activation.Name is "sigmoid" or "tanh"
                    ? Initializer.Xavier
                    : Initializer.He,
                Optimizer = plain.Optimizer with { LearningRate = rate },
                Seed = seed,
            };
            var trial = TrialRun.Run(ideal, data, cancellation: cancellation);
            best = best is null || trial.Training.Accuracy > best.Training.Accuracy ? trial : best;
            if (best.Training.Accuracy >= Enough)
                break;
        }
        return best!;
    }

    /// <summary>What it means if it can't.</summary>
    public static Finding? Finding(TrialRun trial, DataSet data, CancellationToken cancellation)
    {
        if (trial.Learned > 0.9 || trial.Configuration.Hidden.DefaultIfEmpty().Min() > 8
            || (trial.Configuration.Samples ?? data.Training.Count) < Count
            || Best(trial.Configuration, data, cancellation) is not { Training.Accuracy: < Enough } best
            || Best(trial.Configuration with { Hidden = [64] }, data, cancellation).Training.Accuracy
                < best.Training.Accuracy + Gain)
            return null;
        return new Finding(
            FindingKind.TooSmall, null, Comparisons.SeverityOf(trial),
            Invariant($"of {Count} samples it can learn only {best.Training.Accuracy:0%} by heart, ")
                + Invariant($"with plain features, Adam and {Steps} steps; ")
                + (trial.Configuration.Hidden.Count == 0 ? "it has no hidden layer"
                    : Invariant($"its narrowest layer has {trial.Configuration.Hidden.Min()} units")),
            "Give the network more units: --hidden 50 or more")
        {
            Weight = 1.5,
            Picture = Pictures.Losses(
                best.TrainingChance, ($"{Count} samples, again and again", best.Losses)),
        };
    }
}
