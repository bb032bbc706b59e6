namespace Functional.Host.Runs;

/// <summary>A recorded run that is computed again from where it can be.</summary>
internal sealed class NarrowedRun
{
    private readonly Rewinder rewinder;

    /// <exception cref="OperationFailedException">The run has no chain.</exception>
    public NarrowedRun(RunRecord record, TrainingRun run)
    {
        (Record, Run) = (record, run);
        Chain = record.Chain
            ?? throw new OperationFailedException($"{record.Folder}: there is no chain.txt to compare with another's");
        Links = Chain.Links.ToDictionary(link => link.Step, link => link.Digest);
        // A checkpoint that can't be read is a fault of the run.
        rewinder = new Rewinder(run, record.Checkpoints, e => throw e);
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
        var start = rewinder.At(first, cancellation);
        return [StateDigest.Of(start), .. Steps(start, end, cancellation).Select(step => StateDigest.Of(step.After))];
    }

    /// <summary>The state after a step, and the batch of that step; none before the first.</summary>
    public (RunState State, Batch<float>? Batch) At(int step, CancellationToken cancellation)
    {
        if (step == Run.Start.Step)
            return (Run.Start, null);
        var taken = Run.Steps(rewinder.At(step - 1, cancellation)).First();
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
