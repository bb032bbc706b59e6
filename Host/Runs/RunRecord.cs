using System.Runtime.InteropServices;
using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>Where a run stands.</summary>
internal enum RunStatus
{
    /// <summary>It has come to its end.</summary>
    Finished,

    /// <summary>A program is training it.</summary>
    Running,

    /// <summary>It was interrupted, or killed, or has failed; it can be resumed.</summary>
    Unfinished,

    /// <summary>Its numbers stopped being finite.</summary>
    Diverged,
}

/// <summary>What a run's folder says about the run.</summary>
internal sealed record RunRecord
{
    private RunRecord(string folder) =>
        (Folder, Configuration) = (folder, ConfigurationFile.Read(new RunPaths(folder).Configuration));

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What was asked for.</summary>
    public TrainConfiguration Configuration { get; }

    /// <summary>The results of the epochs, in order; the last may be a part of one.</summary>
    public IReadOnlyList<EpochReport> Epochs { get; private init; } = [];

    /// <summary>The loss of every step that has been saved.</summary>
    public IReadOnlyList<double> Losses { get; private init; } = [];

    /// <summary>The digests of its states; null if it was trained by a version that didn't write them.</summary>
    public Chain? Chain { get; private init; }

    /// <summary>Its checkpoints.</summary>
    public CheckpointFolder Checkpoints => new(new RunPaths(Folder).Checkpoints);

    /// <summary>On what it ran; null if that isn't known.</summary>
    public RunEnvironment? Environment { get; private init; }

    /// <summary>How it ended; null if it hasn't.</summary>
    public RunSummary? Summary { get; private init; }

    /// <summary>Where it stands.</summary>
    public RunStatus Status { get; private init; }

    /// <summary>Whether a folder holds a run.</summary>
    public static bool IsRun(string folder) => File.Exists(new RunPaths(folder).Configuration);

    /// <exception cref="DataException">The folder holds no run, or a file of its is none.</exception>
    public static void CheckRun(string folder)
    {
        if (!IsRun(folder))
            throw new DataException(
                folder.Length == 0 ? "''" : folder, null, "a run's folder, with config.json in it", "none");
        var paths = new RunPaths(folder);
        foreach (var file in paths.Results.Append(paths.Configuration).Append(paths.Running))
            FilePlace.RequireFile(file);
    }

    /// <summary>Reads a folder. A run that was killed has what had been written by then.</summary>
    /// <exception cref="DataException">It is no run's folder, or a file in it is damaged.</exception>
    public static RunRecord Read(string folder)
    {
        CheckRun(folder);
        var paths = new RunPaths(folder);
        // The folder may have been moved since.
        var summary = JsonFile.Read<RunSummary>(paths.Summary, RunLayout.Summary) is { } written
            ? written with { Out = folder } : null;
        var record = new RunRecord(folder);
        return record with
        {
            Epochs = File.Exists(paths.Metrics) && File.Exists(paths.Digests)
                ? MetricsFile.Read(paths, record.Configuration.Origin is not null) : [],
            Losses = File.Exists(paths.Losses) ? DataFile.Open(paths.Losses, ReadLosses) : [],
            Chain = Chain.Read(paths.Chain),
            Environment = RunEnvironment.Read(paths.Environment),
            Summary = summary,
            Status = FileLock.IsHeld(paths.Running) ? RunStatus.Running
                : summary is { Interrupted: false } ? RunStatus.Finished
                : summary is null && File.Exists(paths.LastGood) ? RunStatus.Diverged
                : RunStatus.Unfinished,
        };
    }

    /// <summary>All that the run has come to, by its newest checkpoint; null if there is none, unless it is
    /// running.</summary>
    /// <param name="run">The configured run.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <param name="earlier">The state to stop at instead, one of this run's before the newest checkpoint.</param>
    /// <exception cref="DataException">No checkpoint can be read, or losses before it are missing.</exception>
    public RunResult? Result(TrainingRun run, int threads = 1, RunState? earlier = null)
    {
        var newest = earlier ?? Checkpoints.Newest(run.Start, _ => { });
        if ((newest ?? (Status == RunStatus.Running ? run.Start : null)) is not { } state)
            return null;
        // A run in progress writes what belongs to a checkpoint before it: what is read after it has at least that.
        var now = Read(Folder);
        if (now.Losses.Count < state.Step)
            throw new DataException(
                Folder, null, $"losses of {Plural.Of(state.Step, "step")}", $"those of {now.Losses.Count}");
        double[] losses = [.. now.Losses.Take(state.Step)];
        List<EpochReport> epochs = [.. now.Epochs.TakeWhile(epoch => epoch.Step <= state.Step)];
        var best = EpochReport.Best(epochs.Where(epoch => epoch.Step == epoch.Epoch * (long)run.StepsPerEpoch));
        // A fork on other samples has no results of the epochs before it.
        var reported = epochs is [.., var end] ? end.Step : run.Start.Step / run.StepsPerEpoch * run.StepsPerEpoch;
        if (reported < state.Step)
            epochs.Add(RunEvaluation.Of(
                run, state, (state.Step + run.StepsPerEpoch - 1) / run.StepsPerEpoch,
                losses.Skip(reported).DefaultIfEmpty(double.NaN).Average(), threads));
        if (now.Summary is { IsEvaluated: true } summary && summary.Steps == state.Step)
            return new RunResult(state, losses, epochs, summary);
        var last = epochs is [.., var reached] ? reached : RunEvaluation.Of(run, state, 0, double.NaN, threads);
        return new RunResult(state, losses, epochs, RunSummary.Of(
            last, state.Step, state.Seconds, interrupted: true, Folder) with { Best = best });
    }

    /// <summary>What is wrong with its chain, in a line; null if nothing is, or there is none.</summary>
    /// <param name="run">The configured run.</param>
    public string? ChainMismatch(TrainingRun run) =>
        Chain?.Mismatch(Chain.Of(Configuration, RunEnvironment.Of(run.Data)), Losses);

    /// <summary>The first of the epochs that did best in validation; null if there is none. (A part of an epoch at the
    /// end of a run is not kept as the best.)</summary>
    public EpochReport? Best => Summary is { } summary ? summary.Best : EpochReport.Best(Epochs);

    /// <summary>The command that does the run again, as far as its last epoch; null if none does.</summary>
    public string? CommandAgain =>
        Environment?.ChangesOnTheWay(Configuration).Any() == true ? null
        : Epochs is [.., var last] ? RunCommand.Again(
            Configuration, Folder, last.Step, Epochs, Summary is { Interrupted: false }) : Configuration.CommandLine();

    // A last loss that was cut off doesn't count.
    private static double[] ReadLosses(Stream stream)
    {
        var losses = new double[stream.Length / sizeof(double)];
        stream.ReadExactly(MemoryMarshal.AsBytes(losses.AsSpan()));
        return losses;
    }
}
