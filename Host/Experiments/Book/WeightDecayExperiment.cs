using Functional.Host.Charts;
using Functional.Host.Runs;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>Penalties on large weights. Source: Deep Learning from Scratch, 6.4.2.</summary>
internal sealed class WeightDecayExperiment : Experiment
{
    private const double Rate = 0.005;

    // Below this an accuracy is about that of guessing, a tenth.
    private const double Guessed = 0.15;

    private const int L2 = 0;

    public override string Name => "weight-decay";
    public override string Section => "6.4.2";
    public override LocalizedText Title => ("Weight decay", "Weight decay（荷重減衰）");

    public override LocalizedText Question => (
        "Large weights are penalized: by half their squares (L2) or by their magnitudes (L1). What does that do to " +
        "accuracy on the training images, and on others? And which of the two makes weights exactly zero?",
        "大きな重みにペナルティを課します。L2 は二乗の半分、L1 は絶対値です。" +
        "訓練データの認識精度とテストデータの認識精度は、それぞれどう変わるでしょうか。" +
        "また、重みをちょうど 0 にするのはどちらでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var common = OverfittingExperiment.Setting(lab, 201);
        // A weight that L1's sign step holds at zero jumps across it, by rate x lambda.
        var step = common.Optimizer.LearningRate!.Value * Rate;
        Observation Zeros(double within) => new(30, (_, after, _) => [Probes.ShareWithin(after.Network, within)]);
        Variant Of(string name, TrainConfiguration configuration, bool extra = true, Observation? observation = null) =>
            OverfittingExperiment.Measured(lab, name, configuration) with { Extra = extra, Observation = observation };
        var curves = lab.Train(
            Of("L2 0.1", common with { L2 = 0.1 }, extra: false),
            Of(lab.Say("none", "なし"), common),
            Of("L2 0.2", common with { L2 = 0.2 }),
            Of("L1 0.1", common with { L1 = 0.1 }),
            Of("L1 0.005", common with { L1 = Rate }, observation: Zeros(step)),
            Of(
                lab.Say("L1 0.005, proximal", "L1 0.005（近接勾配法）"),
                common with { Optimizer = common.Optimizer with { ProximalL1 = Rate } },
                observation: Zeros(0)));
        if (curves.Count == 1)
            return new() { Parts = [CommonFigures.Of(lab, "accuracy", "L2 0.1", curves, inBook: "6-21", caption: (
                $"Training accuracy ends at {Percent(TrainingEnd(curves[0]))}, test accuracy at " +
                $"{Percent(TestEnd(curves[0]))}.",
                $"最後の認識精度は訓練データで{Percent(TrainingEnd(curves[0]))}、" +
                $"テストデータで{Percent(TestEnd(curves[0]))}です。"))] };
        Curves none = curves[1], strong = curves[2], sign = curves[4], proximal = curves[5];
        Curves[] ordered = [none, curves[L2], .. curves.Skip(2)];
        double Zero(Curve curve) => curve.Observed[^1].Values[0];
        string At(Curves curve) => Percent(curve.Observed("", 0).Ys[^1]);
        (LocalizedText, string) Accuracy(LocalizedText name, double share) => (name, Percent(share));
        return new()
        {
            Parts =
            [
                CommonFigures.Of(
                    lab, "accuracy", lab.Say("With a penalty on large weights",
                        "重みにペナルティを課した場合"), ordered,
                    Caption(lab, curves), columns: 3, inBook: "6-21"),
                CommonFigures.Table(lab, ordered),
                new Figure(
                    "zeros",
                    new LineChart(
                        lab.Say("Weights at zero", "0 になった重みの割合"), lab.Say(Terms.Iteration),
                        new Axis(lab.Say("share of the weights", "重みの割合")) { Minimum = 0 })
                    {
                        Series =
                        [
                            sign.Observed(lab.Say("sign step: within rate × λ of 0",
                                "符号による更新：0 との差が学習係数×λ 以内"), 0),
                            proximal.Observed(lab.Say("proximal step: exactly 0", "近接勾配法：ちょうど 0"), 0),
                        ],
                    },
                    ("L1 takes the same amount off every weight in each step. If the sign of the weight decides " +
                     "the direction, a weight near zero jumps back and forth across it; the proximal step stops at " +
                     $"zero. At the end {At(sign)} of the weights are that close to zero with the sign step, and " +
                     $"{At(proximal)} exactly zero with the proximal one.",
                     "L1 は毎回どの重みからも同じ量を差し引きます。重みの符号で更新すると、" +
                     "0 の近くの重みは 0 をまたいで行き来します。近接勾配法は 0 で止めます。" +
                     $"最後に、符号による更新では重みの{At(sign)}が 0 のすぐ近くにあり、" +
                     $"近接勾配法では{At(proximal)}がちょうど 0 です。"))
                { InBook = "" },
            ],
            Claims =
            [
                SmallerGap(lab, curves[L2], none,
                    ("L2 0.1 makes the gap between training and test accuracy smaller",
                        "L2 0.1 は訓練とテストの認識精度の差を小さくし"))
                    .SaidIn(("Section 6.4.2", "6.4.2節")),
                BetterTest(lab, curves[L2], none,
                    ("L2 0.1 helps on images not seen: test accuracy is higher than without a penalty",
                     "L2 0.1 は未知の画像に効く：テストデータの認識精度は正則化しない場合より高い"))
                    .SaidIn(("A common reading of 6.4.2", "6.4.2節についてよくある解説")),
                SmallerGapOrNone(lab, curves[3], none,
                    ("L1 0.1, as strong as L2 0.1, makes the gap smaller", "L2 0.1 と同じ係数の L1 0.1 も差を小さくし"))
                    .SaidIn((
                        "A commentary on 6.4.2 that puts L1 in L2's place",
                        "L2 を L1 に置き換えた6.4.2節の解説")),
                lab.Claim((
                    "With L2 0.1 the training samples are not memorized (training accuracy below " +
                    $"{Percent(Memorized, 0)})",
                    $"L2 0.1 では訓練データが丸暗記されない（認識精度{Percent(Memorized, 0)}未満）"),
                    seed => Training(curves[L2].Seeds[seed]) < Memorized,
                    seed => [Accuracy(("training accuracy", "訓練データの認識精度"), Training(curves[L2].Seeds[seed]))])
                    .By(lab, Minus(Memorized), seed => Training(curves[L2].Seeds[seed]) - Memorized, inPoints: true)
                    .SaidIn(("Section 6.4.2", "6.4.2節")).IfLearned(lab, curves[L2]),
                lab.Claim((
                    "With L2 0.2 both training and test accuracy end lower than without a penalty",
                    "L2 0.2 では、訓練・テストどちらの認識精度も正則化しない場合より低く終わる"),
                    seed => Training(strong.Seeds[seed]) < Training(none.Seeds[seed])
                        && Test(strong.Seeds[seed]) < Test(none.Seeds[seed]),
                    seed =>
                    [
                        Accuracy(("training accuracy", "訓練データの認識精度"), Training(strong.Seeds[seed])),
                        Accuracy(("without", "なし"), Training(none.Seeds[seed])),
                        Accuracy(("test accuracy", "テストデータの認識精度"), Test(strong.Seeds[seed])),
                        Accuracy(("without", "なし"), Test(none.Seeds[seed])),
                    ]).By(lab, ("the smaller of both losses of accuracy", "認識精度の低下の小さいほう"),
                        seed => Math.Min(Training(none.Seeds[seed]) - Training(strong.Seeds[seed]),
                            Test(none.Seeds[seed]) - Test(strong.Seeds[seed])), inPoints: true)
                    .IfLearned(lab, none),
                lab.Claim(("L1 0.1 is too much: training accuracy ends below 20%",
                    "L1 0.1 は強すぎる：最後の訓練データの認識精度は20%未満"),
                    seed => Training(curves[3].Seeds[seed]) < 0.2,
                    seed => [Accuracy(("training accuracy", "訓練データの認識精度"), Training(curves[3].Seeds[seed]))])
                    .By(lab, Minus(0.2), seed => Training(curves[3].Seeds[seed]) - 0.2, inPoints: true)
                    .IfLearned(lab, none),
                lab.Claim((
                    "The proximal step leaves more than a tenth of the weights exactly at 0",
                    "近接勾配法では重みの1割以上がちょうど 0 になる"),
                    seed => Zero(proximal.Seeds[seed]) > 0.1,
                    seed => [Accuracy(("share at 0", "0 の割合"), Zero(proximal.Seeds[seed]))])
                    .By(lab, ("share at 0 above a tenth", "0 の割合 − 1割"),
                        seed => Zero(proximal.Seeds[seed]) - 0.1, inPoints: true)
                    .IfLearned(lab, proximal),
            ],
        };
    }

