using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>Standard output that is full or closed, memory that is exhausted, sizes near the largest number.</summary>
public sealed class OutputStreamTests : IDisposable
{
    private const string Train = "functional train --samples 200 --hidden 5 --epochs 3";

    // As at any other end.
    private static readonly string[] Files =
        ["best.safetensors", "chain.txt", "config.json", "digest.txt", "environment.json", "losses.f64",
            "metrics.csv", "model.safetensors", "report.html", "summary.json"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private void IsComplete(string run)
    {
        Assert.Equal(Files, Directory.GetFiles(folder[run]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "verify", run).ExitCode);
    }

    [UnixFact]
    public void Where_standard_output_is_full_the_run_is_complete_and_a_line_says_so()
    {
        foreach (var option in (string[])["", " --json", " --plain"])
        {
            var outcome = FunctionalProgram.Shell(folder.Path, $"{Train}{option} --force --out run > /dev/full");
            Assert.Equal((1, "functional: standard output: No space left on device\n"),
                (outcome.ExitCode, outcome.Error));
            IsComplete("run");
        }
    }

    [UnixFact]
    public void Where_standard_output_is_closed_the_run_is_complete_and_a_line_says_so()
    {
        var outcome = FunctionalProgram.Shell(folder.Path, $"{Train} --out run >&-");
        Assert.Equal((1, "functional: standard output: it is closed\n"), (outcome.ExitCode, outcome.Error));
        IsComplete("run");
    }

    [UnixFact]
    public void When_the_reader_has_gone_the_run_is_complete_and_quiet()
    {
        var outcome = FunctionalProgram.Shell(folder.Path, $"{Train} --out run | head -1");
        Assert.Equal((0, "", "digits: 200 samples for training, 2,000 for testing\n"),
            (outcome.ExitCode, outcome.Error, outcome.Output));
        for (var wait = 0; wait < 600 && !File.Exists(folder["run/report.html"]); wait++)
            Thread.Sleep(100);
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "verify", "run").ExitCode);
    }

    [UnixFact]
    public void Every_command_reports_a_full_standard_output_in_a_line()
    {
        Assert.Equal(0, FunctionalProgram.Shell(folder.Path, $"{Train} --out run").ExitCode);
        foreach (var command in (string[])
            [
                "--version", "--help", "train --help", "runs .", "runs . --json", "verify run", "evaluate run",
                "data info digits", "data digits --out d",
                "report run", "export run --onnx m.onnx", "completion bash", "check-gradients --hidden 2 --samples 1",
                "experiment layers --out p",
            ])
        {
            var outcome = FunctionalProgram.Shell(folder.Path, $"functional {command} > /dev/full");
            Assert.Equal((command, 1, "functional: standard output: No space left on device\n"),
                (command, outcome.ExitCode, outcome.Error));
        }
        // A command that fails tells that, too, and its exit code is its own.
        Assert.Equal(2, FunctionalProgram.Shell(folder.Path, "functional train --hidden 0 2> /dev/full").ExitCode);
        Assert.Equal(2, FunctionalProgram.Shell(folder.Path, "functional train --hidden 0 2>&-").ExitCode);
    }

    [UnixFact]
    public void Where_memory_does_not_suffice_a_line_says_for_what()
    {
        // Regions as they are by default, but within so little memory.
        const string limit = "DOTNET_GCRegionRange=0x400000000 DOTNET_GCHeapHardLimit=0x20000000";
        var network = FunctionalProgram.Shell(
            folder.Path, $"export {limit}; functional train --hidden 200000 --out large");
        Assert.Equal(1, network.ExitCode);
        Assert.Matches("^functional: not enough memory for a network of 159,000,010 parameters \\(784 - 200000 - "
            + "10\\): [^\n]*\n$", network.Error);
        Assert.False(Directory.Exists(folder["large"]));

        var steps = FunctionalProgram.Shell(
            folder.Path, $"export {limit}; functional train --samples 4000 --hidden 20000 --batch-size 4000 --epochs "
            + $"2 --plain --out run");
        Assert.Equal(1, steps.ExitCode);
        Assert.Matches("^functional: not enough memory for training 15,900,010 parameters on batches of 4,000 "
            + "samples: [^\n]*\n$", steps.Error);
        Assert.True(Functional.Host.Runs.RunRecord.IsRun(folder["run"]));
        Assert.Empty(Directory.GetFiles(folder["run"], "*.tmp", SearchOption.AllDirectories));
    }

    // With a heap of 36 MB the runtime itself crashes (.NET 10).
    [Fact]
    public void Where_the_runtime_would_crash_for_want_of_memory_training_is_refused()
    {
        var outcome = FunctionalProgram.RunWith(
            "DOTNET_GCHeapHardLimit=0x2400000", folder.Path, "train", "--out", "run");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches("^functional: not enough memory for a network of 39,760 parameters \\(784 - 50 - 10\\): the "
            + "program may use 38 MB and has [0-9]+ MB in use\n$", outcome.Error);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Theory]
    [InlineData(0, "", "--batch-size", "2147483647")]
    [InlineData(0, "", "--batch-size", "2147483646", "--accumulate", "1")]
    [InlineData(0, "", "--patience", "2147483647", "--validation", "0.2")]
    [InlineData(0, "", "--checkpoint-every", "2147483647")]
    [InlineData(2, "batch of 2147483647 distinct", "--batch-size", "2147483647", "--sampling", "distinct")]
    [InlineData(2, "--batch-size: a batch of 2,147,483,647 samples with 784 numbers each is larger", "--batch-size",
        "2147483647", "--sampling", "replacement")]
    [InlineData(2, "--hidden: a network of .* parameters is larger", "--hidden", "2147483647")]
    [InlineData(2, "--accumulate: an update of the weights needs 2,147,483,647 batches, and the whole run has",
        "--accumulate", "2147483647")]
    [InlineData(2, "--init: expected a number that single precision has, found '1e39'", "--init",
        "constant:1e39")]
    [InlineData(2, "--init: .* gives weights that single precision can't hold", "--init", "normal:1e38")]
    [InlineData(2, "--samples: ", "--samples", "2147483647")]
    public void Sizes_near_the_largest_number_are_right_or_refused_in_a_line(
        int code, string message, params string[] options)
    {
        var outcome = FunctionalProgram.Run(folder.Path,
        [
            "train", .. options.Contains("--samples") ? [] : (string[])["--samples", "150"],
            .. options.Contains("--hidden") ? [] : (string[])["--hidden", "3"],
            "--epochs", "2", .. options, "--out", "run", "--json",
        ]);
        Assert.True(outcome.ExitCode == code, outcome.Error);
        if (code == 0)
        {
            Assert.Equal(options[0] == "--batch-size" ? 2 : 4,
                outcome.Event("summary").GetProperty("iterations").GetInt32());
            return;
        }
        Assert.Matches($"^functional: [^\n]*({message})[^\n]*\n$", outcome.Error);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void Epochs_beyond_the_largest_number_of_steps_are_refused()
    {
        var outcome = FunctionalProgram.Run(
            folder.Path, "train", "--samples", "300", "--epochs", "2147483647", "--out", "run");
        Assert.Equal((2, "functional: --epochs: 2,147,483,647 of 3 steps are more than 2,147,483,647 steps, the most "
            + "that a run can take\n"), (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public void F6_changes_are_reported_where_gradients_are_gathered_and_a_run_without_any_is_refused()
    {
        string[] options = ["train", "--samples", "300", "--hidden", "8", "--epochs", "5", "--plain", "--out", "run"];
        Assert.Contains(", 15 steps, 7 updates, seed 1\n",
            FunctionalProgram.Run(folder.Path, [.. options, "--accumulate", "2"]).Output, StringComparison.Ordinal);
        Assert.Contains(", 15 steps, seed 1\n", FunctionalProgram.Run(folder.Path, [.. options, "--force"]).Output,
            StringComparison.Ordinal);
        Assert.Equal(7, FunctionalProgram.Run(folder.Path, [.. options, "--accumulate", "2", "--force", "--json"])
            .Event("start").GetProperty("updates").GetInt32());
        var refused = FunctionalProgram.Run(folder.Path, [.. options, "--force", "--accumulate", "100"]);
        Assert.Equal(
            (2, "functional: --accumulate: an update of the weights needs 100 batches, and the whole run has 15\n"),
            (refused.ExitCode, refused.Error));
        // What was there still is.
        Assert.True(File.Exists(folder["run/summary.json"]));
    }
}
