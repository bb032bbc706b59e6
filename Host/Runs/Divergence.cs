namespace Functional.Host.Runs;

/// <summary>Where a run's numbers stopped being finite. The loss shows it late: an infinite weight may lie idle for some
/// steps. So the steps since a good state, which is a value, are taken again, and each is looked at.</summary>
/// <param name="LastGood">The state before the step in which it began; all its numbers are finite.</param>
/// <param name="Fault">What was the first in that step.</param>
internal sealed record Divergence(RunState LastGood, NumericFault Fault)
{
    /// <summary>Takes steps until a number is no longer finite.</summary>
    /// <param name="good">A state before that.</param>
    /// <param name="next">The state after a state's next step, and what the step was taken with.</param>
    /// <param name="steps">How many steps there are.</param>
    /// <returns>Null if all numbers stay finite, or those of <paramref name="good"/> are not.</returns>
    public static Divergence? Find(RunState good, Func<RunState, (RunState State, Batch<float> Batch)> next, int steps)
    {
        var state = good;
        for (var taken = 0; taken < steps && Diagnostics.NumericFaults(state.Training).Count == 0; taken++)
        {
            var (after, batch) = next(state);
            if (Diagnostics.NumericFaults(state.Training, batch) is [var first, ..])
                return new Divergence(state, first);
            state = after;
        }
        return null;
    }

    /// <summary>The one line that ends the run.</summary>
    /// <param name="report">The step whose loss is not finite.</param>
    /// <param name="file">Where the last good state was written to, if it was.</param>
    public OperationFailedException Exception(StepReport report, string? file) => new(
        $"the loss became {report.Loss} in step {report.Step}: numbers stopped being finite in step {LastGood.Step + 1}, first {Fault}; "
        + (file is null ? "" : $"the state before that is in {file}; ")
        + "a smaller --learning-rate, or another --init, may help, and 'functional doctor' looks for the cause");
}
