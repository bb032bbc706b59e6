using System.Collections.Immutable;

namespace Functional.Host.Search;

/// <summary>What a study's records make of it.</summary>
internal sealed record StudyState(StudySettings? Settings, ImmutableList<Trial> Trials)
{
    // A worker's name is one of a file, too.
    private const int LongestWorker = 200;

    // More than any machine has run.
    private const double MostSeconds = 1e10;

    public static StudyState Empty { get; } = new(null, []);

    /// <summary>Records that make this state, as few as can be.</summary>
    public IEnumerable<StudyRecord> Records =>
        Settings is null ? [] : [StudyBegun.Of(Settings), .. Trials.SelectMany(RecordsOf)];

    /// <summary>The state after one more record. Raises UsageException if that can't follow, or is none that a study
    /// leaves.</summary>
    public StudyState After(StudyRecord record) => record switch
    {
        StudyBegun begun when Settings is null => this with { Settings = begun.Settings() },
        TrialTaken { Parameters: { } parameters } taken when Settings is not null && taken.Trial == Trials.Count
            && IsWorker(taken.Worker) && Settings.Space.Read(parameters) is { } configuration =>
            this with { Trials = Trials.Add(new Trial(taken.Trial, configuration) { Worker = taken.Worker }) },
        TrialTaken { Parameters: null } taken when IsWorker(taken.Worker) =>
            With(Open(taken.Trial) with { State = TrialState.Running, Worker = taken.Worker }),
        TrialReported reported when double.IsFinite(reported.Value) && reported.Report > 0
            && Open(reported.Trial) is var trial =>
            With(trial with { Reported = trial.Reported.SetItem(reported.Report, reported.Value) }),
        SeedEnded seed when IsWorker(seed.Worker) && Settings?.Seeds > 1 && IsEnd(seed.Result)
            && Open(seed.Trial) is var trial && trial.SeedResults.Count == seed.Seed && seed.Seed < Settings.Seeds =>
            With(trial with { Worker = seed.Worker, SeedResults = trial.SeedResults.Add(seed.Result) }),
        TrialReleased released => With(Open(released.Trial) with { State = TrialState.Waiting }),
        TrialEnded ended when IsWorker(ended.Worker) && Open(ended.Trial) is var trial
            && IsEnd(trial, ended.Result) =>
            With(trial with { State = ended.Result.State, Worker = ended.Worker, Result = ended.Result }),
        _ => throw new UsageException("this record can't follow those before it"),
    };

    /// <summary>What a trial may know of those before it: everything of those that it waited for, and of the others
    /// only what they try, whether they have ended or not.</summary>
    public IReadOnlyList<Trial> Before(int number)
    {
        var seen = Trials.GetRange(0, number).ToBuilder();
        for (var i = Settings!.SeenBy(number); i < number; i++)
            seen[i] = new Trial(i, seen[i].Configuration);
        return seen.ToImmutable();
    }

    private static bool IsWorker(string worker) =>
        worker.Length is > 0 and <= LongestWorker && worker[0] != '.' && worker.All(IsPlain);

    /// <summary>Whether a character can be in a worker's name.</summary>
    public static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';

    private static bool IsEnd(SeedResult result) =>
        IsRun(result.Seconds, result.Curve, result.TrainingCurve) && double.IsFinite(result.Value);

    private static bool IsRun(double seconds, IReadOnlyList<double> curve, IReadOnlyList<double> trainingCurve) =>
        seconds is >= 0 and <= MostSeconds && curve.All(double.IsFinite) && trainingCurve.Count <= curve.Count;

    private bool IsEnd(Trial trial, TrialResult result) =>
        IsRun(result.Seconds, result.Curve, result.TrainingCurve) && HasValues(result) && result.State switch
        {
            TrialState.Complete => result.Value is { } value && double.IsFinite(value)
                && (Settings!.Seeds == 1
                    || (trial.SeedResults.Count == Settings.Seeds && value == Statistics.Mean(trial.SeedValues))),
            TrialState.Pruned when trial.SeedResults.Count > 0 => result.Value == Statistics.Mean(trial.SeedValues),
            TrialState.Pruned => result.Curve is [.., var last] && result.Value == last,
            TrialState.Failed => result.Value is null && result.Reason is not null,
            _ => false,
        };

    private bool HasValues(TrialResult result) =>
        Settings!.Aims.Count == 0 || result.State != TrialState.Complete ? result.Values is null
            : result.Values is { } values && values.Count == Settings.Aims.Count && values[0] == result.Value
                && values.All(double.IsFinite);

    private static IEnumerable<StudyRecord> RecordsOf(Trial trial) =>
    [
        new TrialTaken(trial.Number, trial.Worker, trial.Configuration.Texts.ToDictionary()),
        .. trial.Reported.Select(reported => new TrialReported(trial.Number, reported.Key, reported.Value)),
        .. trial.SeedResults.Select((seed, i) => new SeedEnded(trial.Number, trial.Worker, i, seed)),
        .. trial.State == TrialState.Waiting ? [new TrialReleased(trial.Number)] : (StudyRecord[])[],
        .. trial.Result is { } result ? [new TrialEnded(trial.Number, trial.Worker, result)] : (StudyRecord[])[],
    ];

    private Trial Open(int number) => number >= 0 && number < Trials.Count && Trials[number].Result is null
        ? Trials[number] : throw new UsageException($"trial {number} has ended, or never began");

    private StudyState With(Trial trial) => this with { Trials = Trials.SetItem(trial.Number, trial) };
}
