using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>
/// A run's folder, held by this program: enough to run it again exactly, to go on with it, and to see that both came to
/// the same. docs/runs.md describes its files.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private readonly RunPaths paths;
    private readonly IDisposable held;

    private RunFolder(RunPaths paths, IDisposable held) => (this.paths, this.held) = (paths, held);

    /// <summary>Where it is.</summary>
    public string Folder => paths.Folder;

    /// <summary>Makes a folder for a new run.</summary>
    /// <param name="path">Where; <c>runs/TIME-train</c> under the current folder if null.</param>
    /// <param name="overwrite">Whether an earlier run in the same folder may be replaced.</param>
    /// <exception cref="UsageException">The folder holds a run already, or other files.</exception>
    /// <exception cref="OperationFailedException">It can't be written to.</exception>
    public static RunFolder Create(string? path, bool overwrite)
    {
        path ??= Fresh("train");
        var paths = new RunPaths(path);
        // A run that is being begun has files of no run yet.
        if (FileLock.IsHeld(paths.Running))
            throw Busy(paths);
        Check();
        OutputFile.Guard(path, () => Directory.CreateDirectory(path));
        var folder = new RunFolder(paths, Lock(paths));
        try
        {
            // Another program may have been quicker.
            Check();
            if (File.Exists(paths.Configuration))
                folder.Empty();
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }

        void Check() => UserFolder.Check(
            "--out", path, "a run", () => ConfigurationFile.IsOne(paths.Configuration), overwrite,
            Path.GetFileName(paths.Running));
    }

    /// <summary>Opens the folder of a run that is to be resumed.</summary>
    /// <exception cref="DataException">It holds no run.</exception>
    /// <exception cref="UsageException">A program is training the run.</exception>
    /// <exception cref="OperationFailedException">It can't be written to.</exception>
    public static RunFolder Open(string path)
    {
        RunRecord.CheckRun(path);
        var paths = new RunPaths(path);
        // Where it is no run's, nothing else of the folder is a run's either.
        _ = ConfigurationFile.Read(paths.Configuration);
        return new RunFolder(paths, Lock(paths));
    }

    // config.json stays: if this program dies now, the folder is still a run, and may be replaced again.
    private void Empty()
    {
        foreach (var file in paths.Results)
            OutputFile.Guard(file, () => File.Delete(file));
        new CheckpointFolder(paths.Checkpoints).DeleteAfter(-1);
    }

    /// <summary>Whether the run has been saved, so that it can be resumed.</summary>
    public bool HasCheckpoint => !new CheckpointFolder(paths.Checkpoints).IsEmpty;

    /// <summary>How far the run has come, by its newest checkpoint that can be read; null if it has none.</summary>
    /// <param name="run">The configured run.</param>
    /// <param name="passedOver">Receives messages about newer checkpoints that can't be read.</param>
    /// <exception cref="DataException">No checkpoint can be read, or what belongs to it is not there.</exception>
    public RunProgress? Progress(TrainingRun run, Action<DataException> passedOver)
    {
        if (new CheckpointFolder(paths.Checkpoints).Newest(run.Start, passedOver) is not { } state)
            return null;
        var record = RunRecord.Read(Folder);
        if (record.Losses.Count < state.Step)
            throw new DataException(
                paths.Losses, null, $"the losses of {Plural.Of(state.Step, "step")}",
                $"those of {record.Losses.Count}");
        EpochReport[] epochs =
        [
            .. record.Epochs.TakeWhile(epoch =>
                epoch.Step == epoch.Epoch * (long)run.StepsPerEpoch && epoch.Step <= state.Step),
        ];
        // Between an epoch's last step and its report the run may have been saved, too.
        var reported = epochs is [.., var last] ? last.Epoch : run.Start.Step / run.StepsPerEpoch;
        if (reported < (state.Step - 1) / run.StepsPerEpoch)
            throw new DataException(
                paths.Metrics, $"line {epochs.Length + 2}", $"the results of epoch {reported + 1}",
                "no such line here and in digest.txt");
        return new RunProgress(state, [.. record.Losses.Take(state.Step)], epochs);
    }

    /// <summary>Takes the folder back to this point of the run; later files are deleted, and written again by the
    /// observer that is returned.</summary>
    /// <param name="run">The configured run.</param>
    /// <param name="progress">How far it has come before, if it is resumed.</param>
    /// <exception cref="OperationFailedException">It can't be written to.</exception>
    public RunRecorder Record(TrainingRun run, RunProgress? progress)
    {
        ConfigurationFile.Write(paths.Configuration, run.Configuration);
        OutputFile.Guard(Folder, () =>
        {
            File.Delete(paths.Summary);
            Directory.CreateDirectory(paths.Checkpoints);
        });
        string[] names =
            [.. paths.Results.Append(paths.Configuration).Select(file => Path.GetFileName(file))];
        OutputFile.DeleteUnfinished(Folder, names.Contains);
        OutputFile.DeleteUnfinished(paths.Checkpoints, CheckpointFolder.IsName);
        OutputFile.Replace(
            paths.Losses,
            stream => stream.Write(MemoryMarshal.AsBytes((ReadOnlySpan<double>)progress?.Losses.ToArray())));
        var checkpoints = new CheckpointFolder(paths.Checkpoints);
        checkpoints.DeleteAfter(progress?.State.Step ?? -1);
        MetricsFile.Write(paths, progress?.Epochs ?? [], run.Encoded.Task is Regression);
        var environment = RunEnvironment.Of(run);
        // What a fork goes on from, so that it needs no other folder.
        if (run.Configuration.Origin is { Step: var step } && !checkpoints.All.Contains(step))
            checkpoints.Write(run.Start);
        var chain = ChainUntil(run, progress, environment);
        chain.Write(paths.Chain);
        return new RunRecorder(paths, run, progress,
            progress is null ? environment
                : environment.After(RunEnvironment.Read(paths.Environment), progress.State.Step),
            chain);
    }

    // Drops the link of an interruption: an uninterrupted run would not have it.
    private Chain ChainUntil(TrainingRun run, RunProgress? progress, RunEnvironment environment)
    {
        var interval = Chain.Interval(run);
        var chain = (progress is null ? null : Chain.Read(paths.Chain)) ?? Chain.Of(run.Configuration, environment);
        return chain with
        {
            Links = [.. chain.Links.TakeWhile(link =>
                link.Step <= (progress?.State.Step ?? -1) && (link.Step % interval == 0 || link == chain.Links[0]))],
        };
    }

    /// <summary>Deletes <c>report.html</c>, which shows an earlier state.</summary>
    /// <exception cref="OperationFailedException">The folder can't be written to.</exception>
    public void DeleteReport() => OutputFile.Guard(paths.Report, () => File.Delete(paths.Report));

    /// <summary>Writes <c>report.html</c>.</summary>
    /// <exception cref="OperationFailedException">The folder can't be written to.</exception>
    public string WriteReport(string html)
    {
        OutputFile.Replace(paths.Report, stream => stream.Write(Encoding.UTF8.GetBytes(html)));
        return paths.Report;
    }

    // A listing of runs asks for the lock, too, for a moment.
    private static IDisposable Lock(RunPaths paths)
    {
        IDisposable? held = null;
        OutputFile.Guard(
            paths.Running, () => held = FileLock.TryTake(paths.Running, attempts: 60, FileOptions.DeleteOnClose));
        return held ?? throw Busy(paths);
    }

    private static UsageException Busy(RunPaths paths) =>
        new($"{paths.Folder}: another program is training this run");

    /// <summary>Lets other programs have it.</summary>
    public void Dispose() => held.Dispose();

    /// <summary>A folder that isn't there yet: <c>runs/TIME-NAME</c> under the current one.</summary>
    public static string Fresh(string name)
    {
        var path = Path.Combine(
            "runs", $"{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{name}");
        var number = 1;
        while (Directory.Exists(number == 1 ? path : $"{path}-{number}"))
            number++;
        return number == 1 ? path : $"{path}-{number}";
    }
}
