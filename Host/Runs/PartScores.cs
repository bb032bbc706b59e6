using Functional.Host.Data;
using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>How well a network does on each part of the data.</summary>
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
