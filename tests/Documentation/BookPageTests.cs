using System.Text.RegularExpressions;
using Functional.Host.Experiments;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Documentation;

/// <summary>docs/from-the-book.md and the pages of listings, in both languages.</summary>
public sealed partial class BookPageTests
{
    private static readonly string Docs = Path.Combine(ScriptTests.Root, "docs");
    private static readonly Row[] English = Rows("from-the-book.md"), Japanese = Rows("from-the-book.ja.md");

    private sealed record Row(int Number, string Code, string Commands)
    {
        public IEnumerable<string> Calls => InlineCode().Matches(Commands).Select(match => match.Groups[1].Value);
    }

    [Fact]
    public void The_table_has_94_rows_each_with_a_command()
    {
        Assert.Equal(Enumerable.Range(1, 94), English.Select(row => row.Number));
        Assert.All(English, row => Assert.NotEmpty(row.Calls));
    }

    [Fact]
    public void Both_languages_have_the_same_code_and_commands() => Assert.Equal(English, Japanese.Select(
        row => row with { Code = row.Code.Replace(".ja.md", ".md", StringComparison.Ordinal) }));

    [Theory]
    [InlineData("from-the-book.md")]
    [InlineData("from-the-book.ja.md")]
    public void Links_lead_somewhere(string page)
    {
        var pages = Directory.GetFiles(Path.Combine(Docs, "book"), page.Contains(".ja.") ? "*.ja.md" : "*.md")
            .Append(Path.Combine(Docs, page));
        foreach (var file in pages)
            foreach (Match match in Link().Matches(File.ReadAllText(file)))
            {
                var target = match.Groups[1].Value.Split('#');
                var path = Path.Combine(Path.GetDirectoryName(file)!, target[0]);
                Assert.True(File.Exists(path), $"{file}: {match.Groups[1].Value}");
                if (target.Length > 1)
                    Assert.Contains($"<a id=\"{target[1]}\"></a>", File.ReadAllText(path));
            }
    }

    // Other tests run the scripts, the exercises, the experiments, the gradient checks and the doctor.
    [Fact]
    public void Commands_are_understood()
    {
        Assert.Empty(English.SelectMany(row => row.Calls).SelectMany(ShellLine.Faults));
        foreach (var words in English.SelectMany(row => row.Calls).Distinct().Select(call => call.Split(' ')))
            Assert.True(words switch
            {
                ["dotnet", "run" or "fsi", var script] => File.Exists(Path.Combine(ScriptTests.Root, script)),
                ["functional", "experiment", var name] => Book.Experiments.Any(known => known.Name == name),
                ["functional", ..] => true,
                _ => false,
            }, string.Join(' ', words));
    }

    [Fact]
    public void Commands_run()
    {
        using var folder = new TemporaryFolder();
        var calls = English.SelectMany(row => row.Calls).Distinct().Where(call => Own().IsMatch(call)).ToArray();
        Assert.True(calls.Length >= 15);
        foreach (var call in calls)
        {
            // As written, but short, and without MNIST.
            var shorter = Count().Replace(call, "").Replace("--data mnist", "", StringComparison.Ordinal)
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var outcome = FunctionalProgram.Run(folder.Path, [.. shorter[1..], .. shorter[1] switch
            {
                "train" => (string[])["--iterations", "5", "--plain"],
                _ => ["--trials", "2", "--iterations", "3"],
            }]);
            Assert.True(outcome.ExitCode == 0, $"{call}: {outcome.ExitCode}\n{outcome.Output}{outcome.Error}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".ja")]
    public void Pages_show_the_listings_as_they_are_run(string language)
    {
        var pages = string.Concat(
            Directory.GetFiles(Path.Combine(Docs, "book"), "*.md")
                .Where(file => file.EndsWith(".ja.md", StringComparison.Ordinal) == (language == ".ja"))
                .Select(File.ReadAllText));
        foreach (var script in Directory.GetFiles(Path.Combine(ScriptTests.Root, "book"), "*.*s*"))
        {
            var fence = Path.GetExtension(script) switch { ".cs" => "csharp", ".fsx" => "fsharp", _ => null };
            if (fence is not null)
                Assert.Contains($"```{fence}\n{File.ReadAllText(script).TrimEnd()}\n```", pages);
        }
    }

    private static Row[] Rows(string page) =>
    [
        .. File.ReadLines(Path.Combine(Docs, page)).Select(line => line.Split('|'))
            .Where(cells => cells.Length == 7 && int.TryParse(cells[1], out _))
            .Select(cells => new Row(int.Parse(cells[1]), cells[4].Trim(), cells[5].Trim())),
    ];

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^functional (train|search)")]
    private static partial Regex Own();

    [GeneratedRegex("--(iterations|epochs|trials) [0-9]+")]
    private static partial Regex Count();
}
