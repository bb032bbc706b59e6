using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>Looks at a run's states now and then, always on the same samples. States are values: looking changes
/// nothing.</summary>
internal sealed class Watcher : IRunObserver
{
    // A look takes as long as two or three steps.
    private const int LeastInterval = 25, FirstLook = 2, MostLooks = 50;

    /// <summary>The most samples that are looked at.</summary>
    public const int MostSamples = 100;

    private readonly Batch<float> probe;
    private readonly int interval, last;
    private readonly List<Diagnosis> seen = [];
    private TrainingState<float>? before;

    /// <summary>Will look at a run's states on some of its training samples.</summary>
    public Watcher(TrainingRun run)
    {
        probe = Probe(run);
        (interval, last) = (Math.Max(LeastInterval, run.PlannedSteps / MostLooks), run.PlannedSteps);
    }

    /// <summary>The samples that are looked at.</summary>
    public static Batch<float> Probe(TrainingRun run) =>
        run.Encoded.Training.Batch(Split.EvenlySpaced(run.Split.Training, MostSamples));

    /// <summary>What was seen, in the order of steps.</summary>
    public IReadOnlyList<Diagnosis> Seen => seen;

    public bool LooksAt(int step) => IsLookedAt(step) || IsLookedAt(step + 1);

    public void Reached(RunState state, RunMoment moment)
    {
        if (moment != RunMoment.Step)
            return;
        if (before is { } earlier && IsLookedAt(state.Step))
            seen.Add(Diagnostics.Between(earlier, state.Training, probe));
        // A state that is kept is one more for the collector to copy.
        before = IsLookedAt(state.Step + 1) ? state.Training : null;
    }

    private bool IsLookedAt(int step) => step % interval == 0 || step == last || step == FirstLook;
}
