using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>Any state of a run, computed again from the nearest one before it: a checkpoint, or one of the states that
/// were passed on the way to others. They are values, so keeping one is all that it takes to go back to it.</summary>
/// <param name="run">The configured run.</param>
/// <param name="checkpoints">Its checkpoints, if it has any; more may come.</param>
/// <param name="passedOver">Receives messages about checkpoints that can't be read: damaged, or replaced by newer ones
/// in the meantime. The way from an earlier state is longer, no other.</param>
internal sealed class Rewinder(TrainingRun run, CheckpointFolder? checkpoints, Action<DataException> passedOver)
{
    private const int MostKept = 100;
    private const long MostBytes = 256 << 20;

    private readonly SortedDictionary<int, RunState> kept = new() { [run.Start.Step] = run.Start };

    // From one state that is kept to the next.
    private readonly int distance = Math.Max(1, (int)(run.PlannedSteps / Math.Clamp(
        MostBytes / StateDigest.Leaves(run.Start).Sum(leaf => (long)sizeof(float) * leaf.Leaf.Values.Count),
        1, MostKept)));

    /// <summary>The state after a step, to the last bit. May be called on many threads; they take turns.</summary>
    /// <param name="step">From that of the run's start to its last.</param>
    /// <param name="cancellation">Ends the computation.</param>
    /// <exception cref="OperationFailedException">An earlier step has a loss that is not finite: the run ends there.
    /// </exception>
    public RunState At(int step, CancellationToken cancellation)
    {
        var state = Toward(step, cancellation);
        return state.Step == step ? state : throw new OperationFailedException(
            Invariant($"there is no step {step:N0}: the loss of step {state.Step:N0} is not finite, ")
            + "and the run ends there");
    }

    /// <summary>The same; of a run that ends earlier, since a loss is not finite, its last state.</summary>
    public RunState Toward(int step, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, run.Start.Step);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(step, run.PlannedSteps);
        lock (kept)
        {
            var state = Nearest(step);
            var isFinite = true;
            while (isFinite && state.Step < step)
            {
                var next = Math.Min(step, (state.Step / distance + 1) * distance);
                state = run.Advanced(state, next, (report, _) =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    return isFinite = double.IsFinite(report.Loss);
                });
                // From one that isn't finite there is no way on.
                if (isFinite && state.Step % distance == 0)
                    kept[state.Step] = state;
            }
            return state;
        }
    }

    private RunState Nearest(int step)
    {
        var known = kept.Last(each => each.Key <= step).Value;
        var saved = checkpoints?.All.Where(each => each <= step).LastOrDefault() ?? 0;
        if (saved <= known.Step)
            return known;
        try
        {
            return checkpoints!.Read(saved, run.Start);
        }
        catch (DataException e)
        {
            passedOver(e);
            return known;
        }
    }
}
