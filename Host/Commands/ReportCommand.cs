using System.CommandLine;
using Functional.Host.Files;
using Functional.Host.Pages;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional report</c>: the page of a run, or several runs in one page.</summary>
internal static class ReportCommand
{
    private const string Comparison = "comparison.html";

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var folders = new Argument<string[]>("run")
            { Description = "folders of runs", Arity = ArgumentArity.OneOrMore };
        var file = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description =
                $"where to write the page [default: report.html in the run's folder; for several, {Comparison}]",
        };
        var force = CommonOptions.Force();
        var threads = CommonOptions.Threads();
        var open = new Option<bool>("--open") { Description = "open the page in the browser" };
        var command =
            new CommandWithExamples("report", "Write the report of a run again, or a page that compares several runs.",
            ("functional report runs/NAME --open", "a run's report, in the browser"),
            ("functional report runs/FIRST runs/SECOND --out both.html", "two runs side by side"))
        {
            folders, file, force, threads, open,
        };
        command.SetAction(CommonOptions.On(threads, parsed =>
        {
            RunRecord[] records = [.. parsed.GetValue(folders)!.Select(RunRecord.Read)];
            var own = records.Length == 1 ? new RunPaths(records[0].Folder).Report : null;
            var path = parsed.GetValue(file) ?? own ?? Comparison;
            var target = UserFile.Of(
                "--out", path, parsed.GetValue(force), parsed.GetValue(file) is null ? Page.IsOne : null);
            var page = records is [var one]
                ? PageOf(one, parsed.GetValue(threads))
                : RunsPage.Render(records, record => Link(record, path), Locale.Language);
            target.Write(page);
            target.Notes.WriteLine(Say($"report: {path}"));
            if (parsed.GetValue(open))
                Browser.Open(path);
            return ExitCode.Done;
        }));
        return command;
    }

    private static string PageOf(RunRecord record, int threads)
    {
        var data = record.Configuration.LoadData();
        var run = TrainingRun.Of(record, record.Configuration, data);
        return record.Result(run, threads) is { } result
            ? Threads.Use(threads, () => RunPage.Render(
                run, result, RunEvaluation.TestScores(run, result, threads), record.Environment,
                moment: record.Status == RunStatus.Running ? ShownMoment.Running : ShownMoment.End,
                language: Locale.Language))
            : throw new OperationFailedException($"{record.Folder}: there is no checkpoint yet");
    }

    // From where the page lies; a browser takes slashes.
    private static string? Link(RunRecord record, string page)
    {
        var report = new RunPaths(record.Folder).Report;
        var folder = Path.GetDirectoryName(Path.GetFullPath(page))!;
        return File.Exists(report)
            ? string.Join('/', Path.GetRelativePath(folder, report).Split(Path.DirectorySeparatorChar).Select(
                Uri.EscapeDataString)) : null;
    }
}
