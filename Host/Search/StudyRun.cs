using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Functional.Host.Search;

/// <summary>Workers of one process on a study.</summary>
internal sealed class StudyRun : IDisposable
{
    // How soon a worker without a trial looks again whether one of another process is to be had.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // How long, once a search is to stop, trials may go on, and how long others may keep the storage from having them
    // back: a search ends within a second.
    private static readonly TimeSpan GracePeriod = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromMilliseconds(800);

    // Seconds between heartbeats.
    private const double ShortestInterval = 0.001, LongestInterval = 10;
    private const int MaxMachineName = 64;

    private readonly StudyStorage storage;
    private readonly StudySettings settings;
    private readonly Func<Configuration, TrialReporter, double> objective;
    private readonly Action<Trial>? ended;
    private readonly long trials;
    private readonly TimeSpan? limit;
    private readonly double? regret;

    // Of the last round after which the regret was looked at.
    private (int Trials, bool IsEnough) looked;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly CancellationTokenSource stop, releaseCancellation = new();
    private readonly CancellationTokenRegistration stopRegistration;
    private readonly Lock endedLock = new();
    private readonly object ends = new();
    private int endCount;
    private readonly List<StudyRecord> unsaved = [];
    private Exception? failure;
    private volatile bool isAbandoned;

    public StudyRun(
        StudyStorage storage, StudySettings settings, Func<Configuration, TrialReporter, double> objective, int trials,
        TimeSpan? limit, Action<Trial>? ended, double? regret, CancellationToken cancellation)
    {
        (this.storage, this.settings, this.objective, this.limit, this.ended, this.regret) =
            (storage, settings, objective, limit, ended, regret);
        this.trials = Math.Min(trials, settings.MostTrials ?? trials);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stopRegistration = stop.Token.Register(() =>
        {
            releaseCancellation.CancelAfter(ReleaseTimeout);
            Wake();
        });
    }

    /// <summary>Works until the study is done, and gives its trials. Raises what the storage raised.</summary>
    public IReadOnlyList<Trial> RunWorkers(int count)
    {
        var machine = string.Concat(
            Environment.MachineName.Take(MaxMachineName).Select(c => StudyState.IsPlain(c) && c != '.' ? c : '-'));
        var process = $"{machine}-{Environment.ProcessId}-{Guid.NewGuid():N}";
        string[] workers = [.. Enumerable.Range(0, count).Select(worker => $"{process}-{worker}")];
        Guarded(() => storage.SendHeartbeats(workers, stop.Token));
        using var done = new ManualResetEventSlim();
        var heartbeats = Begin(() =>
        {
            var seconds = Math.Clamp(settings.HeartbeatTimeout / 4, ShortestInterval, LongestInterval);
            while (!done.Wait(TimeSpan.FromSeconds(seconds)))
                storage.SendHeartbeats(workers, stop.Token);
        });
        var threads = workers.Select(worker => Begin(() => WorkLoop(worker))).ToArray();
        var grace = new Stopwatch();
        while (!Array.TrueForAll(threads, thread => thread.Join(PollInterval)) && grace.Elapsed < GracePeriod)
            if (stop.IsCancellationRequested)
                grace.Start();
        isAbandoned = Array.Exists(threads, thread => thread.IsAlive);
        done.Set();
        if (isAbandoned)
            Guarded(() => storage.Transact((state, _) => [.. state.Trials
                .Where(trial => trial.State == TrialState.Running && workers.Contains(trial.Worker))
                .Select(trial => new TrialReleased(trial.Number))], releaseCancellation.Token));
        heartbeats.Join();
        Guarded(() => storage.Retire(workers, releaseCancellation.Token));
        // What the storage has now or, where it doesn't answer in time, what it had.
        var final = storage.Known;
        if (failure is null)
            Guarded(() => final = storage.Read(releaseCancellation.Token));
        if (failure is not null)
            ExceptionDispatchInfo.Throw(RescueFile.Rescued(failure, storage, unsaved));
        return final.Trials;
    }

    public void Dispose()
    {
        // Abandoned threads still use these tokens.
        if (isAbandoned)
            return;
        stopRegistration.Dispose();
        stop.Dispose();
        releaseCancellation.Dispose();
    }

    private Thread Begin(Action work)
    {
        var thread = new Thread(() => Guarded(work)) { IsBackground = true };
        thread.Start();
        return thread;
    }

