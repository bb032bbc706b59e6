using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional verify</c>: trains a run again and compares every bit that it wrote down; or only some parts
/// of it; or finds where two runs begin to differ.</summary>
internal static class VerifyCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("run") { Description = "a run's folder" };
        var other = new Argument<string?>("other")
        {
            Description = "another run's: find the first step, layer and element that differ",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var spot = CommonOptions.OptionalCount(
            "--spot", "compute only N stretches between checkpoints, drawn at random, of a run with --keep-every");
        var seed = new Option<long?>("--seed")
            { HelpName = "N", Description = "the seed for drawing the stretches of --spot" };
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "verify", "Repeat a run from its configuration, and compare losses, digests and states with its record.",
            ("functional verify runs/NAME", "is the result the same to the last bit?"),
            ("functional verify runs/NAME --spot 20", "are 20 parts of it, drawn at random?"),
            ("functional verify runs/ONE runs/OTHER", "where do two runs begin to differ, and why?"))
        {
            folder, other, spot, seed, threads, json,
        };
        command.SetAction(CommonOptions.On(threads, parsed =>
        {
            var (run, count, workers) = (parsed.GetValue(folder)!, parsed.GetValue(spot), parsed.GetValue(threads));
            if (count is not null && parsed.GetValue(other) is not null)
                throw new UsageException("--spot: checks one run, but two are given");
            if (count is null && parsed.GetValue(seed) is not null)
                throw new UsageException("--seed: draws the stretches of --spot, which isn't given");
            // Nothing is written: Ctrl-C itself may end the process.
            return parsed.GetValue(other) is { } second
                ? Narrow(run, second, workers, parsed.GetValue(json), Interruption.Given)
                : count is { } stretches
                ? Spot(run, stretches, parsed.GetValue(seed), workers, parsed.GetValue(json), Interruption.Given)
                : Run(run, workers, parsed.GetValue(json));
        }));
        return command;
    }

    // What a fork goes on from is computed again, unless parts of it are enough.
    private static (RunRecord Record, TrainingRun Run) Load(string folder, bool again = false)
    {
        var record = RunRecord.Read(folder);
        var data = record.Configuration.LoadData();
        Hints.Write([.. RunEnvironment.Of(data, record.Configuration).Differences(record.Environment)]);
        // How long it waited may have been changed on the way; how far it came is known.
        var configuration = record.Configuration with { Patience = null };
        return (record, again ? new TrainingRun(configuration, data) : TrainingRun.Of(record, configuration, data));
    }

    private static int Run(string folder, int threads, bool json)
    {
        var (record, run) = Load(folder, again: true);
        using var interruption = new Interruption();
        Verification Compare(IRunObserver observer) =>
            Verification.Of(record, run, observer, threads, interruption.Token);
        var found = json || Console.IsOutputRedirected
            ? Compare(new Observers()) : LiveReport.Show(ProtectedOutput.Live(), Compare);
        if (json)
            new JsonReport(Console.Out).Write("verification", found);
        else
            Write(found, record.Losses.Count);
        return found.Identical switch
        {
            true => ExitCode.Done,
            false => ExitCode.Failed,
            null => ExitCode.Interrupted,
        };
    }

    private static int Spot(
        string folder, int count, long? seed, int threads, bool json, CancellationToken cancellation)
    {
        var (record, run) = Load(folder);
        // Who forges a run must not know what will be drawn.
        var drawing = seed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
        var found = SpotCheck.Of(record, run, count, Key.OfSeed(drawing), threads, cancellation);
        if (json)
            new JsonReport(Console.Out).Write(
                "spot", ("seed", drawing), ("stretches", found.Stretches), ("drawn", found.Drawn),
                ("steps", found.Steps), ("recorded", found.Recorded), ("identical", found.Mismatch is null),
                ("fault", found.Mismatch),
                ("caughtIfOneIsForged", SpotCheck.Probability(found.Stretches, found.Drawn, 1)),
                ("forgedToBeCaughtWith95Percent", found.Forged(0.95)));
        else if (found.Mismatch is not null)
            Console.WriteLine(Say($"different: {found.Mismatch}"));
        else
        {
            Console.WriteLine(Say(
                Invariant($"identical: {found.Drawn:N0} of {found.Stretches:N0} stretches, {found.Steps:N0} of ")
                + Invariant($"{found.Recorded:N0} steps (drawn with --seed {drawing})")));
            int[] forged = [.. ((int[])[1, found.Stretches / 100, found.Stretches / 10, found.Forged(0.95)])
                .Where(stretches => stretches > 0).Distinct().Order()];
            Console.WriteLine(Say("a forged run would have been caught with a probability of "
                + string.Join(", ", forged.Select(stretches =>
                    $"{Percentage.Of(SpotCheck.Probability(found.Stretches, found.Drawn, stretches))} if "
                    + $"{Plural.Of(stretches, "stretch", "stretches")} {(stretches == 1 ? "was" : "were")} forged"))));
        }
        return found.Mismatch is null ? ExitCode.Done : ExitCode.Failed;
    }

    private static int Narrow(string first, string second, int threads, bool json, CancellationToken cancellation)
    {
        var (a, b) = (Load(first), Load(second));
        var found = Narrowing.Of(
            new NarrowedRun(a.Record, a.Run), new NarrowedRun(b.Record, b.Run), threads, cancellation);
        if (json)
            new JsonReport(Console.Out).Write(
                "narrowing", ("identical", found.Step is null), ("compared", found.Compared), ("step", found.Step),
                ("leaf", found.Element?.Leaf), ("row", found.Element?.Row), ("column", found.Element?.Column),
                ("first", found.Element?.Hexadecimal.First), ("second", found.Element?.Hexadecimal.Second),
                ("comparisons", found.Comparisons),
                ("causes", JsonReport.List(found.Causes.Select(cause => (JsonNode)cause))));
        else if (found.Step is not { } step)
            Console.WriteLine(Say(Invariant($"identical: the states of both runs up to step {found.Compared:N0}")
                + (a.Record.Losses.Count == b.Record.Losses.Count ? ""
                    : Invariant($"; {first} has {a.Record.Losses.Count:N0} steps, ")
                        + Invariant($"{second} has {b.Record.Losses.Count:N0}"))));
        else
        {
            Console.WriteLine(Say(
                (step == 0 ? "different before the first step" : Invariant($"different after step {step:N0}"))
                + $", found by {Plural.Of(found.Comparisons, "comparison")}"));
            if (found.Element is { } at)
                Console.WriteLine(Say(
                    Invariant($"{at.Leaf}, row {at.Row}, column {at.Column}: ")
                    + Invariant($"{at.Hexadecimal.First} ({at.First:R}) and {at.Hexadecimal.Second} ({at.Second:R})")));
            foreach (var cause in found.Causes)
                Console.WriteLine(Say($"likely cause: {cause}"));
        }
        return found.Step is null ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Write(Verification found, int recorded)
    {
        if (found.Identical is null)
            Console.WriteLine(Say(
                Invariant($"interrupted: the first {found.ComparedSteps:N0} of {recorded:N0} losses are identical")));
        else if (found.Identical == true)
            Console.WriteLine(Say(
                $"identical: {Plural.Of(found.ComparedSteps, "loss", "losses")}, "
                    + $"{Plural.Of(found.ComparedEpochs, "digest")} and "
                    + $"{Plural.Of(found.ComparedStates, "state")}, to the last bit"));
        if (found.FirstLoss is { } loss)
            Console.WriteLine(Say(
                Invariant($"different: step {loss.Number} is the first whose loss differs: {loss.Found:R}, ")
                    + Invariant($"in the run {loss.Recorded:R}")));
        if (found.FirstDigest is { } digest)
            Console.WriteLine(Say(
                $"different: epoch {digest.Number} is the first whose digest differs: {digest.Found}, "
                + $"in the run {digest.Recorded}"));
        if (found.FirstState is { } state)
            Console.WriteLine(Say(
                $"different: step {state.Number} is the first of the chain after which the state differs: "
                + $"{state.Found}, in the run {state.Recorded}"));
        foreach (var mismatch in found.Mismatches)
            Console.WriteLine(Say($"different: {mismatch}"));
    }
}
