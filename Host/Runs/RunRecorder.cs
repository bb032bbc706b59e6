using System.Diagnostics;
using System.Runtime.InteropServices;
using Functional.Host.Files;
using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>
/// Writes down how a run goes: each epoch as it ends and, as often as asked for, the state to go on from. States are
/// written beside the training, which doesn't change them.
/// </summary>
internal sealed class RunRecorder : IRunObserver, IDisposable
{
    private readonly RunPaths paths;
    private readonly TrainingRun run;
    private readonly CheckpointFolder checkpoints;
    private readonly ChainRecorder chain;
    private readonly List<double> losses = [];
    private long savedAt = Stopwatch.GetTimestamp();
    private (int Step, int? Best)? saved;
    private EpochReport? last;
    private Task writing;

    internal RunRecorder(
        RunPaths paths, TrainingRun run, RunProgress? progress, RunEnvironment environment, Chain chain)
    {
        (this.paths, this.run, Environment) = (paths, run, environment);
        checkpoints = new CheckpointFolder(
            paths.Checkpoints, run.Configuration.KeepEvery, run.Configuration.Origin?.Step);
        this.chain = new ChainRecorder(chain, run, progress);
        saved = progress is null ? null : Place(progress.State);
        writing = Task.Run(() => environment.Write(paths.Environment));
        if (progress?.State.Best is { } best)
            WriteModel(paths.Best, best.Network);
    }

    /// <summary>On what the run runs, and ran before.</summary>
    public RunEnvironment Environment { get; }

    public void Stepped(StepReport report, int samples)
    {
        losses.Add(report.Loss);
        chain.Stepped(report.Loss);
    }

    public void EpochEnded(EpochReport epoch)
    {
        MetricsFile.Append(paths, epoch);
        last = epoch;
    }

    public bool LooksAt(int step) =>
        chain.LooksAt(step) || (run.Configuration.KeepEvery is { } kept && step % kept == 0);

    public void Reached(RunState state, RunMoment moment)
    {
        chain.Reached(state, moment);
        // Without an epoch in validation the last network will do.
        if (moment == RunMoment.Epoch ? state.Best?.Step == state.Step : moment == RunMoment.End && state.Best is null)
            WriteModel(paths.Best, state.Network);
        var interval = run.Configuration.CheckpointEvery;
        var due = moment switch
        {
            RunMoment.Step =>
                (interval.Minutes is { } minutes && Stopwatch.GetElapsedTime(savedAt).TotalMinutes >= minutes)
                || (run.Configuration.KeepEvery is { } kept && state.Step % kept == 0),
            RunMoment.Epoch => interval.Epochs is { } epochs && last!.Epoch % epochs == 0,
            _ => true,
        };
        if (due && saved != Place(state))
            Save(state);
        if (moment == RunMoment.End)
        {
            WriteModel(paths.Model, state.Network);
            var links = chain.Take();
            Write(() => OutputFile.Append(paths.Chain, links(), flush: true));
            Complete();
        }
    }

    public void Diverged(RunState lastGood) => Checkpoint.Write(paths.LastGood, lastGood);

    // Written last, so that all it refers to exists.
    public void Finished(RunSummary summary) => JsonFile.Write(paths.Summary, summary, RunLayout.Summary);

    /// <summary>Waits for what is being written. (A failure is reported at the next moment;
    /// here it would hide why the run has ended.)</summary>
    public void Dispose() => Task.WaitAny(writing);

    private void WriteModel(string path, Network<float> network)
    {
        var model = run.ModelOf(network);
        Write(() => OutputFile.Replace(path, stream => Model.Save(stream, model)));
    }

    private void Save(RunState state)
    {
        var unsaved = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(losses)).ToArray();
        losses.Clear();
        var links = chain.Take();
        (savedAt, saved) = (Stopwatch.GetTimestamp(), Place(state));
        // A checkpoint is worth something only with all that belongs to it, so it comes last.
        Write(() =>
        {
            OutputFile.Append(paths.Losses, unsaved, flush: true);
            OutputFile.Append(paths.Chain, links(), flush: true);
            MetricsFile.Flush(paths);
            checkpoints.Write(state);
        });
    }

    // The same step is saved again if the evaluation after it finds a new best network.
    private static (int Step, int? Best) Place(RunState state) => (state.Step, state.Best?.Step);

    // Waits for the write before.
    private void Write(Action write)
    {
        Complete();
        writing = Task.Run(write);
    }

    private void Complete() => writing.GetAwaiter().GetResult();
}
