using System.CommandLine;
using Functional.Host.Pages;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional live</c>: a run as a page that follows it, and goes back to any of its steps.</summary>
internal static class LiveCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("run") { Description = "the folder of a run, in progress or not" };
        var port = CommonOptions.Port();
        var step = new Option<int?>("--step")
        {
            HelpName = "STEP", Description = "begin at this step, up to the newest checkpoint's [default: the newest]",
        };
        var open = new Option<bool>("--open") { Description = "open the page in the browser" };
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "live", "Look at a run while it learns, or at any of its steps later, in the browser.",
            ("functional live runs/NAME --open", "a run's page, which follows it"),
            ("functional live runs/NAME --step 1200 --open", "the same run, as it was after that step"),
            ("functional live runs/NAME --port 8080", "at an address whose port is known"))
        {
            folder, port, step, open, threads, json,
        };
        command.SetAction(CommonOptions.On(threads, parsed =>
        {
            var path = parsed.GetValue(folder)!;
            var record = RunRecord.Read(path);
            var run = TrainingRun.Of(record, record.Configuration, record.Configuration.LoadData());
            var live = new LiveRun(path, run, parsed.GetValue(threads), Locale.Language);
            if (parsed.GetValue(step) is { } wanted && (wanted < run.Start.Step || wanted > live.Saved))
                throw new UsageException(
                    Invariant($"--step: expected a step from {run.Start.Step} to {live.Saved}, found {wanted}"));
            using var interruption = new Interruption();
            using var server = new LiveServer(path, live, parsed.GetValue(port), Locale.Language);
            var address = server.Address + (parsed.GetValue(step) is { } at ? Invariant($"#{at}") : "");
            Announce("live", address, parsed.GetValue(json));
            if (parsed.GetValue(open))
                Browser.OpenAddress(address);
            server.RunAsync(interruption.Token).GetAwaiter().GetResult();
            return ExitCode.Interrupted;
        }));
        return command;
    }

    /// <summary>Says where the page is.</summary>
    public static void Announce(string what, string address, bool json)
    {
        if (json)
            new JsonReport(Console.Out).Write(what, ("address", address));
        else
            Console.WriteLine(Say($"{what}: {address}  (Ctrl-C ends it)"));
        Console.Out.Flush();
    }
}
