using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>A network's answers on whole data sets, a few hundred samples at a time.</summary>
public static class Evaluation
{
    // Large enough for the products to be quick, small enough for a batch to stay in a core's cache.
    private const int SamplesAtOnce = 256;

    /// <summary>The share of the samples that the network classifies as they are labeled.</summary>
    /// <param name="network">Takes as many features as an image has.</param>
    /// <param name="images">What the samples are of.</param>
    /// <param name="indices">The samples, at least one.</param>
    /// <param name="scale">How bytes become features.</param>
    /// <param name="threads">How many pieces are evaluated side by side.</param>
    public static double Accuracy(
        Network<float> network, LabeledImages images, IReadOnlyList<int> indices, ByteScale scale, int threads)
    {
        var all = indices as int[] ?? [.. indices];
        var pieces = (all.Length + SamplesAtOnce - 1) / SamplesAtOnce;
        var correct = 0;
        Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = threads }, piece =>
        {
            var piecewise = all[(piece * SamplesAtOnce)..Math.Min((piece + 1) * SamplesAtOnce, all.Length)];
            var batch = Batch.OfBytes<float>(scale, images.Features, images.Pixels, images.Labels, piecewise);
            Interlocked.Add(ref correct, network.Correct(batch));
        });
        return (double)correct / all.Length;
    }
}
