using System.Text.RegularExpressions;
using Functional.Host.Commands;
using Functional.Host.Runs;
using Functional.Tests.Data;
using Spectre.Console;

namespace Functional.Tests.CommandLine;

/// <summary>What a terminal shows.</summary>
public sealed partial class TerminalTests : IDisposable
{
    private const string Hostile = "a\u001B[2J\u001B]0;x\u0007\u009B31mb\u202Ec\nfunctional: d";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Run(params string[] words) => FunctionalProgram.Run(folder.Path, words);

    // Lines, as a terminal of this many columns shows them that knows the few things that a bar asks for.
    private static string[] Shown(string written, int columns)
    {
        var screen = new List<char[]> { NewRow() };
        var (row, column) = (0, 0);
        foreach (Match piece in Piece().Matches(written))
            if (piece.Groups["code"].Success)
                switch (piece.Groups["code"].Value)
                {
                    case "A":
                        row = Math.Max(0, row - int.Parse(
                            piece.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture));
                        break;
                    case "J":
                        Array.Fill(screen[row], ' ', Math.Min(column, columns - 1),
                            columns - Math.Min(column, columns - 1));
                        screen.RemoveRange(row + 1, screen.Count - row - 1);
                        break;
                    case "K":
                        Array.Fill(screen[row], ' ');
                        break;
                }
            else if (piece.Value == "\r")
                column = 0;
            else if (piece.Value == "\n")
                Down();
            else
            {
                if (column == columns)
                    Down();
                screen[row][column++] = piece.Value[0];
            }
        return [.. screen.Select(line => new string(line).TrimEnd())];

        char[] NewRow() => [.. Enumerable.Repeat(' ', columns)];

        void Down()
        {
            (row, column) = (row + 1, 0);
            if (row == screen.Count)
                screen.Add(NewRow());
        }
    }

    [GeneratedRegex(@"\x1B\[\??(?<number>[0-9]*)[;0-9]*(?<code>[A-Za-z])|[\s\S]")]
    private static partial Regex Piece();