    // What one worker raises ends them all.
    private void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A trial that could not be given back in time is given out again when its worker has been silent for long
            // enough.
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, e is StorageFailure ? e.InnerException : e, null);
            stop.Cancel();
        }
    }

    private void WorkLoop(string worker)
    {
        while (!stop.IsCancellationRequested)
        {
            var isLate = watch.Elapsed > limit;
            var known = Volatile.Read(ref endCount);
            var state = storage.Transact((state, isAlive) => isLate ? [] : Take(state, isAlive, worker), stop.Token);
            if (state.Trials.Find(trial => trial.State == TrialState.Running && trial.Worker == worker) is { } mine)
                Try(mine, state.Before(mine.Number), worker);
            else if (isLate || state.Trials.TrueForAll(trial => trial.Result is not null))
                return;
            else
                WaitForEnd(known);
        }
    }

    // Until a trial ends here; one of another process may have ended, or died, meanwhile.
    private void WaitForEnd(int known)
    {
        lock (ends)
            if (endCount == known && !stop.IsCancellationRequested)
                Monitor.Wait(ends, PollInterval);
    }

    private void Wake()
    {
        lock (ends)
        {
            endCount++;
            Monitor.PulseAll(ends);
        }
    }

    /// <summary>The trial that a worker has already (its answer may have been lost), one that waits, one of a worker
    /// that died, or a new one, once those have ended whose results it sees.</summary>
    private IReadOnlyList<StudyRecord> Take(StudyState state, Func<string, bool> isAlive, string worker)
    {
        var open = state.Trials.FindAll(trial => trial.Result is null);
        if (open.Exists(trial => trial.State == TrialState.Running && trial.Worker == worker))
            return [];
        if (open.Find(trial => trial.State == TrialState.Waiting || !isAlive(trial.Worker)) is { } free)
            return [new TrialTaken(free.Number, worker)];
        var next = state.Trials.Count;
        return next < trials && open.TrueForAll(trial => trial.Number >= settings.SeenBy(next))
            && !WaitsOrEnds(state, open.Count)
            ? [new TrialTaken(next, worker, Suggested(state.Before(next)).Texts.ToDictionary())] : [];
    }

    // Between rounds, whether trials have to end before the regret can be looked at, or it is small enough. The storage
    // asks one worker at a time.
    private bool WaitsOrEnds(StudyState state, int open)
    {
        var count = state.Trials.Count;
        if (regret is not { } most || count == 0 || count % settings.Round != 0)
            return false;
        if (open > 0)
            return true;
        if (looked.Trials != count)
            looked = (count, Abandonable(() => settings.BoundRegret(state.Trials)) <= most);
        return looked.IsEnough;
    }

    private Configuration Suggested(IReadOnlyList<Trial> trials) => Abandonable(() => settings.Suggest(trials));

    // A sampler may never return: it runs in its own thread, which is abandoned when the search is to stop.
    private T Abandonable<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(stop.Token).GetAwaiter().GetResult();

    private void Try(Trial trial, IReadOnlyList<Trial> seen, string worker)
    {
        TrialResult? end;
        while ((end = Race.End(settings, seen, trial)) is null)
        {
            if (RunSeed(trial, worker) is not { } result)
                return;
            end = result.State == TrialState.Complete && settings.Seeds > 1 ? null : result;
            if (end is not null || isAbandoned)
                break;
            if (SaveSeed(trial, worker, result) is not { } after)
                return;
            trial = after;
        }
        if (!isAbandoned && end is not null)
            Save(new TrialEnded(trial.Number, worker, end), trial.SeedResults.Count);
    }

    // The objective with the trial's next seed; null if it was given back, or has gone to another worker.
    private TrialResult? RunSeed(Trial trial, string worker)
    {
        var started = watch.Elapsed;
        var reporter = new TrialReporter(storage, settings, trial, worker, stop.Token);
        TrialResult Ended(TrialState state, double? value, string? reason) =>
            new(state, reporter.Curve, reporter.TrainingCurve, (watch.Elapsed - started).TotalSeconds, value,
                reason is null || settings.Seeds == 1 || state == TrialState.Pruned ? reason
                    : Invariant($"with seed {reporter.Seed}: {reason}"));
        try
        {
            stop.Token.ThrowIfCancellationRequested();
            var value = Threads.Use(1, () => objective(trial.Configuration, reporter));
            return reporter.FaultOf(value) is { } fault
                ? Ended(TrialState.Failed, null, fault)
                : Ended(TrialState.Complete, value, null) with { Values = reporter.ValuesWith(value) };
        }
        catch (TrialStoppedException e) when (e.State is null)
        {
            return null;
        }
        catch (TrialStoppedException e)
        {
            return Ended(e.State!.Value, e.State == TrialState.Pruned ? reporter.Curve[^1] : null, e.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            storage.Transact((state, _) => IsOurs(state, trial, worker) ? [new TrialReleased(trial.Number)] : [],
                releaseCancellation.Token);
            return null;
        }
        catch (Exception e) when (e is not StorageFailure)
        {
            return Ended(TrialState.Failed, null, e.Reason());
        }
    }

    private static bool IsOurs(StudyState state, Trial trial, string worker) =>
        state.Trials[trial.Number] is { State: TrialState.Running } now && now.Worker == worker;

    // The trial with this seed's result; null if it has gone to another worker.
    private Trial? SaveSeed(Trial trial, string worker, TrialResult result)
    {
        var seed = trial.SeedResults.Count;
        var end = new SeedEnded(
            trial.Number, worker, seed,
            new SeedResult(result.Value!.Value, result.Curve, result.TrainingCurve, result.Seconds));
        var after = Added(end, state =>
            IsOurs(state, trial, worker) && state.Trials[trial.Number].SeedResults.Count == seed);
        return IsOurs(after, trial, worker) && after.Trials[trial.Number].SeedResults.Count == seed + 1
            ? after.Trials[trial.Number] : null;
    }

    // Of a trial that was given out twice the first result counts.
    private void Save(TrialEnded end, int seeds)
    {
        var after = Added(end, state =>
            state.Trials[end.Trial] is { Result: null } trial && trial.SeedResults.Count == seeds).Trials[end.Trial];
        Wake();
        if (after.Worker == end.Worker)
            lock (endedLock)
                ended?.Invoke(after);
    }

    // The state after a result, which is added if it still fits.
    private StudyState Added(StudyRecord end, Func<StudyState, bool> fits)
    {
        try
        {
            return storage.Transact((state, _) => fits(state) ? [end] : [], releaseCancellation.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            lock (endedLock)
                unsaved.Add(end);
            throw;
        }
    }
}
