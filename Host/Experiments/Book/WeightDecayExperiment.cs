using Functional.Host.Charts;
using Functional.Host.Runs;

namespace Functional.Host.Experiments;

/// <summary>Penalties on large weights. Source: Deep Learning from Scratch, 6.4.2.</summary>
public sealed class WeightDecayExperiment : Experiment
{
    private const double Rate = 0.005;
    private const int L2 = 0;

    /// <inheritdoc/>
    public override string Name => "weight-decay";

    /// <inheritdoc/>
    public override string Section => "6.4.2";

    /// <inheritdoc/>
    public override Words Title => ("Weight decay", "Weight decay（荷重減衰）");

    /// <inheritdoc/>
    public override Words Question => (
        "Large weights are made to cost something: half their squares (L2), or their magnitudes (L1). What does that do to the accuracy on the training images, what to that on others? And which of the two makes weights exactly zero?",
        "大きな重みに罰を与えます。L2 は二乗の半分、L1 は絶対値です。訓練データの認識精度とテストデータの認識精度は、それぞれどう変わるでしょうか。また、重みをちょうど 0 にするのはどちらでしょうか。");

    /// <inheritdoc/>
    public override Findings Run(Lab lab)
    {
        var common = OverfittingExperiment.Setting(lab, 201);
        // A weight that L1's sign step holds at zero jumps across it, by rate x lambda.
        var step = common.LearningRate!.Value * Rate;
        Observation Zeros(double within) => new(30, (_, after, _) => [Probes.ShareWithin(after.Network, within)]);
        Variant Of(string name, TrainConfiguration configuration, bool extra = true, Observation? observation = null) =>
            OverfittingExperiment.Measured(lab, name, configuration) with { Extra = extra, Observation = observation };
        var curves = lab.Train(
            Of("L2 0.1", common with { L2 = 0.1 }, extra: false),
            Of(lab.Say("none", "なし"), common),
            Of("L2 0.2", common with { L2 = 0.2 }),
            Of("L1 0.1", common with { L1 = 0.1 }),
            Of("L1 0.005", common with { L1 = Rate }, observation: Zeros(step)),
            Of(lab.Say("L1 0.005, proximal", "L1 0.005（近接法）"), common with { ProximalL1 = Rate }, observation: Zeros(0)));
        if (curves.Count == 1)
            return new() { Parts = [Shown.Of(lab, "accuracy", "L2 0.1", curves, Caption)] };
        Curves none = curves[1], strong = curves[2], sign = curves[4], proximal = curves[5];
        Curves[] ordered = [none, curves[L2], .. curves.Skip(2)];
        double Zero(Curve curve) => curve.Observed[^1].Values[0];
        return new()
        {
            Parts =
            [
                Shown.Of(lab, "accuracy", lab.Say("With a penalty on large weights", "大きな重みに罰を与えた場合"), ordered, Caption, columns: 3),
                Shown.Table(lab, ordered),
                new Figure(
                    "zeros",
                    new LineChart(lab.Say("Weights at zero", "0 になった重みの割合"), lab.Say(Terms.Iteration), Axis.Between(lab.Say("share of the weights", "重みの割合"), 0, 1))
                    {
                        Series =
                        [
                            sign.Observed(lab.Say("sign step: within rate × λ of 0", "符号による更新：0 から 学習係数×λ 以内"), 0),
                            proximal.Observed(lab.Say("proximal step: exactly 0", "近接法：ちょうど 0"), 0),
                        ],
                    },
                    ("L1 takes the same amount off every weight in each step. Done by the sign of the weight, a weight near zero jumps to and fro across it and never arrives; the proximal step, which stops at zero, leaves a growing share of them exactly there.",
                     "L1 は毎回どの重みからも同じ量を差し引きます。重みの符号で更新すると、0 の近くの重みは 0 をまたいで行き来するだけで、0 には到達しません。0 で止める近接法では、ちょうど 0 になる重みが増えていきます。")),
            ],
            Claims =
            [
                Shown.SmallerGap(lab, curves[L2], none,
                    ("L2 0.1 makes the gap between training and test accuracy smaller", "L2 0.1 は訓練とテストの認識精度の差を小さくする")),
                lab.Claim(("With L2 0.1 the training samples are not learned by heart", "L2 0.1 では訓練データの認識精度が100%に達しない"),
                    seed => Shown.Training(curves[L2].Seeds[seed]) < 0.99, $"{Shown.Percent(curves[L2].Median(Shown.Training))}"),
                lab.Claim(("L2 0.2 costs both training and test accuracy", "L2 0.2 は訓練・テスト両方の認識精度を下げる"),
                    seed => Shown.Training(strong.Seeds[seed]) < Shown.Training(none.Seeds[seed])
                        && Shown.Test(strong.Seeds[seed]) < Shown.Test(none.Seeds[seed]),
                    $"{Shown.Percent(strong.Median(Shown.Training))}, {Shown.Percent(strong.Median(Shown.Test))}; {Shown.Percent(none.Median(Shown.Training))}, {Shown.Percent(none.Median(Shown.Test))}"),
                lab.Claim(("L1 0.1 is too much: nothing is learned (below 20%)", "L1 0.1 は強すぎて何も学習しない（20%未満）"),
                    seed => Shown.Training(curves[3].Seeds[seed]) < 0.2, $"{Shown.Percent(curves[3].Median(Shown.Training))}"),
                lab.Claim(("The proximal step leaves more than a tenth of the weights exactly at 0", "近接法では重みの1割以上がちょうど 0 になる"),
                    seed => Zero(proximal.Seeds[seed]) > 0.1, $"{Shown.Percent(proximal.Median(Zero))}"),
            ],
        };
    }

    private static Words Caption => (
        "Without a penalty the training images are learned by heart. L2 0.1 keeps the network from that and narrows the gap; twice as much costs accuracy on both. L1 0.1 presses every weight to zero before anything is learned, 0.005 leaves the network enough to work with.",
        "罰がなければ訓練画像は丸暗記されます。L2 0.1 は丸暗記を防ぎ、差を縮めますが、その倍にすると両方の認識精度が下がります。L1 0.1 は何かを学習する前にすべての重みを 0 に押しつけ、0.005 なら学習に必要な重みが残ります。");
}
