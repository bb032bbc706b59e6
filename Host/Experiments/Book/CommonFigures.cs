using System.Globalization;
using Functional.Host.Charts;

namespace Functional.Host.Experiments;

/// <summary>What several experiments show.</summary>
internal static class CommonFigures
{
    public const Measured Both = Measured.Training | Measured.Test;

    /// <summary>The training accuracy from which on a network has learned enough for its gap to count.</summary>
    public const double Learned = 0.5;

    /// <summary>The training accuracy from which on a network has memorized its samples.</summary>
    public const double Memorized = 0.99;

    // Single points jump.
    private const int Last = 4;

    /// <summary>Training and test accuracy of each network over the epochs, side by side.</summary>
    public static Figure Of(
        Lab lab, string name, string title, IReadOnlyList<Curves> curves, LocalizedText caption,
        int? columns = null, string inBook = "") => new(
        name,
        new SmallMultiples(title, [.. curves.Select(curve => Chart(lab, curve))]) { Columns = columns },
        caption) { InBook = inBook };

    /// <summary>Training and test accuracy of one network.</summary>
    public static LineChart Chart(Lab lab, Curves curve) =>
        new(curve.Name, lab.Say(Terms.Epoch), Axis.Between(lab.Say(Terms.Accuracy), 0, 1))
        {
            Series =
            [
                curve.Accuracy(lab.Say(Terms.Training), point => point.Training) with { Color = 0, Dash = Dash.Solid },
                curve.Accuracy(lab.Say(Terms.Test), point => point.Test) with { Color = 1, Dash = Dash.Dashed },
            ],
        };

    /// <summary>How much better a network knows what it was trained on, in percentage points.</summary>
    public static double Gap(Curve curve) => Between(Training(curve), Test(curve));

    public static double Between(double training, double test) =>
        Typography.Difference(100 * training, 100 * test, 1);

    /// <summary>The training accuracy, over the last points.</summary>
    public static double Training(Curve curve) =>
        Statistics.Mean([.. curve.Accuracies.TakeLast(Last).Select(point => point.Training)]);

    /// <summary>The test accuracy, over the last points.</summary>
    public static double Test(Curve curve) =>
        Statistics.Mean([.. curve.Accuracies.TakeLast(Last).Select(point => point.Test)]);

    /// <summary>Where the line of training accuracy ends in the figure, over its last points.</summary>
    public static double TrainingEnd(Curves curves) => End(curves.Accuracy("", point => point.Training));

    /// <summary>Where the line of test accuracy ends in the figure.</summary>
    public static double TestEnd(Curves curves) => End(curves.Accuracy("", point => point.Test));

    /// <summary>How far apart the two lines of the figure end, in percentage points.</summary>
    public static double GapEnd(Curves curves) => Between(TrainingEnd(curves), TestEnd(curves));

    private static double End(Series series) => Statistics.Mean([.. series.Ys.TakeLast(Last)]);

    /// <summary>The first epoch at which the figure's training accuracy is that high; null if it never is.</summary>
    public static double? Reaches(Curves curves, double accuracy)
    {
        var line = curves.Accuracy("", point => point.Training);
        var at = line.Ys.Index().FirstOrDefault(point => point.Item >= accuracy, (-1, 0));
        return at.Item1 < 0 ? null : line.Xs![at.Item1];
    }

    /// <summary>A table of where the networks end.</summary>
    public static Table Table(Lab lab, IReadOnlyList<Curves> curves) => EndTable(
        lab, ($"Where the lines end: means of the last {Last} points.", $"線の終わりの値（最後の{Last}点の平均）。"),
        curves.Select(curve => (curve.Name, TrainingEnd(curve), TestEnd(curve))));

    /// <summary>A table of accuracies at the end, and of the gaps between them.</summary>
    public static Table EndTable(
        Lab lab, LocalizedText caption, IEnumerable<(string Name, double Training, double Test)> rows) => new(
        caption,
        ["", lab.Say(Terms.Training), lab.Say(Terms.Test), lab.Say("gap, percentage points", "差（ポイント）")],
        [.. rows.Select(row => (string[])
        [
            row.Name, Percent(row.Training), Percent(row.Test), Points(Between(row.Training, row.Test)),
        ])]);

