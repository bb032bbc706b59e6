using System.Net;
using System.Text.RegularExpressions;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>A3: every command on a run's page reproduces exactly what stands beside it. A10: there is a page at any
/// time.</summary>
public sealed partial class PageCommandTests : IDisposable
{
    private static readonly string[] Options =
        ["--samples", "600", "--hidden", "10", "--batch-size", "50", "--optimizer", "momentum"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Train(params string[] arguments) =>
        FunctionalProgram.Run(folder.Path, ["train", "--json", .. arguments]);

    // Stops a run after three epochs more; how many of their steps it has taken by then is up to the machine.
    private void Interrupt(params string[] arguments)
    {
        using var process = FunctionalProgram.Start(folder.Path, ["train", "--plain", .. arguments]);
        for (var epochs = 0; epochs < 3 && process.StandardOutput.ReadLine() is { } line;)
            if (line.StartsWith("epoch ", StringComparison.Ordinal))
                epochs++;
        using (var kill = FunctionalProgram.Start("kill", folder.Path, ["-TERM", $"{process.Id}"]))
            kill.WaitForExit();
        Assert.Equal(130, FunctionalProgram.End(process).ExitCode);
    }

    public static TheoryData<string> Kinds =>
    [
        "finished", "averaged", "interrupted", "interrupted cosine", "resumed", "resumed with patience", "prolonged",
        "prolonged cosine",
        "stopped early", "patience changed", "accumulated", "in steps",
    ];

    private void Make(string kind)
    {
        string[] patient = ["--validation", "0.3", "--learning-rate", "0"];
        switch (kind)
        {
            case "finished": Train([.. Options, "--epochs", "3", "--out", "a run"]); break;
            case "averaged": Train([.. Options, "--epochs", "3", "--average", "0.9", "--dropout", "0.2", "--out",
                "a run"]); break;
            case "interrupted": Interrupt([.. Options, "--epochs", "100000", "--out", "a run"]); break;
            case "interrupted cosine": Interrupt(
                [.. Options, "--epochs", "5000", "--schedule", "cosine", "--out", "a run"]); break;
            case "resumed":
                Interrupt([.. Options, "--epochs", "100000", "--out", "a run"]);
                Interrupt("--resume", "a run", "--checkpoint-every", "7");
                break;
            case "resumed with patience":
                Interrupt([.. Options, .. patient, "--epochs", "100000", "--out", "a run"]);
                Train("--resume", "a run", "--patience", "2");
                break;
            case "prolonged":
                Train([.. Options, "--epochs", "2", "--out", "a run"]);
                Train("--resume", "a run", "--epochs", "4");
                break;
            case "prolonged cosine":
                Train([.. Options, "--epochs", "2", "--schedule", "cosine", "--out", "a run"]);
                Train("--resume", "a run", "--epochs", "4");
                break;
            case "stopped early": Train(
                [.. Options, .. patient, "--epochs", "9", "--patience", "2", "--out", "a run"]); break;
            case "patience changed":
                Train([.. Options, .. patient, "--epochs", "9", "--patience", "4", "--out", "a run"]);
                Train("--resume", "a run", "--patience", "2");
                break;
            case "accumulated": Interrupt(
                [.. Options, "--epochs", "100000", "--accumulate", "5", "--out", "a run"]); break;
            default: Train([.. Options, "--iterations", "29", "--out", "a run"]); break;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A3_the_command_on_a_page_gives_the_digest_beside_it(string kind)
    {
        Make(kind);
        Check(File.ReadAllText(folder["a run/report.html"]));
        // The page that is written again later, and the one that compares, say the same.
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "report", "a run", "--out", "again.html").ExitCode);
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "report", "a run", "a run").ExitCode);
        var command = Commands(File.ReadAllText(folder["a run/report.html"]))[^1];
        Assert.Equal(command, Commands(File.ReadAllText(folder["again.html"]))[^1]);
        Assert.Contains(command, WebUtility.HtmlDecode(File.ReadAllText(folder["comparison.html"])),
            StringComparison.Ordinal);
        Assert.Equal(
            command, FunctionalProgram.Run(folder.Path, "runs", ".", "--json").Event("run").GetProperty("command")
                .GetString()!.Replace("./a run", "a run", StringComparison.Ordinal));
    }

    private void Check(string page)
    {
        var digest = Digest().Match(page).Groups[1].Value;
        var command = Commands(page)[^1];
        if (command.StartsWith("functional verify", StringComparison.Ordinal))
        {
            var verified = FunctionalProgram.Shell(folder.Path, command);
            Assert.True(verified.ExitCode == 0 && verified.Output.StartsWith("identical", StringComparison.Ordinal),
                $"{command}: {verified.Output}{verified.Error}");
            Assert.EndsWith(digest, File.ReadLines(folder["a run/digest.txt"]).Last(), StringComparison.Ordinal);
            return;
        }
        var outcome = FunctionalProgram.Shell(folder.Path, $"{command} --json --out again");
        Assert.True(outcome.ExitCode == 0, $"{command}: {outcome.Error}");
        Assert.Equal((command, digest), (command, outcome.Event("summary").GetProperty("digest").GetString()));
    }

    private static string[] Commands(string page) =>
        [.. Command().Matches(page).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))];

    [Fact]
    public void A10_a_run_in_progress_has_a_page_at_any_time()
    {
        using var process = FunctionalProgram.Start(
            folder.Path, ["train", .. Options, "--epochs", "100000", "--out", "a run"]);
        // From here on, there is a run.
        process.StandardOutput.ReadLine();
        for (var i = 0; i < 8; i++)
        {
            var outcome = FunctionalProgram.Run(folder.Path, "report", "a run", "--out", $"{i}.html");
            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            Assert.Matches("Running: epoch [0-9,]+ of 100,000; ", File.ReadAllText(folder[$"{i}.html"]));
        }
        process.Kill();
        process.WaitForExit();
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "report", "a run").ExitCode);
        Check(File.ReadAllText(folder["a run/report.html"]));
    }

    [GeneratedRegex("<code>(functional [^<]*)</code>")]
    private static partial Regex Command();

    [GeneratedRegex(">digest</th><td>([0-9a-f]{64})<")]
    private static partial Regex Digest();
}
