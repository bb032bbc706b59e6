using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Functional.Host.Files;
using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>
/// A run's folder, held by this program: enough to run it again exactly, to go on with it, and to see that both came to the
/// same. Its files are told in docs/runs.md.
/// </summary>
public sealed class RunFolder : IDisposable
{
    private readonly RunPaths paths;
    private readonly IDisposable held;

    private RunFolder(RunPaths paths, IDisposable held) => (this.paths, this.held) = (paths, held);

    /// <summary>How a summary is written.</summary>
    internal static JsonSerializerOptions SummaryLayout { get; } = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = HostJson.Default,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Where it is.</summary>
    public string Path => paths.Folder;

    /// <summary>The command that goes on with the run.</summary>
    public string ResumeCommand => $"functional train --resume {TrainConfiguration.Quoted(Path)}";

    /// <summary>Makes a folder for a new run.</summary>
    /// <param name="path">Where; <c>runs/TIME-train</c> under the current folder if null.</param>
    /// <param name="overwrite">Whether an earlier run in the same folder may be replaced.</param>
    /// <exception cref="UsageException">The folder holds a run already.</exception>
    /// <exception cref="RunException">It can't be written to.</exception>
    public static RunFolder Create(string? path, bool overwrite)
    {
        path ??= Fresh("train");
        if (!overwrite && RunRecord.IsRun(path))
            throw new UsageException($"--out: {path} holds a run already; choose another folder, or give --force to replace it");
        var paths = new RunPaths(path);
        OutputFile.Guard(path, () => Directory.CreateDirectory(path));
        var held = Lock(paths);
        // Without its configuration it is no run any more, however soon this program ends.
        foreach (var file in (string[])[paths.Configuration, paths.Environment, paths.Best, paths.LastGood, paths.Model, paths.Summary, paths.Report])
            OutputFile.Guard(file, () => File.Delete(file));
        return new RunFolder(paths, held);
    }

    /// <summary>Opens the folder of a run that is to go on.</summary>
    /// <exception cref="DataException">It holds no run.</exception>
    /// <exception cref="UsageException">A program is training the run.</exception>
    /// <exception cref="RunException">It can't be written to.</exception>
    public static RunFolder Open(string path)
    {
        RunRecord.CheckRun(path);
        var paths = new RunPaths(path);
        return new RunFolder(paths, Lock(paths));
    }

    /// <summary>How far the run has come, by its newest checkpoint that can be read; null if it has none.</summary>
    /// <param name="run">The run as it is configured.</param>
    /// <param name="passedOver">Is told of newer checkpoints that can't be read.</param>
    /// <exception cref="DataException">No checkpoint can be read, or what belongs to it is not there.</exception>
    public RunProgress? Progress(TrainingRun run, Action<DataException> passedOver)
    {
        if (new CheckpointFolder(paths.Checkpoints).Newest(run.Start, passedOver) is not { } state)
            return null;
        var record = RunRecord.Read(Path);
        if (record.Losses.Count < state.Step)
            throw new DataException(paths.Losses, null, $"the losses of {state.Step} steps", $"those of {record.Losses.Count}");
        EpochReport[] epochs =
        [
            .. record.Epochs.TakeWhile(epoch =>
                epoch.Iterations == epoch.Epoch * (long)run.StepsPerEpoch && epoch.Iterations <= state.Step),
        ];
        // Between an epoch's last step and its report the run may have been saved, too.
        if (epochs.Length < (state.Step - 1) / run.StepsPerEpoch)
            throw new DataException(
                paths.Metrics, $"line {epochs.Length + 2}", $"what epoch {epochs.Length + 1} came to", "no such line here and in digest.txt");
        return new RunProgress(state, [.. record.Losses.Take(state.Step)], epochs);
    }

    /// <summary>Makes the folder as it was when the run had come so far (what came later comes again), to be filled by the
    /// observer that is returned.</summary>
    /// <param name="run">The run as it is configured.</param>
    /// <param name="from">How far it has come before, if it goes on.</param>
    /// <exception cref="RunException">It can't be written to.</exception>
    public RunRecorder Record(TrainingRun run, RunProgress? from)
    {
        var step = from?.State.Step ?? 0;
        OutputFile.Guard(Path, () =>
        {
            Directory.CreateDirectory(paths.Checkpoints);
            foreach (var cutOff in (string[])[Path, paths.Checkpoints])
                foreach (var file in Directory.EnumerateFiles(cutOff, "*.tmp"))
                    File.Delete(file);
            File.Delete(paths.Summary);
            using var losses = new FileStream(paths.Losses, FileMode.OpenOrCreate);
            losses.SetLength((long)step * sizeof(double));
        });
        new CheckpointFolder(paths.Checkpoints).DeleteAfter(from is null ? -1 : step);
        MetricsFile.Write(paths, from?.Epochs ?? []);
        ConfigurationFile.Write(paths.Configuration, run.Configuration);
        return new RunRecorder(paths, run, from);
    }

    /// <summary>Writes <c>model.safetensors</c>.</summary>
    /// <exception cref="RunException">The folder can't be written to.</exception>
    public void WriteModel(Model<float> model) => Functional.Host.Models.Model.Save(paths.Model, model);

    /// <summary>Writes <c>report.html</c>.</summary>
    /// <exception cref="RunException">The folder can't be written to.</exception>
    public string WriteReport(string html)
    {
        OutputFile.Replace(paths.Report, stream => stream.Write(Encoding.UTF8.GetBytes(html)));
        return paths.Report;
    }

    // A listing of runs asks for the lock, too, for a moment.
    private static IDisposable Lock(RunPaths paths)
    {
        IDisposable? held = null;
        OutputFile.Guard(paths.Running, () => held = FileLock.TryTake(paths.Running, attempts: 60, FileOptions.DeleteOnClose));
        return held ?? throw new UsageException($"{paths.Folder}: another program is training this run");
    }

    /// <summary>Lets other programs have it.</summary>
    public void Dispose() => held.Dispose();

    /// <summary>A folder that isn't there yet: <c>runs/TIME-NAME</c> under the current one.</summary>
    public static string Fresh(string name)
    {
        var path = System.IO.Path.Combine("runs", $"{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{name}");
        var number = 1;
        while (Directory.Exists(number == 1 ? path : $"{path}-{number}"))
            number++;
        return number == 1 ? path : $"{path}-{number}";
    }
}
