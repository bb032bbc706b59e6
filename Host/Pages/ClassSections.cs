using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Models;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Pages;

/// <summary>Which classes a run's network confuses, and where it was surest of a wrong one.</summary>
internal sealed class ClassSections
{
    private const int MostMistakes = 30;

    private readonly Func<LocalizedText, string> say;

    private ClassSections(Func<LocalizedText, string> say) => this.say = say;

    /// <summary>The sections.</summary>
    /// <param name="test">The test samples.</param>
    /// <param name="scores">The network's, a column for each of them.</param>
    /// <param name="say">Says a text in the page's language.</param>
    public static IEnumerable<Markup> Of(DataPart test, Matrix<float> scores, Func<LocalizedText, string> say)
    {
        var (sections, labels) = (new ClassSections(say), test.Classes.Labels);
        yield return sections.ConfusionSection(test.Classes.Classification, Metrics.Confusion(scores, labels));
        yield return sections.MistakeSection(test, Metrics.MostWrong(scores, labels, MostMistakes));
    }

    private string Say(string english, string japanese) => say((english, japanese));

    private Markup ConfusionSection(Classification classification, ConfusionMatrix confusion)
    {
        var classes = Enumerable.Range(0, confusion.Classes).ToArray();
        double[][] counts =
            [.. classes.Select(row => classes.Select(column => (double)confusion[row, column]).ToArray())];
        return Page.Section(
            Say("Confusion matrix", "混同行列"),
            Page.Paragraph(Say(
                "How many test samples of each class (rows) are predicted to be of each class (columns). The " +
                    "diagonal is correct; large counts beside it are classes that the network confuses.",
                "各クラス（行）のテストデータが、どのクラス（列）と予測されたかの個数です。対角線上が正解で、" +
                    "それ以外の大きな数は、ネットワークが混同しているクラスです。")),
            Page.Figure(say, MatrixChart.Confusion(
                Say("Confusion matrix", "混同行列"), classification.Names, counts,
                Say("predicted class", "予測したクラス"), Say("true class", "正解のクラス"))));
    }

    private Markup MistakeSection(DataPart part, IReadOnlyList<WrongAnswer> mistakes)
    {
        var heading = Say("The most confident mistakes", "最も自信のあった間違い");
        var what = Say("The test samples for which the network gave a wrong class the highest probability.",
            "ネットワークが間違ったクラスに最も高い確率を与えたテストデータです。");
        if (mistakes.Count == 0)
            return Page.Section(Say("Mistakes", "間違い"), Page.Paragraph(Say(
                "None: every test sample is classified correctly.",
                "ありません。すべてのテストデータを正しく認識しました。")));
        var names = part.Classes.Classification.Names;
        if (part.Samples is not Images images)
            return Page.Section(heading, Page.Paragraph(what), Page.Table(mistakes.Select(wrong => (
                Say($"test sample {wrong.Sample + 1}", $"テストデータ{wrong.Sample + 1}"),
                $"{Answer(wrong)} ({Percentage.Of(wrong.Probability)})"))));
        var pictures = mistakes.Select(wrong => new Picture(
            images.Width, images.Height, images.Gray(wrong.Sample),
            $"{names[wrong.Label]} → {NameOf(wrong.Predicted)}\n{Percentage.Of(wrong.Probability)}"));
        return Page.Section(
            heading,
            Page.Paragraph(what + Say(
                " Below each: the true class → the predicted one. Would you have known?",
                "画像の下は、正解 → 予測です。あなたには分かりますか。")),
            Page.Figure(say, new ImageGrid(Say("Most confident mistakes", "最も自信のあった間違い"), [.. pictures])));

        string Answer(WrongAnswer wrong) => Say(
            $"is {names[wrong.Label]}, predicted {NameOf(wrong.Predicted)}",
            $"正解{names[wrong.Label]}、予測{NameOf(wrong.Predicted)}");

        string NameOf(int label) => label < 0 ? Say("no class", "なし") : names[label];
    }
}
