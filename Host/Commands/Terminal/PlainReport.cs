using Functional.Host.Models;
using Functional.Host.Runs;

namespace Functional.Host.Commands;

/// <summary>A run as plain lines: one at the start, one per epoch, a summary.</summary>
internal sealed class PlainReport(TextWriter output) : IRunObserver
{
    public void Started(RunStart start)
    {
        if (start.Origin is { } origin)
            output.WriteLine(Visible.Line(origin));
        if (start.Guess is { } guess)
            output.WriteLine($"{Visible.Line(guess)} (use --task to change this)");
        output.WriteLine(
            Invariant($"{start.Data}: {Plural.Of(start.TrainSamples, "sample")} for training, ")
                + (start.ValidationSamples > 0 ? Invariant($"{start.ValidationSamples:N0} for validation, ") : "")
                + Invariant($"{start.TestSamples:N0} for testing"));
        output.WriteLine(Invariant($"{start.Network}: {Plural.Of(start.Parameters, "parameter")}"));
        var length = Plural.Of(start.PlannedSteps, "step")
            + (start.Updates == start.PlannedSteps ? "" : $", {Plural.Of(start.Updates, "update")}");
        output.WriteLine(Invariant($"{start.Optimizer}, {length}, seed {start.Seed}"));
        if (start.Step > 0)
            output.WriteLine(Invariant($"continuing after step {start.Step:N0}"));
    }

    public void EpochEnded(EpochReport epoch) => output.WriteLine(Line(epoch));

    public void Finished(RunSummary summary)
    {
        var end = summary.Interrupted ? "interrupted" : "done";
        output.WriteLine(
            Invariant($"{end} after {Plural.Of(summary.Steps, "step")} in ")
                + Invariant($"{summary.Seconds:F1} s"));
        output.WriteLine(summary.IsEvaluated ? summary.Scores : "not evaluated, because it was interrupted");
        if (summary.Test is { } errors)
            output.WriteLine($"test: {errors}");
        if (summary.Best is { } best)
            output.WriteLine(
                Invariant($"best validation {Named(best.Scores.Validation!.Value)} after epoch ")
                    + Invariant($"{best.Epoch}{(summary.StoppedEarly ? ", and no better since" : "")}"));
        output.WriteLine($"digest {summary.Digest}");
        if (summary.Out is { } folder)
            output.WriteLine($"saved in {folder}");
    }

    private static string Named(PartScore score) => $"{score.ValueMeasure} {score.ValueText}";

    // At most 80 columns, so that it is one line on any terminal.
    internal static string Line(EpochReport epoch) =>
        Invariant($"epoch {epoch.Epoch,3}  loss {epoch.Loss:F4}  {epoch.Scores}");
}
