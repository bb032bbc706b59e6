using System.Globalization;
using System.Text.Json;
using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Runs;

/// <summary>Runs that begin from a model.</summary>
public sealed class FineTuningTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private static readonly Lazy<DataSet> Digits = new(() => DataSets.Load("digits"));

    public void Dispose() => folder.Dispose();

    private Outcome Run(params string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);

    private string Fault(params string[] arguments)
    {
        var outcome = Run(arguments);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        return outcome.Error;
    }

    private string Table(string name, string header, params string[] kinds)
    {
        File.WriteAllText(folder[name], header + "\n" + string.Concat(Enumerable.Range(0, 120).Select(i =>
            string.Create(CultureInfo.InvariantCulture,
                $"{kinds[i % kinds.Length]},{i % 7},{(i % 11 == 0 ? "" : $"{0.5 * (i % kinds.Length)}")},"
                + $"{(i % 3 == 0 ? "red" : "blue")}\n"))));
        return name;
    }

    private static Model<float> TrainedDigits()
    {
        var configuration = new TrainConfiguration { Epochs = 1, Hidden = [20], Dropout = 0.1, BatchNorm = true };
        var run = new TrainingRun(configuration, Digits.Value);
        return run.ModelOf(run.Run().State.Network);
    }

    private static DataSet Modulo(int classes) =>
        new(Modulo(Digits.Value.Training, classes), Modulo(Digits.Value.Test, classes));

    private static DataPart Modulo(DataPart part, int classes) => new(part.Samples, new Classes(
        new Classification([.. Enumerable.Range(0, classes).Select(i => $"class {i}")]),
        Array.ConvertAll(part.Classes.Labels, label => label % classes)));

    [Fact]
    public void Other_classes_replace_the_last_layer_and_nothing_else()
    {
        var model = TrainedDigits();
        var run = new TrainingRun(new TrainConfiguration { Epochs = 1, Seed = 5 }, Modulo(3), model);
        var (before, after) = (model.Network.Parameters(), run.Start.Training.Network.Parameters());
        Assert.Equal(before.Select(leaf => leaf.Name), after.Select(leaf => leaf.Name));
        foreach (var (old, @new) in before.Zip(after).SkipLast(2))
            Assert.Equal(old.Values, @new.Values);
        Assert.Equal((3, 20), (after[after.Count - 2].Shape.Rows, after[after.Count - 2].Shape.Columns));
        Assert.Equal(model.Network.Statistics()[0].Values, run.Start.Training.Network.Statistics()[0].Values);
        Assert.Equal(model.Encoder, run.Encoded.Encoder);
        // Another seed is another last layer.
        var other = new TrainingRun(new TrainConfiguration { Epochs = 1, Seed = 6 }, Modulo(3), model);
        Assert.NotEqual(
            after[after.Count - 2].Values, other.Start.Training.Network.Parameters()[after.Count - 2].Values);
        var result = run.Run();
        Assert.Equal(3, run.ModelOf(result.State.Network).Network.Outputs);
        Assert.True(result.Summary.TestAccuracy > 0.6);
    }

    [Fact]
    public void Fewer_of_the_models_classes_keep_all_layers_and_the_models_numbers()
    {
        var model = TrainedDigits() with
        {
            Task = new Classification(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]),
        };
        int[] places = [.. Digits.Value.Training.Classes.Labels.Index().Where(label => label.Item is 3 or 7)
            .Select(label => label.Index)];
        var images = Digits.Value.Training.Images.Take(places);
        var part = new DataPart(images, new Classes(new Classification(["seven", "three"], "digit"),
            Array.ConvertAll(places, place => Digits.Value.Training.Classes.Labels[place] == 7 ? 0 : 1)));
        var run = new TrainingRun(new TrainConfiguration { Epochs = 1 }, new DataSet(part, part), model);
        Assert.Equal(model.Network.Digest(), run.Start.Training.Network.Digest());
        Assert.Equal(
            places.Take(50).Select(place => Digits.Value.Training.Classes.Labels[place]),
            run.Data.Training.Classes.Labels.Take(50));
        // What the model knows already it needn't learn.
        var start = ModelEvaluation.Of(model, "digits", [run.Data.Test], 1);
        Assert.True(Assert.IsType<ClassEvaluation>(start).Confusion.Accuracy > 0.7);
    }

    [Fact]
    public void Quantities_and_single_outputs_are_kept_with_their_scales_and_losses()
    {
        File.WriteAllText(folder["p.csv"], "size,price\n" + string.Concat(
            Enumerable.Range(0, 100).Select(i => $"{i % 37},{(3 * (i % 37)) + 100.5}\n")));
        var data = DataSets.Load(folder["p.csv"], "price");
        var first = new TrainingRun(new TrainConfiguration { Epochs = 3, Loss = Loss.Huber(), Hidden = [4] }, data);
        var model = first.ModelOf(first.Run().State.Network);
        var part = data.Training.Take([.. Enumerable.Range(0, 20)]);
        var again = new TrainingRun(new TrainConfiguration { Epochs = 1 }, new DataSet(part, part), model);
        Assert.Equal((model.Task, model.Network.Loss), (again.Encoded.Task, again.Start.Training.Network.Loss));
        Assert.Equal(model.Network.Digest(), again.Start.Training.Network.Digest());

        var two = new TrainingRun(
            new TrainConfiguration { Epochs = 1, Loss = Loss.BinaryCrossEntropy, Hidden = [4] }, Modulo(2));
        var binary = two.ModelOf(two.Start.Training.Network);
        Assert.Equal(1, new TrainingRun(new TrainConfiguration(), Modulo(2), binary).Start.Training.Network.Outputs);
        var both = new TrainingRun(
            new TrainConfiguration { Loss = Loss.SoftmaxCrossEntropy() }, Modulo(2), binary).Start.Training.Network;
        Assert.Equal(2, both.Outputs);
        Assert.Contains("the model does not fit: it takes ", Assert.Throws<UsageException>(
            () => new TrainingRun(new TrainConfiguration(), data, binary)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_is_fine_tuned_resumed_verified_and_repeated()
    {
        Table("a.csv", "kind,n,x,color", "oak", "elm");
        Table("b.csv", "leaf,n,x,color", "big", "small", "tiny");
        Assert.Equal(0, Run("train", "--data", "a.csv", "--label", "kind", "--epochs", "5", "--out", "a").ExitCode);
        string[] options = ["--data", "b.csv", "--label", "leaf", "--from", "a", "--l2", "0.01"];
        var tuned = Run(["train", .. options, "--epochs", "4", "--out", "b"]);
        Assert.Equal(0, tuned.ExitCode);
        Assert.StartsWith("from a (", tuned.Output, StringComparison.Ordinal);
        Assert.Contains(
            "): the last layer is new, for 3 outputs (leaf: big | small | tiny)\n", tuned.Output,
            StringComparison.Ordinal);
        Assert.Equal(
            Model.Load<float>(folder["a"]).Encoder, Model.Load<float>(folder["b"]).Encoder);
        using var environment = JsonDocument.Parse(File.ReadAllText(folder["b/environment.json"]));
        Assert.Matches("^[0-9a-f]{64}$", environment.RootElement.GetProperty("baseModel").GetString());
        Assert.StartsWith("identical", Run("verify", "b").Output, StringComparison.Ordinal);

        // The page's command repeats the run, and so do fewer epochs with more after that.
        var command = ConfigurationFile.Read(folder["b/config.json"]).CommandLine();
        Assert.Contains(command.Replace("'", "&#39;", StringComparison.Ordinal),
            File.ReadAllText(folder["b/report.html"]), StringComparison.Ordinal);
        Assert.DoesNotContain("--hidden", command, StringComparison.Ordinal);
        Assert.Equal(0, Run([.. command.Split(' ').Skip(1), "--out", "c"]).ExitCode);
        Assert.Equal(0, Run(["train", .. options, "--epochs", "2", "--out", "d"]).ExitCode);
        Assert.Equal(0, Run("train", "--resume", "d", "--epochs", "4").ExitCode);
        foreach (var other in (string[])["c", "d"])
            Assert.Equal(File.ReadAllText(folder["b/digest.txt"]), File.ReadAllText(folder[$"{other}/digest.txt"]));

        // Another model in the same place is seen.
        Assert.Equal(
            0, Run("train", "--data", "a.csv", "--label", "kind", "--epochs", "6", "--out", "a", "--force").ExitCode);
        Assert.Contains("the model to begin from differs from that of the run: SHA-256 ",
            Fault("train", "--resume", "d", "--epochs", "6"), StringComparison.Ordinal);
        var verified = Run("verify", "b");
        Assert.Equal(1, verified.ExitCode);
        Assert.Contains("the model to begin from differs from that of the run", verified.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_the_reason()
    {
        Table("a.csv", "kind,n,x,color", "oak", "elm");
        Table("b.csv", "kind,n,x,colour", "oak", "elm");
        Assert.Equal(0, Run("train", "--data", "a.csv", "--label", "kind", "--epochs", "1", "--out", "a").ExitCode);
        string[] from = ["train", "--from", "a"];
        Assert.StartsWith("functional: b.csv: at line 1: expected a column 'color', found kind, n, x, colour",
            Fault([.. from, "--data", "b.csv", "--label", "kind"]), StringComparison.Ordinal);
        Assert.Contains("--from: a does not fit: it takes ",
            Fault([.. from, "--data", "digits"]), StringComparison.Ordinal);
        Assert.Equal("functional: --label: the model takes 'n' to learn from\n",
            Fault([.. from, "--data", "a.csv", "--label", "n"]));
        Assert.Equal("functional: --ignore: the model takes 'color'\n",
            Fault([.. from, "--data", "a.csv", "--label", "kind", "--ignore", "color"]));
        Assert.Equal("functional: --hidden: the model that the run begins from (--from) decides that\n",
            Fault([.. from, "--data", "a.csv", "--label", "kind", "--hidden", "5"]));
        Assert.Equal("functional: --out: the run would replace the model that it begins from, a\n",
            Fault([.. from, "--data", "a.csv", "--label", "kind", "--out", "a", "--force"]));
        Assert.Contains("nowhere", Fault("train", "--from", "nowhere"), StringComparison.Ordinal);
        Safetensors.Write(folder["torch.safetensors"], [Tensor.Of("0.weight", [2, 3], new float[6])]);
        Assert.StartsWith(
            "functional: torch.safetensors: expected a model that Functional has written, found weights of another "
            + "tool",
            Fault("train", "--from", "torch.safetensors"), StringComparison.Ordinal);
        // What the model decides may stand in a configuration that is taken over.
        Assert.Equal(0, Run([.. from, "--config", "a/config.json", "--epochs", "1", "--out", "b"]).ExitCode);
        Assert.Equal(
            0, Run("train", "--config", "b/config.json", "--from", "none", "--hidden", "3", "--out", "c").ExitCode);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("search")]
    [InlineData("doctor")]
    public void An_empty_name_is_not_a_model(string command)
    {
        var outcome = Run(command, "--from=");
        Assert.Equal((2, "functional: --from: expected a model, or none, found ''\n"),
            (outcome.ExitCode, outcome.Error));
    }
}
