using Functional.Host.Charts;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>Batch normalization under sixteen ways to begin. Source: Deep Learning from Scratch, 6.3.2.</summary>
internal sealed class BatchNormExperiment : Experiment
{
    private const int Exceptions = 2;

    // Accuracies that differ by less than this are about the same.
    private const double Even = 0.05;

    // Ten to the power of 0, -4/15, -8/15, ..., -4, in four digits.
    private static readonly double[] Deviations =
    [
        1, 0.5412, 0.2929, 0.1585, 0.08577, 0.04642, 0.02512, 0.01359,
        0.007356, 0.003981, 0.002154, 0.001166, 0.000631, 0.0003415, 0.0001848, 0.0001,
    ];

    public override string Name => "batch-norm";
    public override string Section => "6.3.2";
    public override LocalizedText Title => ("Batch normalization", "Batch Normalization の評価");

    public override LocalizedText Question => (
        "Weights are initialized with standard deviations from 1 down to 0.0001. With how many of them does a " +
        "network of six layers learn on its own, and with how many if the input of each activation is normalized " +
        "over the batch?",
        "重みの初期値の標準偏差を 1 から 0.0001 まで何通りにも変えます。" +
        "6層のネットワークがそのままで学習できるのは何通りでしょうか。活性化関数の前でミニバッチごとに正規化すると、" +
        "何通りになるでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var deviations = lab.Settings.Quick ? [.. Deviations.Where((_, i) => i % 3 == 0)] : Deviations;
        var common = lab.WithPoints(
            lab.Configure(Lab.Usual with { Samples = 1000, Hidden = [100, 100, 100, 100, 100] }), lab.Of(20, 10));
        var curves = lab.Train(
            from deviation in deviations
            from norm in (bool[])[true, false]
            select new Variant($"{deviation}, {(norm ? "with" : "without")} batch norm", common with
            {
                Initializer = Initializer.Normal(deviation), BatchNorm = norm,
            }) { Measured = Measured.Training });
        var pairs = curves.Chunk(2).ToArray();
        // The loss came down by a tenth at least.
        bool Learns(Curve curve) => curve.FinalLoss < 0.9 * curve.Losses[0];
        int Learning(int which, int seed) => pairs.Count(pair => Learns(pair[which].Seeds[seed]));
        return new()
        {
            Parts =
            [
                new Figure(
                    "accuracy",
                    new SmallMultiples(lab.Say(
                        "Training accuracy by the deviation of the initial weights",
                        "重みの初期値の標準偏差ごとの訓練データの認識精度"),
                    [
                        .. pairs.Zip(deviations, (pair, deviation) => new LineChart(
                            $"σ = {Typography.Value(deviation, 4)}", lab.Say(Terms.Epoch),
                            Axis.Between(lab.Say(Terms.Accuracy), 0, 1))
                        {
                            Series =
                            [
                                pair[0].Accuracy(
                                    "Batch Normalization",
                                    point => point.Training) with { Color = 0, Dash = Dash.Solid },
                                pair[1].Accuracy(
                                    lab.Say("without", "なし"),
                                    point => point.Training) with { Color = 1, Dash = Dash.Dashed },
                            ],
                        }),
                    ]) { Columns = 4 },
                    Caption(pairs, deviations)) { InBook = "6-19" },
            ],
            Claims =
            [
                lab.Claim((
                    "With batch norm the loss falls by at least a tenth for all deviations, with at most two " +
                    "exceptions",
                    "Batch Normalization を使うと、高々2つを除くすべての標準偏差で損失が1割以上下がる"),
                    seed => Learning(0, seed) >= deviations.Length - Exceptions,
                    seed => [(("falls for", "下がる場合"), $"{Learning(0, seed)} / {deviations.Length}")])
                    .By(lab, ("deviations for which it falls, of all but two", "下がる場合の数 −（全体 − 2）"),
                        seed => Learning(0, seed) - (deviations.Length - Exceptions)),
                lab.Claim((
                    "Without it the loss falls by at least a tenth for fewer of them",
                    "使わない場合に損失が1割以上下がるのは、それより少ない"),
                    seed => Learning(1, seed) < Learning(0, seed),
                    seed => [(("without", "なし"), $"{Learning(1, seed)}"),
                        (("with", "あり"), $"{Learning(0, seed)}")])
                    .By(lab, ("deviations for which it falls, without minus with", "下がる場合の数（なし − あり）"),
                        seed => Learning(1, seed) - Learning(0, seed)),
                lab.Claim((
                    "In at least three of four cases batch norm is ahead after the last epoch",
                    "4分の3以上の場合に、最後のエポックでは Batch Normalization が上回る"),
                    seed => 4 * Ahead(pairs, seed) >= 3 * pairs.Length,
                    seed => [(("ahead in", "上回る場合"), $"{Ahead(pairs, seed)} / {pairs.Length}")])
                    .By(lab, ("share of the cases in which it is ahead, minus one half", "上回る割合 − 2分の1"),
                        seed => (double)Ahead(pairs, seed) / pairs.Length - 0.5, inPoints: true)
                    .SaidIn(("Section 6.3.2", "6.3.2節"))
                    .IfLearned(lab, pairs.Select(pair => pair[0]).MaxBy(curve => curve.Median(Highest))!),
            ],
        };
    }

