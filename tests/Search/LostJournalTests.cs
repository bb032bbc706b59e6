using System.Text;
using Functional.Host;
using Functional.Host.Files;
using Functional.Host.Search;
using Functional.Tests.Data;

namespace Functional.Tests.Search;

/// <summary>Journals that are taken away from a search, and journals that others wrote: both are noticed, and nothing
/// is lost.</summary>
public sealed class LostJournalTests : IDisposable
{
    private static readonly StudySettings Settings = new(new SearchSpace(Hyperparameter.LogUniform("rate", 1e-6, 1)));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Journal => folder["study/journal.jsonl"];

    private static double Value(Configuration configuration, TrialReporter reporter)
    {
        reporter.Report(0.5, 0.25);
        return configuration.Number("rate");
    }

    public static TheoryData<string, Action<string>> Losses => new()
    {
        { "was removed", File.Delete },
        { "was removed", journal => Directory.Delete(Path.GetDirectoryName(journal)!, recursive: true) },
        { "was cut or replaced", journal => File.WriteAllText(journal, "") },
        { "was cut or replaced", journal => File.WriteAllBytes(journal, File.ReadAllBytes(journal)[..^30]) },
        { "was cut or replaced", journal => File.WriteAllLines(journal, File.ReadAllLines(journal)[..^2]) },
        { "was cut or replaced", journal => File.WriteAllText(journal, new string('x', 100_000)) },
        { "was cut or replaced", AnotherStudy },
    };

