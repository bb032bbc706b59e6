using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>What the target says of the answers: whether it is what it is taken for, and whether an accuracy means
/// anything.</summary>
internal static class Answers
{
    private const double GoodAccuracy = 0.7, LeastRecall = 0.1;

    /// <summary>Whether each value of a measured quantity is taken for a class.</summary>
    public static Finding? MeasuredClasses(DataSet data)
    {
        if (data.Training.Targets is not Classes { Classification: { Target: { } target } kinds } classes
            || !Classification.LooksMeasured(
                kinds.Names, data.Training.Count + data.Test.Count, commas: true))
            return null;
        return new Finding(
            FindingKind.QuantityAsClasses, null, Severity.Error,
            Invariant($"'{target}' has {kinds.Count:N0} different numbers in ")
                + Invariant($"{data.Training.Count + data.Test.Count:N0} rows, and each is a class of its own: the ")
                + "network doesn't know that 3.1 is nearer to 3.2 than to 8",
            "Learn the number, --task quantities: the network then gives a quantity, and near misses count less")
        { Picture = Pictures.Classes(kinds, classes.Counts()) };
    }

    /// <summary>The same data with the numbers themselves as targets; null where some class is no number.</summary>
    public static DataSet? AsQuantities(DataSet data)
    {
        var kinds = data.Training.Classes.Classification;
        var numbers = kinds.Names.Select(name => CellText.Number(name, commas: true)).ToArray();
        return numbers.Contains(null) ? null
            : new DataSet(Numbers(data.Training), Numbers(data.Test));

        DataPart Numbers(DataPart part) => new(part.Samples, new Quantities([new NumberColumn(
            kinds.Target, Array.ConvertAll(part.Classes.Labels, label => numbers[label]!.Value))]));
    }

    /// <summary>Whether an accuracy looks good because one class has nearly all samples.</summary>
    public static Finding? Misleading(TrialRun trial, TrainingRun run)
    {
        if (run.Data.Test.Targets is not Classes { Classification: var kinds } classes || trial.HasDiverged
            || trial.Test.Accuracy < GoodAccuracy)
            return null;
        var counts = classes.Counts();
        var most = Array.IndexOf(counts, counts.Max());
        var majority = (double)counts[most] / run.Data.Test.Count;
        var recall = Metrics.Confusion(
            Evaluation.Scores(trial.Judged, run.Encoded.Encoder, run.Data.Test.Samples, threads: 1), classes.Labels)
            .MacroRecall;
        if (majority < GoodAccuracy || recall > (1.0 / counts.Count(count => count > 0)) + LeastRecall)
            return null;
        return new Finding(
            FindingKind.MetricMisleads, null, Severity.Warning,
            Invariant($"{trial.Test.Accuracy:0%} of the test samples are classified correctly, but always answering ")
                + Invariant($"{kinds.Names[most]} is right for {majority:0%}; on average {recall:0%} of a class are ")
                + Invariant($"found, where always the same answer finds ")
                + Invariant($"{1.0 / counts.Count(count => count > 0):0%}"),
            "Look at the recall of each class instead of the accuracy (evaluate prints it); --class-weights balanced "
            + "makes all classes count the same")
        { Picture = Pictures.Classes(kinds, counts) };
    }
}
