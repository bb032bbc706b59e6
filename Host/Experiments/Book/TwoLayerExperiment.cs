using Functional.Host.Charts;

namespace Functional.Host.Experiments;

/// <summary>Learning with backpropagation. Source: Deep Learning from Scratch, 5.7.4.</summary>
public sealed class TwoLayerExperiment : Experiment
{
    private const double Close = 0.05;

    /// <inheritdoc/>
    public override string Name => "two-layer";

    /// <inheritdoc/>
    public override string Section => "5.7.4";

    /// <inheritdoc/>
    public override Words Title => ("Learning with backpropagation", "誤差逆伝播法を使った学習");

    /// <inheritdoc/>
    public override Words Question => (
        "A network with 50 hidden units sees the training images in batches of 100, 10,000 times. How well will it read images that it has never seen, compared with those that it was trained on?",
        "隠れ層が50ユニットのネットワークに、訓練画像を100枚ずつのミニバッチで1万回見せます。訓練に使った画像に比べて、一度も見たことのない画像はどのくらい正しく読めるようになるでしょうか。");

    /// <inheritdoc/>
    public override Findings Run(Lab lab)
    {
        var common = lab.Configure(Lab.Usual with
        {
            Hidden = [50], Initializer = Initializer.Normal(0.01), LearningRate = 0.1, Iterations = lab.Of(10_000, 1000),
        });
        var curves = lab.Train(new Variant("784-50-10", common) { Measured = Shown.Both })[0];
        double training = curves.Median(curve => curve.Final.Training), test = curves.Median(curve => curve.Final.Test);
        return new()
        {
            Parts =
            [
                new Figure(
                    "loss",
                    new LineChart(lab.Say("Loss of the batches", "ミニバッチの損失の推移"), lab.Say(Terms.Iteration), lab.Say(Terms.Loss))
                    {
                        Series = [curves.Loss() with { Name = "" }],
                    },
                    ("The loss of each step's batch, smoothed. After a moment at ln 10 = 2.30, where the network only guesses, it falls steeply and then ever more slowly; what jitters is the luck of each batch.",
                     "各ステップのミニバッチの損失（平滑化）。最初は当て推量の値 ln 10 = 2.30 にとどまり、その後急に下がり、しだいにゆるやかになります。細かな揺れは、ミニバッチごとの偶然によるものです。")),
                new Figure(
                    "accuracy",
                    Shown.Chart(lab, curves) with { Title = lab.Say("Accuracy after each epoch", "エポックごとの認識精度") },
                    ("Accuracy over all training images and over all test images, once per epoch. The two lines stay close together: with so much data a network of this size does not overfit.",
                     "すべての訓練画像とテスト画像に対する認識精度（エポックごと）。2本の線はほぼ重なります。これだけのデータがあれば、この大きさのネットワークは過学習を起こしません。")),
            ],
            Claims =
            [
                lab.Claim(("More than 90% of the test images are told right", "テスト画像の90%以上を正しく認識する"),
                    seed => curves.Seeds[seed].Final.Test > 0.9, $"{Shown.Percent(test)}"),
                lab.Claim(("Training and test accuracy end within 5 percentage points", "訓練データとテストデータの認識精度の差は5ポイント以内"),
                    seed => curves.Seeds[seed].Final is var final && Math.Abs(final.Training - final.Test) < Close,
                    $"{Shown.Percent(training)}, {Shown.Percent(test)}"),
            ],
        };
    }
}
