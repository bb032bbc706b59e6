using Functional.Host.Files;
using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>What a run's folder says of its end: the models and the summary.</summary>
internal static class RecordedEnd
{
    /// <summary>What differs from the end that the run really comes to, a line each. A run that was killed has
    /// recorded none.</summary>
    /// <param name="record">What the folder says.</param>
    /// <param name="run">The configured run.</param>
    /// <param name="result">What the run has come to.</param>
    /// <param name="bestBefore">The best network before the last step was evaluated.</param>
    public static IEnumerable<string> Mismatches(
        RunRecord record, TrainingRun run, RunResult result, BestNetwork? bestBefore)
    {
        if (record.Summary is not { } summary)
            return [];
        // Without an evaluation the folder can't know whether the last network is the best.
        var now = summary.IsEvaluated ? result.Summary : result.Summary with
        {
            TrainAccuracy = null, ValidationAccuracy = null, TestAccuracy = null,
            Train = null, Validation = null, Test = null,
            Best = EpochReport.Best(result.Epochs.Where(epoch => epoch.Step < summary.Steps)),
        };
        return
        [
            .. Timeless(summary) == Timeless(now) ? []
                : (string[])["summary.json: the results are not those of the run"],
            .. Model(record, run, result.State),
            .. Mismatch(
                new RunPaths(record.Folder).Best, run,
                (summary.IsEvaluated ? result.State.Best : bestBefore)?.Network ?? result.State.Network),
        ];
    }

    /// <summary>What is wrong with the last model, in a line.</summary>
    public static IEnumerable<string> Model(RunRecord record, TrainingRun run, RunState state) =>
        Mismatch(new RunPaths(record.Folder).Model, run, state.Network);

    // How long it took, and how it ended when it is trained only so far again, is not compared.
    private static RunSummary Timeless(RunSummary summary) => summary with
    {
        Seconds = 0, Interrupted = false, StoppedEarly = false, Out = null,
        Best = summary.Best is { } best ? best with { Seconds = 0 } : null,
    };

    private static IEnumerable<string> Mismatch(string path, TrainingRun run, Network<float> network)
    {
        var name = Path.GetFileName(path);
        if (!File.Exists(path))
            return [$"{name}: there is none"];
        try
        {
            // Of another version the file itself may have other bytes.
            return Bytes(Models.Model.Load<float>(path)).SequenceEqual(Bytes(run.ModelOf(network)))
                ? [] : [$"{name}: the model is not the run's"];
        }
        catch (DataException e)
        {
            return [e.Message];
        }
    }

    private static ReadOnlySpan<byte> Bytes(Model<float> model)
    {
        var stream = new MemoryStream();
        Models.Model.Save(stream, model);
        return stream.GetBuffer().AsSpan(0, (int)stream.Length);
    }
}
