using System.Text.Json.Nodes;
using Functional.Host.Data;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

public sealed class ReplayTests : IDisposable
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Golden");
    private static readonly string[] ComputedNames = ["loss", "grad0.", "final.", "bn.", "eval_scores", "num.", "path."];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Cases => Folders(Golden);

    public static TheoryData<string> MnistCases => Folders(Environment.GetEnvironmentVariable(GoldenTheoryAttribute.Variable)!);

    private static TheoryData<string> Folders(string root) =>
        [.. Directory.GetDirectories(root).Order().Select(path => Path.GetFileName(path))];

    private Outcome Replay(params string[] arguments) => Program.Run(folder.Path, ["replay", .. arguments]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_is_replayed_within_its_limits(string name) => CheckReplayed(Path.Combine(Golden, name));

    [GoldenTheory]
    [MemberData(nameof(MnistCases))]
    public void A_case_on_mnist_is_replayed_within_its_limits(string name) =>
        CheckReplayed(Path.Combine(Environment.GetEnvironmentVariable(GoldenTheoryAttribute.Variable)!, name));

    private void CheckReplayed(string path)
    {
        var outcome = Replay(path, "--json");
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        var references = Safetensors.Read(Path.Combine(path, "tensors.safetensors")).Tensors.Where(IsComputed);
        var quantities = outcome.Events.SkipLast(1).ToArray();
        Assert.Equal(references.Select(tensor => tensor.Name), quantities.Select(found => found.GetProperty("quantity").GetString()));
        foreach (var quantity in quantities)
        {
            // Limits of this test's own: those of the program are part of what is tested.
            var absolute = quantity.GetProperty("absolute").GetBoolean();
            Assert.InRange(quantity.GetProperty("deviation").GetDouble(), 0, absolute ? 1e-9 : 1e-12);
        }
    }

    private static bool IsComputed(Tensor tensor) =>
        ComputedNames.Any(name => tensor.Name.StartsWith(name, StringComparison.Ordinal));

    // A copy of a case that a test may change.
    private string Copy(string name, Action<JsonNode>? description = null, Func<IEnumerable<Tensor>, IEnumerable<Tensor>>? tensors = null)
    {
        var source = Path.Combine(Golden, name);
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "case.json")))!;
        description?.Invoke(json);
        Directory.CreateDirectory(folder[name]);
        File.WriteAllText(folder[$"{name}/case.json"], json.ToJsonString());
        var all = Safetensors.Read(Path.Combine(source, "tensors.safetensors")).Tensors;
        Safetensors.Write(folder[$"{name}/tensors.safetensors"], tensors is null ? all : tensors(all));
        return name;
    }

    private static Func<IEnumerable<Tensor>, IEnumerable<Tensor>> Replaced(string name, Func<Tensor, Tensor?> change) =>
        tensors => tensors.Select(tensor => tensor.Name == name ? change(tensor) : tensor).OfType<Tensor>();

    private static Func<IEnumerable<Tensor>, IEnumerable<Tensor>> Changed(string name, int index, double value) =>
        Replaced(name, tensor =>
        {
            tensor.Convert<double>(out var values);
            values = [.. values];
            values[index] = value;
            return Tensor.Of(name, tensor.Shape, values);
        });

    private static Func<IEnumerable<Tensor>, IEnumerable<Tensor>> Without(string name) => Replaced(name, _ => null);

    [Theory]
    [InlineData("bn_dropout_l2")]
    [InlineData("gradcheck_bn_l2")]
    [InlineData("trajectory")]
    public void What_is_written_is_what_was_computed(string name)
    {
        var original = Safetensors.Read(Path.Combine(Golden, name, "tensors.safetensors"));
        Assert.Equal(0, Replay(Path.Combine(Golden, name), "--out", "out.safetensors").ExitCode);
        var written = Safetensors.Read(folder["out.safetensors"]);
        Assert.Equal(original.Tensors.Where(IsComputed).Select(tensor => tensor.Name).Order(), written.Tensors.Select(tensor => tensor.Name).Order());
        // With these in place of the references nothing is off, not by a bit.
        var copy = Copy(name, tensors: tensors => [.. tensors.Where(tensor => !IsComputed(tensor)), .. written.Tensors]);
        var outcome = Replay(copy, "--json");
        Assert.Equal(0, outcome.ExitCode);
        Assert.All(outcome.Events.SkipLast(1), quantity => Assert.Equal(0, quantity.GetProperty("deviation").GetDouble()));
        // Without any reference the same is computed.
        var start = Copy(name, tensors: tensors => tensors.Where(tensor => !IsComputed(tensor)));
        outcome = Replay(start, "--out", "again.safetensors");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.EndsWith("the case has nothing to compare them with\n", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(folder["out.safetensors"]), File.ReadAllBytes(folder["again.safetensors"]));
    }

    [Fact]
    public void A_description_may_say_no_more_than_what_a_replay_needs()
    {
        var name = Copy("opt_sgd", json =>
        {
            foreach (var property in (string[])["name", "noise_tensors", "replay_tolerance", "tensors", "tensor_file", "what", "layout"])
                json.AsObject().Remove(property);
        });
        Assert.Equal(0, Replay(name).ExitCode);
    }

    [Fact]
    public void What_is_off_is_told_with_exit_code_1()
    {
        var outcome = Replay(Copy("opt_sgd", tensors: Changed("final.b2", 0, 1)));
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches("^final.b2 +[0-9.E+-]+  1E-10 relative, exceeded$", outcome.Output.Split('\n').Single(line => line.Contains("final.b2")));
        Assert.EndsWith("\n1 of 15 exceed their limits\n", outcome.Output, StringComparison.Ordinal);
        outcome = Replay(Copy("opt_sgd", tensors: Changed("loss", 3, double.NaN)), "--json");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("loss", Assert.Single(outcome.Event("summary").GetProperty("exceeded").EnumerateArray()).GetString());
    }

    [Fact]
    public void A_case_may_widen_its_limits()
    {
        var references = Safetensors.Read(Path.Combine(Golden, "opt_sgd", "tensors.safetensors"));
        var nearly = Changed("final.b3", 0, references.Values<double>("final.b3", 10)[0] + 1e-7);
        Assert.Equal(1, Replay(Copy("opt_sgd", tensors: nearly)).ExitCode);
        Assert.Equal(0, Replay(Copy("opt_sgd", json => json["replay_tolerance"]!["float64_rel"] = 1e-5, nearly)).ExitCode);
        Assert.Equal(1, Replay(Copy("opt_sgd", json => json["noise_tensors"]!["names"] = new JsonArray("final.b3"), nearly)).ExitCode);
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
        Assert.Equal(0, Replay(name, "--out", "path.safetensors").ExitCode);
        // x loses half of itself in each step, and so does y.
        Assert.Equal(
            [8, -16, 4, -8, 2, -4, 1, -2], Safetensors.Read(folder["path.safetensors"]).Values<double>("path.SGD", 4, 2));
    }

    private void CheckRefused(string place, string complaint, string name = "opt_sgd", Action<JsonNode>? description = null, Func<IEnumerable<Tensor>, IEnumerable<Tensor>>? tensors = null)
    {
        var outcome = Replay(Copy(name, description, tensors), "--out", "out.safetensors");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal($"functional: {name}/{place}: {complaint}\n", outcome.Error);
        Assert.False(File.Exists(folder["out.safetensors"]));
    }

    [Fact]
    public void A_bad_tensor_is_one_line_and_exit_code_2()
    {
        static string At(string tensor) => $"tensors.safetensors: at tensor '{tensor}'";
        CheckRefused(At("init.W2"), "expected a tensor of this name, found none", tensors: Without("init.W2"));
        CheckRefused(At("indices"), "expected a tensor of this name, found none", tensors: Without("indices"));
        CheckRefused(At("inputs"), "expected a tensor of this name, found none", tensors: Without("inputs"));
        CheckRefused(At("mask.2"), "expected a tensor of this name, found none", "dropout", tensors: Without("mask.2"));
        CheckRefused(At("init.gamma1"), "expected a tensor of this name, found none", "batchnorm", tensors: Without("init.gamma1"));
        CheckRefused(
            At("init.W1"), "expected shape [12, 9], found [9, 12]",
            tensors: Replaced("init.W1", _ => Tensor.Of("init.W1", [9, 12], new double[108])));
        CheckRefused(
            At("mask.1"), "expected shape [30, 16, 9], found [30, 16, 7]", "dropout",
            tensors: Replaced("mask.1", _ => Tensor.Of("mask.1", [30, 16, 7], new byte[30 * 16 * 7])));
        CheckRefused(
            At("final.b1"), "expected shape [9], found [9, 1]",
            tensors: Replaced("final.b1", _ => Tensor.Of("final.b1", [9, 1], new double[9])));
        CheckRefused(
            At("indices"), "expected shape [30, 8], found [30, 16]", description: json => json["batch_size"] = 8);
        CheckRefused(
            At("indices"), "expected rows from 0 to 199, found 200 as element 17", tensors: Changed("indices", 17, 200));
        CheckRefused(
            At("indices"), "expected numbers that Int32 holds exactly, found 0.5 as element 0", tensors: Changed("indices", 0, 0.5));
        CheckRefused(
            At("input_labels"), "expected classes from 0 to 9, found 10 as element 3", tensors: Changed("input_labels", 3, 10));
        CheckRefused(
            At("mask.1"), "expected 0 or 1 for each unit, found 2 as element 7", "dropout", tensors: Changed("mask.1", 7, 2));
        var labels = Safetensors.Read(Path.Combine(Golden, "opt_sgd", "tensors.safetensors"));
        var (row, label) = (labels.Values<int>("indices", -1, -1)[5], labels.Values<int>("labels", -1, -1)[5]);
        CheckRefused(
            At("labels"), $"expected {label}, the label of row {row}, as element 5, found 11", tensors: Changed("labels", 5, 11));
    }

    [Fact]
    public void A_bad_description_is_one_line_and_exit_code_2()
    {
        CheckRefused("case.json: at kind", "expected train, gradcheck or trajectory, found \"test\"", description: json => json["kind"] = "test");
        CheckRefused("case.json: at kind", "expected a value, found none", description: json => json.AsObject().Remove("kind"));
        CheckRefused(
            "case.json: at optimizer.name", "expected one of SGD, Momentum, Nesterov, AdaGrad, RMSprop, Adam, found \"Adamant\"",
            description: json => json["optimizer"]!["name"] = "Adamant");
        CheckRefused(
            "case.json: at optimizer.lr", "expected a number, found \"fast\"", description: json => json["optimizer"]!["lr"] = "fast");
        CheckRefused(
            "case.json: at optimizer.beta2", "expected a value, found none", "opt_adam",
            json => json["optimizer"]!.AsObject().Remove("beta2"));
        CheckRefused(
            "case.json: at optimizer", "expected an optimizer that works, found beta1 must be at least 0 and below 1, but is 1", "opt_adam",
            json => json["optimizer"]!["beta1"] = 1);
        CheckRefused(
            "case.json: at optimizer.epsilon_place", "expected outside the square root, found \"inside the square root\"", "opt_adam",
            json => json["optimizer"]!["epsilon_place"] = "inside the square root");
        CheckRefused(
            "case.json: at net.layers[1]", "expected a layer with its number, found \"relu\"",
            description: json => json["net"]!["layers"]![1] = "relu");
        CheckRefused(
            "case.json: at net.layers[2]", "expected affine layers 1 to 3, as net.sizes says, found \"Affine3\"",
            description: json => json["net"]!["layers"]![2] = "Affine3");
        CheckRefused(
            "case.json: at net.layers", "expected 4 affine layers, as net.sizes says, found 3",
            description: json => json["net"]!["sizes"]!.AsArray().Add(5));
        CheckRefused(
            "case.json: at tensor_file", "expected a file in the case's folder, found \"../tensors.safetensors\"",
            description: json => json["tensor_file"] = "../tensors.safetensors");
        CheckRefused(
            "case.json: at optimizers[1].name", "expected each optimizer once, found \"SGD\"", "trajectory",
            json => json["optimizers"]![1] = json["optimizers"]![0]!.DeepClone());
    }

    [Fact]
    public void A_folder_without_a_case_is_told()
    {
        Assert.Equal("functional: none: expected a folder with a case.json, found none\n", Replay("none").Error);
        Assert.Equal($"functional: {folder["case.json"]}: expected a file, found none\n", Replay(folder.Path).Error);
        folder.Write("case.json", "{\n\"a\": }"u8.ToArray());
        var outcome = Replay(folder.Path);
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"functional: {folder["case.json"]}: at line 2: expected JSON, found \"", outcome.Error, StringComparison.Ordinal);
        folder.Write("case.json", """{"kind": "trajectory"}"""u8.ToArray());
        Assert.Equal($"functional: {folder["tensors.safetensors"]}: expected a file, found none\n", Replay(folder.Path).Error);
    }
}
