using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Models;

namespace Functional.Host.Pages;

/// <summary>How far a run's quantities are from the true ones: each against its truth, how errors are spread, where
/// they are large.</summary>
internal static class QuantitySections
{
    private const int Ranges = 5, MostMistakes = 15;

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

    private static Markup Against(string name, QuantityScore score, double[] truths, double[] answers)
    {
        double[] ends = [Math.Min(truths.Min(), answers.Min()), Math.Max(truths.Max(), answers.Max())];
        return Page.Section(
            $"{name}: truth and prediction",
            Page.Paragraph(Invariant(
                $"Each point is a test sample. On the line a prediction is right. The mean absolute error is ") +
                Invariant($"{score.MeanAbsoluteError:G4}, the root mean squared error ") +
                Invariant($"{score.RootMeanSquaredError:G4}; ") +
                Invariant($"R² is {score.RSquared:F3}: 1 if all predictions are right, 0 if they are no better than ") +
                "the mean."),
            Page.Figure(new ScatterChart("Truth and prediction", $"{name}, true", $"{name}, predicted")
            {
                Series = [new Series("right", Line(ends), Line(ends)), new Series("test samples", truths, answers)],
            }));

        // A line of points, which a scatter chart draws.
        static double[] Line(double[] ends) =>
            [.. Enumerable.Range(0, 101).Select(i => ends[0] + ((ends[1] - ends[0]) * i / 100))];
    }

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
        var ranges = order.Chunk(Math.Max(1, (order.Length + Ranges - 1) / Ranges)).ToArray();
        return Page.Section(
            $"{name}: errors by size",
            Page.Paragraph("The test samples in order of their true values, in parts of equal size."),
            Page.Grid("Errors by size", ["true values", "samples", "mean error", "mean absolute error"],
                ranges.Select(range => (Markup[])
                [
                    Markup.Of($"{Invariant($"{truths[range[0]]:G5} to {truths[range[^1]]:G5}")}"),
                    Markup.Of($"{Invariant($"{range.Length:N0}")}"),
                    Markup.Of($"{Invariant($"{range.Average(i => answers[i] - truths[i]):G4}")}"),
                    Markup.Of($"{Invariant($"{range.Average(i => Math.Abs(answers[i] - truths[i])):G4}")}"),
                ])));
    }

    private static Markup Largest(string name, double[] truths, double[] answers, DataPart test) => Page.Section(
        $"{name}: the largest errors",
        Page.Table(Enumerable.Range(0, truths.Length).OrderByDescending(i => Math.Abs(answers[i] - truths[i]))
            .Take(MostMistakes).Select(i => (
                Invariant($"test sample {i + 1} of {test.Count:N0}"),
                Invariant($"is {truths[i]:G6}, predicted {answers[i]:G6}")))));
}
