namespace Functional.Host.Models;

/// <summary>How well a network does on a part of the data: one of the two, as the task is.</summary>
/// <param name="Accuracy">Of classes: the share that is classified correctly.</param>
/// <param name="Errors">Of quantities: how far off they are.</param>
internal readonly record struct PartScore(double? Accuracy, QuantityScore? Errors)
{
    /// <summary>One number to compare by, larger where it is better.</summary>
    public double Value => (Errors is { } errors ? errors.RSquared : Accuracy) ?? double.NaN;

    /// <summary>Whether there is one: an evaluation that is interrupted has none.</summary>
    public bool IsKnown => Accuracy is not null || Errors is not null;

    /// <summary>What is shown of it: a percentage, or the root mean squared error; of several quantities, which have
    /// none together, R².</summary>
    public string Text => Errors is not { } errors ? Percentage.Of(Accuracy ?? double.NaN)
        : errors.RootMeanSquaredError is { } error ? Quantity(error) : errors.RSquaredText;

    /// <summary>What <see cref="Text"/> is.</summary>
    public string Measure =>
        Errors is null ? "accuracy" : Errors.RootMeanSquaredError is null ? ValueMeasure : "RMSE";

    /// <summary>What <see cref="Value"/> is.</summary>
    public string ValueMeasure => Errors is null ? "accuracy" : "R²";

    /// <summary><see cref="Value"/> as text: a percentage, or a number.</summary>
    public string ValueText => Errors?.RSquaredText ?? Text;

    /// <summary><see cref="Value"/> on <see cref="Axis"/>.</summary>
    public double Plotted => Errors is null ? 100 * Value : Value;

    /// <summary>The axis of a figure: percentages, or R².</summary>
    public string Axis => Errors is null ? "accuracy, %" : ValueMeasure;
}
