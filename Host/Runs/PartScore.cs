using Functional.Host.Data;
using Functional.Host.Models;

namespace Functional.Host.Runs;

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

/// <summary>The same of all parts.</summary>
internal readonly record struct PartScores(PartScore Training, PartScore? Validation, PartScore Test)
{
    /// <summary>Of an accuracy or errors for each part; without validation samples it has neither there.</summary>
    public static PartScores Of(
        (double?, QuantityScore?) training, (double?, QuantityScore?) validation, (double?, QuantityScore?) test)
    {
        PartScore Score((double? Accuracy, QuantityScore? Errors) part) => new(part.Accuracy, part.Errors);
        return new(Score(training), Score(validation) is { IsKnown: true } known ? known : null, Score(test));
    }

    /// <summary>Checks that networks can be compared by their <see cref="PartScore.Value"/> on validation samples: R²
    /// of samples that are all the same is undefined.</summary>
    /// <exception cref="UsageException">They can't.</exception>
    public static void RequireComparable(DataPart training, int[] validation)
    {
        if (validation.Length == 0 || training.Targets is not Quantities { Columns: var columns })
            return;
        foreach (var (i, column) in columns.Index())
            if (validation.DistinctBy(sample => column.Values[sample]).Count() == 1)
                throw new UsageException(new Fault(
                    nameof(TrainConfiguration.Validation),
                    "epochs are compared by R², for which validation samples must have different values of "
                    + $"{column.Name ?? Regression.NameOf(i)}: {Plural.Of(validation.Length, "sample")} "
                    + (validation.Length == 1 ? "is too few" : "all have the same")
                    + "; give a larger share"));
    }

    /// <summary>As in <c>training 97.4%, validation 93.8%, test 96.7%</c>.</summary>
    public string InWords =>
        $"training {Short(Training)}, "
        + $"{(Validation is { } known ? $"validation {Short(known)}, " : "")}test {Short(Test)}";

    private static string Short(PartScore score) => score.Errors is { } errors
        ? $"{score.Measure} {(errors.RootMeanSquaredError is { } error ? Quantity(error, 3) : errors.RSquaredText)}"
        : Invariant($"{100 * score.Accuracy:F1}%");

    /// <summary>As in <c>training 97.40%  validation 93.80%  test 96.70%</c>; of quantities their errors.</summary>
    public override string ToString() =>
        (Test.Errors is null ? "" : $"{Training.Measure}: ")
        + $"training {Training.Text}  {(Validation is { } known ? $"validation {known.Text}  " : "")}test {Test.Text}";
}
