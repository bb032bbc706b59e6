using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>How well a network does on a part of the data: one of the two, as the task is.</summary>
/// <param name="Accuracy">Of classes: the share that is classified correctly.</param>
/// <param name="Errors">Of quantities: how far off they are.</param>
internal readonly record struct PartScore(double? Accuracy, QuantityScore? Errors)
{
    /// <summary>One number to compare by, larger where it is better.</summary>
    public double Value => Errors?.RSquared ?? Accuracy ?? double.NaN;

    /// <summary>What is shown of it: a percentage, or the root mean squared error.</summary>
    public string Text => Errors is { } errors
        ? Invariant($"{errors.RootMeanSquaredError:G4}") : Percentage.Of(Accuracy ?? double.NaN);

    /// <summary>What <see cref="Text"/> is.</summary>
    public string Measure => Errors is null ? "accuracy" : "RMSE";

    /// <summary>What <see cref="Value"/> is.</summary>
    public string ValueMeasure => Errors is null ? "accuracy" : "R²";

    /// <summary><see cref="Value"/> as it is shown: a percentage, or a number.</summary>
    public string ValueText => Errors is { } errors ? Invariant($"{errors.RSquared:F3}") : Text;

    /// <summary><see cref="Value"/> as it is plotted.</summary>
    public double Plotted => Errors is null ? 100 * Value : Value;

    /// <summary>The axis on which it is plotted.</summary>
    public string Axis => Errors is null ? "accuracy, %" : ValueMeasure;
}

/// <summary>The same of all parts.</summary>
internal readonly record struct PartScores(PartScore Training, PartScore? Validation, PartScore Test)
{
    /// <summary>As in <c>training 97.40%  validation 93.80%  test 96.70%</c>; of quantities their errors.</summary>
    public override string ToString() =>
        (Test.Errors is null ? "" : "RMSE: ")
        + $"training {Training.Text}  {(Validation is { } known ? $"validation {known.Text}  " : "")}test {Test.Text}";
}
