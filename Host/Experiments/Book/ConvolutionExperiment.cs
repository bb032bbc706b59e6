using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Runs;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>A convolutional network. Source: Deep Learning from Scratch, 7.5.</summary>
internal sealed class ConvolutionExperiment : Experiment
{
    private const double High = 0.98;

    // What 7.6 looks at: the filters as they begin, and as they end.
    private static readonly Func<TrainingState<float>, TrainingState<float>, Func<Batch<float>>, double[]> Filters =
        (before, _, _) => [.. before.Network.Parameters()[0].Values.Select(weight => (double)weight)];

    public override string Name => "convolution";
    public override string Section => "7.5";
    public override LocalizedText Title => ("A convolutional network", "CNNの実装");

    public override LocalizedText Question => (
        "Thirty filters of 5 x 5 pixels slide over the image, and what they find is pooled before affine layers see " +
        "it. How much better does such a network read than one without filters, whose first layer sees an image as " +
        "784 numbers in no order? And does backpropagation through filters agree with central differences?",
        "5 x 5 画素のフィルター30個が画像の上を動き、その結果をプーリングしてから Affine レイヤに渡します。" +
        "画像をただの784個の数として見る、フィルターのないネットワークに比べて、どのくらい正しく読めるでしょうか。" +
        "また、畳み込みを通る誤差逆伝播法は、数値微分と一致するでしょうか。");

    /// <summary>The book's network and setting: one and the same run for all experiments that show it.</summary>
    public static Variant Network(Lab lab)
    {
        var common = lab.WithPoints(
            lab.Configure(Setting(lab) with { Samples = lab.Settings.Quick ? 2000 : null }), lab.Of(21, 4)) with
        {
            Layers = NetworkLayers.Parse("conv:30:5,relu,pool:2,affine:100,relu"),
        };
        return new Variant(lab.Say("filters", "フィルターあり"), common)
        {
            Measured = CommonFigures.Both, Observation = new(Math.Max(1, lab.Steps(common) - 1), Filters),
        };
    }

    /// <summary>What both networks of the part on convolutions are trained with.</summary>
    public static TrainConfiguration Setting(Lab lab) => Lab.Usual with
    {
        Initializer = Initializer.Normal(0.01), Optimizer = new() { Name = "adam", LearningRate = 0.001 },
    };

    public override ExperimentReport Run(Lab lab)
    {
        var network = Network(lab);
        var affine = network.Configuration with { Layers = NetworkLayers.Parse("affine:100,relu") };
        var curves = lab.Train(
            network, new Variant(lab.Say("affine layers only", "Affine レイヤのみ"), affine)
            {
                Measured = CommonFigures.Both, Extra = true,
            });
        var checks = lab.Compute(lab.Seeds, seed => Check(lab, seed));
        string Largest(int seed) => Typography.Scientific(checks[seed].Max(d => d.MeanAbsolute), 2);
        return new()
        {
            Parts =
            [
                CommonFigures.Of(
                    lab, "accuracy", lab.Say("With filters and without", "フィルターの有無と認識精度"), curves,
                    Text(AtTheEnd(lab, curves), curves.Count < 2 ? "" : Compared(curves[0], curves[1]))),
                CommonFigures.Table(lab, curves),
                new Table(
                    ("Backpropagation and central differences on a small convolutional network " +
                     "(images of 10 x 10, double precision): how far apart the gradients are.",
                     "小さな CNN（10 x 10 の画像、倍精度）での誤差逆伝播法と数値微分の勾配の差。"),
                    ["", lab.Say("shape", "形状"), lab.Say("mean |difference|", "差の絶対値の平均")],
                    [
                        .. checks[0].Select(d => (string[])
                            [d.Parameter, $"{d.Shape}", Typography.Scientific(d.MeanAbsolute, 2)]),
                    ]),
            ],
            Claims =
            [
                .. curves.Count < 2 ? [] : (Claim[])
                [
                    BetterTest(lab, curves[0], curves[1], (
                        "A network with filters reads more of the test images than one of affine layers alone",
                        "フィルターのあるネットワークは、Affine レイヤだけのものよりテスト画像を正しく読む")),
                ],
                Reads(lab, curves[0], High, ("Section 7.5", "7.5節")),
                lab.Claim((
                    "Both gradients of a small convolutional network agree: the mean difference is below 10⁻⁸ for " +
                    "every parameter",
                    "小さな CNN で2つの勾配が一致する（どのパラメータでも差の平均は 10⁻⁸ 未満）"),
                    seed => checks[seed].All(d => d.MeanAbsolute < 1e-8),
                    seed => [(("largest mean difference", "差の平均の最大値"), Largest(seed))]),
            ],
        };
    }

    /// <summary>That a network reads more of the test images than a share, as a section of the book says.</summary>
    public static Claim Reads(Lab lab, Curves curves, double share, LocalizedText source)
    {
        double Test(int seed) => curves.Seeds[seed].Final.Test;
        return lab.Claim((
            $"More than {Percent(share, 0)} of the test images are classified correctly",
            $"テスト画像の{Percent(share, 0)}以上を正しく認識する"),
            seed => Test(seed) > share, seed => [(("test accuracy", "テストデータの認識精度"), Percent(Test(seed)))])
            .By(lab, ($"test accuracy above {Percent(share, 0)}", $"{Percent(share, 0)}を上回る分"),
                seed => Test(seed) - share, inPoints: true)
            .SaidIn(source).IfLearned(lab, curves);
    }

    private static LocalizedText Compared(Curves with, Curves without)
    {
        var (filters, none) = (Percent(TestEnd(with)), Percent(TestEnd(without)));
        return TestEnd(with) > TestEnd(without)
            ? ($"By that average the filters get {filters} of the test images right, affine layers alone {none}: a " +
               "filter finds the same stroke wherever it is, and needs to learn it only once.",
               $"この平均では、テスト画像の正解率は、フィルターありで{filters}、Affine レイヤのみで{none}です。" +
               "フィルターは同じ線をどの場所でも見つけられ、一度だけ学習すればすみます。")
            : ($"By that average the filters get {filters} of the test images right, affine layers alone {none}: " +
               "after so few steps filters are no better.",
               $"この平均では、テスト画像の正解率は、フィルターありで{filters}、Affine レイヤのみで{none}です。" +
               "この程度のステップ数では、フィルターの効果は見られません。");
    }

    private static IReadOnlyList<LeafDifference> Check(Lab lab, long seed)
    {
        const int Side = 10;
        // Where a ReLU's input is next to 0, a difference looks at both sides of the kink.
        var network = (Setting(lab) with
        {
            Layers = NetworkLayers.Parse($"conv:{lab.Of(10, 3)}:3,tanh,pool:2,affine:{lab.Of(10, 4)},tanh"),
            Initializer = Initializer.Xavier, Seed = seed,
        }).CreateNetwork<double>(new ImageEncoder(Side, Side, ByteScale.Unit), Classification.Numbered(10));
        var inputs = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(
            Side * Side, 1, Key.OfSeed(seed).Child(1).Uniforms(Side * Side));
        var batch = Batch.Of(inputs, [0]);
        return Differences.Compare(
            network.Gradient(batch, Key.OfSeed(0)).Parameters, Differences.OfNetwork(network, batch));
    }
}
