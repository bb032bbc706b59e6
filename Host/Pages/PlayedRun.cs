using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>A run at one of its steps.</summary>
/// <param name="State">The state.</param>
/// <param name="Losses">The loss of every step before.</param>
/// <param name="Course">How well it did on the way.</param>
/// <param name="HasDiverged">Whether it ends here, because the next loss would not be finite.</param>
internal sealed record PlayedMoment(
    RunState State, IReadOnlyList<double> Losses, IReadOnlyList<PlayedPoint> Course, bool HasDiverged);

/// <summary>How well a run does after a step: mean losses, without penalties and dropout.</summary>
internal readonly record struct PlayedPoint(int Step, double Training, double Test);

/// <summary>A small run that is computed as far as somebody looks. Some of the states on the way are kept, so that
/// going back is quick.</summary>
internal sealed class PlayedRun
{
    private const int Interval = 10, KeptEvery = 100;

    private readonly SortedDictionary<int, RunState> kept = [];
    private readonly List<double> losses = [];
    private readonly List<PlayedPoint> course = [];
    private RunState furthest;
    private bool hasDiverged;

    /// <summary>Stands before the first step.</summary>
    public PlayedRun(TrainingRun run)
    {
        Run = run;
        Training = run.Encoded.Training.Batch(run.Split.Training);
        Test = run.Encoded.Test.Batch(run.Encoded.Test.All);
        furthest = run.Start;
        Pass(run.Start);
    }

    /// <summary>What is run.</summary>
    public TrainingRun Run { get; }

    /// <summary>All training samples.</summary>
    public Batch<float> Training { get; }

    /// <summary>All test samples.</summary>
    public Batch<float> Test { get; }

    /// <summary>The run after a step; of one that ends earlier, since a loss is not finite, its last state. May be
    /// called on many threads; they take turns.</summary>
    public PlayedMoment At(int step, CancellationToken cancellation)
    {
        lock (kept)
        {
            while (furthest.Step < step && !hasDiverged)
                Forward(step, cancellation);
            var at = Math.Min(step, furthest.Step);
            var state = at == furthest.Step ? furthest : kept.Last(each => each.Key <= at).Value;
            foreach (var taken in Run.Steps(state).Take(at - state.Step))
                state = taken.After;
            var passed = course.TakeWhile(point => point.Step <= at);
            return new PlayedMoment(
                state, losses[..at], [.. passed, .. at % Interval == 0 ? [] : (PlayedPoint[])[Point(state)]],
                hasDiverged && at == furthest.Step);
        }
    }

    private void Forward(int step, CancellationToken cancellation)
    {
        foreach (var taken in Run.Steps(furthest).Take(step - furthest.Step))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!taken.IsFinite)
            {
                hasDiverged = true;
                break;
            }
            losses.Add(taken.Report.Loss);
            furthest = taken.After;
            Pass(furthest);
        }
    }

    private void Pass(RunState state)
    {
        if (state.Step % KeptEvery == 0)
            kept[state.Step] = state;
        if (state.Step % Interval == 0)
            course.Add(Point(state));
    }

    private PlayedPoint Point(RunState state)
    {
        var network = state.Network.WithPenalty(Penalty.None);
        return new PlayedPoint(state.Step, network.LossOf(Training), network.LossOf(Test));
    }
}
