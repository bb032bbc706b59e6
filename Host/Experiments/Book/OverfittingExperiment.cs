using Functional.Host.Runs;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>A large network and few samples. Source: Deep Learning from Scratch, 6.4.1.</summary>
internal sealed class OverfittingExperiment : Experiment
{
    public override string Name => "overfitting";
    public override string Section => "6.4.1";
    public override LocalizedText Title => ("Overfitting", "過学習");

    public override LocalizedText Question => (
        "Seven layers, but only 300 images to learn from. How far apart will accuracy on those and on unseen images " +
        "end, and does batch normalization change that?",
        "7層のネットワークに対して、学習に使える画像は300枚だけです。" +
        "訓練データとテストデータの認識精度の差はどこまで開くでしょうか。" +
        "また、Batch Normalization を使うと差は変わるでしょうか。");

    /// <summary>Seven layers, 300 samples drawn by the seed, and this many accuracy points.</summary>
    internal static TrainConfiguration Setting(Lab lab, int points) => lab.WithPoints(
        lab.Configure(Lab.Usual with { Samples = 300, Hidden = [100, 100, 100, 100, 100, 100] }), lab.Of(points, 141));

    /// <summary>Training and test accuracy of a network; in a small pass of fewer epochs.</summary>
    internal static Variant Measured(Lab lab, string name, TrainConfiguration configuration) =>
        new(name, configuration) { Measured = CommonFigures.Both, EveryEpochs = lab.Of(1, 5) };

    public override ExperimentReport Run(Lab lab)
    {
        var common = Setting(lab, 201);
        var curves = lab.Train(
            Measured(lab, lab.Say("without batch norm", "Batch Normalization なし"), common),
            Measured(lab, lab.Say("batch norm", "Batch Normalization"), common with { BatchNorm = true }));
        return new()
        {
            Parts =
            [
                CommonFigures.Of(
                    lab, "accuracy", lab.Say("300 samples, seven layers", "訓練データ300個、7層"), curves,
                    Caption(lab, curves), inBook: "6-20"),
                CommonFigures.Table(lab, curves),
            ],
            Claims =
            [
                lab.Claim((
                    "The training samples are memorized: at least 99% are classified correctly",
                    "訓練データは丸暗記される（99%以上）"),
                    seed => Training(curves[0].Seeds[seed]) >= Memorized,
                    seed => [(("training accuracy", "訓練データの認識精度"),
                        Percent(Training(curves[0].Seeds[seed])))])
                    .By(lab, ("training accuracy above 99%", "訓練データの認識精度 − 99%"),
                        seed => Training(curves[0].Seeds[seed]) - Memorized, inPoints: true),
                lab.Claim(
                    (
                        "Test accuracy stays at least 10 percentage points below",
                        "テストデータの認識精度はそれより10ポイント以上低い"),
                    seed => Gap(curves[0].Seeds[seed]) >= 10,
                    seed => [GapOf(curves[0].Seeds[seed])])
                    .By(lab, ("training minus test", "訓練データ − テストデータ"),
                        seed => Gap(curves[0].Seeds[seed]) / 100, inPoints: true)
                    .SaidIn(("Section 6.4.1", "6.4.1節"))
                    .IfLearned(lab, curves[0]),
                SmallerGap(lab, curves[1], curves[0],
                    (
                        "With batch norm the gap between training and test accuracy is smaller",
                        "Batch Normalization を使うと、訓練とテストの認識精度の差は小さくなり"))
                    .SaidIn(("Section 6.3.1 (batch norm suppresses overfitting)", "6.3.1節（過学習を抑制する）")),
            ],
        };
    }

    private static LocalizedText Caption(Lab lab, IReadOnlyList<Curves> curves)
    {
        string training = Percent(TrainingEnd(curves[0])), test = Percent(TestEnd(curves[0]));
        var epochs = curves.Select(curve => Reaches(curve, Memorized)).ToArray();
        string When(int i, string otherwise, Func<double, string> say) =>
            epochs[i] is { } epoch ? say(epoch) : otherwise;
        return Text(
            TrainingEnd(curves[0]) >= Memorized && GapEnd(curves[0]) > 5
                ? ($"Without batch normalization {training} of the training images end up classified correctly, but " +
                   $"only {test} of the test images: the network knows those images better than it knows digits.",
                   $"Batch Normalization なしでは、訓練画像の認識精度は{training}に達しますが、" +
                   $"テスト画像では{test}です。" +
                   "数字一般よりも、訓練画像そのものを覚えているのです。")
                : ($"Without batch normalization training accuracy ends at {training} and test accuracy at {test}.",
                   $"Batch Normalization なしでは、認識精度は訓練データで{training}、テストデータで{test}です。"),
            ($"{Percent(Memorized, 0)} in training is " +
             $"{When(0, "not reached without it", epoch => $"reached at epoch {epoch} without it")}, and " +
             $"{When(1, "not with it", epoch => $"at epoch {epoch} with it")}.",
             $"訓練データで{Percent(Memorized, 0)}に達するのは、" +
             $"なしでは{When(0, "最後まで見られず", epoch => $"エポック{epoch}")}、" +
             $"ありでは{When(1, "最後まで見られません", epoch => $"エポック{epoch}です")}。"),
            GapOf(lab, curves[1], curves[0]));
    }
}
