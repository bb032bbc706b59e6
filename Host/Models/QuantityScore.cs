using Functional.Host.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Models;

/// <summary>How far a network's quantities are from the true ones, in the data's own units; of several quantities the
/// means of each number.</summary>
/// <param name="MeanAbsoluteError">The mean of |answer - truth|.</param>
/// <param name="RootMeanSquaredError">The root of the mean of (answer - truth)^2.</param>
/// <param name="RSquared">The share of the variance that is explained: 1 if all answers are right, 0 if they are no
/// better than the mean of the truths, below 0 if they are worse.</param>
public sealed record QuantityScore(double MeanAbsoluteError, double RootMeanSquaredError, double RSquared)
{
    /// <summary>Of one quantity.</summary>
    /// <param name="truths">At least one.</param>
    /// <param name="answers">As many.</param>
    /// <exception cref="ArgumentException">There are none, or not as many of both.</exception>
    public static QuantityScore Of(IReadOnlyList<double> truths, IReadOnlyList<double> answers)
    {
        ArgumentNullException.ThrowIfNull(truths);
        ArgumentNullException.ThrowIfNull(answers);
        if (truths.Count == 0 || truths.Count != answers.Count)
            throw new ArgumentException($"{answers.Count} answers for {truths.Count} truths", nameof(answers));
        var mean = truths.Average();
        var (absolute, squared, variance) = (0.0, 0.0, 0.0);
        for (var i = 0; i < truths.Count; i++)
        {
            var (error, distance) = (answers[i] - truths[i], truths[i] - mean);
            absolute += Math.Abs(error);
            squared += error * error;
            variance += distance * distance;
        }
        return new QuantityScore(
            absolute / truths.Count, Math.Sqrt(squared / truths.Count),
            variance > 0 ? 1 - (squared / variance) : squared == 0 ? 1 : 0);
    }

    /// <summary>Of a network's outputs (outputs x samples) for some of the samples.</summary>
    internal static QuantityScore Of(Regression task, Matrix<float> outputs, Quantities truths, int[] samples)
    {
        var answers = task.Quantities(outputs);
        QuantityScore[] each =
        [
            .. truths.Columns.Select((column, i) => Of(
                Array.ConvertAll(samples, sample => column.Values[sample]),
                Array.ConvertAll(answers, answer => answer[i]))),
        ];
        return new QuantityScore(
            each.Average(one => one.MeanAbsoluteError), each.Average(one => one.RootMeanSquaredError),
            each.Average(one => one.RSquared));
    }

    /// <summary>As in <c>mean absolute error 3.2, RMSE 4.5, R² 0.81</c>.</summary>
    public override string ToString() => Invariant(
        $"mean absolute error {MeanAbsoluteError:G4}, RMSE {RootMeanSquaredError:G4}, R² {RSquared:F3}");
}
