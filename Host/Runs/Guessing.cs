using Functional.Host.Data;
using Functional.Host.Models;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;

namespace Functional.Host.Runs;

/// <summary>The same answer for every sample, the best one that there is: what a network must beat to have learned
/// anything.</summary>
internal static class Guessing
{
    // By how much it must: of the recalls of all classes, of which guessing has one; of the variance; of the error.
    private const double LeastGain = 0.1, LeastVariance = 0.02, LeastError = 0.02;
    private const int Halvings = 60;

    /// <summary>What it costs, without a penalty: of classes the entropy of their frequencies, in nats. NaN of a custom
    /// loss, of which no more is known.</summary>
    /// <param name="loss">The loss that is made small.</param>
    /// <param name="examples">The samples with their targets.</param>
    /// <param name="samples">Which of them count.</param>
    /// <param name="weighted">Whether they count by their weights.</param>
    public static double Loss(Loss loss, Examples examples, int[] samples, bool weighted)
    {
        if (loss.Function.IsCustom)
            return double.NaN;
        var weights = weighted ? examples.Part.Weights : null;
        var shares = Array.ConvertAll(samples, sample => weights?[sample] ?? 1);
        var total = shares.Sum();
        shares = Array.ConvertAll(shares, share => share / total);
        if (examples.Part.Targets is Classes { Kinds.Count: var count, Labels: var labels })
        {
            var frequencies = new double[count];
            for (var i = 0; i < samples.Length; i++)
                frequencies[labels[samples[i]]] += shares[i];
            var smoothing = loss.Function is LossFunction.SoftmaxCrossEntropy softmax ? softmax.labelSmoothing : 0;
            return Entropy(frequencies.Select(share => ((1 - smoothing) * share) + (smoothing / count)));
        }
        var (scales, columns) = (((Regression)examples.Task).Scales, ((Quantities)examples.Part.Targets).Columns);
        return columns.Select((column, i) => Of(
            loss.Function, Array.ConvertAll(samples, sample => scales[i].Apply(column.Values[sample])), shares))
            .Average();
    }

    /// <summary>Whether a network's outputs (outputs x samples) are no better than it: of classes, if those that are
    /// found add up to hardly more than the one that it always finds, however many samples each has; of quantities, if
    /// none is nearer to the truth than its mean or its median.</summary>
    public static bool IsAll(LearningTask task, DataPart part, Matrix<float> outputs)
    {
        if (task is Regression regression)
        {
            var known = QuantityEvaluation.Of(regression, outputs, [part]).Quantities
                .Where(quantity => quantity.Score.RSquared is not null).ToArray();
            return known.Length > 0 && known.All(quantity => quantity.Score.RSquared <= LeastVariance
                && quantity.Score.MeanAbsoluteError > (1 - LeastError) * OfMedian(quantity.Truths));
        }
        var confusion = Metrics.Confusion(outputs, part.Classes.Labels);
        double[] recalls = [.. Enumerable.Range(0, confusion.Classes)
            .Where(label => confusion.Actual(label) > 0).Select(confusion.Recall)];
        // Samples of one class alone don't show whether it is told from others.
        return recalls.Length > 1 && recalls.Sum() <= 1 + LeastGain;
    }

    /// <summary>Whether a run does no better on its own training samples.</summary>
    public static bool IsAllInTraining(TrainingRun run, RunSummary summary)
    {
        if (summary.Train is { } errors)
            return !(errors.RSquared > LeastVariance);
        var labels = run.Data.Training.Classes.Labels;
        var samples = run.Samples.Training;
        var most = (double)samples.CountBy(sample => labels[sample]).Max(count => count.Value) / samples.Length;
        return summary.TrainAccuracy <= most + (LeastGain * Math.Min(most, 1 - most));
    }

    private static double OfMedian(double[] truths)
    {
        var median = truths.Median();
        return truths.Average(truth => Math.Abs(truth - median));
    }

    private static double Entropy(IEnumerable<double> shares) =>
        -shares.Sum(share => share == 0 ? 0 : share * Elementary.Log(share));

    private static double Of(LossFunction loss, double[] values, double[] shares)
    {
        double Mean(Func<double, double> of) => values.Select((value, i) => shares[i] * of(value)).Sum();
        if (loss.IsMeanSquaredError)
        {
            var mean = Mean(value => value);
            return Mean(value => (value - mean) * (value - mean));
        }
        var delta = ((LossFunction.Huber)loss).delta;
        // The slope of the loss grows with the answer, and is 0 at the best one.
        var (low, high) = (values.Min(), values.Max());
        for (var i = 0; i < Halvings; i++)
        {
            var answer = low + ((high - low) / 2);
            (low, high) = Mean(value => Math.Clamp(answer - value, -delta, delta)) < 0 ? (answer, high) : (low, answer);
        }
        return Mean(value =>
        {
            var (size, held) = (Math.Abs(value - low), Math.Min(Math.Abs(value - low), delta));
            return held * (size - (held / 2));
        });
    }
}
