using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Tests.Data;
using MathNet.Numerics.LinearAlgebra;
using static Functional.Tests.Models.ExampleNetworks;

namespace Functional.Tests.Models;

public sealed class ModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static readonly LayerTable<float> Table = new()
    {
        ["scale"] = saved =>
            new LimitedScale<float>(saved.Parameters[0].Values,
                saved.Description.EndsWith("limit 9)", StringComparison.Ordinal) ? 9 : 1.5),
    };

    // What a new layer touches: CONTRIBUTING.md.
    [Fact]
    public void Every_built_in_layer_has_a_format_and_a_row_in_the_docs()
    {
        var page = File.ReadAllText(Path.Combine(ScriptTests.Root, "docs", "models.md"));
        foreach (var layer in Layer.BuiltIn<float>(3))
        {
            Assert.False(LayerFormat.Of(layer) is CustomFormat, $"{layer.Name} has no format in LayerFormats.cs");
            if (layer.Parameters is [var first, ..])
                Assert.True(
                    page.Contains($"`{layer.Name}1.{first.Name}`", StringComparison.Ordinal),
                    $"docs/models.md has no row for {layer.Name}");
        }
    }

    private string Saved<T>(Network<T> network) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        Model.Save(folder["m.safetensors"], network);
        return folder["m.safetensors"];
    }

    [Fact]
    public void A_network_of_every_kind_of_layer_comes_back_bit_for_bit()
    {
        Check<float>();
        Check<double>();

        void Check<T>() where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            var network = OfEveryKind<T>();
            var loaded = Model.Load<T>(Saved(network)).Network;
            Assert.Equal(network.Digest(), loaded.Digest());
            Assert.Equal(network.Loss, loaded.Loss);
            Assert.Equal(network.Penalty, loaded.Penalty);
            var x = Samples(network);
            Assert.Equal(network.Predict(x), loaded.Predict(x));
        }
    }

    [Fact]
    public void What_is_known_of_the_data_comes_back()
    {
        var model = new Model<float>(OfEveryKind<float>())
        {
            Encoder = SmallTables.Encoder(
                [.. Enumerable.Range(0, 7).Select(i => i / 3.0)],
                [.. Enumerable.Range(1, 7).Select(i => 1 / (double)i)], ["1", "2", "3", "4", "5", "6", "7"]),
            Task = new Classification(["a", "\"b\"\n", "é"], "kind"),
        };
        Model.Save(folder["m"], model);
        var loaded = Model.Load<float>(folder["m"]);
        Assert.Equal(model.Encoder, loaded.Encoder);
        Assert.Equal(model.Task, loaded.Task);
        Assert.Equal("\"b\"\n", loaded.ClassName(1));
        var images = model with { Encoder = new ImageEncoder(1, 7, new ByteScale(1.5, 3)), Task = new Model<float>(
            model.Network).Task };
        Model.Save(folder["i"], images);
        Assert.Equal(images.Encoder, Model.Load<float>(folder["i"]).Encoder);
        Assert.Equal(Classification.Numbered(3), Model.Load<float>(folder["i"]).Task);
        void Refused(string message, Model<float> wrong) => Assert.Equal(
            $"{message} (Parameter 'model')",
            Assert.Throws<ArgumentException>(() => Model.Save(folder["m"], wrong)).Message);
        Refused("columns of 3 features for a network of 7 inputs", model with { Encoder = FeatureEncoder.Numbers(3) });
        Refused("2 classes for a network of 3 outputs", model with { Task = new Classification(["a", "b"]) });
        Refused("images of 2 x 7 for a network of 7 inputs", model with
        {
            Encoder = new ImageEncoder(2, 7, ByteScale.Unit),
        });
        Refused("means and deviations must be finite, and deviations not 0", model with
        {
            Encoder = FeatureEncoder.Numbers(7, 0, 0),
        });
        Refused($"quantities from a network with {model.Network.Loss}, which is for classes", model with
        {
            Task = new Regression([.. Enumerable.Repeat(NumberScale.None, 3)], ["x", "y", "z"]),
        });
    }

    [Fact]
    public void A_weight_is_outputs_x_inputs_row_by_row()
    {
        var weight = Matrix<float>.Build.DenseOfArray(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        var file = Safetensors.Read(Saved(Network.Of([Layer.Affine(weight, Vector<float>.Build.Dense([7, 8]))])));
        Assert.Equal([1, 2, 3, 4, 5, 6], file.Values<float>("affine1.weight", 2, 3));
        Assert.Equal([7, 8], file.Values<float>("affine1.bias", 2));
        Assert.Equal(2, file.Tensors.Count);
    }

    // More rows and columns than a tile has, and more elements than are read at once.
    [Theory]
    [InlineData(1, 100)]
    [InlineData(100, 1)]
    [InlineData(17, 33)]
    [InlineData(3, 1_100_000)]
    [InlineData(2_100, 1_050)]
    public void Matrices_of_any_shape_come_back(int inputs, int outputs)
    {
        var network = Network.Create<float>([inputs, outputs], Activation.Relu, Initializer.He, seed: 1);
        var path = Saved(network);
        Assert.Equal(network.Digest(), Model.Load<float>(path).Network.Digest());
        var weight = network.Parameters()[0].Matrix;
        var values = Safetensors.Read(path).Values<float>("affine1.weight", outputs, inputs);
        foreach (var index in (int[])[0, 1, values.Length / 2, values.Length - 1])
            Assert.Equal(weight[index / inputs, index % inputs], values[index]);
    }

    [Fact]
    public void A_wide_matrix_comes_back_although_a_row_is_longer_than_what_is_read_at_once()
    {
        var weight = Matrix<double>.Build.Dense(2, 1_500_000, (i, j) => 2 * j + i);
        var network = Network.Of([Layer.Affine(weight, Vector<double>.Build.Dense(2))]);
        Assert.Equal(weight, Model.Load<double>(Saved(network)).Network.Parameters()[0].Matrix);
    }

    [Fact]
    public void Precisions_are_converted()
    {
        var network = OfEveryKind<float>();
        var doubles = Model.Load<double>(Saved(network)).Network;
        Assert.Equal(
            network.Parameters().ToVector().ToArray().Select(x => (double)x),
            doubles.Parameters().ToVector().ToArray());
        Assert.Equal(network.Digest(), Model.Load<float>(Saved(doubles)).Network.Digest());
    }

    [Fact]
    public void A_layer_of_a_users_own_is_saved_like_the_others()
    {
        var network = WithCustomLayers<float>();
        var loaded = Model.Load(Saved(network), Table).Network;
        Assert.Equal(network.Digest(), loaded.Digest());
        Assert.Equal(network.Predict(Samples(network)), loaded.Predict(Samples(loaded)));
    }

    [Fact]
    public void A_custom_layer_with_the_name_of_one_of_ours_is_numbered_with_it()
    {
        var network = Network.Of(
        [
            Layer.BatchNorm<float>(2), Layer.Dropout<float>(0.5), new Dropout(Vector<float>.Build.Dense([2, 3])),
            Layer.Residual(Layer.Dropout<float>(0.5), new Dropout(Vector<float>.Build.Dense([4, 5]))),
        ]);
        Assert.Equal("dropout2.factors", network.Parameters()[2].Name);
        var loaded = Model.Load<float>(Saved(network), new()
        {
            ["dropout"] = saved => new Dropout(saved.Parameters[0].Values),
        });
        Assert.Equal(network.Digest(), loaded.Network.Digest());
    }

    private sealed class Dropout(Vector<float> factors) : ILayer<float>
    {
        private readonly LimitedScale<float> scale = new(factors, 9);

        public string Name => "dropout";

        public string Description => "dropout by trained factors";

        public int Inputs => scale.Inputs;

        public int Outputs => scale.Outputs;

        public IReadOnlyList<string> Faults => [];

        public IReadOnlyList<Parameter<float>> Parameters => scale.Parameters;

        public ILayer<float> WithParameters(IReadOnlyList<Parameter<float>> parameters) =>
            new Dropout(parameters[0].Values);

        public Matrix<float> Predict(Matrix<float> x) => scale.Predict(x);

        public (Matrix<float>, Func<Matrix<float>, (IReadOnlyList<Parameter<float>>, Lazy<Matrix<float>>)>) Forward(
            Matrix<float> x, Key key) => scale.Forward(x, key);
    }

    [Theory]
    [InlineData("chain")]
    [InlineData("residual")]
    [InlineData("parallel")]
    [InlineData("tied")]
    public void Layers_nested_as_deep_as_they_can_be_come_back(string kind)
    {
        ILayer<float> Around(ILayer<float> layer) => kind switch
        {
            "chain" => Layer.Chain(layer),
            "residual" => Layer.Residual(layer),
            "parallel" => Layer.Parallel(Join.Sum, layer),
            _ => Layer.Tied([], layer),
        };
        var layer = Layer.BatchNorm<float>(2);
        for (var depth = 0; depth < 64; depth++)
            layer = Around(layer);
        var network = Network.Of([layer]);
        var path = Saved(network);
        Assert.Equal(network.Digest(), Model.Load<float>(path).Network.Digest());
        Assert.Contains("layers can be nested 64 deep, not deeper",
            Assert.Throws<ArgumentException>(() => Network.Of([Around(layer)])).Message, StringComparison.Ordinal);
        // A file that goes deeper.
        var file = Safetensors.Read(path);
        var text = file.Metadata["functional.model"];
        var inner = $"{{\"kind\":\"{kind}\"";
        var start = text.IndexOf(inner, StringComparison.Ordinal);
        var end = text.LastIndexOf("],\"loss\"", StringComparison.Ordinal);
        var deeper = text;
        for (var depth = 0; depth < 3; depth++)
            deeper = $"{deeper[..start]}{{\"kind\":\"chain\",\"layers\":[{deeper[start..end]}]}}{deeper[end..]}";
        byte[] Written(string digest) => SafetensorsBytes.Written(
            [.. file.Tensors.Select(tensor => Tensor.Of(
                $"chain1.chain1.chain1.{tensor.Name}", [.. tensor.Shape], file.Values<float>(tensor.Name, 2)))],
            new() { ["functional.model"] = deeper, ["digest"] = digest });
        var digest = Convert.ToHexStringLower(SHA256.HashData(Written(new('0', 64))));
        var message = Assert.Throws<DataException>(
            () => Model.Load<float>(new MemoryStream(Written(digest)), "f")).Message;
        Assert.Contains("nested 64 deep", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_that_no_table_knows_is_reported()
    {
        var path = Saved(WithCustomLayers<float>());
        string Error(LayerTable<float>? table) =>
            Assert.Throws<DataException>(() => Model.Load(path, table)).Message;
        Assert.Equal(
            $"{path}: at metadata 'functional.model': layers[1].name: expected no custom layers, since nothing "
            + $"says how to make them, found \"scale\"",
            Error(null));
        Assert.Contains("expected one of the layers in the table (other), found \"scale\"",
            Error(new() { ["other"] = _ => null! }), StringComparison.Ordinal);
        Assert.Contains(
            "expected what the table makes of it to be 'scale', scale 3 (limit 1.5) with factors (3) as Scale, found "
            + "'scale', scale 3 (limit 2)",
            Error(new() { ["scale"] = saved => new LimitedScale<float>(saved.Parameters[0].Values, 2) }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_digest_is_that_of_the_file_with_zeros_in_its_place()
    {
        var bytes = File.ReadAllBytes(Saved(OfEveryKind<float>()));
        var digest = Safetensors.Read(new MemoryStream(bytes), "f").Metadata["digest"];
        var text = Encoding.UTF8.GetBytes(digest);
        bytes.AsSpan(bytes.AsSpan().IndexOf(text), text.Length).Fill((byte)'0');
        Assert.Equal(digest, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Fact]
    public void A_changed_byte_is_found()
    {
        var path = Saved(OfEveryKind<float>());
        var bytes = File.ReadAllBytes(path);
        for (var at = bytes.Length - 1; at > 8; at -= 97)
        {
            bytes[at] ^= 4;
            Assert.Throws<DataException>(() => Model.Load<float>(new MemoryStream(bytes), "f"));
            bytes[at] ^= 4;
        }
        bytes[^3] ^= 1;
        Assert.Contains(
            "the file is damaged, or was changed after it was written",
            Assert.Throws<DataException>(() => Model.Load<float>(new MemoryStream(bytes), "f")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_places_are_reported()
    {
        Model.Save(folder["m"], OfEveryKind<float>());
        Assert.Throws<OperationFailedException>(() => Model.Save(folder["m/n"], OfEveryKind<float>()));
        Assert.Equal($"{folder["n"]}: expected a file, found none",
            Assert.Throws<DataException>(() => Model.Load<float>(folder["n"])).Message);
    }

    private static string Foreign(IEnumerable<Tensor> tensors, bool hint = true) => Assert.Throws<DataException>(() =>
        Model.Load<float>(new MemoryStream(SafetensorsBytes.Written(tensors)), "f", activation: hint ? Activation.Tanh
            : null)).Message;

    private static Tensor Weight(string name, params int[] shape) =>
        Tensor.Of<float>(name, shape, [.. Enumerable.Range(1, shape.Aggregate((a, b) => a * b)).Select(i => i / 8f)]);

    [Fact]
    public void Weights_of_other_tools_are_read_by_their_names()
    {
        // As torch.nn.Sequential names its parts: Linear, BatchNorm1d, Tanh, Linear, LayerNorm, Tanh, Linear without a
        // bias.
        var model = Model.Load<float>(new MemoryStream(SafetensorsBytes.Written(
        [
            Weight("0.weight", 4, 3), Weight("0.bias", 4), Weight("1.weight", 4), Weight("1.bias", 4),
            Weight("1.running_mean", 4), Weight("1.running_var", 4), Tensor.Of<long>("1.num_batches_tracked", [], [9]),
            Weight("3.weight", 2, 4), Weight("3.bias", 2), Weight("4.weight", 2), Weight("4.bias", 2),
            Weight("10.weight", 2, 2),
        ])), "f", activation: Activation.Tanh);
        Assert.Equal(
            "affine 3 -> 4, batchnorm 4 (momentum 0.9, epsilon 1E-05), tanh, affine 4 -> 2, layernorm 2 (epsilon "
            + "1E-05), tanh, affine 2 -> 2",
            model.Network.ToString());
        Assert.Equal(0.5f, model.Network.Parameters()["affine1.weight"].Matrix[1, 0]);
    }

    [Fact]
    public void Our_own_weights_without_metadata_are_read_too()
    {
        var network = Network.Create<float>(
            [6, 5, 4, 3], units =>
                [Layer.BatchNorm<float>(units), Layer.Of<float>(Activation.Gelu)], Initializer.He, seed: 2);
        var tensors = Safetensors.Read(Saved(network)).Tensors;
        var loaded = Model.Load<float>(
            new MemoryStream(SafetensorsBytes.Written(tensors)), "f", activation: Activation.Gelu).Network;
        Assert.Equal(network.Digest(), loaded.Digest());
    }

    [Fact]
    public void Half_precision_is_read()
    {
        Half[] halves = [(Half)0.5, (Half)(-2)];
        var model = Model.Load<float>(new MemoryStream(SafetensorsBytes.Written(
            [Tensor.Of("fc.weight", [1, 2], halves), Weight("fc.bias", 1)])), "f", activation: Activation.Relu);
        Assert.Equal([0.5f, -2, 0.125f], model.Network.Parameters().ToVector().ToArray());
        var header = """{"a.weight":{"dtype":"BF16","shape":[1,2],"data_offsets":[0,4]}}""";
        var brain = Model.Load<double>(
            new MemoryStream(SafetensorsBytes.File(header, 0x80, 0x3F, 0x20, 0xC0)), "f", activation: Activation.Relu);
        Assert.Equal([1, -2.5, 0], brain.Network.Parameters().ToVector().ToArray());
    }

    [Fact]
    public void Weights_that_make_no_network_are_reported()
    {
        Assert.Contains("give the activation between its layers (--activation)",
            Foreign([Weight("0.weight", 2, 2)], hint: false), StringComparison.Ordinal);
        Assert.Equal("f: expected a tensor NAME.weight of two dimensions (outputs x inputs) at least, found no tensors",
            Foreign([]));
        Assert.Equal("f: expected a tensor NAME.weight of two dimensions (outputs x inputs) at least, found w of "
            + "shape [2, 2]", Foreign([Weight("w", 2, 2)]));
        Assert.Contains(
            "layer 3 (affine 3 -> 2) expects 3 inputs, but layer 1 gives 2",
            Foreign([Weight("0.weight", 2, 2), Weight("2.weight", 2, 3)]), StringComparison.Ordinal);
        Assert.Equal(
            "f: at tensors 'conv.*': expected a weight of two dimensions (and a bias), or what a normalization has, "
            + "found weight of shape [2, 2, 1]",
            Foreign([Weight("0.weight", 2, 2), Weight("conv.weight", 2, 2, 1)]));
        Assert.Equal(
            "f: at tensor '0.weight': expected F16, BF16, F32 or F64, found I32",
            Foreign([Tensor.Of<int>("0.weight", [1, 1], [1])]));
    }

    [Fact]
    public void A_header_that_contradicts_its_tensors_is_reported()
    {
        var file = Safetensors.Read(Saved(Network.Create<float>([2, 2], Activation.Relu, Initializer.He)));
        string Error(Func<string, string> change, IEnumerable<Tensor>? tensors = null) =>
            Assert.Throws<DataException>(() =>
            Model.Load<float>(new MemoryStream(SafetensorsBytes.Written(
                tensors ?? file.Tensors,
                new() { ["functional.model"] = change(file.Metadata["functional.model"]), ["digest"] = new('0', 64) })),
                    "f")).Message;
        Assert.Contains("at tensor 'affine1.weight': expected shape [3, 2], found [2, 2]",
            Error(text => text.Replace("\"outputs\":2", "\"outputs\":3")), StringComparison.Ordinal);
        Assert.Contains("layers[0].kind: expected affine, activation,", Error(text => text.Replace("affine", "conv")),
            StringComparison.Ordinal);
        Assert.Contains("version: expected 1, the version that this program reads, found 2",
            Error(text => text.Replace("\"version\":1", "\"version\":2")), StringComparison.Ordinal);
        Assert.Contains("expected JSON", Error(text => text[..^1]));
        Assert.Contains("expected a tensor of this name, found none", Error(text => text, [file["affine1.weight"]]));
        Assert.Contains("expected tensors of the network only", Error(text => text, [.. file.Tensors, Weight("x", 1)]),
            StringComparison.Ordinal);
        Assert.Contains("expected at most 4096 layers, found 5000", Error(_ =>
            $"{{\"version\":1,\"layers\":[{string.Join(',', Enumerable.Repeat("{}", 5000))}]}}"),
                StringComparison.Ordinal);
        Assert.Contains("layers[0].layers: expected at most 4096 layers, found 5000", Error(_ =>
            $"{{\"version\":1,\"layers\":[{{\"kind\":\"chain\",\"layers\":"
            + $"[{string.Join(',', Enumerable.Repeat("{}", 5000))}]}}]}}"), StringComparison.Ordinal);
    }
}
