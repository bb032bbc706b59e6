using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Models.Onnx;
using Functional.Tests.Data;
using MathNet.Numerics.LinearAlgebra;
using Microsoft.ML.OnnxRuntime;

namespace Functional.Tests.Models;

public class OnnxTests
{
    private static byte[] Bytes(Model<float> model, OnnxOptions? options = null)
    {
        var stream = new MemoryStream();
        OnnxExport.Save(stream, model, options);
        return stream.ToArray();
    }

    [Fact]
    public void Another_runtime_computes_the_same()
    {
        var every = ExampleNetworks.OfEveryKind<float>();
        var cases = new List<(Model<float> Model, OnnxOptions Options, Matrix<float> Input, Matrix<float> Expected)>();
        foreach (var network in (Network<float>[])
                 [
                     every, every.WithLoss(Loss.BinaryCrossEntropy), every.WithLoss(Loss.MeanSquaredError),
                     .. ExampleNetworks.Activations.Select((activation, i) => Network.Create<float>(
                         [6, 9, 4], units =>
                             [Layer.BatchNorm<float>(units), Layer.Of<float>(activation)], Initializer.He, seed: i)),
                     Network.Create<float>([3, 2], Activation.Relu, Initializer.He, seed: 3),
                 ])
            foreach (var fold in (bool[])[false, true])
                foreach (var samples in (int[])[1, 5])
                    cases.Add((new Model<float>(network), new OnnxOptions { FoldBatchNorm = fold },
                        ExampleNetworks.Samples(network, samples),
                        network.Predict(ExampleNetworks.Samples(network, samples))));
        var scaled = new Model<float>(every)
        {
            Encoder = SmallTables.Encoder([1, 2, 3, 4, 5, 6, 7], [2, 3, 4, 5, 6, 7, 8]),
            Task = new Classification(["a", "b", "c"]),
        };
        var raw = ExampleNetworks.Samples(every);
        var rows = Rows.Of(raw.AsColumnMajorArray(), 7);
        var features = scaled.Encoder.Encode<float>(rows, rows.All);
        cases.Add((scaled, new OnnxOptions(), raw, every.Predict(features)));
        cases.Add((scaled, new OnnxOptions { TakesFeatures = true }, features, every.Predict(features)));
        var unit = new Model<float>(every) { Encoder = FeatureEncoder.Numbers(every.Inputs, 0, 255) };
        cases.Add((unit, new OnnxOptions(), 255 * raw, every.Predict(raw)));

        foreach (var (model, options, input, expected) in cases)
        {
            var results = Run(Bytes(model, options), input);
            Near(expected, results["scores"], $"{model.Network} {options}");
            if (model.Network.Loss.Function.IsSoftmaxCrossEntropy)
                Near(Metrics.Softmax(expected), results["probabilities"], $"probabilities of {model.Network}");
        }
    }

    // Whatever the input is, and however quantities are scaled, or not at all.
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Quantities_are_scaled_back(bool areScaled, bool takesFeatures)
    {
        var network = Network.Create<float>([3, 5, 2], Activation.Tanh, Initializer.Xavier, seed: 1)
            .WithLoss(Loss.MeanSquaredError);
        var model = new Model<float>(network)
        {
            Encoder = SmallTables.Encoder([1, 2, 3], [2, 3, 4]),
            Task = new Regression(
                areScaled ? [new NumberScale(250_000.5, 80_000.25), new NumberScale(-3, 0.01)]
                    : [NumberScale.None, NumberScale.None], ["price", "weight"]),
        };
        var rows = Rows.Of(ExampleNetworks.Samples(network).AsColumnMajorArray(), 3);
        var input = (takesFeatures ? model.Encoder : FeatureEncoder.Numbers(3)).Encode<float>(rows, rows.All);
        var found = Run(Bytes(model, new OnnxOptions { TakesFeatures = takesFeatures }), input)["quantities"];
        double[] expected = [.. model.Predict(rows).SelectMany(answer => answer.Quantities)];
        Assert.Equal(expected.Length, found.Length);
        foreach (var (wanted, got) in expected.Zip(found))
            Assert.True(Math.Abs(wanted - got) <= 1e-5 * Math.Max(1, Math.Abs(wanted)), $"{wanted} and {got}");
    }

