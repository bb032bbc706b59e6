using System.CommandLine;
using System.Globalization;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Runs;

namespace Functional.Host.Commands;

/// <summary><c>functional runs</c>: what runs there are, and what they came to.</summary>
public static class RunsCommand
{
    private const string Standard = "runs";

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("folder")
        {
            Description = "where to look",
            DefaultValueFactory = _ => Standard,
        };
        var json = CommonOptions.Json();
        var command = new Verb("runs", "List the runs in a folder, and what they came to.",
            ("functional runs", "those in the folder runs"),
            ("functional runs elsewhere --json", "those of another folder, for a program")) { folder, json };
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
            ? [.. Directory.EnumerateDirectories(folder).Where(RunRecord.IsRun).Order(StringComparer.Ordinal).Select(Read)] : [];
        if (json)
            foreach (var run in listed)
                new JsonReport(Console.Out).Write("run", run);
        else if (listed.Length == 0)
            Console.WriteLine($"no runs in {folder}");
        else
            foreach (var line in Table(listed))
                Console.WriteLine(line);
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
                Last = record.Epochs is [.., var last] ? last : null,
                Best = record.Best,
            };
        }
        catch (DataException e)
        {
            return new Listed(path, "damaged") { Message = e.Message };
        }
    }

    private static IEnumerable<string> Table(IReadOnlyList<Listed> runs)
    {
        var width = runs.Max(run => run.Folder.Length);
        yield return $"{"run".PadRight(width)}  status      epochs    steps      loss  best validation     test  digest        command";
        foreach (var run in runs)
            yield return run.Message is { } message
                ? $"{run.Folder.PadRight(width)}  {run.Status,-10}  {message}"
                : string.Create(CultureInfo.InvariantCulture,
                    $"{run.Folder.PadRight(width)}  {run.Status,-10}  {Text(run.Last, e => $"{e.Epoch}"),6}  {Text(run.Last, e => Invariant($"{e.Iterations:N0}")),7}  {Text(run.Last, e => Invariant($"{e.Loss:F4}")),8}  {Text(run.Best, e => PlainReport.Percent(e.ValidationAccuracy!.Value)),15}  {Text(run.Last, e => PlainReport.Percent(e.TestAccuracy)),7}  {Text(run.Last, e => e.Digest[..Math.Min(12, e.Digest.Length)]),-12}  {run.Command}");
    }

    private static string Text(EpochReport? epoch, Func<EpochReport, string> text) => epoch is null ? "-" : text(epoch);

    internal sealed record Listed(string Folder, string Status)
    {
        public string? Command { get; init; }
        public string? Data { get; init; }
        public EpochReport? Last { get; init; }
        public EpochReport? Best { get; init; }
        public string? Message { get; init; }
    }
}
