using System.Diagnostics;

namespace Functional.Host.Runs;

/// <summary>A run under way: takes its steps, evaluates its epochs, and tells an observer of both.</summary>
/// <param name="run">The configured run.</param>
/// <param name="progress">How far it has come before.</param>
/// <param name="observer">Receives the run's events.</param>
/// <param name="threads">At least 1; no result depends on it.</param>
/// <param name="folder">The run's folder, to be named in reports.</param>
/// <param name="abandonsEvaluation">Whether an evaluation that takes long is abandoned, too.</param>
/// <param name="cancellation">Ends the run; a step that takes long is abandoned.</param>
internal sealed class TrainingLoop(
    TrainingRun run, RunProgress progress, IRunObserver observer, int threads, string? folder,
    bool abandonsEvaluation, CancellationToken cancellation)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(200);

    private readonly CancellationToken evaluation = abandonsEvaluation ? cancellation : default;
    private readonly double secondsBefore = progress.State.Seconds;
    private readonly Stopwatch watch = new();
    private readonly List<double> losses = [.. progress.Losses];
    private readonly List<EpochReport> epochs = [.. progress.Epochs];
    private RunState state = progress.State, epochStart = progress.State;
    private BestNetwork? best = progress.State.Best;

    /// <summary>Trains to the end, or until it is cancelled.</summary>
    /// <exception cref="OperationFailedException">The loss is no longer finite.</exception>
    public RunResult Train()
    {
        run.RequireUpdates();
        observer.Started(Start());
        watch.Start();
        // A run that was killed may not have reported its last epoch.
        EndEpoch();
        var stretches = Stretches().Abandonable(stretch => stretch.Steps.Count, threads, cancellation);
        foreach (var stretch in IsOver ? [] : stretches)
        {
            foreach (var (report, samples) in stretch.Steps)
            {
                if (!double.IsFinite(report.Loss))
                    throw Diverged(report);
                losses.Add(report.Loss);
                observer.Stepped(report, samples);
            }
            state = stretch.After;
            observer.Reached(Now, RunMoment.Step);
            EndEpoch();
            if (IsOver)
                break;
        }
        observer.Reached(Now, RunMoment.End);
        var (isOver, bestEpoch) = (run.IsOver(state.Step, epochs), EpochReport.Best(epochs));
        if (!IsAtEpochEnd)
            Report();
        var last = epochs is [.., var end] && end.Step == state.Step ? end
            : (state.Step == 0 ? Evaluated() : null) ?? RunEvaluation.None(Now, LastEpoch + 1, MeanLoss);
        var summary = RunSummary.Of(last, state.Step, Now.Seconds, !isOver || !last.IsEvaluated, folder) with
        {
            StoppedEarly = isOver && state.Step < run.PlannedSteps, Best = bestEpoch,
        };
        observer.Finished(summary);
        return new RunResult(Now, losses, epochs, summary);
    }

    // Steps up to a state that somebody looks at: to the end of an epoch, but for a fraction of a second at most, so
    // that progress is seen. How long the first takes nobody knows.
    private IEnumerable<Stretch> Stretches()
    {
        for (var (at, isFirst) = (state, true); at.Step < run.PlannedSteps; isFirst = false)
        {
            var (steps, start) = (new List<(StepReport, int)>(), Stopwatch.GetTimestamp());
            var end = Math.Min(run.PlannedSteps, (at.Step / run.StepsPerEpoch + 1L) * run.StepsPerEpoch);
            at = run.Advanced(at, (int)end, (report, samples) =>
            {
                steps.Add((report, samples));
                return !isFirst && !observer.LooksAt(report.Step) && !cancellation.IsCancellationRequested
                    && Stopwatch.GetElapsedTime(start) < Longest;
            });
            yield return new Stretch(at, steps);
        }
    }

    private RunState Now => state with { Best = best, Seconds = secondsBefore + watch.Elapsed.TotalSeconds };

    private bool IsAtEpochEnd => state.Step % run.StepsPerEpoch == 0;

    // Patience counts whole epochs.
    private bool IsOver =>
        cancellation.IsCancellationRequested || (IsAtEpochEnd && run.IsOver(state.Step, epochs));

    // A fork on other samples has no results of the epochs before it.
    private int LastEpoch => epochs is [.., var last] ? last.Epoch : run.Start.Step / run.StepsPerEpoch;

    // Of the steps since the last epoch.
    private double MeanLoss => losses.Skip(LastEpoch * run.StepsPerEpoch).DefaultIfEmpty(double.NaN).Average();

    private RunStart Start()
    {
        var (configuration, network, split) = (run.Configuration, run.Start.Training.Network, run.Split);
        return new RunStart(
            configuration.Data, split.Training.Length, split.Validation.Length, run.Data.Test.Count,
            network.ToString(), network.Parameters().Length,
            $"{configuration.OptimizerAt(state.Step, run.PlannedSteps)}", run.PlannedSteps, run.StepsPerEpoch,
            configuration.Seed, folder)
        {
            Step = state.Step, Updates = run.Updates, Guess = run.Data.Guess,
            Origin = configuration.OriginText ?? run.BaseModel?.Described(configuration, run.Encoded.Task),
        };
    }

    private void EndEpoch()
    {
        if (!IsAtEpochEnd)
            return;
        epochStart = state;
        // Where the report is left out, the run has come to no later step than this.
        if (LastEpoch >= state.Step / run.StepsPerEpoch || !Report())
            return;
        if (epochs[^1].Scores.Validation is not null && EpochReport.Best(epochs) == epochs[^1])
            best = new BestNetwork(state.Step, state.Network);
        observer.Reached(Now, RunMoment.Epoch);
    }

    private bool Report()
    {
        if (Evaluated() is not { } epoch)
            return false;
        epochs.Add(epoch);
        observer.EpochEnded(epoch);
        return true;
    }

    private EpochReport? Evaluated()
    {
        var (now, epoch, loss) = (Now, state.Step == 0 ? 0 : LastEpoch + 1, MeanLoss);
        return Abandoning.TryCompute(
            () => RunEvaluation.Of(run, now, epoch, loss, threads), threads, evaluation, out var report)
            ? report : null;
    }

    private OperationFailedException Diverged(StepReport report)
    {
        IEnumerable<TrainingStep> Again(RunState from) =>
            run.Steps(from).TakeWhile(_ => !evaluation.IsCancellationRequested);
        if ((Divergence.Find(Again(epochStart)) ?? Divergence.Find(Again(run.Start))) is not { } divergence)
            return evaluation.IsCancellationRequested
                ? new OperationFailedException($"the loss became {report.Loss} in step {report.Step}")
                : throw new InvalidOperationException(
                    $"step {report.Step} taken again has another loss than {report.Loss}");
        observer.Diverged(divergence.LastGood);
        return divergence.Exception(report, folder is null ? null : new RunPaths(folder).LastGood);
    }
}
