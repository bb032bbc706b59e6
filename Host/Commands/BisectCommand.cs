using System.CommandLine;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional bisect</c>: the first step of a run at which a condition holds.</summary>
internal static class BisectCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("run") { Description = "the folder of a run, in progress or not" };
        var when = new Option<string>("--when")
        {
            HelpName = "CONDITION", Required = true, Description = $"what is looked for: {RunCondition.Syntax}",
        };
        var after = new Option<int?>("--after")
            { HelpName = "STEP", Description = "look only at this step and later ones" };
        var until = new Option<int?>("--until") { HelpName = "STEP", Description = "look only as far as this step" };
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "bisect", "Find the first step of a run at which a condition holds, by looking at few of its states.",
            ("functional bisect runs/NAME --when 'dead>0'", "when did the first unit die?"),
            ("functional bisect runs/NAME --when 'validation-loss<0.5' --json", "when was the run this good?"),
            ("functional bisect runs/NAME --when nan", "when did numbers stop being finite?"))
        {
            folder, when, after, until, threads, json,
        };
        command.SetAction(CommonOptions.On(threads, parsed => Run(
            parsed.GetValue(folder)!, RunCondition.Parse(parsed.GetValue(when)!), parsed.GetValue(after),
            parsed.GetValue(until), parsed.GetValue(threads), parsed.GetValue(json))));
        return command;
    }

    private static int Run(string folder, RunCondition condition, int? after, int? until, int threads, bool json)
    {
        var run = TrainingRun.Open(folder);
        condition.Check(run);
        var (first, last) = (after ?? run.Start.Step, until ?? run.LastStep);
        if (first < run.Start.Step || last > run.LastStep || first > last)
            throw new UsageException(Invariant(
                $"--after, --until: expected steps from {run.Start.Step:N0} to {run.LastStep:N0}, in order, ")
                + Invariant($"found {first:N0} and {last:N0}"));
        var values = new Dictionary<int, double>();
        // Nothing is written: Ctrl-C itself may end the process.
        var found = run.OnsetOf(
            state => condition.Holds(values[state.Step] = condition.Value(run, state, threads)), first, last,
            Interruption.Given);
        double? Value(RunState? state) => state is null ? null : values[state.Step];
        var commands = found.At is { } at ? Commands(run, at) : default;
        if (json)
            new JsonReport(Console.Out).Write(
                "bisection", ("condition", condition.Text), ("found", found.At is not null),
                ("step", found.At?.Step), ("epoch", found.At is { } here ? Epoch(here.Step, run.StepsPerEpoch) : null),
                ("atStart", found.At is null ? null : found.Before is null),
                ("before", Value(found.Before)), ("value", Value(found.At)), ("from", first), ("until", found.End),
                ("atEnd", found.At is null ? values[found.End] : null),
                ("evaluated", found.Evaluated), ("look", commands.Look), ("train", commands.Train));
        else
        {
            foreach (var line in Sentences(condition, found, first, values, run.StepsPerEpoch))
                Console.WriteLine(Say(line));
            if (commands.Look is not null)
                Console.WriteLine(Say($"to look at it: {commands.Look}"));
            if (commands.Train is not null)
                Console.WriteLine(Say($"to train so far: {commands.Train}"));
            if (found.Before is { } before)
                Console.WriteLine(Say(
                    $"to go on from before it: functional train --from {ShellWord.Quoted(
                        RunOrigin.Text(run.Record!.Folder, before.Step))}"));
        }
        return found.At is null ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>What was found, a line each.</summary>
    internal static IEnumerable<string> Sentences(
        RunCondition condition, Onset found, int first, Dictionary<int, double> values, int stepsPerEpoch)
    {
        string At(int step) => Invariant($"after step {step:N0}: ") + condition.Shown(values[step]);
        if (found.At is not { } at)
        {
            yield return $"{condition.Text} doesn't hold at the end, {At(found.End)}";
            yield return "if it held in between: --until a step at which it did finds where that began";
            yield break;
        }
        if (found.Before is { } before)
        {
            yield return Invariant($"{condition.Text} begins to hold after step {at.Step:N0} ")
                + Invariant($"(epoch {Epoch(at.Step, stepsPerEpoch):N0})");
            yield return At(before.Step);
            yield return At(at.Step);
            yield return Invariant($"looked at {found.Evaluated:N0} of {found.End - first + 1:N0} states");
        }
        else
        {
            yield return $"{condition.Text} holds from the start, {At(first)}";
            yield return "if it ended and began again: --after a step at which it didn't hold finds where that began";
        }
    }

    private static int Epoch(int step, int stepsPerEpoch) => (step + stepsPerEpoch - 1) / stepsPerEpoch;

    // The page goes as far as checkpoints do, and a run that diverged goes on beyond its newest.
    private static (string? Look, string? Train) Commands(TrainingRun run, RunState at) => (
        run.Record!.Checkpoints.All is [.., var newest] && at.Step <= newest
            ? $"functional live {ShellWord.Quoted(run.Record.Folder)} --step {at.Step}" : null,
        at.Step == run.Start.Step ? null : RunCommand.Again(
            run.Configuration, run.Record.Folder, at.Step, run.Record.Epochs, isOver: false));
}
