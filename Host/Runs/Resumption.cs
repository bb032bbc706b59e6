using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>What a resumed run uses: its configuration, but for its length and how often it is saved.</summary>
/// <param name="Run">What is run.</param>
/// <param name="Progress">How far it has come; null if there is no checkpoint, so that it begins again.</param>
internal sealed record Resumption(TrainingRun Run, RunProgress? Progress)
{
    private const string Resume = "Resume";
    public static readonly string[] Changeable = ["epochs", "iterations", "patience", "checkpoint-every"];

    /// <summary>Reads what a folder holds.</summary>
    /// <param name="folder">The run's.</param>
    /// <param name="options">Those given now.</param>
    /// <param name="warn">Receives, one line each, what is unusual but no reason to stop: a newer checkpoint that
    /// can't be read, another version, and with <paramref name="force"/> other data.</param>
    /// <param name="force">Whether the run continues even if its data or its configuration were changed.</param>
    /// <exception cref="UsageException">An option can't be changed any more, or data or configuration were
    /// changed.</exception>
    /// <exception cref="DataException">Configuration, data or all checkpoints can't be read.</exception>
    public static Resumption Of(
        RunFolder folder, IReadOnlyDictionary<string, string> options, Action<string> warn, bool force = false)
    {
        var record = RunRecord.Read(folder.Folder);
        var old = record.Configuration;
        var configuration = Changed(old, options);
        var data = configuration.LoadData();
        // What has not begun may begin with anything.
        if (folder.HasCheckpoint)
            Check(RunEnvironment.Of(data, old), record, warn, force);
        var run = TrainingRun.Of(record, configuration, data);
        var progress = folder.Progress(run, e => warn($"passed over: {e.Message}"))
            ?? (configuration.Origin is null ? null : run.Beginning);
        var (step, planned) = (progress?.State.Step ?? 0, record.Environment?.Planned ?? old.Steps(run.StepsPerEpoch));
        if (run.PlannedSteps < step)
            throw new UsageException(
                new Fault(
                    Resume, $"the run has taken {Plural.Of(step, "step")}, and can't end after {run.PlannedSteps}"));
        // Where the schedule depends on the run's length, what has been done was done for the old one.
        if (step > (old.Stages is [.., var stage] ? stage.Until : 0)
            && !configuration.OptimizerAt(step, planned).Equals(configuration.OptimizerAt(step, run.PlannedSteps)))
            run = TrainingRun.Of(
                record, configuration with { Stages = [.. old.Stages, new Stage(step, planned)] }, data);
        return new Resumption(run, progress);
    }

    private static void Check(RunEnvironment now, RunRecord record, Action<string> warn, bool force)
    {
        string[] obstacles = [.. now.Obstacles(record.Environment)];
        if (obstacles.Length > 0 && !force)
            throw new UsageException(obstacles.Select(obstacle => new Fault("", obstacle)).Append(new Fault(
                Resume, $"{record.Folder} can't continue to the same bits; give --force to continue anyway")));
        foreach (var line in obstacles.Union(now.Differences(record.Environment)))
            warn(line);
    }

    private static TrainConfiguration Changed(TrainConfiguration old, IReadOnlyDictionary<string, string> options)
    {
        var changeable = string.Join(", ", Changeable.Select(name => $"--{name}"));
        var others = options.Keys.Except(Changeable).Select(option =>
            new Fault(option, $"a resumed run keeps it; what can change is {changeable}"));
        if (others.ToArray() is { Length: > 0 } faults)
            throw new UsageException(faults);
        return TrainOptions.Parse(options, old);
    }
}