    private static void AnotherStudy(string journal)
    {
        File.Delete(journal);
        using var other = Study.Open(Path.GetDirectoryName(journal) + "-other", Settings with { Seed = 2 });
        other.Run(Value, trials: 20);
        File.Copy(Path.Combine(other.Name, "journal.jsonl"), journal);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_journal_that_is_lost_while_a_search_runs_is_noticed_and_its_trials_are_rescued(
        string what, Action<string> lose)
    {
        using var study = Study.Open(folder["study"], Settings);
        var error = Assert.Throws<OperationFailedException>(() => study.Run((configuration, reporter) =>
        {
            if (reporter.Trial == 5)
                lose(Journal);
            return Value(configuration, reporter);
        }, trials: 8));
        Assert.StartsWith($"{Journal} {what} while a search used it; the 6 trials", error.Message,
            StringComparison.Ordinal);
        var rescued = Assert.Single(Directory.GetFiles(folder["study"], "rescued-*.jsonl"));
        Assert.Contains(rescued, error.Message, StringComparison.Ordinal);
        // What was under way is kept, too, and the study goes on.
        Directory.CreateDirectory(folder["again"]);
        File.Move(rescued, folder["again/journal.jsonl"]);
        using var again = Study.Open(folder["again"], Settings);
        Assert.Equal(6, again.ReadTrials().Count(trial => trial.State == TrialState.Complete));
        using var whole = Study.InMemory(Settings);
        Assert.Equal(
            whole.Run(Value, trials: 8)
                .Select(trial => (trial.Configuration, trial.Value, Curve: string.Join(' ', trial.Result!.Curve))),
            again.Run(Value, trials: 8)
                .Select(trial => (trial.Configuration, trial.Value, Curve: string.Join(' ', trial.Result!.Curve))));
    }

    [Fact]
    public void Audit4_a_study_that_is_lost_with_its_last_trial_is_rescued()
    {
        using var study = Study.Open(folder["study"], Settings);
        void Lose(Trial trial)
        {
            if (trial.Number == 2)
                Directory.Delete(folder["study"], recursive: true);
        }
        var error = Assert.Throws<OperationFailedException>(() => study.Run(Value, trials: 3, ended: Lose));
        Assert.StartsWith(
            $"{Journal} was removed while a search used it; the 3 trials", error.Message, StringComparison.Ordinal);
        File.Move(Assert.Single(Directory.GetFiles(folder["study"], "rescued-*.jsonl")), Journal);
        using var again = Study.Open(folder["study"], Settings);
        Assert.Equal(3, again.ReadTrials().Count(trial => trial.State == TrialState.Complete));
    }

    [Fact]
    public void Audit4_a_search_ends_well_without_the_folder_of_its_workers()
    {
        using var study = Study.Open(folder["study"], Settings);
        void Lose(Trial trial)
        {
            if (trial.Number == 2)
                Directory.Delete(folder["study/workers"], recursive: true);
        }
        var trials = study.Run(Value, trials: 3, ended: Lose);
        Assert.Equal(3, trials.Count(trial => trial.State == TrialState.Complete));
    }

    [Theory]
    [InlineData("notes.txt", "mine")]
    [InlineData("report.html", "mine")]
    public void A_folder_that_holds_something_else_becomes_no_study(string file, string text)
    {
        Directory.CreateDirectory(folder["study"]);
        folder.Write($"study/{file}", Encoding.UTF8.GetBytes(text));
        var error = Assert.Throws<UsageException>(() => Study.Open(folder["study"], Settings));
        Assert.Equal($"{folder["study"]}: expected a study, or an empty folder to begin one in, found {file}",
            error.Message);
        Assert.Equal([folder[$"study/{file}"]], Directory.GetFileSystemEntries(folder["study"]));
    }

    [Theory]
    [InlineData("mine")]
    [InlineData("mine\n")]
    [InlineData("{\"a\":1}")]
    [InlineData("{\"record\":\"study\"}\n")]
    public void A_file_that_is_not_a_journal_is_left_unchanged(string text)
    {
        Directory.CreateDirectory(folder["study"]);
        folder.Write("study/journal.jsonl", Encoding.UTF8.GetBytes(text));
        var error = Assert.Throws<DataException>(() => Study.Open(folder["study"], Settings));
        Assert.Contains("journal.jsonl: at line 1: expected a record with its checksum", error.Message,
            StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(Journal));
    }

    public static TheoryData<string, string> Changes => new()
    {
        { "\"rate\":\"[^\"]*", "\"rate\":\"7" },
        { "\"rate\":\"", "\"speed\":\"" },
        { "\"trial\":0,\"worker\"", "\"trial\":-1,\"worker\"" },
        { "\"trial\":0,\"worker\"", "\"trial\":2147483647,\"worker\"" },
        { "\"worker\":\"", "\"worker\":\"../" },
        { "\"seconds\":", "\"seconds\":-1" },
        { "\"seconds\":[^,}]*", "\"seconds\":1e300" },
        { "\"value\":[^,}]*", "\"value\":\"Infinity\"" },
        { "\"state\":\"complete\"", "\"state\":\"running\"" },
        { "\"state\":\"complete\"", "\"state\":\"pruned\"" },
        { "\"curve\":\\[0.5", "\"curve\":[\"NaN\"" },
        { "\"trainingCurve\":\\[", "\"trainingCurve\":[1,2,3," },
        { "\"heartbeatTimeout\":30", "\"heartbeatTimeout\":-30" },
        { "\"sampler\":\"random\"", "\"sampler\":\"grid:0\"" },
        { "\"space\":\\[", "\"space\":[null," },
        { "\"space\":\\[", "\"space\":[\"rate=1..2\"," },
        { "\"direction\":\"maximize\"", "\"direction\":\"sideways\"" },
        { "\"constants\":\\{", "\"constants\":{\"data\":null" },
        { "\"record\":\"taken\"", "\"record\":\"stolen\"" },
        { "\"record\":\"taken\",", "" },
        { "\"format\":1", "\"format\":2" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_record_that_no_search_leaves_is_not_believed(string before, string after)
    {
        using (var study = Study.Open(folder["study"], Settings))
            study.Run(Value, trials: 2);
        var text = Journals.Change(Journal, before, after);
        var error = Assert.Throws<DataException>(() => Study.Open(folder["study"], Settings));
        Assert.Contains(": expected a record that fits (", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(text, File.ReadAllText(Journal));
    }
}
