using System.Diagnostics;
using Functional.Host.Charts;

namespace Functional.Host.Search;

/// <summary>Workers of one process on a study.</summary>
internal sealed class StudyRun : IDisposable
{
    // How soon a worker without a trial looks again whether one of another process is to be had.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly StudyStorage storage;
    private readonly StudySettings settings;
    private readonly Func<Configuration, TrialReporter, double> objective;
    private readonly Action<Trial>? ended;
    private readonly long trials;
    private readonly TimeSpan? limit;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly CancellationTokenSource stop;
    private readonly Lock telling = new();
    private Exception? failure;

    public StudyRun(
        StudyStorage storage, StudySettings settings, Func<Configuration, TrialReporter, double> objective, int trials,
        TimeSpan? limit, Action<Trial>? ended, CancellationToken cancellation)
    {
        (this.storage, this.settings, this.objective, this.limit, this.ended) = (storage, settings, objective, limit, ended);
        this.trials = Math.Min(trials, settings.Sampler.Count(settings.Space) ?? trials);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>Works until the study is done. Raises what the storage raised.</summary>
    public void Work(int count)
    {
        var process = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";
        string[] workers = [.. Enumerable.Range(0, count).Select(worker => $"{process}-{worker}")];
        storage.Beat(workers);
        using var done = new ManualResetEventSlim();
        var pulse = new Thread(() => Safely(() =>
        {
            while (!done.Wait(TimeSpan.FromSeconds(settings.Lapse / 4)))
                storage.Beat(workers);
        }));
        pulse.Start();
        Thread[] threads = [.. workers.Select(worker => new Thread(() => Safely(() => Work(worker))))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        done.Set();
        pulse.Join();
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        storage.Retire(workers);
    }

    public void Dispose() => stop.Dispose();

    // What one worker raises ends them all.
    private void Safely(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, e is StorageFailure ? e.InnerException : e, null);
            stop.Cancel();
        }
    }

    private void Work(string worker)
    {
        while (!stop.IsCancellationRequested)
        {
            var isLate = watch.Elapsed > limit;
            var state = storage.Transact((state, isAlive) => isLate ? [] : Take(state, isAlive, worker));
            if (state.Trials.Find(trial => trial.State == TrialState.Running && trial.Worker == worker) is { } mine)
                Try(mine, worker);
            else if (isLate || state.Trials.TrueForAll(trial => trial.Result is not null))
                return;
            else
                stop.Token.WaitHandle.WaitOne(Look);
        }
    }

    /// <summary>The trial that a worker has already (its answer may have been lost), one that waits, one of a worker that
    /// died, or a new one.</summary>
    private IReadOnlyList<StudyRecord> Take(StudyState state, Func<string, bool> isAlive, string worker)
    {
        var open = state.Trials.FindAll(trial => trial.Result is null);
        if (open.Exists(trial => trial.State == TrialState.Running && trial.Worker == worker))
            return [];
        if (open.Find(trial => trial.State == TrialState.Waiting || !isAlive(trial.Worker)) is { } free)
            return [new TrialTaken(free.Number, worker)];
        return state.Trials.Count < trials
            ? [new TrialTaken(state.Trials.Count, worker, settings.Suggest(state.Trials).ToDictionary())] : [];
    }

    private void Try(Trial trial, string worker)
    {
        var started = watch.Elapsed;
        var reporter = new TrialReporter(storage, settings, trial, worker, stop.Token);
        TrialResult Ended(TrialState state, double? value, string? reason) =>
            new(state, reporter.Curve, reporter.TrainingCurve, (watch.Elapsed - started).TotalSeconds, value, reason);
        TrialResult result;
        try
        {
            var value = Threads.Use(1, () => objective(trial.Configuration, reporter));
            result = double.IsFinite(value)
                ? Ended(TrialState.Complete, value, null) : Ended(TrialState.Failed, null, $"the value is {Domain.Text(value)}");
        }
        catch (TrialStoppedException e) when (e.State is null)
        {
            return;
        }
        catch (TrialStoppedException e)
        {
            result = Ended(e.State!.Value, e.State == TrialState.Pruned ? reporter.Curve[^1] : null, e.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            storage.Transact((state, _) => IsOurs(state) ? [new TrialReleased(trial.Number)] : []);
            return;
        }
        catch (Exception e) when (e is not StorageFailure)
        {
            result = Ended(TrialState.Failed, null, e.Message);
        }
        // Of a trial that was given out twice the first result counts.
        var after = storage.Transact((state, _) =>
            state.Trials[trial.Number].Result is null ? [new TrialEnded(trial.Number, worker, result)] : []).Trials[trial.Number];
        if (after.Worker == worker)
            lock (telling)
                ended?.Invoke(after);

        bool IsOurs(StudyState state) =>
            state.Trials[trial.Number] is { State: TrialState.Running } now && now.Worker == worker;
    }
}
