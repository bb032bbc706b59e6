using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Tests.Data;

namespace Functional.Tests.Models;

public sealed class EvaluationTests
{
    /// <summary>256 samples of nine million units are more numbers than an array holds: fewer are taken at
    /// once.</summary>
    [Fact]
    public void A_very_wide_layer_is_evaluated_in_smaller_pieces()
    {
        const int samples = 256;
        var network = Network.Create([1, 9_000_000, 2], Activation.Relu, Initializer.Zero, seed: 1);
        var images = SmallTables.Images(
            1, 1, 2, new byte[samples], [.. Enumerable.Range(0, samples).Select(i => i % 4 / 3)]);
        var examples = new DataSet(images, images).Encode().Test;
        Assert.Equal(0.75, Evaluation.Accuracy(network, examples, images.All, threads: 1));
    }
}
