using System.CommandLine;
using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Commands;

/// <summary><c>functional verify</c>: trains a run again and compares every bit that it wrote down.</summary>
internal static class VerifyCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("run") { Description = "a run's folder" };
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "verify", "Train a run again from its configuration, and compare the loss of every step and the digest of "
            + "every epoch.",
            ("functional verify runs/NAME", "is it the same to the last bit?"),
            ("functional verify runs/NAME --threads 1", "whatever the number of threads"))
        {
            folder, threads, json,
        };
        command.SetAction(parsed => Run(parsed.GetValue(folder)!, parsed.GetValue(threads), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string folder, int threads, bool json)
    {
        var record = RunRecord.Read(folder);
        var data = DataSets.Load(record.Configuration.Data, record.Configuration.Label);
        foreach (var difference in (RunEnvironment.Of(data)
            with { Options = ConfigurationFile.OptionsOf(record.Configuration) }).Differences(record.Environment))
            Console.Error.WriteLine($"functional: {difference}");
        // How long it waited may have been changed on the way; how far it came is known.
        var run = new TrainingRun(record.Configuration with { Patience = null }, data);
        using var interruption = new Interruption();
        Verification Compare(IRunObserver observer) =>
            Verification.Of(record, run, observer, threads, interruption.Token);
        var found = json || Console.IsOutputRedirected
            ? Compare(new Observers()) : LiveReport.Show(ProtectedOutput.Live(), Compare);
        if (json)
            new JsonReport(Console.Out).Write("verification", found);
        else
            Tell(found, record.Losses.Count);
        return !found.Identical ? ExitCode.Failed
            : found.Steps < record.Losses.Count ? ExitCode.Interrupted
            : ExitCode.Done;
    }

    private static void Tell(Verification found, int recorded)
    {
        if (found.Identical && found.Steps < recorded)
            Console.WriteLine(
                Invariant($"interrupted: the first {found.Steps:N0} of {recorded:N0} losses are identical"));
        else if (found.Identical)
            Console.WriteLine(
                Invariant($"identical: {found.Steps:N0} losses and {found.Epochs:N0} digests, to the last bit"));
        if (found.Loss is { } loss)
            Console.WriteLine(
                Invariant($"different: step {loss.Number} is the first whose loss differs: {loss.Found:R}, ")
                    + Invariant($"in the run {loss.Recorded:R}"));
        if (found.Digest is { } digest)
            Console.WriteLine(
                $"different: epoch {digest.Number} is the first whose digest differs: {digest.Found}, "
                + $"in the run {digest.Recorded}");
    }
}
