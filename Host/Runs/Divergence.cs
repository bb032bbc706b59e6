namespace Functional.Host.Runs;

/// <summary>Where a run's numbers stopped being finite. The loss shows it late: an infinite weight may lie idle for
/// some steps. So the steps since a good state, which is a value, are taken again, and each is looked at.</summary>
/// <param name="LastGood">The state before the step in which it began; all its numbers are finite.</param>
/// <param name="Fault">What was the first in that step.</param>
internal sealed record Divergence(RunState LastGood, NumericFault Fault)
{
    /// <summary>Takes steps until a number is no longer finite.</summary>
    /// <returns>Null if all numbers stay finite, or those of the first state are not.</returns>
    public static Divergence? Find(IEnumerable<TrainingStep> steps)
    {
        foreach (var step in steps)
        {
            if (Diagnostics.NumericFaults(step.Before.Training).Count > 0)
                return null;
            if (Diagnostics.NumericFaults(step.Before.Training, step.Batch()) is [var first, ..])
                return new Divergence(step.Before, first);
        }
        return null;
    }

    /// <summary>The one line that ends the run.</summary>
    /// <param name="report">The step whose loss is not finite.</param>
    /// <param name="file">Where the last good state was written to, if it was.</param>
    public OperationFailedException Exception(StepReport report, string? file) => new(
        $"the loss became {report.Loss} in step {report.Step}: "
        + $"numbers stopped being finite in step {LastGood.Step + 1}, first {Fault}; "
        + (file is null ? "" : $"the state before that is in {file}; ")
        + "a smaller learning rate, or another initialization, may help, and 'functional doctor' looks for the cause");
}
