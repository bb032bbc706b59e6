using Functional.Host.Charts;
using Functional.Host.Experiments;
using Functional.Host.Files;
using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>How a run goes.</summary>
/// <param name="Text">That, in a line.</param>
/// <param name="Saved">Steps up to the newest checkpoint: how far it can be looked at.</param>
/// <param name="IsRunning">Whether a program is training it.</param>
internal sealed record LiveStatus(string Text, int Saved, bool IsRunning);

/// <summary>A run's folder that is looked at, be it trained by this program, by another, or long ago.</summary>
internal sealed class LiveRun
{
    private readonly TrainingRun run;
    private readonly RunPaths paths;
    private readonly CheckpointFolder checkpoints;
    private readonly Rewinder rewinder;
    private readonly Batch<float> probe;
    private readonly int threads;
    private readonly Language language;

    /// <summary>Looks at a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="run">What is trained there.</param>
    /// <param name="threads">What a look may use; at least 1.</param>
    /// <param name="language">Of what is said.</param>
    public LiveRun(string folder, TrainingRun run, int threads, Language language)
    {
        (this.run, this.threads, this.language) = (run, threads, language);
        paths = new RunPaths(folder);
        checkpoints = new CheckpointFolder(paths.Checkpoints);
        rewinder = new Rewinder(run, checkpoints, _ => { });
        probe = Watcher.Probe(run);
    }

    /// <summary>Is another whenever there is more to see. Reads nothing of what the files say.</summary>
    public string Stamp
    {
        get
        {
            var metrics = new FileInfo(paths.Metrics);
            return $"{(metrics.Exists ? metrics.Length : 0)} {Saved} {FileLock.IsHeld(paths.Running)} "
                + $"{File.Exists(paths.Summary)} {File.Exists(paths.LastGood)}";
        }
    }

    /// <summary>The first step that can be looked at: of a fork, the one that it goes on from.</summary>
    public int First => run.Start.Step;

    /// <summary>Steps up to the newest checkpoint.</summary>
    public int Saved => checkpoints.All is [.., var newest] ? newest : First;

    /// <summary>How it goes or, if its files can't be read, why not.</summary>
    public LiveStatus Status()
    {
        try
        {
            return Status(RunRecord.Read(paths.Folder));
        }
        catch (DataException e)
        {
            return new LiveStatus(e.Message, Saved, IsRunning: false);
        }
    }

    private LiveStatus Status(RunRecord record)
    {
        var isRunning = record.Status == RunStatus.Running;
        var last = record.Epochs is [.., var end] ? end : null;
        var epochs = (run.PlannedSteps + run.StepsPerEpoch - 1) / run.StepsPerEpoch;
        var steps = last?.Step ?? 0;
        var text = record.Status switch
        {
            RunStatus.Running => Say((
                Invariant($"Running: epoch {Math.Min(epochs, (last?.Epoch ?? 0) + 1):N0} of {epochs:N0}"),
                Invariant($"実行中：エポック{Math.Min(epochs, (last?.Epoch ?? 0) + 1):N0} / {epochs:N0}")))
                + (last is { Seconds: > 0 } ? Left(last.Seconds / steps * (run.PlannedSteps - steps)) : "")
                + (last is null ? "" : Say((
                    Invariant($"; loss {last.Loss:F4}, test {last.Scores.Test.Text}"),
                    Invariant($"。損失{last.Loss:F4}、テスト{last.Scores.Test.Text}")))),
            RunStatus.Finished => Say((
                Invariant($"Finished: {Plural.Of(record.Summary!.Steps, "step")} in {record.Summary.Seconds:F1} s"),
                Invariant($"終了：{record.Summary.Steps:N0}ステップ、{record.Summary.Seconds:F1}秒"))),
            RunStatus.Diverged => Say((
                "Ended: its numbers are no longer finite", "中止：数値が有限ではなくなりました")),
            _ => Say((
                Invariant($"Not running: {Saved:N0} of {Plural.Of(run.PlannedSteps, "step")} are saved"),
                Invariant($"停止中：{run.PlannedSteps:N0}ステップのうち{Saved:N0}ステップまで保存済み"))),
        };
        return new LiveStatus(text, Saved, isRunning);
    }

    /// <summary>The steps of an epoch.</summary>
    public int StepsPerEpoch => run.StepsPerEpoch;

    /// <summary>What a look may use.</summary>
    public int ThreadCount => threads;

    /// <summary>Its options.</summary>
    public TrainConfiguration Configuration => run.Configuration;

    /// <summary>Where a condition begins to hold, and the numbers of the states that were looked at.</summary>
    /// <exception cref="UsageException">The run doesn't have what the condition is about.</exception>
    public (Onset Found, Dictionary<int, double> Values) Bisect(
        RunCondition condition, CancellationToken cancellation) => Threads.Use(threads, () =>
    {
        condition.Check(run);
        var values = new Dictionary<int, double>();
        return (Onset.Of(
            rewinder, First, Saved,
            state => condition.Holds(values[state.Step] = condition.Value(run, state, threads)), cancellation), values);
    });

    /// <summary>What its page says.</summary>
    /// <param name="step">The step to show, up to the newest checkpoint's; null for the newest.</param>
    /// <param name="cancellation">Ends the computation.</param>
    /// <exception cref="DataException">A file of the folder is damaged.</exception>
    public Markup Content(int? step, CancellationToken cancellation) => Threads.Use(threads, () =>
    {
        var record = RunRecord.Read(paths.Folder);
        var earlier = step is { } at && at != Saved ? rewinder.At(at, cancellation) : null;
        if (record.Result(run, threads, earlier) is not { } result)
            return Page.Paragraph(Say(("Nothing is saved yet.", "まだ何も保存されていません。")));
        return Markup.Lines(
            RunPage.Content(
                run, result, RunEvaluation.TestScores(run, result, threads), record.Environment,
                earlier is not null ? ShownMoment.Earlier
                    : record.Status == RunStatus.Running ? ShownMoment.Running : ShownMoment.End,
                language),
            Inside(result.State, cancellation));
    });

    // The step after it, which costs least; at the end there is only the one before.
    private Markup Inside(RunState state, CancellationToken cancellation)
    {
        var (before, after) = state.Step < run.PlannedSteps ? (state, run.Steps(state).First().After)
            : (rewinder.At(state.Step - 1, cancellation), state);
        return WatchSections.At(
            state.Network, Diagnostics.Between(before.Training, after.Training, probe), Say);
    }

    private string Left(double seconds)
    {
        var (number, unit, japanese) = seconds < 90 ? (seconds, "s", "秒")
            : seconds < 90 * 60 ? (seconds / 60, "min", "分") : (seconds / 3600, "h", "時間");
        return Say((
            Invariant($", about {Math.Ceiling(number):N0} {unit} left"),
            Invariant($"、残り約{Math.Ceiling(number):N0}{japanese}")));
    }

    private string Say(LocalizedText text) => text.In(language);
}
