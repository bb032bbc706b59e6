using System.CommandLine;
using Functional.Host.Files;
using Functional.Host.Pages;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional trace</c>: one sample forward and its gradient back through a run's network, number by
/// number.</summary>
internal static class TraceCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("run") { Description = "the folder of a run, in progress or not" };
        var sample = new Option<int>("--sample")
        {
            HelpName = "N", DefaultValueFactory = _ => 0,
            Description = "which sample, from 0; those for testing come after those for training",
        };
        var step = new Option<int?>("--step")
            { HelpName = "STEP", Description = "the network after this step [default: the newest]" };
        var file = new Option<string?>("--out")
            { HelpName = "FILE", Description = "where to write the page [default: trace.html in the run's folder]" };
        var force = CommonOptions.Force();
        var open = new Option<bool>("--open") { Description = "open the page in the browser" };
        var command = new CommandWithExamples(
            "trace", "Follow one sample forward and its gradient back through a small network, number by number.",
            ("functional trace runs/NAME --sample 3 --open", "every product and every sum of sample 3"),
            ("functional trace runs/NAME --step 0 --out first.html", "the same before the first step"))
        {
            folder, sample, step, file, force, open,
        };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(folder)!;
            var page = parsed.GetValue(file) ?? Path.Combine(path, "trace.html");
            var run = TrainingRun.Open(path);
            var target = UserFile.Of(
                "--out", page, parsed.GetValue(force), parsed.GetValue(file) is null ? Page.IsOne : null);
            var (at, which) = (parsed.GetValue(step) ?? run.LastStep, parsed.GetValue(sample));
            var last = run.Data.Training.Count + run.Data.Test.Count - 1;
            if (at < run.Start.Step || at > run.LastStep)
                throw new UsageException(Invariant(
                    $"--step: expected a step from {run.Start.Step} to {run.LastStep}, found {at}"));
            if (which < 0 || which > last)
                throw new UsageException(Invariant($"--sample: expected a sample from 0 to {last}, found {which}"));
            target.Write(TracePage.Render(new SampleTrace(run, run.At(at), which), back: null, Locale.Language));
            target.Notes.WriteLine(Say($"page: {page}"));
            if (parsed.GetValue(open))
                Browser.Open(page);
            return ExitCode.Done;
        });
        return command;
    }
}
