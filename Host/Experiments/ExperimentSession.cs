using System.Collections.Concurrent;
using System.Diagnostics;
using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Runs;

namespace Functional.Host.Experiments;

/// <summary>Receives the progress of experiments, from several threads.</summary>
internal interface IExperimentProgress
{
    /// <summary>More work is known of.</summary>
    void Planned(string experiment, long steps);

    /// <summary>Some of it is done.</summary>
    void Advanced(string experiment, long steps);

    /// <summary>An experiment is done.</summary>
    void Finished(ExperimentResult result);
}

/// <summary>What the experiments of one call share: settings, data, and threads.</summary>
internal sealed class ExperimentSession : IDisposable
{
    private const int QuickSamples = 500, ProgressInterval = 100, Ahead = 4;

    private readonly ConcurrentDictionary<(string, Observation?), Lazy<Work<Curve>>> trained = new();
    private readonly IExperimentProgress? progress;
    private readonly Lazy<DataSet> data;

    /// <summary>Sets up.</summary>
    public ExperimentSession(
        LabSettings settings, Lazy<DataSet> data, int workers, IExperimentProgress? progress,
        CancellationToken cancellation)
    {
        (Settings, this.data, this.progress, Cancellation) = (settings, data, progress, cancellation);
        Pool = new WorkPool(workers);
    }

    internal LabSettings Settings { get; }

    internal DataSet Data => data.Value;

    internal DataPart First(int samples) =>
        data.IsValueCreated ? data.Value.Training : DataSets.First(Settings.Data, samples) ?? data.Value.Training;

    internal WorkPool Pool { get; }

    internal CancellationToken Cancellation { get; }

    /// <inheritdoc/>
    public void Dispose() => Pool.Dispose();

    /// <summary>Trains as a variant says. What is the same run for several experiments is done once.</summary>
    internal Work<Curve> Train(string experiment, Variant variant)
    {
        Work<Curve> Submitted()
        {
            // Only the cost is reported now: a run that waits takes no memory yet.
            var configuration = variant.Configuration;
            var samples = configuration.Samples ?? Data.Training.Count;
            var steps = configuration.Steps((samples + configuration.BatchSize - 1) / configuration.BatchSize);
            progress?.Planned(experiment, steps);
            var part = Data.Training;
            var work = configuration.Work(LayerInput.Of(part.Samples), part.Classes.Classification.Count);
            var evaluated = variant.Measured.HasFlag(Measured.Test) ? Data.Test.Count : samples;
            var evaluations = variant.Measured == Measured.Nothing
                ? 0
                : steps * (double)configuration.BatchSize / samples;
            return Pool.Submit(
                work * (3.0 * steps * configuration.BatchSize + evaluations * evaluated),
                () => Train(experiment, variant, new TrainingRun(configuration, Data), steps));
        }
        // Custom functions of the same name may differ.
        if (variant.Configuration.CustomParts is not [])
            return Submitted();
        var run = $"{variant.Measured} {variant.EveryEpochs} {variant.Configuration.CommandLine()}";
        return trained.GetOrAdd((run, variant.Observation), _ => new(Submitted)).Value;
    }

    private Curve Train(string experiment, Variant variant, TrainingRun run, int planned)
    {
        run.RequireUpdates();
        var watch = Stopwatch.StartNew();
        var (state, every) = (run.Start, PointEvery(run, variant));
        var losses = new List<double>(run.PlannedSteps);
        var observed = new List<(int Step, double[] Values)>();
        // States are values: another thread can evaluate one while this one trains on.
        var evaluations = new List<Work<AccuracyPoint>>();
        var isFinite = true;
        bool IsObserved(int step) => variant.Observation is { } observation && (step - 1) % observation.Every == 0;
        bool IsMeasured(int step) => variant.Measured != Measured.Nothing && (step - 1) % every == 0;
        bool Taken(StepReport report)
        {
            losses.Add(report.Loss);
            return isFinite = double.IsFinite(report.Loss);
        }
        while (isFinite && state.Step < run.PlannedSteps)
        {
            Cancellation.ThrowIfCancellationRequested();
            if (IsObserved(state.Step + 1))
            {
                var step = WithIdleThreads(run.Steps(state).First);
                state = step.After;
                if (Taken(step.Report))
                    observed.Add((
                        state.Step, variant.Observation!.Of(step.Before.Training, state.Training, step.Batch)));
            }
            else
            {
                state = WithIdleThreads(() => run.Advanced(state, run.PlannedSteps, (report, _) =>
                    Taken(report) && !IsMeasured(report.Step) && !IsObserved(report.Step + 1)
                    && report.Step % ProgressInterval != 0));
            }
            if (isFinite && IsMeasured(state.Step))
            {
                var (network, step) = (state.Network, state.Step);
                evaluations.Add(Pool.Offer(() => Evaluate(run, network, step, variant.Measured)));
                // What others have not begun by then this thread does itself, or states would pile up.
                if (evaluations.Count > Ahead)
                    evaluations[^(Ahead + 1)].Begin();
            }
            if (isFinite && state.Step % ProgressInterval == 0)
                progress?.Advanced(experiment, ProgressInterval);
        }
        progress?.Advanced(experiment, planned - state.Step / ProgressInterval * ProgressInterval);
        evaluations.ForEach(evaluation => evaluation.Begin());
        AccuracyPoint[] accuracies = [.. evaluations.Select(evaluation => evaluation.Result)];
        // After a run has diverged there are no numbers.
        double[] Nothing(int _) => [.. observed[0].Values.Select(_ => double.NaN)];
        return new Curve(
            Filled(losses, 1, run.PlannedSteps, _ => double.NaN),
            Filled(accuracies, every, accuracies.Length == 0 ? 0 : run.PlannedSteps, step =>
                new(step, double.NaN, double.NaN, double.NaN)),
            Filled(observed, variant.Observation?.Every ?? 1, observed.Count == 0 ? 0 : run.PlannedSteps, step =>
                (step, Nothing(step))),
            state.Network.Digest(), watch.Elapsed.TotalSeconds);
    }

    // Threads that have nothing else to do help.
    private T WithIdleThreads<T>(Func<T> work) => Threads.Use(1 + Pool.Idle, work);

    // What is taken of steps 1, 1 + every, ..., with something in place of what is missing at the end.
    private static IReadOnlyList<T> Filled<T>(IReadOnlyList<T> taken, int every, int steps, Func<int, T> missing)
    {
        var count = (steps + every - 1) / every;
        return [.. taken,
            .. Enumerable.Range(taken.Count, Math.Max(0, count - taken.Count)).Select(i => missing(1 + i * every))];
    }

    private static int PointEvery(TrainingRun run, Variant variant) =>
        variant.EveryEpochs * Math.Max(1, run.Split.Training.Length / variant.Configuration.BatchSize);

    private AccuracyPoint Evaluate(TrainingRun run, Network<float> network, int step, Measured measured)
    {
        double Accuracy(Measured part, Examples examples, int[] indices) =>
            !measured.HasFlag(part) || indices.Length == 0
            ? double.NaN : Evaluation.Accuracy(network, examples, Some(indices), threads: 1);
        return new AccuracyPoint(
            step,
            Accuracy(Measured.Training, run.Encoded.Training, run.Split.Training),
            Accuracy(Measured.Validation, run.Encoded.Training, run.Split.Validation),
            Accuracy(Measured.Test, run.Encoded.Test, Data.Test.All));
    }

    private int[] Some(int[] indices) =>
        Settings.Quick && indices.Length > QuickSamples ? indices[..QuickSamples] : indices;
}
