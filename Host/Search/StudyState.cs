using System.Collections.Immutable;

namespace Functional.Host.Search;

/// <summary>What a study's records make of it.</summary>
internal sealed record StudyState(StudySettings? Settings, ImmutableList<Trial> Trials)
{
    public static StudyState Empty { get; } = new(null, []);

    /// <summary>The state after one more record. Raises UsageException if that can't follow.</summary>
    public StudyState After(StudyRecord record) => record switch
    {
        StudyBegun begun when Settings is null => this with { Settings = begun.Settings() },
        TrialTaken { Parameters: { } parameters } taken when Settings is not null && taken.Trial == Trials.Count =>
            this with { Trials = Trials.Add(new Trial(taken.Trial, new Configuration(parameters)) { Worker = taken.Worker }) },
        TrialTaken { Parameters: null } taken =>
            With(Open(taken.Trial) with { State = TrialState.Running, Worker = taken.Worker }),
        TrialReported reported when Open(reported.Trial) is var trial =>
            With(trial with { Reported = trial.Reported.SetItem(reported.Step, reported.Value) }),
        TrialReleased released => With(Open(released.Trial) with { State = TrialState.Waiting }),
        TrialEnded ended => With(Open(ended.Trial) with { State = ended.Result.State, Worker = ended.Worker, Result = ended.Result }),
        _ => throw new UsageException("this record can't follow those before it"),
    };

    private Trial Open(int number) => number >= 0 && number < Trials.Count && Trials[number].Result is null
        ? Trials[number] : throw new UsageException($"trial {number} is not one that goes on");

    private StudyState With(Trial trial) => this with { Trials = Trials.SetItem(trial.Number, trial) };
}
