using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Runs;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>A deep convolutional network. Source: Deep Learning from Scratch, 8.1.</summary>
internal sealed class DeepConvolutionExperiment : Experiment
{
    private const string Layers =
        "conv:16:3:padding=1,relu,conv:16:3:padding=1,relu,pool:2,"
        + "conv:32:3:padding=1,relu,conv:32:3:padding=2,relu,pool:2,"
        + "conv:64:3:padding=1,relu,conv:64:3:padding=1,relu,pool:2,affine:50,relu,dropout:0.5";

    private const double High = 0.99;

    public override string Name => "deep-convolution";
    public override string Section => "8.1";
    public override LocalizedText Title => ("A deep convolutional network", "よりディープなネットワーク");

    public override LocalizedText Question => (
        "Six layers of small filters (3 x 3) with He's initial weights, pooling after every second one, and dropout " +
        "before the last layer. Has such a network more weights than the one with a single layer of filters? And " +
        "does it read better?",
        "3 x 3 の小さなフィルターの層を6つ重ね、2層ごとにプーリングし、重みの初期値は He、最後の層の前に Dropout を" +
        "使います。フィルターの層が1つだけのネットワークより重みの数は多いでしょうか。" +
        "また、より正しく読めるでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var common = lab.WithPoints(lab.Configure(ConvolutionExperiment.Setting(lab) with
        {
            Initializer = Initializer.He, Samples = lab.Settings.Quick ? 300 : null,
        }), lab.Of(21, 2)) with { Layers = NetworkLayers.Parse(Layers) };
        var shallow = ConvolutionExperiment.Network(lab);
        var curves = lab.Train(
            new Variant(lab.Say("six layers of filters", "フィルター6層"), common)
            {
                Measured = CommonFigures.Both,
            },
            shallow with { Extra = true });
        var input = LayerInput.Of(lab.Data.Training.Samples);
        var (deep, few) = (common.ParameterCount(input, 10), shallow.Configuration.ParameterCount(input, 10));
        return new()
        {
            Parts =
            [
                CommonFigures.Of(
                    lab, "accuracy", lab.Say("Six layers of filters, and one", "フィルターの層の数と認識精度"), curves,
                    AtTheEnd(lab, curves)),
                CommonFigures.Table(lab, curves),
                new Table(
                    ("Weights of filters that see the same part of an image: small ones one after the other need " +
                     "fewer.",
                     "画像の同じ範囲を見るフィルターの重みの数。小さなフィルターを重ねるほうが少なくてすみます。"),
                    ["", lab.Say("sees", "見える範囲"), lab.Say("weights", "重みの数")],
                    [
                        ["1 x (5 x 5)", "5 x 5", "25"], ["2 x (3 x 3)", "5 x 5", "18"],
                        ["1 x (7 x 7)", "7 x 7", "49"], ["3 x (3 x 3)", "7 x 7", "27"],
                    ]),
            ],
            Claims =
            [
                lab.Claim((
                    "Six layers of filters have fewer weights and biases than one layer and a wide affine one",
                    "フィルター6層のネットワークは、1層のものよりパラメータが少ない"),
                    _ => deep < few,
                    _ =>
                    [
                        (("six layers", "6層"), Typography.Number(deep, 0)),
                        (("one layer", "1層"), Typography.Number(few, 0)),
                    ]),
                .. curves.Count < 2 ? [] : (Claim[])
                [
                    BetterTest(lab, curves[0], curves[1], (
                        "Six layers of filters read more of the test images than one",
                        "フィルター6層のほうが、1層よりテスト画像を正しく読む"))
                        .SaidIn(("Section 8.1", "8.1節")),
                ],
                ConvolutionExperiment.Reads(lab, curves[0], High, ("Section 8.1", "8.1節")),
            ],
        };
    }
}
