using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Experiments;
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
    public static IEnumerable<Markup> Of(
        QuantityEvaluation evaluation, DataPart test, Func<LocalizedText, string> say)
    {
        foreach (var (i, (name, score, truths, answers)) in evaluation.Quantities.Index())
        {
            string Text(double value) => evaluation.Task.Text(i, value, number => Number(number));

            // A chart's axis has numbers, and a person has to know of what.
            var (axis, error) = !evaluation.Task.IsDate(i) ? (name, name) : (
                say(($"{name}, days since 1970", $"{name}、1970年からの日数")),
                say(($"{name} in days", $"{name}の日数")));
            yield return Against(name, axis, score, truths, answers, say);
            yield return Residuals(name, error, truths, answers, say);
            yield return ByRange(name, truths, answers, Text, say);
            yield return Largest(name, truths, answers, test, Text, say);
        }
    }

    private static Markup Against(
        string name, string axis, QuantityScore score, double[] truths, double[] answers,
        Func<LocalizedText, string> say) =>
        Page.Section(
            say(($"{name}: truth and prediction", $"{name}：正解と予測")),
            Page.Paragraph(say((
                "Each point is a test sample. On the dotted line a prediction is right. The mean absolute error is " +
                    $"{Number(score.MeanAbsoluteError)}, the root mean squared error " +
                    $"{Number(score.RootMeanSquaredError)}; R² is {RSquared(score)}: " + (score.RSquared is null
                        ? "it needs samples with different values."
                        : "1 if all predictions are right, 0 if they are no better than the mean of the " +
                            "true values."),
                "1つの点が1つのテストデータで、点線上なら予測は正解です。平均絶対誤差は" +
                    $"{Number(score.MeanAbsoluteError)}、二乗平均平方根誤差は" +
                    $"{Number(score.RootMeanSquaredError)}、R²は{RSquared(score)}です" + (score.RSquared is null
                        ? "（値の異なるサンプルが必要です）。"
                        : "（すべて正解なら1、平均値を答えるのと同じなら0）。")))),
            Page.Figure(say, new ScatterChart(
                say(("Truth and prediction", "正解と予測")), say(($"{axis}, true", $"{axis}（正解）")),
                say(($"{axis}, predicted", $"{axis}（予測）")))
            {
                Series = [new Series("", truths, answers)], ShowDiagonal = true,
            }));

    private static Markup Residuals(
        string name, string error, double[] truths, double[] answers, Func<LocalizedText, string> say) => Page.Section(
        say(($"{name}: errors", $"{name}：誤差")),
        Page.Paragraph(say((
            "How often a prediction is too high (above 0) or too low (below 0), and by how much.",
            "予測がどれだけ高すぎるか（0より上）、低すぎるか（0より下）の分布です。"))),
        Page.Figure(say, new Histogram(
            say(("Prediction minus truth", "予測 - 正解")), say(($"{error}, error", $"{error}の誤差")),
            say(("samples", "サンプル数")))
        {
            Bins = Bins.Of([.. answers.Zip(truths, (answer, truth) => answer - truth)]),
        }));

    private static Markup ByRange(
        string name, double[] truths, double[] answers, Func<double, string> text, Func<LocalizedText, string> say)
    {
        var order = Enumerable.Range(0, truths.Length).OrderBy(i => truths[i]).ToArray();
        var parts = Math.Min(Ranges, order.Length);
        var ranges = Enumerable.Range(0, parts)
            .Select(i => order[(i * order.Length / parts)..((i + 1) * order.Length / parts)]);
        return Page.Section(
            say(($"{name}: errors by size", $"{name}：値の大きさごとの誤差")),
            Page.Paragraph(say((
                "The test samples in order of their true values, in parts of " +
                    $"{(order.Length % parts == 0 ? "equal" : "about equal")} size.",
                "テストデータを正解の値の順に並べ、" +
                    $"{(order.Length % parts == 0 ? "等しい" : "ほぼ等しい")}個数に分けたものです。"))),
            Page.Grid(
                say(("Errors by size", "値の大きさごとの誤差")),
                [
                    say(("true values", "正解の値")), say(("samples", "サンプル数")), say(("mean error", "平均誤差")),
                    say(("mean absolute error", "平均絶対誤差")),
                ],
                ranges.Select(range => (Markup[])
                [
                    Markup.Of($"{Between(truths[range[0]], truths[range[^1]])}"),
                    Markup.Of($"{Invariant($"{range.Length:N0}")}"),
                    Markup.Of($"{Number(range.Average(i => answers[i] - truths[i]))}"),
                    Markup.Of($"{Number(range.Average(i => Math.Abs(answers[i] - truths[i])))}"),
                ])));

        string Between(double least, double most) => least == most ? text(least) : say((
            $"{text(least)} to {text(most)}", $"{text(least)}〜{text(most)}"));
    }

    private static Markup Largest(
        string name, double[] truths, double[] answers, DataPart test, Func<double, string> text,
        Func<LocalizedText, string> say) =>
        Page.Section(
        say(($"{name}: the largest errors", $"{name}：最も大きな誤差")),
        Page.Table(Enumerable.Range(0, truths.Length).OrderByDescending(i => Math.Abs(answers[i] - truths[i]))
            .Take(MostMistakes).Select(i => (
                say((Invariant($"test sample {i + 1} of {test.Count:N0}"),
                    Invariant($"テストデータ{i + 1} / {test.Count:N0}"))),
                say(($"is {text(truths[i])}, predicted {text(answers[i])}",
                    $"正解{text(truths[i])}、予測{text(answers[i])}"))))));
}
