using System.Text.Json.Nodes;
using Functional.Host.Files;
using Functional.Tests.Data;
using Tensors = System.Collections.Generic.IEnumerable<Functional.Host.Files.Tensor>;

namespace Functional.Tests.Replays;

public sealed class ReplayTests : IDisposable
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Golden");
    private static readonly string[] ComputedNames =
        ["loss", "grad0.", "final.", "bn.", "eval_scores", "num.", "path."];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Cases => Folders(Golden);

    public static TheoryData<string> MnistCases => Folders(GoldenTheoryAttribute.Folder!);

    private static TheoryData<string> Folders(string root) =>
        [.. Directory.GetDirectories(root).Order().Select(path => Path.GetFileName(path))];

    private static string[] Exceeded(string folder) =>
        [.. Deviations(folder).Where(deviation => !deviation.Within).Select(deviation => deviation.Quantity)];

    private static IReadOnlyList<Deviation> Deviations(string folder)
    {
        var replayed = ReplayCase.Load(folder);
        return Deviation.Of(replayed, replayed.Run());
    }

    private static string Refusal(string folder) => Assert.Throws<DataException>(() => Deviations(folder)).Message;

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_is_replayed_within_its_limits(string name) => CheckReplayed(Path.Combine(Golden, name));

    [GoldenTheory]
    [MemberData(nameof(MnistCases))]
    public void A_case_on_mnist_is_replayed_within_its_limits(string name) =>
        CheckReplayed(Path.Combine(GoldenTheoryAttribute.Folder!, name));

    private static void CheckReplayed(string path)
    {
        var deviations = Deviations(path);
        var references = Safetensors.Read(Path.Combine(path, "tensors.safetensors")).Tensors.Where(IsComputed);
        Assert.Equal(references.Select(tensor => tensor.Name), deviations.Select(deviation => deviation.Quantity));
        // Limits of this test's own: those of the cases are wider.
        Assert.All(deviations, deviation =>
        {
            Assert.True(deviation.Within, deviation.ToString());
            Assert.InRange(deviation.Value, 0, deviation.Absolute ? 1e-9 : 1e-12);
        });
    }

    private static bool IsComputed(Tensor tensor) =>
        ComputedNames.Any(name => tensor.Name.StartsWith(name, StringComparison.Ordinal));

    // A copy of a case that a test may change.
    private string Copy(
        string name, Action<JsonNode>? description = null, Func<Tensors, Tensors>? tensors = null)
    {
        var source = Path.Combine(Golden, name);
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "case.json")))!;
        description?.Invoke(json);
        Directory.CreateDirectory(folder[name]);
        File.WriteAllText(folder[$"{name}/case.json"], json.ToJsonString());
        var all = Safetensors.Read(Path.Combine(source, "tensors.safetensors")).Tensors;
        Safetensors.Write(folder[$"{name}/tensors.safetensors"], tensors is null ? all : tensors(all));
        return folder[name];
    }

    private static Func<Tensors, Tensors> Replaced(string name, Func<Tensor, Tensor?> change) =>
        tensors => tensors.Select(tensor => tensor.Name == name ? change(tensor) : tensor).OfType<Tensor>();

    private static Func<Tensors, Tensors> Changed(string name, int index, double value) =>
        Replaced(name, tensor =>
        {
            tensor.Convert<double>(out var values);
            values = [.. values];
            values[index] = value;
            return Tensor.Of(name, tensor.Shape, values);
        });

    private static Func<Tensors, Tensors> Without(string name) => Replaced(name, _ => null);

    [Theory]
    [InlineData("bn_dropout_l2")]
    [InlineData("gradcheck_bn_l2")]
    [InlineData("trajectory")]
    public void The_references_are_only_compared_with(string name)
    {
        var original = ReplayCase.Load(Path.Combine(Golden, name));
        var computed = original.Run();
        Assert.Equal(
            original.Tensors.Tensors.Where(IsComputed).Select(tensor => tensor.Name).Order(),
            computed.Select(tensor => tensor.Name).Order());
        // With these in place of the references nothing is off, not by a bit.
        var copy = Copy(name, tensors: tensors => [.. tensors.Where(tensor => !IsComputed(tensor)), .. computed]);
        Assert.All(Deviations(copy), deviation => Assert.Equal(0, deviation.Value));
        // Without any reference the same is computed.
        var start = ReplayCase.Load(Copy(name, tensors: tensors => tensors.Where(tensor => !IsComputed(tensor))));
        Assert.Empty(Deviation.Of(start, computed));
        foreach (var (one, other) in computed.Zip(start.Run()))
        {
            one.Convert<double>(out var values);
            other.Convert<double>(out var again);
            Assert.Equal(one.Name, other.Name);
            Assert.Equal(values, again);
        }
    }

    [Fact]
    public void A_description_may_say_no_more_than_what_a_replay_needs()
    {
        string[] needed = ["kind", "net", "optimizer", "data"];
        var name = Copy("opt_sgd", json =>
        {
            foreach (var property in json.AsObject().Select(property => property.Key).Except(needed).ToArray())
                json.AsObject().Remove(property);
        });
        Assert.Empty(Exceeded(name));
    }

    [Fact]
    public void What_is_off_exceeds_its_limit()
    {
        var deviations = Deviations(Copy("opt_sgd", tensors: Changed("final.b2", 0, 1)));
        Assert.Equal(15, deviations.Count);
        var exceeded = Assert.Single(deviations, deviation => !deviation.Within);
        Assert.Equal(("final.b2", 1e-10, false), (exceeded.Quantity, exceeded.Limit, exceeded.Absolute));
        Assert.Equal(["loss"], Exceeded(Copy("opt_sgd", tensors: Changed("loss", 3, double.NaN))));
    }

    [Theory]
    [InlineData("batchnorm", "net.bn.momentum", 0.8, "bn.running_mean.1", "final.W1")]
    [InlineData("batchnorm", "net.bn.epsilon", 1e-5, "grad0.W1", "final.b1")]
    [InlineData("batchnorm", "net.bn.running_init.mean", 1.0, "bn.running_mean.2", "bn.running_var.2")]
    [InlineData("batchnorm", "net.bn.running_init.var", 1.0, "bn.running_var.1", "final.W3")]
    [InlineData("dropout", "net.dropout_ratio", 0.3, "eval_scores", "final.W1")]
    [InlineData("l1_dropout", "regularization.l1", 0.0011, "loss", "grad0.b1")]
    [InlineData("bn_dropout_l2", "regularization.l2", 0.11, "grad0.W2", "grad0.b3")]
    [InlineData("bn_dropout_l2", "optimizer.momentum", 0.8, "final.beta1", "grad0.beta1")]
    [InlineData("opt_nesterov", "optimizer.lr", 0.021, "final.W1", "grad0.W1")]
    [InlineData("opt_adagrad", "optimizer.epsilon", 1e-6, "final.W2", "grad0.W1")]
    [InlineData("opt_rmsprop", "optimizer.decay_rate", 0.98, "final.W1", "grad0.W1")]
    [InlineData("opt_adam", "optimizer.beta1", 0.89, "final.W1", "grad0.W1")]
    [InlineData("opt_adam", "optimizer.beta2", 0.998, "final.b3", "grad0.W1")]
    [InlineData("opt_adam", "optimizer.epsilon", 1e-8, "eval_scores", "grad0.W1")]
    [InlineData("gradcheck_bn_l2", "numerical.h", 0.01, "num.W1", "grad0.W1")]
    [InlineData("trajectory", "function.b", 1.5, "path.Momentum", null)]
    public void What_the_description_says_is_what_is_computed(
        string name, string setting, double value, string changed, string? unchanged)
    {
        var copy = Copy(name, json =>
        {
            var path = setting.Split('.');
            path[..^1].Aggregate(json, (node, property) => node[property]!)[path[^1]] = value;
        });
        var exceeded = Exceeded(copy);
        Assert.Contains(changed, exceeded);
        Assert.DoesNotContain(unchanged, exceeded);
    }

    [Fact]
    public void A_case_may_widen_its_limits()
    {
        var references = Safetensors.Read(Path.Combine(Golden, "opt_sgd", "tensors.safetensors"));
        var nearly = Changed("final.b3", 0, references.Values<double>("final.b3", 10)[0] + 1e-7);
        Assert.NotEmpty(Exceeded(Copy("opt_sgd", tensors: nearly)));
        static void Widen(JsonNode json) => json["replay_tolerance"]!["float64_rel"] = 1e-5;
        Assert.Empty(Exceeded(Copy("opt_sgd", Widen, nearly)));
        static void CallNoise(JsonNode json) => json["noise_tensors"]!["names"] = new JsonArray("final.b3");
        Assert.NotEmpty(Exceeded(Copy("opt_sgd", CallNoise, nearly)));
        nearly = Changed("final.b3", 0, references.Values<double>("final.b3", 10)[0] + 5e-10);
        Assert.Empty(Exceeded(Copy("opt_sgd", CallNoise, nearly)));
    }

    [Fact]
    public void Trajectories_follow_their_description()
    {
        var name = Copy("trajectory", json =>
        {
            json["function"]!["a"] = 4;
            json["function"]!["b"] = 0.25;
            json["start"] = new JsonArray(8, -16);
            json["steps"] = 3;
            json["optimizers"] = new JsonArray(new JsonObject { ["name"] = "SGD", ["lr"] = 1 });
        }, _ => []);
        var path = Assert.Single(ReplayCase.Load(name).Run());
        path.Convert<double>(out var values);
        // x loses half of itself in each step, and so does y.
        Assert.Equal("path.SGD", path.Name);
        Assert.Equal([8, -16, 4, -8, 2, -4, 1, -2], values);
    }

    private void CheckRefused(string name, string error, Action<JsonNode>? description, Func<Tensors, Tensors>? tensors)
    {
        var copy = Copy(name, description, tensors);
        Assert.Equal($"{copy}/{error}", Refusal(copy));
    }

    [Theory]
    [InlineData("opt_sgd", "init.W2")]
    [InlineData("opt_sgd", "indices")]
    [InlineData("opt_sgd", "inputs")]
    [InlineData("opt_sgd", "input_labels")]
    [InlineData("dropout", "mask.2")]
    [InlineData("batchnorm", "init.gamma1")]
    public void A_missing_tensor_is_refused_in_one_line(string name, string tensor) => CheckRefused(
        name, $"tensors.safetensors: at tensor '{tensor}': expected a tensor of this name, found none", null,
        Without(tensor));

    [Fact]
    public void A_bad_tensor_is_refused_in_one_line()
    {
        void Check(string tensor, string complaint, Func<Tensors, Tensors> tensors, string name = "opt_sgd") =>
            CheckRefused(name, $"tensors.safetensors: at tensor '{tensor}': {complaint}", null, tensors);
        void CheckChanged(string tensor, string complaint, int index, double value, string name = "opt_sgd") =>
            Check(tensor, complaint, Changed(tensor, index, value), name);
        void CheckShaped(string tensor, string complaint, int[] shape, string name = "opt_sgd")
        {
            var zeros = new byte[shape.Aggregate(1, (product, size) => product * size)];
            Check(tensor, complaint, Replaced(tensor, _ => Tensor.Of(tensor, shape, zeros)), name);
        }
        CheckShaped("init.W1", "expected shape [12, 9], found [9, 12]", [9, 12]);
        CheckShaped("mask.1", "expected shape [30, 16, 9], found [30, 16, 7]", [30, 16, 7], "dropout");
        CheckShaped("final.b1", "expected shape [9], found [9, 1]", [9, 1]);
        CheckShaped("indices", "expected shape [30, 16], found [480]", [480]);
        Check(
            "path.Lion", "expected one of path.SGD, path.Momentum, path.AdaGrad, path.Adam, found 'path.Lion'",
            tensors => [.. tensors, Tensor.Of<byte>("path.Lion", [1], [0])], "trajectory");
        CheckChanged("indices", "expected rows from 0 to 199, found 200 as element 17", 17, 200);
        CheckChanged("indices", "expected numbers that Int32 holds exactly, found 0.5 as element 0", 0, 0.5);
        CheckChanged("input_labels", "expected classes from 0 to 9, found 10 as element 3", 3, 10);
        CheckChanged("mask.1", "expected 0 or 1 for each unit, found 2 as element 7", 7, 2, "dropout");
        var original = Safetensors.Read(Path.Combine(Golden, "opt_sgd", "tensors.safetensors"));
        var (row, label) = (original.Values<int>("indices", -1, -1)[5], original.Values<int>("labels", -1, -1)[5]);
        CheckChanged("labels", $"expected {label}, the label of row {row}, as element 5, found 11", 5, 11);
    }

    [Fact]
    public void A_bad_description_is_refused_in_one_line()
    {
        void Check(string place, string complaint, string name, Action<JsonNode> description) =>
            CheckRefused(name, $"case.json: at {place}: {complaint}", description, null);
        Check(
            "kind", "expected train, gradcheck or trajectory, found \"test\"", "opt_sgd", json =>
                json["kind"] = "test");
        Check("kind", "expected a value, found none", "opt_sgd", json => json.AsObject().Remove("kind"));
        Check(
            "optimizer.name", "expected one of SGD, Momentum, Nesterov, AdaGrad, RMSprop, Adam, found \"Adamant\"",
            "opt_sgd", json => json["optimizer"]!["name"] = "Adamant");
        Check(
            "optimizer.lr", "expected a number, found \"fast\"", "opt_sgd", json => json["optimizer"]!["lr"] = "fast");
        Check(
            "optimizer.beta2", "expected a value, found none", "opt_adam",
            json => json["optimizer"]!.AsObject().Remove("beta2"));
        Check(
            "optimizer", "expected an optimizer that works, found beta1 must be at least 0 and below 1, but is 1",
            "opt_adam", json => json["optimizer"]!["beta1"] = 1);
        Check(
            "optimizer.epsilon_place", "expected outside the square root, found \"inside\"", "opt_adam",
            json => json["optimizer"]!["epsilon_place"] = "inside");
        Check(
            "net.layers[1]", "expected a layer with its number, found \"relu\"", "opt_sgd",
            json => json["net"]!["layers"]![1] = "relu");
        Check(
            "net.layers[2]", "expected affine layers 1 to 3, as net.sizes says, found \"Affine3\"", "opt_sgd",
            json => json["net"]!["layers"]![2] = "Affine3");
        Check(
            "net.layers[1]",
            "expected Affine, BatchNorm, Dropout, relu, leaky-relu, sigmoid, tanh, gelu, silu, elu, softplus, with a " +
            "number, or SoftmaxWithLoss, found \"maxout1\"", "opt_sgd", json => json["net"]!["layers"]![1] = "maxout1");
        Check(
            "net.layers", "expected 4 affine layers, as net.sizes says, found 3", "opt_sgd",
            json => json["net"]!["sizes"]!.AsArray().Add(5));
        Check(
            "net.bn", "expected a value, found none", "batchnorm", json => json["net"]!.AsObject().Remove("bn"));
        Check(
            "tensor_file", "expected a file in the case's folder, found \"../tensors.safetensors\"", "opt_sgd",
            json => json["tensor_file"] = "../tensors.safetensors");
        Check(
            "optimizers[1].name", "expected each optimizer once, found \"SGD\"", "trajectory",
            json => json["optimizers"]![1] = json["optimizers"]![0]!.DeepClone());
        CheckRefused(
            "opt_sgd", "tensors.safetensors: at tensor 'indices': expected shape [30, 8], found [30, 16]",
            json => json["batch_size"] = 8, null);
    }

    [Fact]
    public void A_folder_without_a_case_is_refused()
    {
        Assert.Equal("none: expected a folder with a case.json, found none", Refusal("none"));
        Assert.Equal($"{folder["case.json"]}: expected a file, found none", Refusal(folder.Path));
        folder.Write("case.json", "{\n\"a\": }"u8.ToArray());
        Assert.StartsWith(
            $"{folder["case.json"]}: at line 2: expected JSON, found \"", Refusal(folder.Path),
            StringComparison.Ordinal);
        folder.Write("case.json", """{"kind": "trajectory"}"""u8.ToArray());
        Assert.Equal($"{folder["tensors.safetensors"]}: expected a file, found none", Refusal(folder.Path));
    }
}