    /// <summary>Training and test accuracy at the end, one point for each network, with bands over the seeds.</summary>
    public static Series[] EndLines(Lab lab, double[] at, IReadOnlyList<Curves> curves)
    {
        Series Line(LocalizedText name, Func<Curve, double> of) => Bands.Of(
            lab.Say(name),
            [.. Enumerable.Range(0, curves[0].Seeds.Count).Select(seed =>
                (IReadOnlyList<double>)[.. curves.Select(curve => of(curve.Seeds[seed]))])])
            with { Xs = at, Marker = Marker.Circle };
        return
        [
            Line(Terms.Training, curve => Training(curve)) with { Color = 0, Dash = Dash.Solid },
            Line(Terms.Test, Test) with { Color = 1, Dash = Dash.Dashed },
        ];
    }

    /// <summary>The losses of the steps.</summary>
    public static LineChart LossChart(Lab lab, LocalizedText title, params IReadOnlyList<Series> series) =>
        new(lab.Say(title), lab.Say(Terms.Iteration), lab.Say(Terms.Loss)) { Series = series };

    /// <summary>What the book's programs print: the loss of the step's batch after the step, of the last step that is
    /// printed.
    /// </summary>
    public static Table Printed(Lab lab, IReadOnlyList<Curves> curves)
    {
        var step = curves[0].Seeds[0].Observed[^1].Step - 1;
        return new(
            ($"The loss as the book's program prints it, of the step's batch after the step, at iteration {step}.",
             $"本書のプログラムが表示する損失（更新後のミニバッチの損失、{step}回目）。"),
            ["", lab.Say(Terms.Loss)],
            [
                .. curves.Select(curve =>
                    (string[])[curve.Name, Typography.Value(curve.Median(run => run.Observed[^1].Values[0]), 2)]),
            ]);
    }

    /// <summary>The same losses every 100 steps, line by line as the book's programs print them: those of the first
    /// seed.</summary>
    public static Listing PrintedLines(IReadOnlyList<Curves> curves) => new(
        ("As the book's program prints it every 100 iterations", "本書のプログラムと同じ形式の表示（100回ごと）"),
        string.Join('\n', curves[0].Seeds[0].Observed.SelectMany((at, i) => (string[])
        [
            $"==========={Invariant($"iteration:{at.Step - 1}")}===========",
            .. curves.Select(curve =>
                $"{curve.Name.Replace(" ", "", StringComparison.Ordinal)}:" +
                Python(curve.Seeds[0].Observed[i].Values[0])),
        ]))) { Folded = true };

    /// <summary>A number as Python prints it, and so as the book's programs do: 0.82, 1.0, 3.86e-07.</summary>
    public static string Python(double value)
    {
        var text = double.IsNaN(value) ? "nan" : value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
        return text.Any(letter => letter is '.' or 'e' or 'n') ? text : $"{text}.0";
    }

    /// <summary>The claim that one network's gap is smaller than another's, and that it is not so because the network
    /// learned nothing. In Japanese the statement is the first half of the sentence.</summary>
    public static Claim SmallerGap(Lab lab, Curves with, Curves without, LocalizedText statement) =>
        GapClaim(lab, with, without, statement)
            .By(lab, ("gap with minus without", "差の変化（あり − なし）"),
                seed => (Gap(with.Seeds[seed]) - Gap(without.Seeds[seed])) / 100, inPoints: true)
            .IfLearned(lab, Learned, with, without);

    /// <summary>The same where the network may not learn at all: then it doesn't hold, and the gap counts for
    /// nothing.</summary>
    public static Claim SmallerGapOrNone(Lab lab, Curves with, Curves without, LocalizedText statement) =>
        GapClaim(lab, with, without, statement).IfLearned(lab, without);

    private static Claim GapClaim(Lab lab, Curves with, Curves without, LocalizedText statement) => lab.Claim(
        ($"{statement.English}, and the network still learns (training accuracy of at least {Percent(Learned, 0)})",
         $"{statement.Japanese}、しかも学習できている（訓練データの認識精度が{Percent(Learned, 0)}以上）"),
        seed =>
            Training(with.Seeds[seed]) >= Learned && Training(without.Seeds[seed]) >= Learned
                && Gap(with.Seeds[seed]) < Gap(without.Seeds[seed]),
        seed =>
        [
            GapOf(with.Seeds[seed]), (("without", "なしでの差"), Points(Gap(without.Seeds[seed]))),
            (("training accuracy", "訓練データの認識精度"), Percent(Training(with.Seeds[seed]))),
        ]);

