using System.Globalization;
using System.Text;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>Data loss: nothing that this program did not write is ever changed or deleted unasked.</summary>
public sealed class ForeignFilesTests : IDisposable
{
    // All names that any command writes, and what looks like them.
    private static readonly string[] Names =
    [
        "config.json", "environment.json", "metrics.csv", "losses.f64", "digest.txt", "chain.txt",
        "checkpoints/000000003.safetensors", "checkpoints/mine.tmp",
        "model.safetensors", "best.safetensors", "last-good.safetensors", "summary.json", "report.html", "running",
        "notes.tmp",
        "model.safetensors.0123456789abcdef.tmp", "journal.jsonl", "lock", "workers/1", "index.html", "comparison.html",
        "page.html", "sheet.svg",
        "model.onnx", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    ];

    private static readonly string[] Small = ["--samples", "200", "--hidden", "5", "--epochs", "1"];

    private readonly TemporaryFolder folder = new();

    public ForeignFilesTests()
    {
        foreach (var name in Names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[$"foreign/{name}"])!);
            folder.Write($"foreign/{name}", Encoding.UTF8.GetBytes($"{{\"mine\": \"{name}\"}}"));
        }
    }

    public void Dispose() => folder.Dispose();

    private SortedDictionary<string, string> Files(string path) => new(
        Directory.EnumerateFiles(folder[path], "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(folder[path], file), file => Convert.ToHexString(File.ReadAllBytes(file))),
                StringComparer.Ordinal);

    [Fact]
    public void No_command_that_writes_changes_a_foreign_file()
    {
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, ["train", .. Small, "--out", "run"]).ExitCode);
        Assert.Equal(0, FunctionalProgram.Run(
            folder.Path, ["train", .. Small, "--seed", "2", "--out", "other"]).ExitCode);
        var before = Files("foreign");
        string[][] commands =
        [
            ["train", .. Small, "--out", "foreign"], ["train", .. Small, "--out", "foreign", "--force"],
            ["train", "--resume", "foreign"],
            ["train", "--resume", "foreign", "--force"],
            ["search", .. Small, "--trials", "1", "--study", "./foreign"],
            ["experiment", "layers", "--out", "foreign"], ["experiment", "layers", "--out", "foreign", "--force"],
            ["book", "--quick", "--out", "foreign"], ["book", "--quick", "--out", "foreign", "--force"],
            ["data", "digits", "--out", "foreign"], ["data", "digits", "--out", "foreign/checkpoints"],
            ["data", "digits", "--out", "foreign/checkpoints", "--force"],
            ["data", "info", "digits", "--sheet", "foreign/sheet.svg"],
            ["doctor", .. Small, "--page", "foreign/page.html"],
            ["export", "run", "--onnx", "foreign/model.onnx"],
            ["report", "run", "--out", "foreign/report.html"],
            ["report", "run", "other", "--out", "foreign/comparison.html"], ["report", "foreign"],
        ];
        foreach (var command in commands)
        {
            var outcome = FunctionalProgram.Run(folder.Path, command);
            Assert.True(outcome.ExitCode == 2 && outcome.Error.StartsWith("functional: ", StringComparison.Ordinal),
                $"{string.Join(' ', command)}: {outcome.Output}{outcome.Error}");
            Assert.True(before.SequenceEqual(Files("foreign")), string.Join(' ', command));
        }
        // The name that nobody gives.
        Assert.Equal(2, FunctionalProgram.Run(folder["foreign"], "report", "../run", "../other").ExitCode);
        Assert.Equal(before, Files("foreign"));
    }

    [Fact]
    public void With_force_a_run_replaces_files_of_a_run_and_no_others()
    {
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, ["train", .. Small, "--out", "run"]).ExitCode);
        string[] others = ["notes.txt", "notes.tmp", "model.safetensors.123.tmp", "checkpoints/mine.safetensors",
            "checkpoints/7.safetensors"];
        foreach (var name in others)
            folder.Write($"run/{name}", [1, 2, 3]);
        // What a run that was killed leaves.
        folder.Write("run/losses.f64.0123456789abcdef.tmp", [1]);
        Assert.Equal(2, FunctionalProgram.Run(folder.Path, ["train", .. Small, "--out", "run"]).ExitCode);
        Assert.Equal(0, FunctionalProgram.Run(
            folder.Path, ["train", .. Small, "--seed", "3", "--out", "run", "--force"]).ExitCode);
        Assert.All(others, name => Assert.Equal([1, 2, 3], File.ReadAllBytes(folder[$"run/{name}"])));
        Assert.False(File.Exists(folder["run/losses.f64.0123456789abcdef.tmp"]));
    }

    [Fact]
    public void With_force_a_file_is_replaced_and_no_other()
    {
        var before = Files("foreign");
        Assert.Equal(3, FunctionalProgram.Run(
            folder.Path, ["doctor", .. Small, "--page", "foreign/page.html", "--force"]).ExitCode);
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "data", "digits", "--out", "foreign", "--force").ExitCode);
        var after = Files("foreign");
        Assert.Equal(before.Keys, after.Keys);
        Assert.Equal(
            ["page.html", .. before.Keys.Where(name => name.EndsWith(".gz", StringComparison.Ordinal))],
            before.Keys.Where(name => before[name] != after[name]));
    }

    [Fact]
    public void What_this_program_wrote_is_written_again()
    {
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, ["train", .. Small, "--out", "a"]).ExitCode);
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, ["train", .. Small, "--seed", "2", "--out", "b"]).ExitCode);
        foreach (var command in (string[][])
            [["report", "a", "b"], ["report", "a"], ["data", "digits", "--out", "d"]])
        {
            var outcomes = Enumerable.Range(0, 2).Select(_ => FunctionalProgram.Run(folder.Path, command)).ToArray();
            Assert.All(outcomes, outcome =>
                Assert.True(outcome.ExitCode is 0 or 3 && outcome.Error.Length == 0,
                    $"{string.Join(' ', command)}: {outcome.Output}{outcome.Error}"));
        }
    }

    [Theory]
    [InlineData("train", "--samples", "200", "--out", "")]
    [InlineData("train", "--resume", "")]
    [InlineData("experiment", "layers", "--out", "")]
    [InlineData("data", "digits", "--out", "")]
    [InlineData("data", "info", "digits", "--sheet", "")]
    [InlineData("doctor", "--page", "")]
    [InlineData("report", "")]
    [InlineData("train", "--samples", "200", "--out", "foreign/config.json")]
    [InlineData("doctor", "--page", "foreign")]
    public void A_name_that_can_t_be_is_refused_in_a_line(params string[] command)
    {
        var outcome = FunctionalProgram.Run(folder.Path, command);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Matches("^functional: [^\n]+\n$", outcome.Error);
    }

    [UnixFact]
    public void Links_are_followed_and_pipes_and_devices_written_to()
    {
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, ["train", .. Small, "--out", "run"]).ExitCode);
        File.CreateSymbolicLink(folder["link"], "foreign/page.html");
        var before = Files("foreign");
        Assert.Equal(2, FunctionalProgram.Run(folder.Path, "report", "run", "--out", "link").ExitCode);
        Assert.Equal(before, Files("foreign"));
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "report", "run", "--out", "link", "--force").ExitCode);
        Assert.Equal("foreign/page.html", new FileInfo(folder["link"]).LinkTarget);
        Assert.StartsWith("<!doctype html>", File.ReadAllText(folder["foreign/page.html"]), StringComparison.Ordinal);

        Assert.Contains("<!doctype html>",
            FunctionalProgram.RunAlone(folder.Path, "report", "run", "--out", "/dev/stdout").Output,
            StringComparison.Ordinal);
        Assert.NotNull(new FileInfo("/dev/stdout").LinkTarget);
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "report", "run", "--out", "/dev/null").ExitCode);
        Assert.Equal("0", Shell("mkfifo pipe; functional report run --out pipe > printed & cat pipe > copy; wait "
            + "$!; echo $?").Output.Trim());
        Assert.StartsWith("<!doctype html>", File.ReadAllText(folder["copy"]), StringComparison.Ordinal);
        Assert.Equal("report: pipe\n", File.ReadAllText(folder["printed"]));
        Assert.Equal("prw", Shell("ls -l pipe").Output[..3]);
        var full = FunctionalProgram.Run(folder.Path, "report", "run", "--out", "/dev/full");
        Assert.Equal((1, "functional: /dev/full: No space left on device"),
            (full.ExitCode, full.Error[..Math.Min(46, full.Error.Length)]));
    }

    [Fact]
    public void Programs_that_begin_in_one_folder_at_the_same_time_leave_one_run()
    {
        var processes = Enumerable.Range(0, 4)
            .Select(seed =>
                FunctionalProgram.Start(folder.Path,
                    ["train", .. Small, "--seed", seed.ToString(CultureInfo.InvariantCulture), "--out", "run"]))
                        .ToArray();
        var outcomes = processes.Select(FunctionalProgram.End).ToArray();
        Assert.Single(outcomes, outcome => outcome.ExitCode == 0);
        Assert.All(outcomes.Where(outcome => outcome.ExitCode != 0), outcome =>
            Assert.Matches("^functional: [^\n]*run[^\n]*\n$", outcome.Error));
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "verify", "run").ExitCode);
    }

    private Outcome Shell(string script) => FunctionalProgram.Shell(folder.Path, script);
}
