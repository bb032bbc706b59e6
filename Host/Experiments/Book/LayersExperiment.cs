using Functional.Host.Charts;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Experiments;

/// <summary>A network as a computational graph. Source: Deep Learning from Scratch, 5.7.2 and 5.8.</summary>
internal sealed class LayersExperiment : Experiment
{
    private const int Samples = 4, Hidden = 5;

    public override string Name => "layers";
    public override string Section => "5.7.2, 5.8";
    public override LocalizedText Title => ("Layers, forward and backward", "レイヤの順伝播と逆伝播");

    public override LocalizedText Question => (
        "A batch goes forward through the layers, and a gradient comes back through them in reverse. What shape " +
        "does it have at each place, and what is the very first gradient, at the loss?",
        "ミニバッチが層を順に通り、勾配が逆順に戻ってきます。それぞれの場所で勾配はどのような形状でしょうか。" +
        "そして、損失のところで最初に現れる勾配は何でしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var part = lab.First(Samples);
        var (images, classes) = (part.Images, part.Classes);
        var traces = lab.Compute(lab.Seeds, seed =>
        {
            var network = Network.Create<double>(
                [images.Size, Hidden, classes.Classification.Count], Activation.Relu, Initializer.He, Key.OfSeed(seed));
            var batch = Batch.OfBytes<double>(
                ByteScale.Unit, images.Size, images.Pixels, classes.Labels, [.. Enumerable.Range(0, Samples)]);
            return network.Trace(batch, Key.OfSeed(seed));
        });
        var trace = traces[0];
        var labels = classes.Labels[..Samples];
        ChainLink Link(string name, Matrix<double> value, Matrix<double>? gradient) => new(
            name, $"{Shape(value)}, {Typography.Value(Size(value), 2)}", gradient is null
                ? lab.Say("not needed", "不要") : $"{Shape(gradient)}, {Typography.Value(Size(gradient), 2)}");
        var input = Batch.OfBytes<double>(
            ByteScale.Unit, images.Size, images.Pixels, classes.Labels, [.. Enumerable.Range(0, Samples)]).Inputs;
        double Error(int seed) =>
            (traces[seed].Layers[^1].OutputGradient - Difference(traces[seed], labels) / Samples).Enumerate()
                .Max(Math.Abs);
        double Sum(int seed) => traces[seed].Layers[^1].OutputGradient.ColumnSums().Select(Math.Abs).Max();
        var probabilities = Metrics.Softmax(trace.Layers[^1].Output).Column(0);
        return new()
        {
            Parts =
            [
                new Figure(
                    "graph",
                    new ChainChart(lab.Say("A small network as a computational graph",
                        "小さなネットワークの計算グラフ"))
                    {
                        Sides = (
                            lab.Say("forward: shape, size", "順伝播：形状、大きさ"),
                            lab.Say("backward: shape, size", "逆伝播：形状、大きさ")),
                        Links =
                        [
                            Link("x", input, null),
                            .. trace.Layers.Select(layer => Link(layer.Layer, layer.Output, layer.OutputGradient)),
                            new("Softmax-with-Loss", "", ""),
                        ],
                    },
                    ("From top to bottom the batch (one column per sample), from bottom to top the gradient of the " +
                     "loss with respect to it. A gradient always has the shape of what it is the gradient of; the " +
                     "size is the root mean square. Each layer needs nothing but what comes from its neighbors.",
                     "上から下へミニバッチ（1列が1サンプル）が、下から上へその勾配が流れます。勾配の形状は、" +
                     "常に元の値と同じです。大きさは二乗平均平方根です。どの層も、" +
                     "隣の層から来るものだけで計算できます。"))
                { NumbersOf = NumbersOf.FirstSeed, InBook = "" },
                new Table(
                    (
                        "At Softmax-with-Loss it begins with y − t, here for the first sample: what the network " +
                        "predicts, minus the true class.",
                        "Softmax-with-Loss レイヤの逆伝播は y − t から始まります。" +
                        "最初のサンプルについて、ネットワークの出力から正解を引いた値を示します。"),
                    ["", .. Enumerable.Range(0, classes.Classification.Count).Select(digit => $"{digit}")],
                    [
                        ["y", .. probabilities.Select(y => Typography.Number(y, 3))],
                        ["t", .. classes.Classification.Names.Select((_, digit) => digit == labels[0] ? "1" : "0")],
                        ["y − t", .. Difference(trace, labels).Column(0).Select(d => Typography.Number(d, 3))],
                    ]),
                new Table(
                    (
                        "The parameters and their gradients: all that an optimizer is given.",
                        "パラメータとその勾配。更新手法が受け取るのはこれだけです。"),
                    ["", lab.Say("shape", "形状"), lab.Say("size of the gradient", "勾配の大きさ")],
                    [
                        .. Enumerable.Range(0, trace.Gradient.Parameters.Count)
                            .Select(i => trace.Gradient.Parameters[i]).Select(leaf => (string[])
                            [leaf.Name, leaf.Shape.ToString(), Typography.Value(Size(leaf.Matrix), 2)]),
                    ]),
            ],
            Claims =
            [
                lab.Claim((
                    "At Softmax-with-Loss the gradient is (y − t) / N, to the last digits",
                    "Softmax-with-Loss の勾配は (y − t) / N に一致する（丸め誤差の範囲）"),
                    seed => Error(seed) < 1e-15,
                    seed => [(("largest difference", "差の最大値"), Typography.Scientific(Error(seed), 2))]),
                lab.Claim(("The gradient of every sample sums to 0 over the digits",
                    "各サンプルの勾配を10個の数字について足すと 0 になる"),
                    seed => Sum(seed) < 1e-15,
                    seed => [(("largest sum", "和の最大値"), Typography.Scientific(Sum(seed), 2))]),
            ],
        };
    }

    private static Matrix<double> Difference(Trace<double> trace, int[] labels) =>
        Metrics.Softmax(trace.Layers[^1].Output) - Batch.OneHot<double>(trace.Layers[^1].Output.RowCount, labels);

    private static string Shape(Matrix<double> matrix) => $"{matrix.RowCount} x {matrix.ColumnCount}";

    private static double Size(Matrix<double> matrix) =>
        Math.Sqrt(Statistics.Mean([.. matrix.Enumerate().Select(value => value * value)]));
}
