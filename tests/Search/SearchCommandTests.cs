using System.Text.Json;
using Functional.Host.Search;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Search;

public sealed class SearchCommandTests : IDisposable
{
    private static readonly string[] Small = ["--samples", "200", "--hidden", "10", "--epochs", "3"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Search(params string[] arguments) => FunctionalProgram.Run(folder.Path, ["search", .. arguments]);

    private static IEnumerable<JsonElement> Trials(Outcome outcome) =>
        outcome.Events.Where(found => found.GetProperty("event").GetString() == "trial")
            .OrderBy(found => found.GetProperty("trial").GetInt32());

    private static string Text(JsonElement trial) =>
        $"{trial.GetProperty("trial")} {trial.GetProperty("parameters")} {trial.GetProperty("state")} "
            + $"{trial.GetProperty("value")}";

    [Fact]
    public async Task Searches_that_begin_in_the_same_second_have_a_study_each()
    {
        var searches = Array.ConvertAll(["random", "sobol", "tpe"], sampler => FunctionalProgram.Start(
            folder.Path, ["search", .. Small, "--trials", "1", "--workers", "1", "--sampler", sampler]));
        foreach (var search in searches)
        {
            var error = await search.StandardError.ReadToEndAsync();
            await search.WaitForExitAsync();
            Assert.Equal((0, ""), (search.ExitCode, error));
            search.Dispose();
        }
        Assert.Equal(searches.Length, Directory.GetDirectories(folder["studies"]).Length);
    }

    [Fact]
    public void Trials_are_the_same_for_any_number_of_workers_and_can_be_continued()
    {
        string[] space = ["--space", "learning-rate=log:1e-3..1", "--space", "optimizer=sgd|momentum", "--space",
            "momentum=0.5..0.99 if optimizer=momentum"];
        var whole = Search([.. Small, .. space, "--trials", "8", "--workers", "2", "--study", "whole", "--json"]);
        Assert.Equal((0, ""), (whole.ExitCode, whole.Error));
        Assert.Equal(8, Trials(whole).Count());
        Assert.All(Trials(whole), trial => Assert.Equal(
            trial.GetProperty("parameters").GetProperty("optimizer").GetString() == "momentum",
            trial.GetProperty("parameters").TryGetProperty("momentum", out _)));
        Search([.. Small, .. space, "--trials", "3", "--workers", "1", "--study", "parts"]);
        var rest = Search("--trials", "8", "--workers", "1", "--study", "parts", "--json");
        Assert.Equal(3, rest.Event("start").GetProperty("ended").GetInt32());
        Assert.Equal(Trials(whole).Skip(3).Select(Text), Trials(rest).Select(Text));
        // What the report says trains the best one again, to the same accuracy.
        var summary = whole.Event("summary");
        var words = summary.GetProperty("command").GetString()!.Split(' ')[1..];
        var trained = FunctionalProgram.Run(folder.Path, [.. words, "--json"]).Event("summary");
        Assert.Equal(
            summary.GetProperty("best").GetProperty("value").GetDouble(),
            trained.GetProperty("validationAccuracy").GetDouble());

        var shown = FunctionalProgram.Run(folder.Path, "search", "show", "whole", "--json");
        Assert.Equal(Trials(whole).Select(Text), Trials(shown).Select(Text));
        var page = File.ReadAllText(folder["studies/whole/report.html"]);
        Charts.Accessibility.Check(page);
        Assert.Contains(summary.GetProperty("command").GetString()!.Split("--learning-rate")[1].Trim(), page,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iterations", "iterations")]
    [InlineData("iterations", "epochs")]
    [InlineData("epochs", "iterations")]
    public void A_study_can_be_continued_with_its_length_given_again(string before, string now)
    {
        string[] common = ["--samples", "60", "--hidden", "2", "--workers", "1", "--study", "again"];
        string Length(string option) => option == "epochs" ? "2" : "6";
        Assert.Equal(0, Search([.. common, $"--{before}", Length(before), "--trials", "1"]).ExitCode);
        var again = Search([.. common, $"--{now}", Length(now), "--trials", "2"]);
        if (before == now)
            Assert.Equal((0, ""), (again.ExitCode, again.Error));
        else
            Assert.Equal(2, again.ExitCode);
        Assert.DoesNotContain("same key", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A1_Tpe_with_a_condition_ends_and_a_long_timeout_is_not_a_fault()
    {
        var outcome = Search(
            [.. Small, "--sampler", "tpe", "--space", "optimizer=sgd|momentum", "--space",
                "momentum=0.5..0.99 if optimizer=momentum", "--trials", "14", "--heartbeat-timeout", "8589935",
                "--study", "x"]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("trials: 14 complete", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("each trial: 200 of 10,000 samples, drawn by the seed (0.2 of them for validation), 3 epochs",
            outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_books_search_ends_with_the_books_lines()
    {
        var outcome = Search(
            ["--samples", "100", "--epochs", "1", "--hidden", "5", "--trials", "3", "--workers", "1", "--study", "x"]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches(
            "\nBest-1 \\(val acc:[01]\\.[0-9]+\\) \\| lr:[0-9.e-]+, weight decay:[0-9.]+e-[0-9]+\nBest-2 ",
            outcome.Output);
    }

    [Fact]
    public void A_grid_of_millions_of_points_begins_at_once()
    {
        var outcome = Search([.. Small, "--sampler", "grid:2147483647", "--trials", "3", "--study", "x", "--json"]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(3, Trials(outcome).Count());
    }

    [Fact]
    public void A_journal_that_is_removed_while_it_runs_is_exit_code_1_and_a_rescue()
    {
        using var process = FunctionalProgram.Start(
            folder.Path, ["search", .. Small, "--trials", "100000", "--workers", "1", "--study", "x"]);
        while (process.StandardOutput.ReadLine()?.StartsWith("trial", StringComparison.Ordinal) == false)
        {
        }
        File.Delete(folder["studies/x/journal.jsonl"]);
        var outcome = FunctionalProgram.End(process);
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("functional: studies/x/journal.jsonl was removed while a search used it; the ", outcome.Error,
            StringComparison.Ordinal);
        Assert.Single(outcome.Error.TrimEnd('\n').Split('\n'));
        Assert.Single(Directory.GetFiles(folder["studies/x"], "rescued-*.jsonl"));
    }

    [Fact]
    public void The_study_of_another_program_is_shown_and_not_continued()
    {
        using (var study = Study.Open(
            folder["studies/x"], new StudySettings(new SearchSpace(Hyperparameter.Uniform("speed", 0, 1)))))
            study.Run((configuration, _) => 100 * configuration.Number("speed"), trials: 10);
        var shown = Search("show", "x");
        Assert.Equal((0, ""), (shown.ExitCode, shown.Error));
        Assert.Contains("best: trial", shown.Output, StringComparison.Ordinal);
        Assert.Equal(2, Search("--study", "x").ExitCode);
    }

    [Fact]
    public void Failures_and_pruned_trials_are_reported()
    {
        var outcome = Search(
            [.. Small, "--space", "init=normal:1e30|normal:0.1", "--space", "learning-rate=log:1e-4..1", "--sampler",
                "grid:4", "--pruner", "asha", "--workers", "1", "--study", "./here/x"]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("the loss became", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("4 failed", outcome.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["here/x/report.html"]));
    }

    [Theory]
    [InlineData("--space", "learning-rate=log:0..1",
        "--space: 'learning-rate=log:0..1': a logarithmic range needs ends above 0, not 0..1")]
    [InlineData("--space", "speed=1..2",
        "--space: 'speed' is not an option of training; 'functional train --help' lists them")]
    [InlineData("--space", "batch-size=10..20", "--space: with batch-size=1")]
    [InlineData("--space", "momentum=0..1 if optimizer=momentum",
        "--space: momentum: its condition needs a choice 'optimizer' before it")]
    [InlineData("--sampler", "best",
        "--sampler: expected random|grid[:POINTS]|sobol|tpe|gp (with at least 2 points), found 'best'")]
    [InlineData("--pruner", "asha:0", "--pruner: a pruner needs reports before the first cut from 1 on, not 0")]
    [InlineData("--try", "learning-rate=0.001", "--try: 'learning-rate=0.001': a value for l2 is missing")]
    [InlineData("--try", "learning-rate=1 l2=1e-6", "--try: 'learning-rate=1 l2=1e-6': learning-rate is not in")]
    [InlineData("--try", "rate=1", "--try: 'rate=1': 'rate' is not in the space")]
    [InlineData("--try", "l2", "--try: 'l2': expected NAME=VALUE with spaces between, found 'l2'")]
    [InlineData("--seeds", "0", "--seeds: expected an integer from 1 to 1000, found '0'")]
    [InlineData("--trials", "0", "--trials: expected an integer from 1 on, found '0'")]
    [InlineData("--l2", "0.1", "--l2: the space has it, too; it can't be both searched and set")]
    [InlineData("--validation", "0", "--validation: a search needs samples for validation")]
    [InlineData("--study", "", "--study: expected a name, found ''")]
    [InlineData("--study", "a\nb", "--study: expected a name or a folder, found 'a b'")]
    [InlineData("--workers", "2147483647", "--workers: expected an integer from 1 to 1024, found '2147483647'")]
    [InlineData("--storage", "postgres://localhost:99999999/x",
        "--storage: expected a port from 1 to 65535, found 99999999")]
    [InlineData("--storage", "postgres://localhost:99999999999/x",
        "--storage: expected a port from 1 to 65535, found 99999999999")]
    [InlineData("--storage", "postgres://localhost/x?port=-1", "--storage: expected a port from 1 to 65535, found -1")]
    [InlineData("--storage", "postgres://localhost/x%00", "--storage: expected no control characters, such as %00")]
    [InlineData("--storage", "postgres://localhost/x?host=%0a",
        "--storage: expected no control characters, such as %00")]
    [InlineData("--storage", "mysql://x", "--storage: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    public void Bad_input_is_one_line_exit_code_2_and_no_study(string option, string value, string message)
    {
        var outcome = Search(option, value);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"functional: {message[..Math.Min(message.Length, 44)]}", outcome.Error,
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Ctrl_C_leaves_a_study_that_continues()
    {
        using var process = FunctionalProgram.Start(
            folder.Path, "search", "--trials", "100000", "--json", "--study", "x", "--samples", "200", "--hidden", "10",
            "--epochs", "3");
        while (process.StandardOutput.ReadLine()?.Contains("\"trial\"", StringComparison.Ordinal) == false)
        {
        }
        using (var kill = FunctionalProgram.Start("kill", folder.Path, ["-TERM", $"{process.Id}"]))
            kill.WaitForExit();
        var outcome = FunctionalProgram.End(process);
        Assert.Equal(130, outcome.ExitCode);
        Assert.True(outcome.Event("summary").GetProperty("interrupted").GetBoolean());
        var ended = outcome.Event("summary").GetProperty("complete").GetInt32();
        var rest = Search("--study", "x", "--trials", $"{ended + 4}", "--json");
        Assert.Equal(ended + 4, rest.Event("summary").GetProperty("complete").GetInt32());
    }
}
