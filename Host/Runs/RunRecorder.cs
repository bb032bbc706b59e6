using System.Diagnostics;
using System.Runtime.InteropServices;
using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>
/// Writes down how a run goes: each epoch as it ends and, as often as asked for, the state to go on from. States are
/// written beside the training, which doesn't change them.
/// </summary>
public sealed class RunRecorder : IRunObserver, IDisposable
{
    private readonly RunPaths paths;
    private readonly CheckpointInterval interval;
    private readonly CheckpointFolder checkpoints;
    private readonly List<double> losses = [];
    private long savedAt = Stopwatch.GetTimestamp();
    private int? savedStep;
    private EpochReport? last;
    private Task writing;

    internal RunRecorder(RunPaths paths, CheckpointInterval interval, ImageDataSet data, RunProgress? from)
    {
        (this.paths, this.interval, checkpoints) = (paths, interval, new CheckpointFolder(paths.Checkpoints));
        savedStep = from?.State.Step;
        writing = Task.Run(() => RunEnvironment.Of(data).Write(paths.Environment));
    }

    /// <inheritdoc/>
    public void Started(RunStart start) { }

    /// <inheritdoc/>
    public void Stepped(StepReport report, int samples) => losses.Add(report.Loss);

    /// <inheritdoc/>
    public void EpochEnded(EpochReport epoch)
    {
        MetricsFile.Append(paths, epoch);
        last = epoch;
    }

    /// <inheritdoc/>
    public void Reached(RunState state, RunMoment moment)
    {
        var due = moment switch
        {
            RunMoment.Step => interval.Minutes is { } minutes && Stopwatch.GetElapsedTime(savedAt).TotalMinutes >= minutes,
            RunMoment.Epoch => interval.Epochs is { } epochs && last!.Epoch % epochs == 0,
            _ => true,
        };
        if (due && savedStep != state.Step)
            Save(state);
        if (moment == RunMoment.End)
            Complete();
    }

    /// <inheritdoc/>
    public void Finished(RunSummary summary) => JsonFile.Write(paths.Summary, summary, RunFolder.SummaryLayout);

    /// <summary>Waits for what is being written. (Whatever goes wrong with that is told by the moment that comes next; here
    /// it would hide why the run has ended.)</summary>
    public void Dispose() => Task.WaitAny(writing);

    private void Save(RunState state)
    {
        var unsaved = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(losses)).ToArray();
        losses.Clear();
        (savedAt, savedStep) = (Stopwatch.GetTimestamp(), state.Step);
        // A checkpoint is worth something only with all that belongs to it, so it comes last.
        Write(() =>
        {
            OutputFile.Append(paths.Losses, unsaved, flush: true);
            MetricsFile.Flush(paths);
            checkpoints.Write(state);
        });
    }

    // One after the other.
    private void Write(Action write)
    {
        Complete();
        writing = Task.Run(write);
    }

    private void Complete() => writing.GetAwaiter().GetResult();
}
