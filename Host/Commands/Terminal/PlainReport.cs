using Functional.Host.Models;
using Functional.Host.Pages;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary>A run as plain lines: one at the start, one per epoch, a summary.</summary>
internal sealed class PlainReport(TextWriter output) : IRunObserver
{
    public void Started(RunStart start)
    {
        if (start.Origin is { } origin)
            Write(Visible.Line(origin));
        if (start.Guess is { } guess)
            Write($"{Visible.Line(guess)} (use --task to change this)");
        Write(
            Invariant($"{start.Data}: {Plural.Of(start.TrainSamples, "sample")} for training, ")
                + (start.ValidationSamples > 0 ? Invariant($"{start.ValidationSamples:N0} for validation, ") : "")
                + Invariant($"{start.TestSamples:N0} for testing"));
        Write(Invariant($"{start.Network}: {Plural.Of(start.Parameters, "parameter")}"));
        var length = Plural.Of(start.PlannedSteps, "step")
            + (start.Updates == start.PlannedSteps ? "" : $", {Plural.Of(start.Updates, "update")}");
        var optimizer = OptimizerText.Of(start.Optimizer).In(Locale.Language);
        Write(Invariant($"{optimizer}, {length}, seed {start.Seed}"));
        if (start.Step > 0)
            Write(Invariant($"continuing after step {start.Step:N0}"));
    }

    public void EpochEnded(EpochReport epoch) => Write(Line(epoch));

    public void Finished(RunSummary summary)
    {
        var end = summary.Interrupted ? "interrupted" : "done";
        Write(
            Invariant($"{end} after {Plural.Of(summary.Steps, "step")} in ")
                + Invariant($"{summary.Seconds:F1} s"));
        Write(summary.IsEvaluated ? $"{summary.Scores}" : "not evaluated, because it was interrupted");
        if (summary.Test is { } errors)
            Write($"test: {errors}");
        if (summary.Best is { } best)
            Write(
                Invariant($"best validation {Named(best.Scores.Validation!.Value)} after epoch ")
                    + Invariant($"{best.Epoch}{(summary.StoppedEarly ? ", and no better since" : "")}"));
        Write($"digest {summary.Digest}");
        if (summary.Out is { } folder)
            Write($"saved in {folder}");
    }

    private void Write(string line) => output.WriteLine(Say(line));

    private static string Named(PartScore score) => $"{score.ValueMeasure} {score.ValueText}";

    // At most 80 columns, so that it is one line on any terminal.
    internal static string Line(EpochReport epoch) =>
        Invariant($"epoch {epoch.Epoch,3}  loss {epoch.Loss:F4}  {epoch.Scores}");
}
