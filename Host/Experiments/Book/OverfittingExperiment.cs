using Functional.Host.Runs;

namespace Functional.Host.Experiments;

/// <summary>A large network and few samples. Source: Deep Learning from Scratch, 6.4.1.</summary>
public sealed class OverfittingExperiment : Experiment
{
    /// <inheritdoc/>
    public override string Name => "overfitting";

    /// <inheritdoc/>
    public override string Section => "6.4.1";

    /// <inheritdoc/>
    public override Words Title => ("Overfitting", "過学習");

    /// <inheritdoc/>
    public override Words Question => (
        "Seven layers, but only 300 images to learn from. How far apart will accuracy on those and on unseen images end, and does batch normalization change that?",
        "7層のネットワークに対して、学習に使える画像は300枚だけです。訓練データとテストデータの認識精度の差はどこまで開くでしょうか。また、Batch Normalization を使うと差は変わるでしょうか。");

    /// <summary>Seven layers, the first 300 samples, so many accuracy points.</summary>
    internal static TrainConfiguration Setting(Lab lab, int points) => lab.WithPoints(
        lab.Configure(Lab.Usual with { Samples = 300, Hidden = [100, 100, 100, 100, 100, 100] }), lab.Of(points, 141));

    /// <summary>Training and test accuracy of a network; in a small pass of fewer epochs.</summary>
    internal static Variant Measured(Lab lab, string name, TrainConfiguration configuration) =>
        new(name, configuration) { Measured = Shown.Both, EveryEpochs = lab.Of(1, 5) };

    /// <inheritdoc/>
    public override Findings Run(Lab lab)
    {
        var common = Setting(lab, 201);
        var curves = lab.Train(
            Measured(lab, lab.Say("as it is", "対策なし"), common),
            Measured(lab, lab.Say("batch norm", "Batch Normalization"), common with { BatchNorm = true }));
        double[] training = [.. curves.Select(curve => curve.Median(Shown.Training))];
        return new()
        {
            Parts =
            [
                Shown.Of(lab, "accuracy", lab.Say("300 samples, seven layers", "訓練データ300個、7層"), curves, (
                    "Soon every training image is told right, and still many test images are not: the network knows the images by heart rather than the digits. Batch normalization gets there in a few epochs; whether it also narrows the gap, as is often said, is checked below.",
                    "やがて訓練画像はすべて正しく認識されますが、テスト画像では間違いが多く残ります。数字そのものではなく画像を丸暗記しているのです。Batch Normalization を使うと数エポックでそこに達します。よく言われるように差も縮めるかどうかは、下で検証します。")),
                Shown.Table(lab, curves),
            ],
            Claims =
            [
                lab.Claim(("The training samples are learned by heart: at least 99%", "訓練データは丸暗記される（99%以上）"),
                    seed => Shown.Training(curves[0].Seeds[seed]) >= 0.99, $"{Shown.Percent(training[0])}"),
                lab.Claim(("Test accuracy stays at least 10 percentage points below", "テストデータの認識精度はそれより10ポイント以上低い"),
                    seed => Shown.Gap(curves[0].Seeds[seed]) >= 0.1, $"{Shown.Percent(curves[0].Median(Shown.Gap))}"),
                Shown.SmallerGap(lab, curves[1], curves[0],
                    ("With batch norm the gap between training and test accuracy is smaller", "Batch Normalization を使うと、訓練とテストの認識精度の差は小さくなる")),
            ],
        };
    }
}