    [Fact]
    public void The_message_says_what_it_is()
    {
        var network = Network.Create<float>([3, 2], Activation.Relu, Initializer.He, seed: 3);
        var bytes = Bytes(new Model<float>(network));
        // ir_version 8 (field 1), and at the end of the graph the operators' version 17 in the default domain.
        Assert.Equal([0x08, 8], bytes[..2]);
        Assert.True(bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x42, 4, 0x0A, 0, 0x10, 17]) > 0);
        Assert.True(bytes.AsSpan().IndexOf("Gemm"u8) > 0);
        Assert.Equal(bytes, Bytes(new Model<float>(network)));
        // A batch of any size.
        Assert.True(bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x0A, 3, 0x12, 1, (byte)'N', 0x0A, 2, 0x08, 3]) > 0);
    }

    [Fact]
    public void Dropout_is_gone_and_batch_norm_folds()
    {
        static int Count(byte[] bytes, string text) =>
            System.Text.Encoding.Latin1.GetString(bytes).Split(text).Length - 1;
        var model = new Model<float>(ExampleNetworks.OfEveryKind<float>());
        Assert.Equal(0, Count(Bytes(model), "Dropout"));
        Assert.Equal(8, Count(Bytes(model), "\"\u0012BatchNormalization"));
        // The four that don't follow an affine layer stay.
        Assert.Equal(4, Count(Bytes(model, new OnnxOptions { FoldBatchNorm = true }), "\"\u0012BatchNormalization"));
    }

    [Fact]
    public void Batch_norm_folds_inside_layers_too()
    {
        static ILayer<float>[] Layers() =>
            [.. Network.Create<float>([4, 4, 4], units => [Layer.BatchNorm<float>(units)], Initializer.He).Layers];
        var network = ExampleNetworks.Stirred(Network.Of(
        [
            Layer.Residual(Layers()), Layer.Parallel(Join.Sum, Layer.Chain(Layers()), Layer.Tied([], Layers())),
        ]), 1);
        var folded = Bytes(new Model<float>(network), new OnnxOptions { FoldBatchNorm = true });
        Assert.Equal(-1, folded.AsSpan().IndexOf("BatchNormalization"u8));
        var x = ExampleNetworks.Samples(network);
        Near(network.Predict(x), Run(folded, x)["scores"], "folded inside layers");
    }

    [Fact]
    public void A_layer_without_an_operator_is_reported()
    {
        var model = new Model<float>(ExampleNetworks.WithCustomLayers<float>());
        Assert.StartsWith("ONNX has no operator for the layer scale1",
            Assert.Throws<ArgumentException>(() => Bytes(model)).Message, StringComparison.Ordinal);
    }

    private static void Near(Matrix<float> expected, float[] found, string what)
    {
        var (wanted, largest) = (expected.ToColumnMajorArray(), expected.Enumerate().Max(Math.Abs));
        Assert.Equal(wanted.Length, found.Length);
        for (var i = 0; i < wanted.Length; i++)
            Assert.True(
                Math.Abs(wanted[i] - found[i]) <= 1e-5f * Math.Max(1, largest), $"{what}: {wanted[i]} and {found[i]}");
    }

    // What ONNX Runtime computes: its tensors are samples x features, a sample after the other, as ours are in memory.
    private static Dictionary<string, float[]> Run(byte[] model, Matrix<float> input)
    {
        using var session = new InferenceSession(model);
        using var numbers = OrtValue.CreateTensorValueFromMemory(
            input.ToColumnMajorArray(), [input.ColumnCount, input.RowCount]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["input"], [numbers], session.OutputNames);
        return session.OutputNames.Zip(results)
            .ToDictionary(found => found.First, found => found.Second.GetTensorDataAsSpan<float>().ToArray());
    }
}
