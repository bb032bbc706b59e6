using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Models;

namespace Functional.Host.Pages;

/// <summary>How far a run's quantities are from the true ones: each against its truth, how errors are spread, where
/// they are large.</summary>
internal static class QuantitySections
{
    private const int Ranges = 5, MostMistakes = 15;

    /// <summary>A quantity as text, written as in the figures; no line ends within it.</summary>
    internal static string Number(double? value) =>
        Typography.Value(value ?? double.NaN, 4).Replace('\u2009', '\u202f');

    /// <summary>R² as text, written as in the figures.</summary>
    internal static string RSquared(QuantityScore score) =>
        score.RSquared is { } share ? Typography.Number(share, 3) : score.RSquaredText;

    /// <summary>The sections.</summary>
    public static IEnumerable<Markup> Of(QuantityEvaluation evaluation, DataPart test)
    {
        foreach (var (name, score, truths, answers) in evaluation.Quantities)
        {
            yield return Against(name, score, truths, answers);
            yield return Residuals(name, truths, answers);
            yield return ByRange(name, truths, answers);
            yield return Largest(name, truths, answers, test);
        }
    }

    private static Markup Against(string name, QuantityScore score, double[] truths, double[] answers) =>
        Page.Section(
            $"{name}: truth and prediction",
            Page.Paragraph(
                "Each point is a test sample. On the dotted line a prediction is right. The mean absolute error is " +
                $"{Number(score.MeanAbsoluteError)}, the root mean squared error " +
                $"{Number(score.RootMeanSquaredError)}; R² is {RSquared(score)}: " + (score.RSquared is null
                    ? "it needs samples with different values."
                    : "1 if all predictions are right, 0 if they are no better than the mean of the true values.")),
            Page.Figure(new ScatterChart("Truth and prediction", $"{name}, true", $"{name}, predicted")
            {
                Series = [new Series("", truths, answers)], ShowsEqual = true,
            }));

    private static Markup Residuals(string name, double[] truths, double[] answers) => Page.Section(
        $"{name}: errors",
        Page.Paragraph("How often a prediction is too high (above 0) or too low (below 0), and by how much."),
        Page.Figure(new Histogram("Prediction minus truth", $"{name}, error", "samples")
        {
            Bins = Bins.Of([.. answers.Zip(truths, (answer, truth) => answer - truth)]),
        }));

    private static Markup ByRange(string name, double[] truths, double[] answers)
    {
        var order = Enumerable.Range(0, truths.Length).OrderBy(i => truths[i]).ToArray();
        var parts = Math.Min(Ranges, order.Length);
        var ranges = Enumerable.Range(0, parts)
            .Select(i => order[(i * order.Length / parts)..((i + 1) * order.Length / parts)]);
        return Page.Section(
            $"{name}: errors by size",
            Page.Paragraph("The test samples in order of their true values, in parts of " +
                $"{(order.Length % parts == 0 ? "equal" : "about equal")} size."),
            Page.Grid("Errors by size", ["true values", "samples", "mean error", "mean absolute error"],
                ranges.Select(range => (Markup[])
                [
                    Markup.Of($"{Between(truths[range[0]], truths[range[^1]])}"),
                    Markup.Of($"{Invariant($"{range.Length:N0}")}"),
                    Markup.Of($"{Number(range.Average(i => answers[i] - truths[i]))}"),
                    Markup.Of($"{Number(range.Average(i => Math.Abs(answers[i] - truths[i])))}"),
                ])));

        static string Between(double least, double most) =>
            least == most ? Number(least) : $"{Number(least)} to {Number(most)}";
    }

    private static Markup Largest(string name, double[] truths, double[] answers, DataPart test) => Page.Section(
        $"{name}: the largest errors",
        Page.Table(Enumerable.Range(0, truths.Length).OrderByDescending(i => Math.Abs(answers[i] - truths[i]))
            .Take(MostMistakes).Select(i => (
                Invariant($"test sample {i + 1} of {test.Count:N0}"),
                $"is {Number(truths[i])}, predicted {Number(answers[i])}"))));
}
