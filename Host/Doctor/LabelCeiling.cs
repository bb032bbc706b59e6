using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>
/// How much of the labels there is to learn. Of images that is taken to be all; rows of a table may say little about
/// their class, and a network that knows what can be known must not be blamed for the rest.
/// </summary>
internal static class LabelCeiling
{
    private const int Units = 64, Batches = 32, Steps = 600;

    /// <summary>A configuration in which hardly anything can go wrong.</summary>
    public static TrainConfiguration Plain(TrainConfiguration configuration) => new()
    {
        Data = configuration.Data,
        Label = configuration.Label,
        Task = configuration.Task,
        Ignore = configuration.Ignore,
        Missing = configuration.Missing,
        Samples = configuration.Samples,
        Validation = configuration.Validation,
        Seed = configuration.Seed,
        Scale = DataScale.Standard,
        Hidden = [Units],
        Optimizer = new() { Name = "adam", LearningRate = 0.01 },
        BatchSize = Batches,
        Iterations = Steps,
    };

    /// <summary>The share that a plain network learns so that it holds for test samples: of what always the same answer
    /// gets wrong, or costs. Null where that is not more than luck could bring.</summary>
    public static double? Of(TrainConfiguration configuration, DataSet data, CancellationToken cancellation)
    {
        if (data.Training.Samples is not Rows)
            return 1;
        var trial = TrialRun.Run(Plain(configuration), data, isFollowed: true, cancellation: cancellation);
        var (missing, count) = (1 - trial.Majority + 1e-9, Math.Min(data.Test.Count, TrialRun.ProbeSamples));
        var best = trial.Course.Select(at => at.Test).Append(trial.Test.Accuracy).Max();
        var learned = (best - trial.Majority) / missing;
        var luck = trial.IsOfQuantities ? Math.Min(0.5, 3 / Math.Sqrt(count))
            : 3 * Math.Sqrt(trial.Majority * (1 - trial.Majority) / count) / missing;
        var saved = 1 - (trial.Test.Loss / (trial.Chance + 1e-9));
        return learned > luck || saved > 0.1 ? Math.Clamp(Math.Max(learned, saved), 0.02, 1) : null;
    }
}
