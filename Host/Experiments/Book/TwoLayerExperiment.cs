using Functional.Host.Charts;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>Learning with backpropagation. Source: Deep Learning from Scratch, 5.7.4.</summary>
internal sealed class TwoLayerExperiment : Experiment
{
    private const double Close = 0.05;

    public override string Name => "two-layer";
    public override string Section => "5.7.4";
    public override LocalizedText Title => ("Learning with backpropagation", "誤差逆伝播法を使った学習");

    public override LocalizedText Question => (
        "A network with 50 hidden units sees the training images in batches of 100, over and over. How well will it " +
        "read images that it has never seen, compared with those that it was trained on?",
        "隠れ層が50ユニットのネットワークに、訓練画像を100枚ずつのミニバッチで繰り返し見せます。" +
        "訓練に使った画像に比べて、一度も見たことのない画像はどのくらい正しく読めるようになるでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var common = lab.Configure(Lab.Usual with
        {
            Hidden = [50], Initializer = Initializer.Normal(0.01), Optimizer = new() { LearningRate = 0.1 },
            Iterations = lab.Of(10_000, 1000),
        });
        var curves = lab.Train(new Variant("784-50-10", common) { Measured = CommonFigures.Both })[0];
        double training = curves.Median(curve => curve.Final.Training), test = curves.Median(curve => curve.Final.Test);
        var losses = curves.Loss().Ys;
        return new()
        {
            Parts =
            [
                new Figure(
                    "loss",
                    LossChart(
                        lab, ("Loss of the batches", "ミニバッチの損失の推移"), curves.Loss() with { Name = "" }),
                    ($"The loss of each step's batch, smoothed. It begins at {Typography.Value(losses[0], 3)}, " +
                     $"where guessing costs ln 10 = 2.30, and ends at {Typography.Value(losses[^1], 3)}; the jitter " +
                     "comes from the random choice of each batch.",
                     "各ステップのミニバッチの損失（平滑化）。" +
                     $"{Typography.Value(losses[0], 3)} から始まり（ランダムな推測の損失は ln 10 = 2.30）、" +
                     $"{Typography.Value(losses[^1], 3)} で終わります。細かな揺れは、" +
                     "ミニバッチごとの偶然によるものです。"))
                { InBook = "" },
                new Figure(
                    "accuracy",
                    CommonFigures.Chart(lab, curves) with
                    {
                        Title = lab.Say("Accuracy after each epoch", "エポックごとの認識精度"),
                    },
                    Text(
                        ("Accuracy on training and on test images, once per epoch. The lines end at " +
                         $"{Percent(training)} and {Percent(test)}.",
                         "訓練画像とテスト画像に対する認識精度（エポックごと）。" +
                         $"最後は{Percent(training)}と{Percent(test)}です。"),
                        training < Learned
                            ? (
                                "The network hardly learns, so their gap means nothing.",
                                "ほとんど学習できていないので、差の大小は意味を持ちません。")
                            : training - test <= Close
                            ? ("They stay within 5 percentage points: with so much data a network of this size " +
                               "hardly overfits.",
                               "差は5ポイント以内です。これだけのデータがあれば、" +
                               "この大きさのネットワークはほとんど過学習を起こしません。")
                            : (
                                "They are more than 5 percentage points apart: the network overfits.",
                                "差は5ポイントを超えています。過学習が起きています。")))
                { InBook = "" },
                new Listing(
                    (
                        "As the book's program prints it once per epoch, from iteration 0 on: training accuracy, " +
                        "test accuracy",
                        "本書のプログラムと同じ形式の表示（0回目から1エポックごと、" +
                        "訓練データとテストデータの認識精度）"),
                    string.Join('\n', curves.Seeds[0].Accuracies.Select(point =>
                        $"{Python(point.Training)} {Python(point.Test)}"))) { Folded = true },
            ],
            Claims =
            [
                lab.Claim(("More than 90% of the test images are classified correctly",
                    "テスト画像の90%以上を正しく認識する"),
                    seed => curves.Seeds[seed].Final.Test > 0.9,
                    seed => [(("test accuracy", "テストデータの認識精度"), Percent(curves.Seeds[seed].Final.Test))])
                    .By(lab, ("test accuracy above 90%", "90%を上回る分"), seed => curves.Seeds[seed].Final.Test - 0.9,
                        inPoints: true),
                lab.Claim((
                    "Training and test accuracy end within 5 percentage points, and the network still learns " +
                    $"(training accuracy of at least {Percent(Learned, 0)})",
                    "訓練データとテストデータの認識精度の差は5ポイント以内となり、しかも学習できている" +
                    $"（訓練データの認識精度が{Percent(Learned, 0)}以上）"),
                    seed => curves.Seeds[seed].Final is var final && final.Training >= Learned
                        && Math.Abs(final.Training - final.Test) < Close,
                    seed =>
                    [
                        (("training accuracy", "訓練データの認識精度"), Percent(curves.Seeds[seed].Final.Training)),
                        (("test accuracy", "テストデータの認識精度"), Percent(curves.Seeds[seed].Final.Test)),
                    ]).By(lab, ("training minus test", "訓練データ − テストデータ"),
                        seed => curves.Seeds[seed].Final.Training - curves.Seeds[seed].Final.Test, inPoints: true)
                    .IfLearned(lab, curves),
            ],
        };
    }
}