    private static LocalizedText Minus(double accuracy) => (
        $"training accuracy minus {Percent(accuracy, 0)}", $"訓練データの認識精度 − {Percent(accuracy, 0)}");

    // In the order in which they were trained: L2 0.1, none, L2 0.2, L1 0.1, L1 0.005.
    private static LocalizedText Caption(Lab lab, IReadOnlyList<Curves> curves)
    {
        var (none, strong) = (curves[1], curves[2]);
        string Training(int i) => Percent(TrainingEnd(curves[i]));
        string Test(int i) => Percent(TestEnd(curves[i]));
        return Text(
            ($"Without a penalty training accuracy ends at {Training(1)} and test accuracy at {Test(1)}; with L2 " +
             $"0.1 at {Training(L2)} and {Test(L2)}.",
             $"正則化しなければ、最後の認識精度は訓練データで{Training(1)}、テストデータで{Test(1)}です。" +
             $"L2 0.1 では{Training(L2)}と{Test(L2)}です。"),
            GapOf(lab, curves[L2], none),
            Collapse(strong)
                ?? (TrainingEnd(strong) < TrainingEnd(none) && TestEnd(strong) < TestEnd(none)
                ? (
                    $"Twice as much, L2 0.2, costs accuracy on both: {Training(2)} and {Test(2)}.",
                    $"その倍の L2 0.2 では両方の認識精度が下がります（{Training(2)}と{Test(2)}）。")
                : ($"L2 0.2 ends at {Training(2)} and {Test(2)}.", $"L2 0.2 では{Training(2)}と{Test(2)}です。")),
            Collapse(curves[3])
                ?? (
                    $"With L1 0.1 training accuracy ends at {Training(3)}.",
                    $"L1 0.1 では、訓練データの認識精度は最後に{Training(3)}です。"),
            ($"L1 0.005 ends at {Training(4)} and {Test(4)}.", $"L1 0.005 では{Training(4)}と{Test(4)}です。"));
    }

    /// <summary>How training accuracy rises and then falls back, if it falls by more than a tenth; null otherwise.
    /// </summary>
    internal static LocalizedText? Collapse(Curves curve)
    {
        var line = curve.Accuracy("", point => point.Training);
        var (at, top) = line.Ys.Index().MaxBy(point => point.Item);
        var end = TrainingEnd(curve);
        if (!(end < top - 0.1))
            return null;
        var (epoch, guesses) = (line.Xs![at], end < Guessed);
        return (
            $"With {curve.Name} training accuracy reaches {Percent(top)} at epoch {epoch}, then falls back and ends " +
            $"at {Percent(end)}{(guesses ? ", no better than guessing" : "")}.",
            $"{curve.Name} では訓練データの認識精度がいったん{Percent(top)}（エポック{epoch}）まで上がりますが、" +
            $"その後は下がり、最後は{Percent(end)}" +
            $"{(guesses ? "で、ランダムな推測と変わりません" : "です")}。");
    }
}