    /// <summary>The claim that one network does better than another on test images.</summary>
    public static Claim BetterTest(Lab lab, Curves with, Curves without, LocalizedText statement) => lab.Claim(
        statement, seed => Test(with.Seeds[seed]) > Test(without.Seeds[seed]),
        seed =>
        [
            (("test accuracy with it", "テストデータ（あり）"), Percent(Test(with.Seeds[seed]))),
            (("without", "なし"), Percent(Test(without.Seeds[seed]))),
        ]).By(lab, ("test accuracy with minus without", "テストデータの認識精度の変化（あり − なし）"),
            seed => Test(with.Seeds[seed]) - Test(without.Seeds[seed]), inPoints: true).IfLearned(lab, with);

    /// <summary>The same claim with the number that decides it.</summary>
    public static Claim By(
        this Claim claim, Lab lab, LocalizedText name, Func<int, double> of, bool inPoints = false) =>
            claim with { Effect = lab.Effect(name, of, inPoints) };

    /// <summary>The same claim as what a text says.</summary>
    public static Claim SaidIn(this Claim claim, LocalizedText source) => claim with { Source = source };

    /// <summary>The gap of a network, for the numbers of a claim.</summary>
    public static (LocalizedText Name, string Value) GapOf(Curve curve) =>
        (("gap in percentage points", "差（ポイント）"), Points(Gap(curve)));

    /// <summary>A sentence on how the figure shows a network's gap beside another's.</summary>
    public static LocalizedText GapOf(Lab lab, Curves with, Curves without)
    {
        var name = lab.Both(with.Name);
        var (gap, before) = (Points(GapEnd(with)), Points(GapEnd(without)));
        return TrainingEnd(with) < Learned
            ? ($"With {name.English} the network hardly learns ({Percent(TrainingEnd(with))} of its training " +
               "samples), so its gap means nothing.",
               $"{name.Japanese} ではほとんど学習できていないので（訓練データで{Percent(TrainingEnd(with))}）、" +
               "差の大小は意味を持ちません。")
            : gap == before
            ? (
                $"With {name.English} the gap is the same: {gap} percentage points.",
                $"{name.Japanese} でも差は{gap}ポイントで変わりません。")
            : GapEnd(with) < GapEnd(without)
            ? (
                $"With {name.English} the gap is smaller: {gap} instead of {before} percentage points.",
                $"{name.Japanese} では差が{before}ポイントから{gap}ポイントに縮まります。")
            : (
                $"With {name.English} the gap is larger: {gap} instead of {before} percentage points.",
                $"{name.Japanese} では差が{before}ポイントから{gap}ポイントに広がります。");
    }

    /// <summary>Where the two lines of each panel end, as a list.</summary>
    public static LocalizedText AtTheEnd(Lab lab, IReadOnlyList<Curves> curves)
    {
        string End(Curves curve) => $"{Percent(TrainingEnd(curve))} / {Percent(TestEnd(curve))}";
        var english = curves.Select(curve => $"{curve.Name}: {End(curve)}");
        var japanese = curves.Select(curve => $"{lab.Both(curve.Name).Japanese}：{End(curve)}");
        return (
            $"Training and test accuracy, averaged over the last points: {string.Join("; ", english)}.",
            $"最後の数点で平均した認識精度（訓練 / テスト）は {string.Join("、", japanese)} です。");
    }

    /// <summary>Names in a row: a, b and c.</summary>
    public static LocalizedText Row(params IReadOnlyList<string> names)
    {
        string Join(string comma, string last) => names.Count < 2 ? string.Concat(names)
            : string.Join(comma, names.SkipLast(1)) + last + names[^1];
        return (Join(", ", " and "), Join("、", "と"));
    }

    /// <summary>Sentences after one another.</summary>
    public static LocalizedText Text(params IEnumerable<LocalizedText> sentences) => new(
        string.Join(' ', sentences.Select(words => words.English).Where(text => text.Length > 0)),
        string.Concat(sentences.Select(words => words.In(Language.Japanese))));

    public static string Percent(double share, int decimals = 1) =>
        double.IsFinite(share) ? $"{Typography.Number(100 * share, decimals)}%" : "–";

    // A difference of percentages.
    public static string Points(double points) => double.IsFinite(points) ? Typography.Number(points, 1) : "–";
}
