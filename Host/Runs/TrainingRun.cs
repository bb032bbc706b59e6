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
    private readonly ImageFormat format;
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
            format = Format(training, scale);
            loader = new Loader(
                training, samples.Training, configuration.BatchSize, configuration.Sampling, scale, configuration.OrderKey);
            var network = configuration.CreateNetwork<float>(training.Features, training.Classes);
            Iterations = configuration.Steps(loader.StepsPerEpoch);
            start = Training.Start(network, configuration.CreateOptimizer(Iterations), configuration.TrainingKey);
            CheckAugmentations();
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new UsageException(e.Message);
        }
    }

    /// <summary>Steps from beginning to end.</summary>
    public int Iterations { get; }

    /// <summary>The state before the first step.</summary>
    public TrainingState<float> Start => start;

    /// <summary>Which of the training samples are trained on, and which are kept for validation.</summary>
    public Split Samples => samples;

    /// <summary>How bytes become features.</summary>
    public ByteScale Scale => scale;

    /// <summary>The batches of all steps in their order, augmented: who trains on them gets the run's own states.</summary>
    public IEnumerable<Batch<float>> Batches() => Enumerable.Range(0, int.MaxValue)
        .SelectMany(loader.Epoch).Take(Iterations).Select(Augmented);

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
                (state, var report) = Training.Step(state, Augmented(batch, state.Step));
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

    /// <summary>What changes in step n is a function of n alone, whatever came before.</summary>
    private Batch<float> Augmented(Batch<float> batch, int step) =>
        Augment.Apply(configuration.Augmentations, format, batch, configuration.AugmentationKey.Child(step));

    private void CheckAugmentations()
    {
        var faults = Augment.Faults(configuration.Augmentations, format);
        var output = Augment.Output(configuration.Augmentations, format);
        if (faults.Count == 0 && output.Features != format.Features)
            faults = [$"images of {output.Height} x {output.Width} would train a network for {format.Height} x {format.Width}"];
        if (faults.Count > 0)
            throw new UsageException(string.Join('\n', faults.Select(fault => $"--augment: {fault}")));
    }

    // A byte of 0 is the background and the least that there is, 255 is the most.
    private static ImageFormat Format(LabeledImages images, ByteScale scale)
    {
        double Feature(int value) => (value - scale.Shift) / scale.Divisor;
        return new ImageFormat(1, images.Height, images.Width, images.Classes, Feature(0), Feature(0), Feature(255));
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
