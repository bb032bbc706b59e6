using Functional.Host.Charts;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>What makes a network overfit: parameters or samples? Source: Deep Learning from Scratch, 6.4.1, which
/// names both as causes.</summary>
internal sealed class OverfittingCausesExperiment : Experiment
{
    private const int Batch = 100, Width = 100, Depth = 6, Samples = 300;

    // Accuracy is measured once in as many steps.
    private const int Interval = 300;

    private static readonly int[] Widths = [10, 30, 100, 300], Depths = [1, 2, 4, 6],
        SampleCounts = [100, 300, 1000, 3000];

    public override string Name => "overfitting-causes";
    public override string Section => "6.4.1";
    public override LocalizedText Title => ("What causes overfitting?", "過学習の原因は何か");

    public override LocalizedText Question => (
        "The book names two causes of overfitting: a network with many parameters, and few training samples. Here " +
        "the width, the depth and the number of samples are changed one at a time. Write down a hypothesis for each " +
        "before you look: will the gap between training and test accuracy grow or shrink?",
        "本書は過学習の原因として、パラメータが多いことと訓練データが少ないことの2つを挙げています。ここでは、" +
        "層の幅、層の数、サンプル数を1つずつ変えてみます。図を見る前に、それぞれについて仮説を書き留めてください。" +
        "訓練データとテストデータの認識精度の差は、開くでしょうか、縮むでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var common = lab.Configure(Lab.Usual with { Iterations = lab.Of(3001, 601) });
        var wanted = lab.Settings.Options.Select(option => option.Key).ToHashSet();
        Variant Of(int width, int depth, int samples) => new(
            lab.Say(
                $"{depth} hidden layer{(depth == 1 ? "" : "s")} of {width}, {samples} samples",
                    $"隠れ層{depth}層×{width}ユニット、サンプル{samples}個"),
            common with
            {
                Hidden = wanted.Contains("hidden") ? common.Hidden : [.. Enumerable.Repeat(width, depth)],
                Samples = wanted.Contains("samples") ? common.Samples : Math.Min(samples, lab.Data.Training.Count),
            })
        {
            Measured = CommonFigures.Both,
            EveryEpochs = Math.Max(1, Interval / Math.Max(1, samples / Batch)),
        };
        (LocalizedText Name, int[] Values, Func<int, Variant> Of)[] changed =
        [
            (("units in each hidden layer", "隠れ層のユニット数"), Widths, width => Of(width, Depth, Samples)),
            (("hidden layers", "隠れ層の数"), Depths, depth => Of(Width, depth, Samples)),
            (("training samples", "訓練データの数"), SampleCounts, samples => Of(Width, Depth, samples)),
        ];
        var trained = lab.Train(changed.SelectMany(one => one.Values.Select(one.Of)));
        Curves[][] curves = [.. trained.Chunk(Widths.Length)];
        double Change(int which, int seed) =>
            (Gap(curves[which][^1].Seeds[seed]) - Gap(curves[which][0].Seeds[seed])) / 100;
        Claim Smaller(int which, LocalizedText statement, bool grows) => lab.Claim(
            statement, seed => grows ? Change(which, seed) > 0 : Change(which, seed) < 0,
            seed =>
            [
                (("gap in percentage points, with the least", "差（ポイント）、" +
                    "最小のとき"), Points(Gap(curves[which][0].Seeds[seed]))),
                (("with the most", "最大のとき"), Points(Gap(curves[which][^1].Seeds[seed]))),
            ]).By(lab, ("gap with the most minus with the least", "差の変化（最大 − 最小）"),
                seed => Change(which, seed), inPoints: true)
            .SaidIn(("Section 6.4.1", "6.4.1節")).IfLearned(lab, Learned, curves[which][0], curves[which][^1]);
        Claim[] claims =
        [
            Smaller(0, (
                $"Many parameters cause overfitting: layers of {Widths[^1]} units have a larger gap than " +
                "layers " +
                $"of {Widths[0]}",
                "パラメータが多いと過学習する：" +
                $"{Widths[^1]}ユニットの層は{Widths[0]}ユニットの層より差が大きい"), grows: true),
            Smaller(1, (
                $"Many layers cause overfitting: {Depths[^1]} hidden layers have a larger gap than {Depths[0]}",
                $"層が多いと過学習する：隠れ層が{Depths[^1]}層あると{Depths[0]}層のときより差が大きい"), grows: true),
            Smaller(2, (
                $"Few samples cause overfitting: with {SampleCounts[^1]} samples the gap is smaller than " +
                "with " +
                $"{SampleCounts[0]}",
                "訓練データが少ないと過学習する：" +
                $"{SampleCounts[^1]}個では{SampleCounts[0]}個のときより差が小さい"), grows: false),
        ];
        return new()
        {
            Parts =
            [
                new Figure(
                    "accuracy",
                    new SmallMultiples(
                        lab.Say("Accuracy at the end, by what is changed", "最後の認識精度（変えたものごと）"),
                        [.. changed.Zip(curves, (one, some) => Lines(lab, one.Name, one.Values, some))])
                    { Columns = 3, ShareX = false },
                    Caption(changed, curves)) { InBook = "" },
                EndTable(
                    lab, ("Each network at the end of training.", "学習を終えた各ネットワーク。"),
                    curves.SelectMany(some => some).DistinctBy(curve => curve.Name).Select(curve =>
                        (curve.Name, curve.Median(run => Training(run)), curve.Median(Test)))),
                new Paragraph((
                    "What is to be learned from this is the way to ask: first a hypothesis, then the result, and " +
                    "what counts is the gap between the two accuracies, not either of them alone. A gap is only " +
                    $"counted of networks that learned (training accuracy of at least {Percent(Learned, 0)}).",
                    "ここから学びたいのは問い方です。まず仮説を立て、次に結果を見ます。" +
                    "大切なのはどちらか一方の認識精度ではなく、2つの認識精度の差です。" +
                    $"差は、学習できたネットワーク（訓練データの認識精度が{Percent(Learned, 0)}以上）" +
                    "についてだけ数えます。")),
            ],
            Claims = claims,
        };
    }