    [Theory, InlineData(80), InlineData(40)]
    public void A2_what_a_run_prints_is_whole_at_any_width(int columns)
    {
        var written = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, ColorSystem = ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(written),
        });
        console.Profile.Width = columns;
        var digest = new string('d', 64);
        EpochReport Epoch(int number) => new(number, 90 * number, 0.0219, 0.9993, 0.964, 0.9715, 1, digest);
        const string command = "functional train --resume "
            + "runs/a-folder-with-a-long-name-that-leaves-no-room-in-a-row-of-this-terminal";
        LiveReport.Show(console, report =>
        {
            report.Started(new RunStart(
                "digits", 9000, 1000, 1000, "affine 784 -> 50, relu, affine 50 -> 10", 39760, "SGD (learning rate 0.1)",
                5400, 90, 1, "runs/a"));
            for (var epoch = 1; epoch <= 60; epoch++)
            {
                report.EpochEnded(Epoch(epoch));
                // So that the bar is drawn with what it says.
                if (epoch % 10 == 0)
                    Thread.Sleep(150);
                report.Stepped(new StepReport(90 * epoch, 0.0221), 100);
            }
            report.Finished(new RunSummary(
                0.9993, 0.964, 0.9715, 0.0219, 5400, 12.3, digest, Interrupted: false, command));
            return 0;
        });
        var shown = Shown(written.ToString(), columns);
        string[] Rows(string line) => [.. line.Chunk(columns).Select(row => new string(row).TrimEnd())];
        var text = string.Join('\n', shown);
        for (var epoch = 1; epoch <= 60; epoch++)
            Assert.Contains(string.Join(
                '\n', Rows($"epoch {epoch,3}  loss 0.0219  training 99.93%  validation 96.40%  test 97.15%")), text,
                    StringComparison.Ordinal);
        Assert.Contains(string.Join('\n', Rows($"digest {digest}")), text, StringComparison.Ordinal);
        Assert.Contains(string.Join('\n', Rows($"saved in {command}")), text, StringComparison.Ordinal);
        // The bar was there, and is gone.
        Assert.Contains("loss 0.0221  test 97.15%", written.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("0.0221", text, StringComparison.Ordinal);
        Assert.DoesNotContain('━', text);
        // No line break of ours is within a digest or a command.
        Assert.Contains(digest, written.ToString(), StringComparison.Ordinal);
        Assert.Contains(command, written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A2_a_bar_is_as_narrow_as_the_terminal_has_become()
    {
        var written = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(written),
        });
        int[] widths = [100, 50, 20, 60];
        LiveReport.Show(console, report =>
        {
            report.Started(new RunStart(
                "digits", 9000, 1000, 1000, "affine 784 -> 10", 7850, "SGD (learning rate 0.1)", 4, 1, 1, "runs/a"));
            foreach (var (step, width) in widths.Index())
            {
                console.Profile.Width = width;
                Thread.Sleep(150);
                report.Stepped(new StepReport(step + 1, 0.25), 100);
            }
            return 0;
        });
        var bars = written.ToString().Split("\u001B[J").Where(part => part.Contains("0.25", StringComparison.Ordinal));
        Assert.Equal(widths.Length, bars.Count());
        Assert.All(bars.Zip(widths), drawn =>
            Assert.InRange(drawn.First.TrimEnd('\r').Length, 15, drawn.Second - 1));
    }

    [Fact]
    public void Foreign_names_reach_no_terminal_and_no_page_raw()
    {
        File.WriteAllText(folder["t.csv"],
            $"x,\"y{Hostile}\",\"kind{Hostile}\"\n" + string.Concat(Enumerable.Range(0, 40).Select(i =>
            FormattableString.Invariant(
                $"{i % 2 + i / 100.0},{i % 3},{(i % 2 == 0 ? "even" : $"\"odd{Hostile}\"")}\n"))));
        File.Copy(folder["t.csv"], folder[$"t{Hostile}.csv"]);
        var (label, run) = ($"kind{Hostile}", $"runs/r{Hostile}");
        string[][] commands =
        [
            ["train", "--data", $"t{Hostile}.csv", "--label", label, "--hidden", "2", "--epochs", "1",
                "--learning-rate", "1e-9", "--out", run],
            ["evaluate", run, "--data", "t.csv"], ["predict", run, "t.csv"],
            ["data", "info", "t.csv", "--label", label],
            ["data", "info", $"t{Hostile}.csv", "--label", "none"], ["runs"], ["report", run],
            ["report", run, run, "--out", $"both{Hostile}.html"], ["verify", run],
            ["doctor", run, "--page", $"page{Hostile}.html"], ["export", run, "--onnx", $"m{Hostile}.onnx"],
            ["search", "--data", "t.csv", "--label", label, "--hidden", "2", "--epochs", "1", "--trials", "1",
                "--samples", "20", "--study", "s"],
            ["search", "show", "s"], ["search", "--study", Hostile], ["train", "--out", run],
            ["train", "--resume", Hostile], ["train", "--config", Hostile], ["train", $"--{Hostile}"],
            [Hostile], ["bench", "--only", Hostile], ["experiment", Hostile], ["train", "--optimizer", Hostile],
            ["completion", Hostile],
        ];
        foreach (var words in commands)
        {
            var outcome = Run(words);
            var lines = $"{outcome.Output}{outcome.Error}";
            Assert.InRange(outcome.ExitCode, 0, 3);
            Assert.DoesNotContain(lines, letter => letter != '\n' && (char.IsControl(letter) || letter == '\u202E'));
            Assert.DoesNotContain(lines.Split('\n'), line =>
                line.StartsWith("functional: d", StringComparison.Ordinal));
        }
        var pages = Directory.EnumerateFiles(folder.Path, "*.html", SearchOption.AllDirectories).ToArray();
        Assert.True(pages.Length >= 3, $"{pages.Length} pages");
        foreach (var page in pages)
            Assert.DoesNotContain(File.ReadAllText(page), letter =>
                letter is not ('\n' or '\r' or '\t') && (char.IsControl(letter) || letter == '\u202E'));
    }

    [Fact]
    public void A_printed_command_can_be_copied_whatever_the_folder_is_called()
    {
        var table = folder["t.csv"];
        File.WriteAllText(table,
            "x,kind\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{(i % 2 == 0 ? "a" : "b")}\n")));
        var outcome = Run("train", "--data", "t.csv", "--label", "kind", "--hidden", "2", "--epochs", "1",
            "--learning-rate", "1e-9", "--out", "a 'run'\u001B\\n\n");
        var printed = outcome.Output.Split('\n').First(line => line.Contains("why: ", StringComparison.Ordinal))
            .Split("why: functional doctor ")[1];
        Assert.Equal("$'a \\'run\\'\\u001B\\\\n\\n'", printed);
        using var bash = FunctionalProgram.Start(
            "bash", folder.Path, ["-c", $"test -f {printed}/config.json && echo there"], "LC_ALL=C.UTF-8");
        Assert.Equal("there\n", FunctionalProgram.End(bash).Output);
    }

    [Fact]
    public void A15_options_are_grouped_and_commands_are_in_the_order_of_use()
    {
        foreach (var command in (string[])["train", "search", "doctor", "experiment"])
        {
            var help = Run(command, "--help").Output;
            string[] headings = [" Data:", " Network:", " Optimizer:", " Batches and length:"];
            int[] places = [.. headings.Select(heading => help.IndexOf($"\n{heading}\n", StringComparison.Ordinal))];
            Assert.DoesNotContain(-1, places);
            Assert.Equal(places.Order(), places);
        }
        var commands = Run("--help").Output.Split("Commands:\n")[1].Split('\n')
            .Select(line => line.Trim().Split(' ')[0]);
        Assert.Equal(["train", "predict", "serve", "evaluate", "doctor"], commands.Take(5));
    }

    [Theory]
    [InlineData("report", "functional: report: expected RUN, folders of runs; 'functional report --help' has examples")]
    [InlineData("search show",
        "functional: show: expected NAME|DIR, the study, as in --study; 'functional search show --help' "
        + "has examples")]
    [InlineData("export x", "functional: export: expected --onnx FILE, where to write the ONNX file")]
    [InlineData("train --epochs", "functional: --epochs: expected N behind it, found nothing")]
    [InlineData("train --seed 1 --seed 2", "functional: --seed: expected one N, found 2")]
    [InlineData("book --lang fr", "functional: --lang: expected en or ja, found 'fr'")]
    [InlineData("book --seed x", "functional: --seed: expected an integer, found 'x'")]
    [InlineData("train --out= --epochs 1", "functional: --out: expected a name, found ''")]
    [InlineData("train --hidden= --epochs 1",
        "functional: --hidden: expected the units of each hidden layer, as in 100,100, or none, found ''")]
    [InlineData("train --dropout 1", "functional: --dropout: a share from 0 to below 1 is needed, not 1")]
    [InlineData("train --init constant:1e39",
        "functional: --init: expected a number that single precision has, found '1e39'")]
    [InlineData("train --learning-rate 1e39",
        "functional: --learning-rate: expected a number that single precision has, found '1e39'")]
    [InlineData("train --learning-rate 1e-46",
        "functional: --learning-rate: expected a number that single precision has, found '1e-46'")]
    [InlineData("train --activation leaky-relu:1e39",
        "functional: --activation: expected a number that single precision has, found '1e39'")]
    [InlineData("train --optimizer adam --epsilon 1e-60",
        "functional: --epsilon: expected a number that single precision has, found '1e-60'")]
    [InlineData("train --init constant:1e-46",
        "functional: --init: expected a number that single precision has, found '1e-46'")]
    [InlineData("train --epochs 2147483647",
        "functional: --epochs: 2,147,483,647 of 100 steps are more than 2,147,483,647 steps, the most that a "
        + "run can take")]
    [InlineData("check-gradients --hidden 65536",
        "functional: --hidden: central differences take two passes for each of 52,101,130 parameters, through 2 "
        + "layers; choose a smaller network")]
    [InlineData("train --threads 1025", "functional: --threads: expected an integer from 1 to 1024, found '1025'")]
    public void A_mistake_is_a_clear_line(string words, string expected)
    {
        var outcome = Run(words.Split(' '));
        Assert.Equal((2, $"{expected}\n"), (outcome.ExitCode, outcome.Error));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void M6_a_network_without_a_hidden_layer()
    {
        var outcome = Run("train", "--hidden", "none", "--epochs", "1", "--json", "--out", "run");
        Assert.Equal("affine 784 -> 10", outcome.Event("start").GetProperty("network").GetString());
        Assert.Contains("--hidden none", File.ReadAllText(folder["run/report.html"]), StringComparison.Ordinal);
        Assert.Equal(0, Run("verify", "run").ExitCode);
    }

    [Fact]
    public void A_batch_larger_than_any_data_is_one_step()
    {
        var outcome = Run("train", "--batch-size", "2147483647", "--epochs", "2", "--hidden", "2", "--json");
        Assert.Equal((0, 2), (outcome.ExitCode, outcome.Event("summary").GetProperty("iterations").GetInt32()));
    }
}
