using System.CommandLine;
using Functional.Host.Digests;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional digests</c>: whether this machine computes the same bits as all others.</summary>
internal static class DigestsCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var only = new Option<string?>("--only")
        {
            HelpName = "NAME",
            Description = "compute only what has this in its name: layer/, adam, experiment/, ..., or every-float32/, "
                + "which takes minutes and is otherwise left out",
        };
        var print = new Option<bool>("--print") { Description = "print each digest with its name" };
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "digests", "Compute a fixed run of every layer, loss, optimizer and experiment, and compare its SHA-256 "
            + "with the one that all machines should get.",
            ("functional digests", "does this machine compute the same bits as all others?"),
            ("functional digests --only optimizer/ --print", "the digests of the optimizers"))
        {
            only, print, threads, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(only), parsed.GetValue(print), parsed.GetValue(threads), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string? only, bool print, int threads, bool json)
    {
        bool IsWanted(DigestEntry entry) => only is null || entry.Name.Contains(only, StringComparison.Ordinal);
        DigestEntry[] entries = [.. DigestTable.Entries.Where(IsWanted)];
        if (only is not null && entries.Length == 0)
            entries = [.. DigestTable.Long.Where(IsWanted)];
        if (entries.Length == 0)
            throw new UsageException($"--only: nothing has '{only}' in its name; names begin with "
                + string.Join(", ", DigestTable.Entries.Concat(DigestTable.Long)
                    .Select(entry => entry.Name[..(entry.Name.IndexOf('/') + 1)])
                    .Distinct().Where(name => name != "")));
        var table = DigestTable.Embedded().Digests;
        var report = new JsonReport(Console.Out);
        var different = 0;
        // Nothing is written: Ctrl-C itself may end the process.
        foreach (var entry in entries)
        {
            Interruption.Given.ThrowIfCancellationRequested();
            var (found, expected) = (Threads.Use(threads, entry.Digest), table.GetValueOrDefault(entry.Name));
            // What takes minutes isn't in the table: its digests are printed, to be compared by hand.
            var isDifferent = expected is not null && found != expected;
            if (isDifferent)
                different++;
            if (json)
                report.Write("digest", ("name", entry.Name), ("found", found), ("expected", expected),
                    ("identical", expected is null ? null : !isDifferent));
            else if (print || expected is null)
                Console.WriteLine(DigestTable.Line(entry.Name, found));
            else if (isDifferent)
                Console.WriteLine(Say($"different: {entry.Name} is {found}, in the table {expected}"));
        }
        if (!json && !print && entries.Any(entry => table.ContainsKey(entry.Name)))
            Console.WriteLine(Say(different == 0
                ? Invariant($"identical: {entries.Length:N0} digests, to the last bit")
                : Invariant($"{entries.Length - different:N0} of {entries.Length:N0} digests are identical")));
        return different == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
