using System.CommandLine;
using Functional.Host.Files;
using Functional.Host.Runs;
using Spectre.Console;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional runs</c>: lists runs with their results.</summary>
internal static class RunsCommand
{
    private const string Standard = "runs";

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("folder")
        {
            Description = "the folder that holds the runs",
            DefaultValueFactory = _ => Standard,
        };
        var json = CommonOptions.Json();
        var command = new CommandWithExamples("runs", "List the runs in a folder, with their results.",
            ("functional runs", "the runs in the folder runs, the newest last"),
            ("functional runs elsewhere --json", "the runs in another folder, as JSON")) { folder, json };
        command.SetAction(parsed =>
        {
            List(parsed.GetValue(folder)!, parsed.GetValue(json));
            return ExitCode.Done;
        });
        return command;
    }

    private static void List(string folder, bool json)
    {
        var there = Directory.Exists(folder);
        if (!there && folder != Standard)
            throw new DataException(folder, null, "a folder with runs in it", "none");
        Listed[] listed = there
            ? [.. Directory.EnumerateDirectories(folder).Where(RunRecord.IsRun).Select(Read).OrderBy(run => run.Date)
                .ThenBy(run => run.Folder, StringComparer.Ordinal)] : [];
        if (json)
            foreach (var run in listed)
                new JsonReport(Console.Out).Write("run", run);
        else if (listed.Length == 0)
            Console.WriteLine(Say($"no runs in {folder}"));
        else
            WriteTable(folder, listed);
    }

    // One that can't be read must not hide the others.
    private static Listed Read(string path)
    {
        try
        {
            var record = RunRecord.Read(path);
            return new Listed(path, $"{record.Status}".ToLowerInvariant())
            {
                Command = record.CommandAgain,
                Data = record.Configuration.Data,
                From = record.Configuration.From,
                Last = record.Epochs is [.., var last] ? last : null,
                Best = record.Best,
            };
        }
        catch (DataException e)
        {
            return new Listed(path, "damaged") { Message = e.Message };
        }
    }

    // What it leaves out is in --json and on the runs' pages.
    private static void WriteTable(string folder, IReadOnlyList<Listed> runs)
    {
        var inside = $"{folder.TrimEnd(Path.DirectorySeparatorChar)}{Path.DirectorySeparatorChar}";
        // A column that says nothing of any run only makes the table wider.
        var beganNew = runs.All(run => run.From is null);
        var table = new TextTable(
        [
            TextTable.Left(inside), TextTable.Left(Say("date")), TextTable.Left(Say("status")),
            TextTable.Right(Say("steps")), TextTable.Right(Say("validation")), TextTable.Right(Say("test")),
            .. beganNew ? [] : (TableColumn[])[TextTable.Left(Say("from"))],
        ]);
        foreach (var run in runs)
            table.Add(
            [
                Path.GetFileName(run.Folder), Invariant($"{run.Date:yyyy-MM-dd HH:mm}"), Say(run.Status),
                Text(run.Last, e => Invariant($"{e.Step:N0}")), Text(run.Best, e => e.Scores.Validation!.Value.Text),
                Text(run.Last, e => e.Scores.Test.Text),
                .. beganNew ? [] : (string[])[Inside(run.From)],
            ]);
        table.Write();
        foreach (var message in runs.Select(run => run.Message).OfType<string>())
            Console.WriteLine(Say(message));

        string Inside(string? from) => from is null ? "-"
            : from.StartsWith(inside, StringComparison.Ordinal) ? from[inside.Length..] : from;
    }

    private static string Text(EpochReport? epoch, Func<EpochReport, string> text) => epoch is null ? "-" : text(epoch);

    internal sealed record Listed(string Folder, string Status)
    {
        public DateTime Date { get; } = File.GetLastWriteTime(new RunPaths(Folder).Configuration);
        public string? Command { get; init; }
        public string? Data { get; init; }
        public string? From { get; init; }
        public EpochReport? Last { get; init; }
        public EpochReport? Best { get; init; }
        public string? Message { get; init; }
    }
}
