using Functional.Host.Data;
using Functional.Host.Models;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;

namespace Functional.Host.Runs;

/// <summary>The same answer for every sample, the best one that there is: what a network must beat to have learned
/// anything.</summary>
internal static class Guessing
{
    // A network is better than it if the sum of its recalls exceeds 1 by LeastGain (a constant answer has 1), or R²
    // exceeds LeastVariance, or the mean absolute error is smaller by LeastError.
    private const double LeastGain = 0.1, LeastVariance = 0.02, LeastError = 0.02;
    private const int Halvings = 60;

    /// <summary>What it costs, without a penalty: of classes the entropy of their frequencies, in nats. NaN of a custom
    /// loss, of which no more is known.</summary>
    /// <param name="loss">The loss that is minimized.</param>
    /// <param name="examples">The samples with their targets.</param>
    /// <param name="samples">Which of them count.</param>
    /// <param name="weighted">Whether they count by their weights.</param>
    public static double Loss(Loss loss, Examples examples, int[] samples, bool weighted)
    {
        if (loss.Function.IsCustom)
            return double.NaN;
        var weights = weighted ? examples.Part.Weights : null;
        if (examples.Part.Targets is Classes classes)
        {
            var smoothing = loss.Function is LossFunction.SoftmaxCrossEntropy softmax ? softmax.labelSmoothing : 0;
            return Entropy(Frequencies(classes, samples, weights).Select(
                share => ((1 - smoothing) * share) + (smoothing / classes.Classification.Count)));
        }
        var shares = Array.ConvertAll(samples, sample => weights?[sample] ?? 1);
        var total = shares.Sum();
        shares = Array.ConvertAll(shares, share => share / total);
        var (scales, columns) = (((Regression)examples.Task).Scales, ((Quantities)examples.Part.Targets).Columns);
        return columns.Select((column, i) => ConstantLoss(
            loss.Function, Array.ConvertAll(samples, sample => scales[i].Apply(column.Values[sample])), shares))
            .Average();
    }

    /// <summary>The share of each class among samples, by their weights if they have any.</summary>
    public static double[] Frequencies(Classes classes, int[] samples, IReadOnlyList<double>? weights = null)
    {
        var sums = new double[classes.Classification.Count];
        foreach (var sample in samples)
            sums[classes.Labels[sample]] += weights?[sample] ?? 1;
        var total = sums.Sum();
        return Array.ConvertAll(sums, sum => sum / total);
    }

    /// <summary>The cross-entropy of answering with these frequencies, in nats.</summary>
    public static double Entropy(IEnumerable<double> frequencies) =>
        -frequencies.Sum(share => share == 0 ? 0 : share * Elementary.Log(share));

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
        // Samples of one class alone don't show whether the network separates it from others.
        return recalls.Length > 1 && recalls.Sum() <= 1 + LeastGain;
    }

    /// <summary>Whether a run does no better on its own training samples.</summary>
    public static bool IsAllInTraining(TrainingRun run, RunSummary summary)
    {
        if (summary.Train is { } errors)
            return !(errors.RSquared > LeastVariance);
        var most = Frequencies(run.Data.Training.Classes, run.Split.Training).Max();
        return summary.TrainAccuracy <= most + (LeastGain * Math.Min(most, 1 - most));
    }

    private static double OfMedian(double[] truths)
    {
        var median = truths.Median();
        return truths.Average(truth => Math.Abs(truth - median));
    }

    private static double ConstantLoss(LossFunction loss, double[] values, double[] shares)
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
