using Functional.Host.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Models;

/// <summary>How far a network's quantities are from the true ones. Errors are in the unit of the data, so that several
/// quantities have none together: their score is the mean of R² alone.</summary>
/// <param name="MeanAbsoluteError">The mean of |answer - truth|; null of several quantities.</param>
/// <param name="RootMeanSquaredError">The root of the mean of (answer - truth)^2; null of several quantities.</param>
/// <param name="RSquared">The share of the variance that is explained: 1 if all answers are right, 0 if they are no
/// better than the mean of the truths, below 0 if they are worse; null if all truths are the same, as a single one is.
/// </param>
public sealed record QuantityScore(double? MeanAbsoluteError, double? RootMeanSquaredError, double? RSquared)
{
    /// <summary>R² as text: with three decimals, or "undefined".</summary>
    internal string RSquaredText => RSquared is { } share ? Invariant($"{share:F3}") : "undefined";

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
        var (absolute, squared, variance, differ) = (0.0, 0.0, 0.0, false);
        for (var i = 0; i < truths.Count; i++)
        {
            var (error, distance) = (answers[i] - truths[i], truths[i] - mean);
            absolute += Math.Abs(error);
            squared += error * error;
            variance += distance * distance;
            differ |= truths[i] != truths[0];
        }
        return new QuantityScore(
            absolute / truths.Count, Math.Sqrt(squared / truths.Count),
            differ && variance > 0 ? 1 - (squared / variance) : null);
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
        return each is [var one] ? one : new QuantityScore(null, null, each.Average(of => of.RSquared));
    }

    /// <summary>As in <c>mean absolute error 3.2, RMSE 4.5, R² 0.81</c>.</summary>
    public override string ToString() =>
        MeanAbsoluteError is not { } absolute || RootMeanSquaredError is not { } squared
        ? $"R² {RSquaredText}, the mean over the quantities"
        : $"mean absolute error {Quantity(absolute)}, RMSE {Quantity(squared)}, R² {RSquaredText}";
}
