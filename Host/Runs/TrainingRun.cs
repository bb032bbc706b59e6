using System.Diagnostics;
using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>A configuration together with its data: everything that is decided before the first step.</summary>
public sealed class TrainingRun
{
    private readonly TrainConfiguration configuration;
    private readonly ImageDataSet data;
    private readonly Split samples;
    private readonly ByteScale scale;
    private readonly Loader loader;
    private readonly TrainingState<float> start;

    /// <summary>Checks the configuration against the data, splits them, and initializes the network.</summary>
    /// <exception cref="UsageException">What is asked for can't be done with these data.</exception>
    public TrainingRun(TrainConfiguration configuration, ImageDataSet data)
    {
        (this.configuration, this.data) = (configuration, data);
        var training = data.Training;
        if (configuration.Samples > training.Count)
            throw new UsageException($"--samples: the first {configuration.Samples} of {training.Count} can't be taken");
        var count = configuration.Samples ?? training.Count;
        try
        {
            samples = configuration.Validation == 0
                ? new Split([.. Enumerable.Range(0, count)], [])
                : Splits.ByFraction(configuration.SplitKey.Permutation(count), configuration.Validation);
            scale = configuration.Scale switch
            {
                DataScale.Unit => ByteScale.Unit,
                DataScale.None => ByteScale.None,
                _ => Batch.StandardScale(training.Features, training.Pixels, samples.Training),
            };
            loader = new Loader(
                training, samples.Training, configuration.BatchSize, configuration.Sampling, scale, configuration.OrderKey);
            var network = configuration.CreateNetwork<float>(training.Features, training.Classes);
            Iterations = configuration.Steps(loader.StepsPerEpoch);
            start = Training.Start(network, configuration.CreateOptimizer(Iterations), configuration.TrainingKey);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new UsageException(e.Message);
        }
    }

    /// <summary>Steps from beginning to end.</summary>
    public int Iterations { get; }

    /// <summary>Trains from beginning to end, or until it is cancelled.</summary>
    /// <param name="observer">Is told how it goes.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <param name="folder">The run's folder, to be named in reports.</param>
    /// <param name="cancellation">Ends the run after the step that is being taken.</param>
    /// <exception cref="RunException">The loss is no longer finite.</exception>
    public RunResult Run(IRunObserver observer, int threads, string? folder, CancellationToken cancellation) =>
        Threads.Use(threads, () => Train(observer, threads, folder, cancellation));

    private RunResult Train(IRunObserver observer, int threads, string? folder, CancellationToken cancellation)
    {
        observer.Started(new RunStart(
            configuration.Data, samples.Training.Length, samples.Validation.Length, data.Test.Count,
            start.Network.ToString(), start.Network.Parameters().Length, start.Optimizer.ToString(),
            Iterations, loader.StepsPerEpoch, configuration.Seed, folder));
        var watch = Stopwatch.StartNew();
        var state = start;
        var losses = new List<double>();
        var epochs = new List<EpochReport>();
        for (var epoch = 0; state.Step < Iterations && !cancellation.IsCancellationRequested; epoch++)
        {
            var first = losses.Count;
            foreach (var batch in loader.Epoch(epoch))
            {
                if (state.Step == Iterations || cancellation.IsCancellationRequested)
                    break;
                (state, var report) = Training.Step(state, batch);
                if (!double.IsFinite(report.Loss))
                    throw new RunException(
                        $"the loss became {report.Loss} in step {report.Step}; a smaller --learning-rate, or another --init, may help");
                losses.Add(report.Loss);
                observer.Stepped(report, batch.Samples);
            }
            if (losses.Count == first)
                break;
            epochs.Add(Evaluate(state, epoch + 1, losses.Skip(first).Average(), threads, watch));
            observer.EpochEnded(epochs[^1]);
        }
        var last = epochs.Count > 0 ? epochs[^1] : Evaluate(state, 0, double.NaN, threads, watch);
        var summary = new RunSummary(
            last.TrainAccuracy, last.ValidationAccuracy, last.TestAccuracy, last.Loss, state.Step,
            watch.Elapsed.TotalSeconds, state.Network.Digest(), state.Step < Iterations, folder);
        observer.Finished(summary);
        return new RunResult(state, scale, losses, epochs, summary);
    }

    private EpochReport Evaluate(TrainingState<float> state, int epoch, double loss, int threads, Stopwatch watch)
    {
        double Accuracy(LabeledImages images, int[] indices) =>
            Evaluation.Accuracy(state.Network, images, indices, scale, threads);
        return new EpochReport(
            epoch, state.Step, loss,
            Accuracy(data.Training, samples.Training),
            samples.Validation.Length == 0 ? null : Accuracy(data.Training, samples.Validation),
            Accuracy(data.Test, data.Test.All),
            watch.Elapsed.TotalSeconds);
    }
}
