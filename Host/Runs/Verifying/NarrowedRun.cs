namespace Functional.Host.Runs;

/// <summary>A recorded run that is computed again from where it can be.</summary>
internal sealed class NarrowedRun
{
    private readonly CheckpointFolder checkpoints;

    /// <exception cref="OperationFailedException">The run has no chain.</exception>
    public NarrowedRun(RunRecord record, TrainingRun run)
    {
        (Record, Run) = (record, run);
        Chain = record.Chain
            ?? throw new OperationFailedException($"{record.Folder}: there is no chain.txt to compare with another's");
        Links = Chain.Links.ToDictionary(link => link.Step, link => link.Digest);
        checkpoints = record.Checkpoints;
        Environment = RunEnvironment.Of(run);
    }

    public RunRecord Record { get; }

    public TrainingRun Run { get; }

    public Chain Chain { get; }

    /// <summary>With the options that it is computed with now.</summary>
    public RunEnvironment Environment { get; }

    /// <summary>The digests of its states, by step.</summary>
    public IReadOnlyDictionary<int, string> Links { get; }

    /// <summary>The digests of the states after a step, and after each of the steps from there to the end.</summary>
    public string[] Digests(int first, int end, CancellationToken cancellation)
    {
        var start = State(first, cancellation);
        return [StateDigest.Of(start), .. Steps(start, end, cancellation).Select(step => StateDigest.Of(step.After))];
    }

    // Computed from the last checkpoint before it.
    private RunState State(int step, CancellationToken cancellation)
    {
        var kept = checkpoints.All.LastOrDefault(each => each <= step);
        var state = kept == 0 ? Run.Start : checkpoints.Read(kept, Run.Start);
        return Steps(state, step, cancellation).Select(taken => taken.After).LastOrDefault(state);
    }

    /// <summary>The state after a step, and the batch of that step; none before the first.</summary>
    public (RunState State, Batch<float>? Batch) At(int step, CancellationToken cancellation)
    {
        if (step == 0)
            return (Run.Start, null);
        var taken = Run.Steps(State(step - 1, cancellation)).First();
        return (taken.After, taken.Batch());
    }

    private IEnumerable<TrainingStep> Steps(RunState state, int end, CancellationToken cancellation)
    {
        foreach (var step in Run.Steps(state).Take(end - state.Step))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return step;
        }
    }
}
