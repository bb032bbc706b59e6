using Functional.Host.Data;
using Functional.Host.Models;

namespace Functional.Host.Benchmarks;

/// <summary>A training step that is measured, and the accuracy over all images.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Network">Makes the network before the first step.</param>
/// <param name="BatchSize">Samples of a step.</param>
/// <param name="Optimizer">The rule.</param>
internal sealed record StepWorkload(string Name, Func<Network<float>> Network, int BatchSize, Optimizer Optimizer)
{
    private const int Blocks = 5;

    // As in a run, where states are looked at from time to time.
    private const double SecondsTogether = 0.25;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StepWorkload> All { get; } =
    [
        new("two-layer-sgd", () => Dense(50), 100, Optimizer.Sgd(learningRate: 0.01)),
        new("two-layer-adam", () => Dense(50), 100, Optimizer.Adam(learningRate: 0.001)),
        new("deep-sgd", () => Dense(100, 100, 100, 100), 128, Optimizer.Sgd(learningRate: 0.01)),
        new("deep-adam", () => Dense(100, 100, 100, 100), 128, Optimizer.Adam(learningRate: 0.001)),
        new("deep-regularized", Regularized, 128, Optimizer.Sgd(learningRate: 0.01)),
        new("wide-adam", () => Dense(1024, 1024), 256, Optimizer.Adam(learningRate: 0.001)),
        new("simple-conv", ConvolutionNetworks.Simple, 100, Optimizer.Adam(learningRate: 0.001)),
        new("deep-conv", ConvolutionNetworks.Deep, 100, Optimizer.Adam(learningRate: 0.001)),
        new("lenet", ConvolutionNetworks.LeNet, 128, Optimizer.Adam(learningRate: 0.001)),
    ];

    /// <summary>Measures it beside the peaks, each with another number of threads.</summary>
    public StepTime Measure(IEnumerable<Peak> peaks, BenchmarkImages images, double seconds)
    {
        var (timing, peak) = peaks.Select(peak => (Timing: Measure(images, peak.Threads, seconds), peak))
            .MinBy(measured => measured.Timing.Seconds);
        return new StepTime(
            Name, timing.Seconds * 1e6, peak.Threads, Operations() / timing.Seconds / 1e9 / peak.Gflops,
            timing.Gen2Collections, timing.GcPausedShare, timing.BytesPerCall / 1024, images.Name);
    }

    /// <summary>Measures the accuracy of 784-50-10 over all images, beside the peak with as many threads.</summary>
    public static EvaluationTime MeasureEvaluation(Peak peak, BenchmarkImages images, double seconds)
    {
        var (network, samples) = (Dense(50), images.Images.All);
        var time = Timing.Measure(seconds, Blocks, () =>
            Evaluation.Accuracy(network, images.Examples, samples, peak.Threads)).Seconds;
        var operations = 2.0 * samples.Length * Weights(network).Sum();
        return new EvaluationTime(
            "784-50-10", samples.Length, peak.Threads, time * 1e3, operations / time / 1e9 / peak.Gflops);
    }

    private Timing Measure(BenchmarkImages images, int threads, double seconds)
    {
        var loader = new Loader(
            images.Examples, images.Images.All, BatchSize, Sampling.Replacement, Key.OfSeed(1));
        var state = Training.Start(Network(), Optimizer, seed: 1);
        using var batches = Enumerable.Range(0, int.MaxValue).SelectMany(epoch => loader.Indices(epoch))
            .GetEnumerator();
        IEnumerable<Func<Batch<float>>> Next(int count)
        {
            for (; count > 0 && batches.MoveNext(); count--)
                yield return () => loader.Batch(batches.Current);
        }
        return Threads.Use(threads, () => Timing.Measure(seconds, Blocks, SecondsTogether, count =>
            state = Training.Run(state, Next(count), _ => true)));
    }

    // Each layer with weights has sums forward, for its own gradient, and, but for the first, for its inputs'.
    private double Operations() =>
        Network().Layers.Select(MultiplyAdds).Where(sums => sums > 0)
            .Select((sums, layer) => 2.0 * BatchSize * sums * (layer == 0 ? 2 : 3)).Sum();

    // Of one sample forward.
    private static double MultiplyAdds(ILayer<float> layer) => layer switch
    {
        Convolution<float> convolution => (double)convolution.Shape.FilterSize * convolution.Shape.Output.Size,
        Affine<float> affine => affine.Weight.RowCount * affine.Weight.ColumnCount,
        _ => 0,
    };

    private static IEnumerable<int> Weights(Network<float> network) =>
        network.Parameters().Where(leaf => leaf.Role == Role.Weight).Select(leaf => leaf.Shape.Length);

    private static Network<float> Regularized() =>
        Functional.Network.Create<float>(
            [BenchmarkImages.Features, 100, 100, 100, 100, BenchmarkImages.Classes],
            units => [Layer.BatchNorm<float>(units), Layer.Of<float>(Activation.Relu), Layer.Dropout<float>(
                0.2, DropoutForm.Inverted)],
            Initializer.He, seed: 1)
        .WithPenalty(Penalty.L2(1e-4));

    private static Network<float> Dense(params int[] hidden) =>
        Functional.Network.Create(
            [BenchmarkImages.Features, .. hidden, BenchmarkImages.Classes], Activation.Relu, Initializer.He, seed: 1);
}
