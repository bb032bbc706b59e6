namespace Functional.Host.Search;

/// <summary>
/// A search: a space, what has been tried of it, and what came of that. It lives in a storage, where any number of
/// workers, in this process and in others, take trials and leave results.
/// </summary>
public sealed class Study : IDisposable
{
    internal const int MostWorkers = 1024;

    private readonly StudyStorage storage;

    private Study(StudyStorage storage, StudySettings settings) => (this.storage, Settings) = (storage, settings);

    /// <summary>What was decided when it began.</summary>
    public StudySettings Settings { get; }

    /// <summary>The study's name, such as its folder.</summary>
    public string Name => storage.Name;

    /// <summary>Reads all trials so far, by number, those of other processes included.</summary>
    /// <exception cref="OperationFailedException">The study can't be read.</exception>
    /// <exception cref="Files.DataException">Its journal is damaged.</exception>
    public IReadOnlyList<Trial> ReadTrials() => storage.Read().Trials;

    /// <summary>Reads all trials, and finds the one with the best value among the complete ones; the first, if several
    /// have it; null if there is none.</summary>
    /// <exception cref="OperationFailedException">The study can't be read.</exception>
    /// <exception cref="Files.DataException">Its journal is damaged.</exception>
    public Trial? FindBest() => BestOf(ReadTrials());

    /// <summary>Reads all trials, and finds the Pareto front: the complete ones that no other dominates, which is
    /// as good in every aim and better in one; of those with the same values the first. The best by the first aim
    /// is the first of them. With one aim it is <see cref="FindBest"/> alone.</summary>
    /// <exception cref="OperationFailedException">The study can't be read.</exception>
    /// <exception cref="Files.DataException">Its journal is damaged.</exception>
    public IReadOnlyList<Trial> FindFront() => [.. StudyResults.Front(Settings, ReadTrials())];

    /// <summary>
    /// Reads all trials, and tells how much better than the best complete one a configuration may still be: the regret
    /// that is left, on the scale of values. A Gaussian process of the values, whichever sampler chose the
    /// configurations, has bounds of its mean and some deviations around it; this is the greatest upper bound that
    /// a search of the space finds, minus the lower bound of the best trial. It holds only as far as the model does,
    /// which takes values to be smooth. bench/README.md tells how often it was too low. Source: Makarova et
    /// al., Automatic Termination for Hyperparameter Optimization (AutoML 2022). They take the root of a fifth of
    /// 2 log(d t² π² / 0.6) deviations after t trials of d hyperparameters; here it is the root of a half, and what the
    /// model takes for noise counts as something that may be gained. Of several aims it is about the first.
    /// </summary>
    /// <returns>Null as long as nothing can be said: before 24 trials have ended, or if all values are the
    /// same.</returns>
    /// <exception cref="OperationFailedException">The study can't be read.</exception>
    /// <exception cref="Files.DataException">Its journal is damaged.</exception>
    public double? BoundRegret() => Settings.BoundRegret(ReadTrials());

    /// <summary>A study that is gone when the process ends. Its sampler and its pruner may be custom ones.</summary>
    /// <exception cref="ArgumentException">The settings contradict each other.</exception>
    public static Study InMemory(StudySettings settings) => Open(new MemoryStorage(settings.Given()), settings);

    /// <summary>The study of a folder: begun with these settings, or continued if it is there.</summary>
    /// <exception cref="ArgumentException">The settings contradict each other, or the sampler or the pruner is a custom
    /// one.</exception>
    /// <exception cref="UsageException">It was begun with others.</exception>
    /// <exception cref="Files.DataException">Its journal is damaged.</exception>
    public static Study Open(string folder, StudySettings settings)
    {
        ArgumentNullException.ThrowIfNull(folder);
        settings.Given().CheckBuiltIn();
        return Open(new JournalStorage(folder), settings);
    }

    /// <summary>The study of a storage, which is closed with it.</summary>
    internal static Study Open(StudyStorage storage, StudySettings settings)
    {
        settings.Given().Check();
        var begun = storage.Given()
            .Transact((state, _) => state.Settings is null ? [StudyBegun.Of(settings)] : []).Settings!;
        settings.CheckSame(begun, storage.Name);
        return new Study(storage, settings);
    }

