using Functional.Host.Runs;

namespace Functional.Host.Experiments;

/// <summary>Units that are left out at random. Source: Deep Learning from Scratch, 6.4.3.</summary>
public sealed class DropoutExperiment : Experiment
{
    /// <inheritdoc/>
    public override string Name => "dropout";

    /// <inheritdoc/>
    public override string Section => "6.4.3";

    /// <inheritdoc/>
    public override Words Title => ("Dropout", "Dropout");

    /// <inheritdoc/>
    public override Words Question => (
        "In every step each hidden unit is left out with some probability. Why should a network that is disturbed like that do better? And what is left of it at a ratio of 0.9?",
        "ステップごとに、隠れ層のユニットを一定の確率で消去します。このように邪魔をされたネットワークのほうがうまくいくのは、なぜでしょうか。また、消去する割合が 0.9 のときはどうなるでしょうか。");

    /// <inheritdoc/>
    public override Findings Run(Lab lab)
    {
        // The book makes up for what is dropped in evaluation.
        var common = OverfittingExperiment.Setting(lab, 301) with { DropoutForm = DropoutForm.Book };
        Variant Of(string name, TrainConfiguration configuration, bool extra = true) =>
            OverfittingExperiment.Measured(lab, name, configuration) with { Extra = extra };
        var curves = lab.Train(
            Of("0.2", common with { Dropout = 0.2 }, extra: false),
            Of(lab.Say("none", "なし"), common with { DropoutForm = DropoutForm.Inverted }),
            Of("0.01", common with { Dropout = 0.01 }),
            Of("0.15", common with { Dropout = 0.15 }),
            Of("0.9", common with { Dropout = 0.9 }),
            Of("0.2, L1 0.005", common with { Dropout = 0.2, L1 = 0.005 }));
        if (curves.Count == 1)
            return new() { Parts = [Shown.Of(lab, "accuracy", "Dropout 0.2", curves, Caption)] };
        Curves[] ordered = [curves[1], curves[2], curves[3], curves[0], .. curves.Skip(4)];
        Claim Smaller(Curves dropout) => Shown.SmallerGap(lab, dropout, curves[1],
            ($"Dropout {dropout.Name} makes the gap between training and test accuracy smaller", $"Dropout {dropout.Name} は訓練とテストの認識精度の差を小さくする"));
        return new()
        {
            Parts =
            [
                Shown.Of(lab, "accuracy", lab.Say("By the ratio that is dropped", "消去する割合ごとの認識精度"), ordered, Caption, columns: 3),
                Shown.Table(lab, ordered),
            ],
            Claims =
            [
                Smaller(curves[3]), Smaller(curves[0]),
                lab.Claim(("Dropout 0.9 never learns: training accuracy stays below 20%", "Dropout 0.9 ではまったく学習しない（訓練データの認識精度が20%未満）"),
                    seed => curves[4].Seeds[seed].Accuracies.All(point => point.Training < 0.2),
                    $"{Shown.Percent(curves[4].Median(curve => curve.Accuracies.Max(point => point.Training)))}"),
                lab.Claim(("Dropout 0.01 changes little: both accuracies end within 5 points of those without", "Dropout 0.01 ではほとんど変わらない（どちらの認識精度も差は5ポイント以内）"),
                    seed => Math.Abs(Shown.Training(curves[2].Seeds[seed]) - Shown.Training(curves[1].Seeds[seed])) < 0.05
                        && Math.Abs(Shown.Test(curves[2].Seeds[seed]) - Shown.Test(curves[1].Seeds[seed])) < 0.05,
                    $"{Shown.Percent(curves[2].Median(Shown.Test))}, {Shown.Percent(curves[1].Median(Shown.Test))}"),
            ],
        };
    }

    private static Words Caption => (
        "No unit can rely on another being there, as if many networks were trained and their votes averaged. Training accuracy rises more slowly and no longer reaches 100%, and the gap narrows. With 0.9 next to no signal gets through six layers, and nothing is learned.",
        "どのユニットも他のユニットがいることを当てにできず、多数のネットワークを学習させて平均をとるのに似た効果があります。訓練データの認識精度の上がり方はゆるやかになって100%には届かず、差が縮まります。0.9 では6層を通る信号がほとんど残らず、何も学習できません。");
}