    /// <summary>What the figure shows of each pair, with and without batch normalization.</summary>
    internal static LocalizedText Caption(Curves[][] pairs, double[] deviations)
    {
        double[][] ends =
        [
            .. ((int[])[0, 1]).Select(
                which => pairs.Select(pair => pair[which].Accuracy("", point => point.Training).Ys[^1]).ToArray()),
        ];
        int Far(int which) => ends[which].Count(end => end >= CommonFigures.Learned);
        var (best, astray) = (ends[0].Max(), ends[1].Count(double.IsNaN));
        string Sigma(int i) => Typography.Value(deviations[i], 4);
        var highest = Row([.. Enumerable.Range(0, pairs.Length).Where(i => ends[0][i] == best).Select(Sigma)]);
        var last = pairs.Length - 1;
        string End(int which, int i) => Percent(ends[which][i]);
        // Where both came to an end, and the network without is the better one.
        var quicker = Enumerable.Range(0, pairs.Length).Where(i => ends[1][i] > ends[0][i]).Select(Sigma).ToArray();
        return Text(
            ($"Solid lines are with batch normalization, dashed ones without. After the last epoch {Far(0)} of " +
             $"{pairs.Length} networks with it have a training accuracy of {Percent(CommonFigures.Learned, 0)} or " +
             $"more, and {Far(1)} without.",
             "実線が Batch Normalization を使った場合、" +
             "破線が使わない場合です。" +
             $"最後のエポックで訓練データの認識精度が{Percent(CommonFigures.Learned, 0)}以上になるのは、" +
             $"{pairs.Length}通りのうち、" +
             $"使った場合は{Far(0)}通り、使わない場合は{Far(1)}通りです。"),
            (best - ends[0].Min() < Even
                ? ("With it the scale hardly matters:", "使った場合は初期値の大きさはほとんど影響しません。")
                : ("With it the scale still matters:", "使った場合でも初期値の大きさは影響します。")),
            ($"training accuracy ends at {End(0, 0)} with σ = {Sigma(0)}, at {End(0, last)} with {Sigma(last)}, and " +
             $"highest, at {Percent(best)}, with {highest.English}.",
             $"最後の認識精度は σ = {Sigma(0)} では{End(0, 0)}、{Sigma(last)} では{End(0, last)}で、" +
             $"最も高いのは {highest.Japanese} での{Percent(best)}です。"),
            quicker.Length == 0
                ? ("Nowhere does the network without it end higher.",
                   "使わない場合のほうが高くなる標準偏差はありません。")
                : (
                    $"Without it the network ends higher with σ = {Row(quicker).English}.",
                    $"使わないほうが高くなるのは σ = {Row(quicker).Japanese} です。"),
            astray == 0
                ? ""
                : (
                    "Where a dashed line is a lone point or ends early, the network without it diverged " +
                    $"({astray} of {pairs.Length}).",
                    "破線が点1つだけか途中で終わっている図では、使わない場合の学習が発散しています" +
                    $"（{pairs.Length}通りのうち{astray}通り）。"));
    }

    private static double Highest(Curve curve) =>
        CommonFigures.Training(curve) is var end && double.IsNaN(end) ? 0 : end;

    // Where one diverged, the other is ahead.
    private static int Ahead(Curves[][] pairs, int seed) =>
        pairs.Count(pair => pair[0].Seeds[seed].Final.Training is var with
            && pair[1].Seeds[seed].Final.Training is var without
            && (with > without || double.IsNaN(without)));
}
