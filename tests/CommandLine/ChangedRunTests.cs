using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Functional.Host.Models;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>F3: a run goes on with what it began with, or says what differs. Its files always tell the same.</summary>
public sealed class ChangedRunTests : IDisposable
{
    private static readonly string[] Options =
        ["--data", "table.csv", "--label", "kind", "--hidden", "5", "--batch-size", "10", "--learning-rate", "0.1"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Train(params string[] arguments) =>
        FunctionalProgram.Run(folder.Path, ["train", "--json", .. arguments]);

    private void Table(int rows, string first, string second) => File.WriteAllLines(
        folder["table.csv"],
        ["x,y,kind", .. Enumerable.Range(0, rows)
            .Select(i =>
                string.Create(CultureInfo.InvariantCulture, $"{i % 7},{i % 5},{(i % 2 == 0 ? first : second)}"))]);

    private string Environment() => File.ReadAllText(folder["run/environment.json"]);

    [Theory]
    [InlineData(100, "b", "a")]
    [InlineData(120, "a", "b")]
    public void F3_other_data_are_refused_before_the_first_step_and_taken_with_force(
        int rows, string first, string second)
    {
        Table(100, "a", "b");
        Train([.. Options, "--epochs", "2", "--out", "run"]);
        var before = Environment();
        Table(rows, first, second);
        if (first == "b")
            // Classes are numbered by their names: what is swapped is the labels.
            File.WriteAllText(folder["table.csv"],
                File.ReadAllText(folder["table.csv"]).Replace("0,0,b", "0,0,a", StringComparison.Ordinal));
        var refused = Train("--resume", "run", "--epochs", "4");
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Matches("^functional: the training samples differ from those of the run: SHA-256 [0-9a-f]{64}, not "
            + "[0-9a-f]{64}\n", refused.Error);
        Assert.EndsWith("functional: --resume: run can't continue to the same bits; give --force to continue anyway\n",
            refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, Environment());
        if (rows != 100)
            return;
        var forced = Train("--resume", "run", "--epochs", "4", "--force");
        Assert.Equal(0, forced.ExitCode);
        Assert.StartsWith("functional: the training samples differ from those of the run: ", forced.Error,
            StringComparison.Ordinal);
        var (now, then) = (JsonNode.Parse(Environment())!, JsonNode.Parse(before)!);
        var earlier = now["earlier"]![0]!;
        Assert.Equal(
            ((string?)then["training"], (string?)then["version"], 16),
            ((string?)earlier["training"], (string?)earlier["version"], (int)earlier["until"]!));
        Assert.NotEqual((string?)now["training"], (string?)earlier["training"]);
        Assert.Matches(
            "from those of the run until step 16: ", FunctionalProgram.Run(folder.Path, "verify", "run").Error);
        // The trace stays, however often the run goes on.
        Train("--resume", "run", "--epochs", "5");
        Assert.Single(JsonNode.Parse(Environment())!["earlier"]!.AsArray());
    }

    [Theory]
    [InlineData("x,y,kind", "y,x,kind")]
    [InlineData("x,y,kind", "q,y,kind")]
    [InlineData(",a\n", ",A\n")]
    public void Audit8_other_names_of_columns_or_classes_are_other_data(string before, string after)
    {
        Table(100, "a", "b");
        Train([.. Options, "--epochs", "2", "--out", "run"]);
        var text = File.ReadAllText(folder["table.csv"]).ReplaceLineEndings("\n");
        File.WriteAllText(folder["table.csv"], text.Replace(before, after, StringComparison.Ordinal));
        var refused = Train("--resume", "run", "--epochs", "4");
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith(
            "functional: the training samples differ from those of the run: ", refused.Error, StringComparison.Ordinal);
        File.WriteAllText(folder["table.csv"], text);
        Assert.Equal(0, Train("--resume", "run", "--epochs", "4").ExitCode);
    }

    [Theory]
    [InlineData("seed", "2", "--seed is 2, and was 1")]
    [InlineData("learning-rate", "0.5", "--learning-rate is 0.5, and was 0.1")]
    [InlineData("clip-norm", "1", "--clip-norm is 1, and was not set")]
    public void A_configuration_that_was_edited_is_refused_with_what_differs(
        string option, string value, string message)
    {
        Table(100, "a", "b");
        var whole = Train([.. Options, "--epochs", "4", "--out", "whole"]);
        Train([.. Options, "--epochs", "2", "--out", "run"]);
        var configuration = JsonNode.Parse(File.ReadAllText(folder["run/config.json"]))!;
        var (before, original) = (Environment(), configuration.ToJsonString());
        configuration["options"]![option] = value;
        File.WriteAllText(folder["run/config.json"], configuration.ToJsonString());
        var refused = Train("--resume", "run", "--epochs", "4");
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith($"functional: config.json was changed: {message}\n", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, Environment());
        var forced = Train("--resume", "run", "--epochs", "3", "--force");
        Assert.Equal(0, forced.ExitCode);
        Assert.Equal("16", JsonNode.Parse(Environment())!["earlier"]![0]!["until"]!.ToJsonString());
        // No command of its page gives another network than the page says.
        var page = File.ReadAllText(folder["run/report.html"]);
        Assert.DoesNotContain("This command gives the same network", page, StringComparison.Ordinal);
        Assert.Contains(
            "No command gives this network again: the run until step 16 had other options: ", page,
            StringComparison.Ordinal);
        // Nor does that of a folder that was moved.
        Directory.Move(folder["run"], folder["moved"]);
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "report", "moved").ExitCode);
        Assert.Contains(
            "No command gives this network again: the run until step 16 had other options: ",
            File.ReadAllText(folder["moved/report.html"]), StringComparison.Ordinal);
        Directory.Move(folder["moved"], folder["run"]);
        // As it was, a run goes on.
        Train([.. Options, "--epochs", "2", "--out", "run", "--force"]);
        var resumed = Train("--resume", "run", "--epochs", "4");
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        Assert.Equal(Digest(whole), Digest(resumed));
    }

    [Fact]
    public void An_edited_length_counts_like_one_given_as_an_option()
    {
        Table(100, "a", "b");
        string[] options = [.. Options, "--schedule", "cosine", "--epochs", "2"];
        Train([.. options, "--out", "run"]);
        Train([.. options, "--out", "edited"]);
        File.WriteAllText(
            folder["edited/config.json"],
            File.ReadAllText(folder["edited/config.json"])
                .Replace("\"epochs\": \"2\"", "\"epochs\": \"4\"", StringComparison.Ordinal));
        Assert.Equal(Digest(Train("--resume", "run", "--epochs", "4")), Digest(Train("--resume", "edited")));
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "verify", "edited").ExitCode);
    }

    [Fact]
    public void Data_may_be_moved()
    {
        Table(100, "a", "b");
        Train([.. Options, "--epochs", "2", "--out", "run"]);
        File.Move(folder["table.csv"], folder["moved.csv"]);
        File.WriteAllText(
            folder["run/config.json"],
            File.ReadAllText(folder["run/config.json"]).Replace("table.csv", "moved.csv", StringComparison.Ordinal));
        var resumed = Train("--resume", "run", "--epochs", "3");
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
    }

    [Fact]
    public void The_best_network_and_the_summary_agree_after_a_kill_and_fewer_epochs()
    {
        string[] options =
            ["--samples", "600", "--validation", "0.2", "--hidden", "10", "--batch-size", "20", "--checkpoint-every",
                "5", "--epochs", "100000", "--learning-rate", "0.02"];
        using (var process = FunctionalProgram.Start(folder.Path, ["train", .. options, "--out", "run"]))
        {
            // Of the epochs 5 to 9, each better than those before at first, a checkpoint has only the fifth.
            while (process.StandardOutput.ReadLine()?.StartsWith("epoch   8", StringComparison.Ordinal) == false)
            {
            }
            process.Kill();
            process.WaitForExit();
        }
        var saved = int.Parse(
            Path.GetFileNameWithoutExtension(Directory.GetFiles(folder["run/checkpoints"], "*.safetensors").Max()!),
            CultureInfo.InvariantCulture);
        var fewer = (saved / 24).ToString(CultureInfo.InvariantCulture);
        var best = Train("--resume", "run", "--epochs", fewer).Event("summary").GetProperty("best");
        Assert.Equal(best.GetProperty("digest").GetString(),
            Model.Load<float>(folder["run/best.safetensors"]).Network.Digest());
        Assert.Equal(saved / 24, int.Parse(fewer, CultureInfo.InvariantCulture));
        Train([.. options[..^4], "--epochs", fewer, "--learning-rate", "0.02", "--out", "whole"]);
        foreach (var file in (string[])["best.safetensors", "model.safetensors", "digest.txt"])
            Assert.Equal(File.ReadAllBytes(folder[$"whole/{file}"]), File.ReadAllBytes(folder[$"run/{file}"]));
    }

    private static string Digest(Outcome outcome) => outcome.Event("summary").GetProperty("digest").GetString()!;
}
