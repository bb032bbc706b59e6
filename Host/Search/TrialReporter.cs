namespace Functional.Host.Search;

/// <summary>Ends a trial from inside its objective, which lets it pass.</summary>
internal sealed class TrialStoppedException : Exception
{
    internal TrialStoppedException(TrialState? state, string message) : base(message) => State = state;

    // Null if the trial has gone to another worker.
    internal TrialState? State { get; }
}

/// <summary>A failure of the storage, which is not the trial's fault.</summary>
internal sealed class StorageFailure(Exception failure) : Exception(failure.Message, failure);

/// <summary>What an objective knows about its trial, and where it reports its progress.</summary>
public sealed class TrialReporter
{
    private readonly StudyStorage storage;
    private readonly StudySettings settings;
    private readonly int seedIndex;
    private readonly string worker;
    private readonly List<double> curve = [], trainingCurve = [];
    private readonly Dictionary<string, double> recorded = [];

    internal TrialReporter(
        StudyStorage storage, StudySettings settings, Trial trial, string worker, CancellationToken cancellation)
    {
        (this.storage, this.settings, this.worker, seedIndex) = (storage, settings, worker, trial.SeedResults.Count);
        (Trial, Key, Cancellation) = (trial.Number, settings.ObjectiveKey(trial.Number, seedIndex), cancellation);
    }

    /// <summary>The trial's number, from 0.</summary>
    public int Trial { get; }

    /// <summary>The seed to run with: the study's or, where a trial has several, one of those from the study's on. It
    /// is to decide everything random, such as the split of the data and the first weights: all trials have the same
    /// seeds, so that what a seed does to all of them is no difference between them.</summary>
    public long Seed => settings.Seed + seedIndex;

    // How far the seed is from the study's.
    internal int SeedIndex => seedIndex;

    /// <summary>What the objective may be random by: a function of the study's seed and the trial's number or, where
    /// a trial has several seeds, of <see cref="Seed"/> alone.</summary>
    public Key Key { get; }

    /// <summary>Is cancelled when the search is to stop: a long objective ends itself then, by an
    /// OperationCanceledException, and the trial is given back.</summary>
    public CancellationToken Cancellation { get; }

    internal IReadOnlyList<double> Curve => curve;

    internal IReadOnlyList<double> TrainingCurve => trainingCurve;

    /// <summary>Reports the next intermediate value, such as the validation accuracy after an epoch.</summary>
    /// <param name="value">On the scale of the objective's value.</param>
    /// <param name="training">The same of what was trained on, to be drawn beside it.</param>
    /// <exception cref="TrialStoppedException">The trial is to end here, since the value is not finite, the pruner says
    /// so, or another worker has the trial by now. Let it pass.</exception>
    public void Report(double value, double? training = null)
    {
        Cancellation.ThrowIfCancellationRequested();
        if (!double.IsFinite(value))
            throw new TrialStoppedException(
                TrialState.Failed, Invariant($"the value became {value} in report {curve.Count + 1}"));
        curve.Add(value);
        if (training is { } beside)
            trainingCurve.Add(beside);
        var reports = curve.Count;
        // Trials are pruned by their first seed, and raced from the second on.
        if (seedIndex > 0 || !settings.Pruner.DecidesAt(reports))
            return;
        var state = Recorded(new TrialReported(Trial, reports, value));
        var mine = state.Trials[Trial];
        if (mine.State != TrialState.Running || mine.Worker != worker)
            throw new TrialStoppedException(null, $"trial {Trial} has gone to another worker");
        if (settings.Pruner.ShouldPrune([.. state.Before(Trial), mine], Trial, reports, settings.Direction))
            throw new TrialStoppedException(TrialState.Pruned, $"worse than others in report {reports}");
    }

    /// <summary>Where a study has several aims, takes the trial's value of one but the first, whose value is the
    /// objective's. Each needs one; of several the last counts.</summary>
    /// <param name="aim">Its name.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">There is no such aim behind the first.</exception>
    public void Record(string aim, double value)
    {
        if (!FurtherAims.Contains(aim))
            throw new ArgumentException($"the study has no aim '{aim}' behind its first", nameof(aim));
        recorded[aim] = value;
    }

    internal IEnumerable<string> FurtherAims => settings.Aims.Skip(1).Select(aim => aim.Name);

    // What is wrong with the trial's values, if anything is.
    internal string? FaultOf(double value) => !double.IsFinite(value) ? Invariant($"the value is {value}")
        : FurtherAims.FirstOrDefault(aim => !recorded.ContainsKey(aim)) is { } missing ? $"it has no value of {missing}"
        : FurtherAims.FirstOrDefault(aim => !double.IsFinite(recorded[aim])) is { } infinite
        ? Invariant($"the value of {infinite} is {recorded[infinite]}") : null;

    internal IReadOnlyList<double>? ValuesWith(double value) =>
        settings.Aims.Count == 0 ? null : [value, .. FurtherAims.Select(aim => recorded[aim])];

    private StudyState Recorded(TrialReported reported)
    {
        try
        {
            return storage.Transact((state, _) =>
                state.Trials[Trial] is { Result: null } mine && mine.Worker == worker
                    && !mine.Reported.ContainsKey(reported.Report)
                    ? [reported] : [], Cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new StorageFailure(e);
        }
    }
}
