using System.Globalization;
using System.Text.RegularExpressions;

namespace Functional.Host.Runs;

/// <summary>The moment of another run that a run goes on from: a fork.</summary>
/// <param name="Configuration">The other run's: with it the moment can be computed again, without its folder.</param>
/// <param name="Step">The steps that it had taken.</param>
/// <param name="Digest">Of its state after them (<see cref="StateDigest"/>).</param>
internal sealed partial record RunOrigin(TrainConfiguration Configuration, int Step, string Digest)
{
    /// <summary>How a moment of a run in a folder is written: <c>RUN@STEP</c>.</summary>
    public static string Text(string folder, int step) => Invariant($"{folder}@{step}");

    /// <summary>The folder and the step that such a text names; null if it names no run's.</summary>
    public static (string Folder, int Step)? Parse(string text) =>
        Form().Match(text) is { Success: true, Groups: var parts } && RunRecord.IsRun(parts["run"].Value)
            && !File.Exists(text) && !Directory.Exists(text)
            && int.TryParse(parts["step"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? (parts["run"].Value, step) : null;

    /// <summary>What the run reached by then, trained again from its first step.</summary>
    /// <param name="run">The run.</param>
    /// <param name="step">The step, at most its last.</param>
    public static RunProgress Trained(TrainingRun run, int step)
    {
        if (step == run.Start.Step)
            return run.Beginning;
        using var end = new CancellationTokenSource();
        var stop = new Stop(step, end);
        var result = run.Run(stop, Threads.Count, folder: null, end.Token);
        return new RunProgress(
            stop.Reached ?? throw new OperationFailedException(Invariant(
                $"the run ends after step {result.State.Step:N0}, and can't be gone on from after step {step:N0}")),
            [.. result.Losses.Take(step)], [.. result.Epochs.Where(epoch => IsWhole(run, epoch))]);
    }

    /// <summary>What it reached by then as its folder has it, the state computed from the nearest checkpoint.</summary>
    public static RunProgress Recorded(TrainingRun run, RunRecord record, int step)
    {
        EpochReport[] epochs = [.. record.Epochs.Where(epoch => epoch.Step <= step && IsWhole(run, epoch))];
        var best = EpochReport.Best(epochs);
        return new RunProgress(
            run.At(step) with
            {
                // A fork's folder has epochs from before its first step, too.
                Best = best is null ? null
                    : best.Step <= run.Start.Step ? run.Start.Best
                    : new BestNetwork(best.Step, run.At(best.Step).Network),
                Seconds = epochs is [.., var last] ? last.Seconds : 0,
            },
            Losses(run, record, step), epochs);
    }

    // Losses are saved with checkpoints, and a run that diverged goes on beyond its newest.
    private static IReadOnlyList<double> Losses(TrainingRun run, RunRecord record, int step) =>
        record.Losses.Count >= step ? [.. record.Losses.Take(step)]
        :
        [
            .. record.Losses,
            .. run.Steps(run.At(record.Losses.Count)).Take(step - record.Losses.Count)
                .Select(taken => taken.Report.Loss),
        ];

    private static bool IsWhole(TrainingRun run, EpochReport epoch) =>
        epoch.Step == epoch.Epoch * (long)run.StepsPerEpoch;

    [GeneratedRegex("^(?<run>.+)@(?<step>[0-9]+)$", RegexOptions.Singleline)]
    private static partial Regex Form();

    // Ends a run after a step, and the epoch that ends with it.
    private sealed class Stop(int step, CancellationTokenSource end) : IRunObserver
    {
        public RunState? Reached { get; private set; }

        bool IRunObserver.LooksAt(int at) => at == step;

        void IRunObserver.Reached(RunState state, RunMoment moment)
        {
            if (state.Step != step)
                return;
            Reached = state;
            end.Cancel();
        }
    }
}
