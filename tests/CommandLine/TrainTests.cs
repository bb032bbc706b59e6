using System.Runtime.InteropServices;
using System.Text.Json;
using Functional.Host.Commands;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

public sealed class TrainTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Train(params string[] arguments) => FunctionalProgram.Run(folder.Path, ["train", .. arguments]);

    [Fact]
    public void The_same_command_gives_the_same_bits_for_any_number_of_threads()
    {
        string[] digests =
        [
            .. from threads in (string[])["1", "2", "4", "2"]
               select Train("--epochs", "1", "--samples", "2000", "--hidden", "100", "--threads", threads, "--json")
                   .Event("summary").GetProperty("digest").GetString(),
        ];
        Assert.Single(digests.Distinct());
    }

    [Fact]
    public void The_same_command_gives_the_same_bits_for_any_width_of_vectors()
    {
        string[] digests =
        [
            .. from variable in (string[])["DOTNET_EnableAVX512=1", "DOTNET_EnableAVX512=0", "DOTNET_EnableAVX2=0"]
               select FunctionalProgram.RunWith(
                       variable, folder.Path, "train", "--epochs", "1", "--samples", "300", "--hidden", "30,20",
                       "--optimizer", "adam", "--batch-norm", "--dropout", "0.2", "--l2", "1e-4", "--augment",
                       "shift,elastic", "--json")
                   .Event("summary").GetProperty("digest").GetString(),
        ];
        Assert.Single(digests.Distinct());
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("silu")]
    [InlineData("softplus")]
    public void Exponentials_in_double_have_the_same_bits_without_fused_multiply_add(string activation)
    {
        string[][] lines =
        [
            .. from variable in (string[])["DOTNET_EnableAVX512=1", "DOTNET_EnableAVX2=0"]
               select FunctionalProgram.RunWith(
                       variable, folder.Path, "check-gradients", "--hidden", "2", "--samples", "1", "--activation",
                       activation, "--init", "xavier", "--json")
                   .Output.Split('\n').Where(line => line.Contains("\"meanAbsolute\"")).ToArray(),
        ];
        Assert.Equal(4, lines[0].Length);
        Assert.Equal(lines[0], lines[1]);
    }

    [Theory]
    [InlineData("shuffle")]
    [InlineData("replacement")]
    [InlineData("distinct")]
    public void Json_has_an_event_per_line(string sampling)
    {
        var outcome = Train(
            "--samples", "500", "--validation", "0.2", "--epochs", "3", "--sampling", sampling, "--json", "--out",
            "run");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(
            ["start", "epoch", "epoch", "epoch", "summary"],
            outcome.Events.Select(found => found.GetProperty("event").GetString()!));
        var (start, summary) = (outcome.Event("start"), outcome.Event("summary"));
        Assert.Equal(400, start.GetProperty("trainSamples").GetInt32());
        Assert.Equal(100, start.GetProperty("validationSamples").GetInt32());
        Assert.Equal(12, summary.GetProperty("iterations").GetInt32());
        Assert.InRange(summary.GetProperty("testAccuracy").GetDouble(), 0.1, 1);
        Assert.InRange(summary.GetProperty("loss").GetDouble(), 0, 3);
        Assert.Matches("^[0-9a-f]{64}$", summary.GetProperty("digest").GetString());
    }

    [Fact]
    public void A_run_leaves_its_configuration_and_its_metrics()
    {
        Assert.Equal(0, Train("--samples", "300", "--epochs", "2", "--hidden", "20,10", "--out", "run").ExitCode);
        var options = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(folder["run/config.json"]))
            .GetProperty("options");
        Assert.Equal("20,10", options.GetProperty("hidden").GetString());
        var lines = File.ReadAllLines(folder["run/metrics.csv"]);
        Assert.Equal("epoch,iterations,loss,train_accuracy,validation_accuracy,test_accuracy,seconds", lines[0]);
        Assert.Equal(["1,3", "2,6"], lines[1..].Select(line => string.Join(',', line.Split(',')[..2])));
        var second = Train("--out", "run");
        Assert.Equal(2, second.ExitCode);
        Assert.Equal("functional: --out: run holds a run already; choose another folder, or give --force to "
            + "replace it\n", second.Error);
    }

    [Fact]
    public void Everything_wrong_is_reported_at_once()
    {
        var outcome = Train("--hidden", "10,x", "--learning-rate", "-1", "--epochs", "0", "--data", "nowhere");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal(
            """
            functional: --hidden: expected the units of each hidden layer, as in 100,100, or none, found '10,x'
            functional: --learning-rate: the learning rate must be finite and not negative, but is -1
            functional: --epochs: at least 1 is needed, not 0

            """, outcome.Error);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("--data", "nowhere",
        "nowhere: expected a folder, a table (.csv, .tsv, .txt, also with .gz; .parquet, .arrow; .npz), or one of "
        + "digits, circles, spirals, xor, blobs, mnist, fashion-mnist, kmnist, found none of these")]
    [InlineData("--samples", "1000000", "--samples: 1000000 are wanted, but there are 10000 to train on")]
    [InlineData("--validation", "1", "--validation: a share from 0 to below 1 is needed, not 1")]
    [InlineData("--init", "he:3",
        "--init: expected he, xavier, glorot-uniform, orthogonal, zero, lecun, normal:DEVIATION or constant:VALUE, "
        + "found 'he:3'")]
    [InlineData("--threads", "0", "--threads: expected an integer from 1 to 1024, found '0'")]
    public void Bad_input_is_one_line_and_exit_code_2(string option, string value, string message)
    {
        var outcome = Train(option, value, "--out", "run");
        Assert.Equal((2, $"functional: {message}\n"), (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public void A_loss_that_is_no_longer_finite_ends_the_run()
    {
        var outcome = Train("--samples", "500", "--init", "normal:1e30", "--epochs", "1");
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("functional: the loss became", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Ctrl_C_ends_a_run_cleanly()
    {
        using var process = FunctionalProgram.Start(
            folder.Path, "train", "--epochs", "100000", "--json", "--out", "run");
        while (process.StandardOutput.ReadLine()?.Contains("\"epoch\"", StringComparison.Ordinal) == false)
        {
        }
        Signal("INT");
        // Whoever starts the tests in the background makes them, and so the program, deaf to that one.
        using var deaf = new Timer(_ => Signal("TERM"), null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        var outcome = FunctionalProgram.End(process);
        Assert.Equal(130, outcome.ExitCode);
        var summary = outcome.Event("summary");
        Assert.True(summary.GetProperty("interrupted").GetBoolean());
        Assert.InRange(summary.GetProperty("testAccuracy").GetDouble(), 0.3, 1);

        void Signal(string name)
        {
            using var kill = FunctionalProgram.Start("kill", folder.Path, [$"-{name}", $"{process.Id}"]);
            kill.WaitForExit();
        }
    }

    // Whether these are too many for the time that Ctrl-C leaves depends on the machine.
    [UnixFact]
    public void Ctrl_C_leaves_out_an_evaluation_that_takes_long()
    {
        string[] options =
            ["--samples", "3000", "--hidden", "2500,2500", "--batch-size", "1", "--iterations", "40", "--threads", "1"];
        using var process = FunctionalProgram.Start(
            folder.Path, ["train", .. options, "--checkpoint-every", "none", "--json", "--out", "run"]);
        process.StandardOutput.ReadLine();
        using (var kill = FunctionalProgram.Start("kill", folder.Path, ["-TERM", $"{process.Id}"]))
            kill.WaitForExit();
        var outcome = FunctionalProgram.End(process);
        Assert.Equal((130, "to continue: functional train --resume run\n"), (outcome.ExitCode, outcome.Error));
        var summary = outcome.Event("summary");
        Assert.True(summary.GetProperty("interrupted").GetBoolean());
        Assert.Equal(summary.TryGetProperty("testAccuracy", out _), File.Exists(folder["run/report.html"]));
        // A busy machine may not have come to the end of the first step.
        Assert.Equal(
            summary.GetProperty("iterations").GetInt32() > 0 ? 0 : 1,
            FunctionalProgram.Run(folder.Path, "verify", "run").ExitCode);
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "report", "run").ExitCode);
        Assert.Contains(
            "until it was interrupted", File.ReadAllText(folder["run/report.html"]), StringComparison.Ordinal);
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "train", "--resume", "run").ExitCode);
        Assert.Equal(0, Train([.. options, "--out", "whole"]).ExitCode);
        Assert.Equal(File.ReadAllText(folder["whole/digest.txt"]), File.ReadAllText(folder["run/digest.txt"]));
    }

    // Until there is something to end cleanly, the signal ends the process.
    [UnixFact]
    public void Ctrl_C_before_a_run_begins_is_reported_in_one_line()
    {
        using (var pipe = FunctionalProgram.Start("mkfifo", folder.Path, ["table.csv"]))
            pipe.WaitForExit();
        using var process = FunctionalProgram.Start(
            folder.Path, "train", "--data", "table.csv", "--label", "kind", "--out", "run");
        // Somebody who writes waits for the program to read.
        using var writer = new FileStream(folder["table.csv"], FileMode.Open, FileAccess.Write);
        using (var kill = FunctionalProgram.Start("kill", folder.Path, ["-TERM", $"{process.Id}"]))
            kill.WaitForExit();
        var outcome = FunctionalProgram.End(process);
        Assert.Equal(("", "functional: interrupted\n"), (outcome.Output, outcome.Error));
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [MnistFact]
    public void The_book_s_network_learns_mnist()
    {
        var outcome = Train(
            "--data", "mnist", "--init", "normal:0.01", "--learning-rate", "0.1", "--sampling", "replacement",
            "--iterations", "10000", "--json");
        var summary = outcome.Event("summary");
        Assert.InRange(summary.GetProperty("testAccuracy").GetDouble(), 0.965, 0.98);
        Assert.Equal(17, outcome.Events.Count(found => found.GetProperty("event").GetString() == "epoch"));
    }

    [Fact]
    public void Gradients_are_checked()
    {
        var outcome = FunctionalProgram.Run(
            folder.Path, "check-gradients", "--hidden", "5", "--samples", "2", "--json");
        Assert.Equal(0, outcome.ExitCode);
        foreach (var parameter in outcome.Events.SkipLast(1))
            Assert.InRange(parameter.GetProperty("meanAbsolute").GetDouble(), 0, 1e-8);
    }

    [Fact]
    public void A_run_that_is_cancelled_before_it_begins_writes_nothing()
    {
        string[] words = ["train", "--samples", "20", "--hidden", "3", "--out", folder["run"]];
        Assert.Equal(ExitCode.Interrupted, FrontDoor.Run(words, new CancellationToken(canceled: true)));
        Assert.False(Directory.Exists(folder["run"]));
    }
}