    /// <summary>What the study of a storage began with, or null if there is none.</summary>
    internal static StudySettings? SettingsIn(StudyStorage storage) => storage.Given().Read().Settings;

    /// <summary>
    /// Tries configurations until the study has this many trials and all have ended, those of other processes included;
    /// the trials of dead ones are tried again. An objective that raises an exception, or whose value is not finite,
    /// makes its trial fail, no more.
    /// </summary>
    /// <param name="objective">The value of a configuration; called by several workers at once.</param>
    /// <param name="trials">How many the study is to have in total.</param>
    /// <param name="workers">How many work side by side here, 1 to 1,024, each with one thread for the core's
    /// operations.</param>
    /// <param name="limit">After this time no trial begins; any time if null.</param>
    /// <param name="ended">Called with each trial that ended here, one at a time.</param>
    /// <param name="regret">No trial begins once <see cref="BoundRegret"/> is at most this; any regret if null. It is
    /// looked at after each round, when all trials so far have ended.</param>
    /// <param name="cancellation">Ends the search; trials that run are given back. An objective that doesn't notice it
    /// within half a second is abandoned, and its result lost.</param>
    /// <returns>All trials of the study.</returns>
    /// <exception cref="ArgumentException">There would be no worker, or too many.</exception>
    /// <exception cref="OperationFailedException">All trials failed; or the study can't be read or written any more,
    /// and then the message says where its trials are.</exception>
    public IReadOnlyList<Trial> Run(
        Func<Configuration, TrialReporter, double> objective, int trials, int workers = 1, TimeSpan? limit = null,
        Action<Trial>? ended = null, double? regret = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(objective);
        if (!(regret is null or >= 0))
            throw new ArgumentOutOfRangeException(nameof(regret), regret, "expected a number from 0 on");
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, MostWorkers);
        var all = RunUnchecked(objective, trials, workers, limit, ended, regret, cancellation);
        if (!cancellation.IsCancellationRequested)
            CheckAnyUseful(all);
        return all;
    }

    /// <summary>One line: its name, how many trials it had when it was last read, and the best.</summary>
    public override string ToString()
    {
        var trials = storage.Known.Trials;
        var best = BestOf(trials);
        return $"{Name}: {Plural.Of(trials.Count, "trial")}{(best is null ? "" : $", best {best}")}";
    }

    /// <summary>Closes its storage.</summary>
    public void Dispose() => storage.Dispose();

    /// <summary>As <see cref="Run"/>, but raises nothing if all trials fail.</summary>
    internal IReadOnlyList<Trial> RunUnchecked(
        Func<Configuration, TrialReporter, double> objective, int trials, int workers, TimeSpan? limit,
        Action<Trial>? ended, double? regret, CancellationToken cancellation)
    {
        using var run = new StudyRun(storage, Settings, objective, trials, limit, ended, regret, cancellation);
        return run.RunWorkers(workers);
    }

    /// <summary>Checks that the storage still has what this process knows, unless it doesn't answer soon.</summary>
    /// <exception cref="OperationFailedException">It is lost; the message says where the trials are.</exception>
    internal void CheckKept()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            _ = storage.Read(soon.Token);
        }
        catch (OperationCanceledException)
        {
            // A server that is slow, or a journal that others work on, is not lost.
        }
        catch (Exception e) when (e is OperationFailedException or Files.DataException)
        {
            throw RescueFile.Rescued(e, storage, []);
        }
    }

    /// <summary>Raises OperationFailedException if all trials failed: then most likely the objective is at
    /// fault.</summary>
    internal static void CheckAnyUseful(IReadOnlyList<Trial> trials)
    {
        if (trials.Any(trial => trial.Result is not null) && trials.All(trial => trial.State == TrialState.Failed))
            throw new OperationFailedException($"all trials failed; the first: {trials[0].Result!.Reason}");
    }

    private Trial? BestOf(IReadOnlyList<Trial> trials) =>
        StudyResults.Best(Settings.Direction, trials).FirstOrDefault();
}
