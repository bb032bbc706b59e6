using System.Diagnostics;
using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Runs;

namespace Functional.Host.Comparisons;

/// <summary>What a setting's run with one seed came to.</summary>
/// <param name="Score">How well it does on the samples that settings are compared by.</param>
/// <param name="Correct">Of classes, whether each of those samples is classified correctly.</param>
/// <param name="Parameters">How many numbers were trained.</param>
/// <param name="Seconds">That the run took on one thread.</param>
/// <param name="Diverged">Whether its loss became infinite or not a number: the score is then that of the last network
/// before.</param>
/// <param name="Digest">The identity of the network that was scored.</param>
internal sealed record TrainedOutcome(
    PartScore Score, bool[]? Correct, int Parameters, double Seconds, bool Diverged, string Digest);

/// <summary>Which samples settings are compared by.</summary>
internal enum ComparedBy
{
    /// <summary>The test samples, to say which setting is better.</summary>
    Test,

    /// <summary>The samples kept for validation, to choose a setting whose score on the test samples is still to be
    /// measured.</summary>
    Validation,
}

/// <summary>A training configuration as one of the settings of a comparison.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Text">Its options, its file or its folder, as it was given.</param>
/// <param name="Configuration">What is trained; the seeds take the place of its own.</param>
internal sealed record TrainedSetting(string Name, string Text, TrainConfiguration Configuration)
{
    /// <summary>Checks that settings can be compared: they learn the same task from the same data, and are measured on
    /// the same samples.</summary>
    /// <exception cref="UsageException">They can't.</exception>
    public static void Check(IReadOnlyList<TrainedSetting> settings, ComparedBy by)
    {
        // Samples for validation are a share of those that a run takes.
        string[] same = ["data", "label", "task", "ignore", "missing",
            .. by == ComparedBy.Validation ? ["validation", "samples"] : (string[])[]];
        foreach (var option in TrainOptions.All.Where(option => same.Contains(option.Name)))
            if (settings.DistinctBy(setting => option.Get(setting.Configuration)).ToArray() is [var one, var other, ..])
                throw new UsageException(
                    $"--{option.Name}: settings are compared by the same samples, but {one.Name} has "
                    + $"{option.Get(one.Configuration) ?? "none"}, and {other.Name} has "
                    + $"{option.Get(other.Configuration) ?? "none"}");
        if (by == ComparedBy.Validation && settings[0].Configuration.Validation == 0)
            throw new UsageException("--by: there are no samples for validation; give a share with --validation");
    }

    /// <summary>Trains with a seed, on this thread. The network that counts is the one that <c>train</c> would keep:
    /// with samples for validation the best of all epochs, otherwise the last.</summary>
    /// <param name="data">As it was read: classes have the numbers of the data, not of a model.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="by">Which samples it is scored on.</param>
    /// <param name="cancellation">Ends it after the step that is being taken.</param>
    /// <exception cref="UsageException">The options don't suit the data.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TrainedOutcome Run(DataSet data, long seed, ComparedBy by, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        // The test samples are evaluated once, at the end.
        var run = new TrainingRun(Configuration with { Seed = seed }, data with { Test = data.Test.Take([]) })
            { IsTrial = true };
        var (network, diverged) = Trained(run, cancellation);
        var seconds = watch.Elapsed.TotalSeconds;
        var (examples, indices) = by == ComparedBy.Validation ? (run.Encoded.Training, run.Split.Validation)
            : (new Examples(
                (run.BaseModel?.Labeled(data) ?? data).Test, run.Encoded.Encoder, run.Encoded.Task), data.Test.All);
        var correct = examples.Task is Regression ? null
            : Evaluation.AreCorrect(network, examples, indices, threads: 1);
        var score = correct is null ? Evaluation.Score(network, examples, indices, threads: 1)
            : new PartScore((double)correct.Count(one => one) / correct.Length, null);
        return new TrainedOutcome(score, correct, network.Parameters().Length, seconds, diverged, network.Digest());
    }

    private static (Network<float> Network, bool Diverged) Trained(TrainingRun run, CancellationToken cancellation)
    {
        var observer = new LastGood();
        try
        {
            var result = run.Run(observer, threads: 1, folder: null, cancellation);
            cancellation.ThrowIfCancellationRequested();
            return (result.State.Best?.Network ?? result.State.Network, false);
        }
        catch (OperationFailedException) when (observer.State is not null)
        {
            return (observer.State.Best?.Network ?? observer.State.Network, true);
        }
    }

    private sealed class LastGood : IRunObserver
    {
        public RunState? State { get; private set; }

        public void Diverged(RunState lastGood) => State = lastGood;
    }
}
