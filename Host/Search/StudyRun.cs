using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Functional.Host.Search;

/// <summary>Workers of one process on a study.</summary>
internal sealed class StudyRun : IDisposable
{
    // How soon a worker without a trial looks again whether one of another process is to be had.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    // How long, once a search is to stop, trials may go on, and how long others may keep the storage from having them
    // back: a search ends within a second.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(400), Last = TimeSpan.FromMilliseconds(800);

    // Seconds between signs of life.
    private const double ShortestPulse = 0.001, LongestPulse = 10;
    private const int LongestMachine = 64;

    private readonly StudyStorage storage;
    private readonly StudySettings settings;
    private readonly Func<Configuration, TrialReporter, double> objective;
    private readonly Action<Trial>? ended;
    private readonly long trials;
    private readonly TimeSpan? limit;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly CancellationTokenSource stop, last = new();
    private readonly CancellationTokenRegistration stopping;
    private readonly Lock telling = new();
    private readonly List<TrialEnded> unsaved = [];
    private Exception? failure;
    private volatile bool isLeft;

    public StudyRun(
        StudyStorage storage, StudySettings settings, Func<Configuration, TrialReporter, double> objective, int trials,
        TimeSpan? limit, Action<Trial>? ended, CancellationToken cancellation)
    {
        (this.storage, this.settings, this.objective, this.limit, this.ended) =
            (storage, settings, objective, limit, ended);
        this.trials = Math.Min(trials, settings.Sampler.Count(settings.Space) ?? trials);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stopping = stop.Token.Register(() => last.CancelAfter(Last));
    }

    /// <summary>Works until the study is done, and gives its trials. Raises what the storage raised.</summary>
    public IReadOnlyList<Trial> Work(int count)
    {
        var machine = string.Concat(
            Environment.MachineName.Take(LongestMachine).Select(c => StudyState.IsPlain(c) && c != '.' ? c : '-'));
        var process = $"{machine}-{Environment.ProcessId}-{Guid.NewGuid():N}";
        string[] workers = [.. Enumerable.Range(0, count).Select(worker => $"{process}-{worker}")];
        Safely(() => storage.Beat(workers, stop.Token));
        using var done = new ManualResetEventSlim();
        var pulse = Begin(() =>
        {
            while (!done.Wait(TimeSpan.FromSeconds(Math.Clamp(settings.Lapse / 4, ShortestPulse, LongestPulse))))
                storage.Beat(workers, stop.Token);
        });
        var threads = workers.Select(worker => Begin(() => Work(worker))).ToArray();
        var grace = new Stopwatch();
        while (!Array.TrueForAll(threads, thread => thread.Join(Look)) && grace.Elapsed < Grace)
            if (stop.IsCancellationRequested)
                grace.Start();
        isLeft = Array.Exists(threads, thread => thread.IsAlive);
        done.Set();
        if (isLeft)
            Safely(() => storage.Transact((state, _) => [.. state.Trials
                .Where(trial => trial.State == TrialState.Running && workers.Contains(trial.Worker))
                .Select(trial => new TrialReleased(trial.Number))], last.Token));
        pulse.Join();
        Safely(() => storage.Retire(workers, last.Token));
        // What the storage has now or, where it doesn't answer in time, what it had.
        var final = storage.Known;
        if (failure is null)
            Safely(() => final = storage.Read(last.Token));
        if (failure is not null)
            ExceptionDispatchInfo.Throw(RescueFile.Rescued(failure, storage, unsaved));
        return final.Trials;
    }

    public void Dispose()
    {
        // What is left behind still asks them.
        if (isLeft)
            return;
        stopping.Dispose();
        stop.Dispose();
        last.Dispose();
    }

    private Thread Begin(Action work)
    {
        var thread = new Thread(() => Safely(work)) { IsBackground = true };
        thread.Start();
        return thread;
    }

    // What one worker raises ends them all.
    private void Safely(Action work)
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

    private void Work(string worker)
    {
        while (!stop.IsCancellationRequested)
        {
            var isLate = watch.Elapsed > limit;
            var state = storage.Transact((state, isAlive) => isLate ? [] : Take(state, isAlive, worker), stop.Token);
            if (state.Trials.Find(trial => trial.State == TrialState.Running && trial.Worker == worker) is { } mine)
                Try(mine, worker);
            else if (isLate || state.Trials.TrueForAll(trial => trial.Result is not null))
                return;
            else
                stop.Token.WaitHandle.WaitOne(Look);
        }
    }

    /// <summary>The trial that a worker has already (its answer may have been lost), one that waits, one of a worker
    /// that died, or a new one.</summary>
    private IReadOnlyList<StudyRecord> Take(StudyState state, Func<string, bool> isAlive, string worker)
    {
        var open = state.Trials.FindAll(trial => trial.Result is null);
        if (open.Exists(trial => trial.State == TrialState.Running && trial.Worker == worker))
            return [];
        if (open.Find(trial => trial.State == TrialState.Waiting || !isAlive(trial.Worker)) is { } free)
            return [new TrialTaken(free.Number, worker)];
        return state.Trials.Count < trials
            ? [new TrialTaken(state.Trials.Count, worker, Suggested(state.Trials).Texts.ToDictionary())] : [];
    }

    // A sampler may never return: it runs in its own thread, which is abandoned when the search is to stop.
    private Configuration Suggested(IReadOnlyList<Trial> trials) =>
        Task.Factory.StartNew(() =>
            settings.Suggest(trials), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(stop.Token).GetAwaiter().GetResult();

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
                ? Ended(TrialState.Complete, value, null)
                    : Ended(TrialState.Failed, null, Invariant($"the value is {value}"));
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
            storage.Transact((state, _) => IsOurs(state) ? [new TrialReleased(trial.Number)] : [], last.Token);
            return;
        }
        catch (Exception e) when (e is not StorageFailure)
        {
            result = Ended(TrialState.Failed, null, e.Message);
        }
        if (!isLeft)
            Save(new TrialEnded(trial.Number, worker, result));

        bool IsOurs(StudyState state) =>
            state.Trials[trial.Number] is { State: TrialState.Running } now && now.Worker == worker;
    }

    // Of a trial that was given out twice the first result counts.
    private void Save(TrialEnded end)
    {
        Trial after;
        try
        {
            after = storage.Transact((state, _) => state.Trials[end.Trial].Result is null ? [end] : [], last.Token)
                .Trials[end.Trial];
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            lock (telling)
                unsaved.Add(end);
            throw;
        }
        if (after.Worker == end.Worker)
            lock (telling)
                ended?.Invoke(after);
    }
}
