using System.Diagnostics;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Tests.Data;

namespace Functional.Tests.Models;

/// <summary>PyTorch's own weights of convolutions give its own scores.</summary>
public sealed class TorchWeightsTests
{
    // Written by `bench/torch weights tests/Models/torch 1` (TorchSharp 0.107, LibTorch 2.10).
    [Fact]
    public void Stored_weights_give_the_scores_of_LibTorch() =>
        Check(Path.Combine(ScriptTests.Root, "tests", "Models", "torch"));

    [TorchFact]
    public void New_weights_give_the_scores_of_LibTorch()
    {
        using var folder = new TemporaryFolder();
        for (var seed = 2; seed < 5; seed++)
        {
            using var process = Process.Start(TorchFactAttribute.Program!, ["weights", folder.Path, $"{seed}"]);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            Check(folder.Path);
        }
    }

    private static void Check(string folder)
    {
        var network = Model.LoadWeights(Path.Combine(folder, "weights.safetensors"), Network());
        var file = Safetensors.Read(Path.Combine(folder, "scores.safetensors"));
        float[] images = file.Values<float>("images", 4, 2, 12, 14), scores = file.Values<float>("scores", 4, 5);
        // A row-major sample is a column here.
        var found = network.Predict(
            MathNet.Numerics.LinearAlgebra.Matrix<float>.Build.Dense(2 * 12 * 14, 4, images));
        Assert.All(
            scores.Zip(found.ToColumnMajorArray()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5 * Math.Max(1, scores.Max(Math.Abs))));
    }

    // That of bench/torch/ForeignWeights.cs.
    private static Network<float> Network()
    {
        var key = Key.OfSeed(1);
        var first = ConvolutionShape.Of(ImageShape.Of(2, 12, 14), filters: 8, kernel: 3, padding: 1);
        var halves = Pooling.Max(first.Output, 2);
        var depthwise = ConvolutionShape.Of(halves.Output, filters: 8, kernel: 3, stride: 2, padding: 1, groups: 8);
        var wide = ConvolutionShape.Of(depthwise.Output, filters: 6, kernel: 3, padding: 2, dilation: 2);
        var means = Pooling.Average(wide.Output, 2);
        return Functional.Network.Of(
        [
            Layer.Convolution<float>(first, Initializer.He, key),
            Layer.ChannelBatchNorm<float>(first.Output, epsilon: 1e-5),
            Layer.Of<float>(Activation.Relu),
            Layer.Of<float>(halves),
            Layer.Convolution<float>(depthwise, Initializer.He, key),
            Layer.Of<float>(Activation.Tanh),
            Layer.Convolution<float>(wide, Initializer.He, key),
            Layer.Of<float>(means),
            Layer.Affine(
                MathNet.Numerics.LinearAlgebra.Matrix<float>.Build.Dense(5, means.Output.Size),
                MathNet.Numerics.LinearAlgebra.Vector<float>.Build.Dense(5)),
        ]);
    }
}
