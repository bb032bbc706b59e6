using System.Diagnostics;
using System.Text.Json;
using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Models.Onnx;
using Functional.Tests.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Models;

/// <summary>A test that needs onnxruntime-node, and is skipped where the folder that the environment variable
/// <c>FUNCTIONAL_ONNXRUNTIME</c> names has none (<c>npm install onnxruntime-node</c> in it).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnnxFactAttribute : FactAttribute
{
    public OnnxFactAttribute() =>
        Skip = Folder is { Length: > 0 } folder && Directory.Exists(Path.Combine(folder, "node_modules", "onnxruntime-node"))
            ? null! : "FUNCTIONAL_ONNXRUNTIME names no folder with node_modules/onnxruntime-node";

    public static string? Folder => Environment.GetEnvironmentVariable("FUNCTIONAL_ONNXRUNTIME");
}

public sealed class OnnxTests : IDisposable
{
    private const string Script = """
        const ort = require(process.argv[2] + '/node_modules/onnxruntime-node');
        const fs = require('fs');
        (async () => {
          for (const line of fs.readFileSync(0, 'utf8').split('\n').filter(line => line)) {
            const { file, samples, features, numbers } = JSON.parse(line);
            const session = await ort.InferenceSession.create(file);
            const results = await session.run({ input: new ort.Tensor('float32', Float32Array.from(numbers), [samples, features]) });
            const object = {};
            for (const name of session.outputNames) object[name] = Array.from(results[name].data);
            console.log(JSON.stringify(object));
          }
        })();
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static byte[] Bytes(Model<float> model, OnnxOptions? options = null)
    {
        var stream = new MemoryStream();
        OnnxExport.Save(stream, model, options);
        return stream.ToArray();
    }

    [OnnxFact]
    public void Another_runtime_computes_the_same()
    {
        var every = ExampleNetworks.OfEveryKind<float>();
        var cases = new List<(Model<float> Model, OnnxOptions Options, Matrix<float> Input, Matrix<float> Expected)>();
        foreach (var network in (Network<float>[])
                 [
                     every, every.WithLoss(Loss.BinaryCrossEntropy), every.WithLoss(Loss.MeanSquaredError),
                     .. ExampleNetworks.Activations.Select((activation, i) => Network.Create<float>(
                         [6, 9, 4], units => [Layer.BatchNorm<float>(units), Layer.Of<float>(activation)], Initializer.He, seed: i)),
                     Network.Create<float>([3, 2], Activation.Relu, Initializer.He, seed: 3),
                 ])
            foreach (var fold in (bool[])[false, true])
                foreach (var samples in (int[])[1, 5])
                    cases.Add((new Model<float>(network), new OnnxOptions { FoldBatchNorm = fold },
                        ExampleNetworks.Samples(network, samples), network.Predict(ExampleNetworks.Samples(network, samples))));
        var scaled = new Model<float>(every)
        {
            Scale = new FeatureScale([1, 2, 3, 4, 5, 6, 7], [2, 3, 4, 5, 6, 7, 8]), Classes = ["a", "b", "c"],
        };
        var raw = ExampleNetworks.Samples(every);
        var features = Matrix<float>.Build.Dense(7, raw.ColumnCount, scaled.Scale.Apply(raw.AsColumnMajorArray(), 7));
        cases.Add((scaled, new OnnxOptions(), raw, every.Predict(features)));
        cases.Add((scaled, new OnnxOptions { TakesFeatures = true }, features, every.Predict(features)));
        var unit = new Model<float>(every) { Scale = FeatureScale.Of(ByteScale.Unit) };
        cases.Add((unit, new OnnxOptions(), 255 * raw, every.Predict(raw)));

        var results = Run(cases.Select((found, i) =>
        {
            File.WriteAllBytes(folder[$"{i}.onnx"], Bytes(found.Model, found.Options));
            return (folder[$"{i}.onnx"], found.Input);
        }));
        Assert.Equal(cases.Count, results.Count);
        foreach (var ((model, options, _, expected), result) in cases.Zip(results))
        {
            Near(expected, result.GetProperty("scores"), $"{model.Network} {options}");
            if (model.Network.Loss.Function.IsSoftmaxCrossEntropy)
                Near(Metrics.Softmax(expected), result.GetProperty("probabilities"), $"probabilities of {model.Network}");
        }
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
        static int Count(byte[] bytes, string text) => System.Text.Encoding.Latin1.GetString(bytes).Split(text).Length - 1;
        var model = new Model<float>(ExampleNetworks.OfEveryKind<float>());
        Assert.Equal(0, Count(Bytes(model), "Dropout"));
        Assert.Equal(4, Count(Bytes(model), "\"\u0012BatchNormalization"));
        Assert.Equal(0, Count(Bytes(model, new OnnxOptions { FoldBatchNorm = true }), "BatchNormalization"));
    }

    [Fact]
    public void A_layer_without_an_operator_is_told()
    {
        var model = new Model<float>(ExampleNetworks.WithCustomLayers<float>());
        Assert.StartsWith("ONNX has no operator for the layer scale1", Assert.Throws<ArgumentException>(() => Bytes(model)).Message, StringComparison.Ordinal);
    }

    private static void Near(Matrix<float> expected, JsonElement found, string what)
    {
        float[] numbers = [.. found.EnumerateArray().Select(number => number.GetSingle())];
        var (wanted, largest) = (expected.ToColumnMajorArray(), expected.Enumerate().Max(Math.Abs));
        Assert.Equal(wanted.Length, numbers.Length);
        for (var i = 0; i < wanted.Length; i++)
            Assert.True(Math.Abs(wanted[i] - numbers[i]) <= 1e-5f * Math.Max(1, largest), $"{what}: {wanted[i]} and {numbers[i]}");
    }

    private static List<JsonElement> Run(IEnumerable<(string File, Matrix<float> Input)> cases)
    {
        var start = new ProcessStartInfo("node", ["-e", Script, "--", "", OnnxFactAttribute.Folder!])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        foreach (var (file, input) in cases)
            process.StandardInput.WriteLine(JsonSerializer.Serialize(
                new { file, samples = input.ColumnCount, features = input.RowCount, numbers = input.ToColumnMajorArray() }));
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return [.. output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
    }
}