    private static LineChart Lines(Lab lab, LocalizedText name, int[] values, Curves[] curves) =>
        new(lab.Say(name), values[^1] > 10 * values[0] ? Axis.Log(lab.Say(name)) : lab.Say(name),
            Axis.Between(lab.Say(Terms.Accuracy), 0, 1))
        {
            Series = EndLines(lab, [.. values.Select(value => (double)value)], curves),
        };

    private static LocalizedText Caption(
        (LocalizedText Name, int[] Values, Func<int, Variant> Of)[] changed, Curves[][] curves)
    {
        var sentences = changed.Zip(curves, (one, some) =>
        {
            var (first, last) = (some[0], some[^1]);
            var idle = ((Curves[])[first, last]).FirstOrDefault(curve => curve.Median(run => Training(run)) < Learned);
            var (least, most) = (Shown(first), Shown(last));
            // Not all gaps between need lie between: the smallest may be that of neither end.
            var smallest = some.Index().MinBy(curve => GapOf(curve.Item)).Index;
            LocalizedText between = smallest > 0 && smallest < some.Length - 1
                ? ($" It is smallest with {one.Values[smallest]}.",
                    $"差が最も小さいのは{one.Values[smallest]}のときです。") : "";
            return idle is null
                ? (LocalizedText)(
                    $"With {one.Values[^1]} {one.Name.English} instead of {one.Values[0]} the gap is {most} instead " +
                    $"of {least} percentage points.{between.English}",
                    $"{one.Name.In(Language.Japanese)}が{one.Values[0]}から{one.Values[^1]}になると、" +
                    $"差は{least}ポイントから{most}ポイントになります。{between.In(Language.Japanese)}")
                : ($"With {one.Values[idle == first ? 0 : ^1]} {one.Name.English} the network hardly learns " +
                   $"({Percent(idle.Median(run => Training(run)))} of its training samples), so its gap means nothing.",
                   $"{one.Name.In(Language.Japanese)}が" +
                   $"{one.Values[idle == first ? 0 : ^1]}のネットワークはほとんど学習できていないので" +
                   $"（訓練データで{Percent(idle.Median(run => Training(run)))}）、差の大小は意味を持ちません。");
        });
        return Text(
        [
            ("Each point is a network at the end of training: the solid line is accuracy on training images, the " +
             "dashed one on test images, and the distance between them is the gap. What is not changed is as in " +
             $"6.4.1: {Depth} hidden layers of {Width} units, {Samples} samples.",
             "各点が学習を終えたネットワークです。実線は訓練データ、破線はテストデータの認識精度で、" +
             "2本の線の隔たりが差です。" +
             $"変えないものは6.4.1節と同じで、隠れ層{Depth}層×{Width}ユニット、サンプル{Samples}個です。"),
            .. sentences,
        ]);
        // Of the medians that the figure shows.
        static double GapOf(Curves curve) => Between(curve.Median(run => Training(run)), curve.Median(Test));
        static string Shown(Curves curve) => Points(GapOf(curve));
    }
}
