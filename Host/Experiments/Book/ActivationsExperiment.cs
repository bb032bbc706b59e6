using System.Globalization;
using Functional.Host.Charts;
using MathNet.Numerics.LinearAlgebra;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>What five layers make of normal numbers. Source: Deep Learning from Scratch, 6.2.2 and 6.2.3.</summary>
internal sealed class ActivationsExperiment : Experiment
{
    private const int Units = 100, Samples = 1000, Layers = 5, BinCount = 30;

    private static readonly (string Name, Activation Activation, Initializer Initializer, double Least,
        string InBook, Func<Layer[], LocalizedText> Caption)[] Variants =
    [
        ("sigmoid, σ = 1", Activation.Sigmoid, Initializer.Normal(1), 0, "6-10", layers => (
            $"{Range(layers, Ends)} of each layer's activations are in the outermost two bars, near 0 or 1, where " +
            "the sigmoid is flat. What does that do to a gradient, if the weights it is multiplied with are as " +
            "large as these?",
            $"各層の値の{Range(layers, Ends)}が、両端の2本の棒（0 と 1 の近く）にあります。" +
            "そこでは sigmoid の傾きが 0 に近くなります。" +
            "これほど大きな重みが掛かるとき、勾配はどうなるでしょうか。")),
        ("sigmoid, σ = 0.01", Activation.Sigmoid, Initializer.Normal(0.01), 0, "6-11", layers => (
            $"{Percent(Middle(layers[^1]))} of the last layer's activations are in the two bars around 0.5: a " +
            "hundred units with nearly the same value.",
            $"最後の層の値の{Percent(Middle(layers[^1]))}が 0.5 の両側の2本の棒に集中しています。" +
            "100個のユニットがほぼ同じ値しか表現していません。")),
        ("sigmoid, Xavier", Activation.Sigmoid, Initializer.Xavier, 0, "6-13", layers => (
            $"With deviation 1/√n the values stay spread out: the two middle bars hold {Range(layers, Middle)} of " +
            $"each layer, the two outermost {Range(layers, Ends)}.",
            "標準偏差 1/√n では適度な広がりが保たれます。" +
            $"各層の値のうち、中央の2本の棒にあるのは{Range(layers, Middle)}、" +
            $"両端の2本にあるのは{Range(layers, Ends)}です。")),
        ("tanh, Xavier", Activation.Tanh, Initializer.Xavier, -1, "", layers => Text(
            Ends(layers[0]) > Middle(layers[0])
                ? ("In layer 1 the outermost two bars hold more than the two middle ones: " +
                   $"{Percent(Ends(layers[0]))}, {Percent(Middle(layers[0]))}.",
                   "第1層では、" +
                   $"両端の2本の棒（{Percent(Ends(layers[0]))}）のほうが" +
                   $"中央の2本（{Percent(Middle(layers[0]))}）より多くなっています。")
                : "",
            layers.Skip(1).All(layer => Middle(layer) > Ends(layer))
                && layers.Zip(layers.Skip(1)).All(pair => Middle(pair.First) < Middle(pair.Second))
                ? (
                    "From layer 2 on there is more in the middle than at the ends, and more so with every layer.",
                    "第2層からは中央の2本が両端の2本より多くなり、層を追うごとに中央に集まります。")
                : ("The values are symmetric about 0.", "値は 0 を中心に対称に分布します。"))),
        ("ReLU, σ = 0.01", Activation.Relu, Initializer.Normal(0.01), 0, "6-14", layers => (
            $"With ReLU and small weights little is left: {Percent(Lowest(layers[0]))} of layer 1 and " +
            $"{Percent(Lowest(layers[^1]))} of the last layer are in the leftmost bar, next to 0.",
            "ReLU と小さな重みの組み合わせでは、値がほとんど残りません。0 に最も近い左端の棒にあるのは、" +
            $"第1層で{Percent(Lowest(layers[0]))}、" +
            $"最後の層で{Percent(Lowest(layers[^1]))}です。")),
        ("ReLU, Xavier", Activation.Relu, Initializer.Xavier, 0, "6-14", layers => (
            "ReLU cuts away half of the signal, and Xavier's weights don't make up for it: " +
            $"{Percent(Above(layers[0]))} of layer 1 are above 1, and {Percent(Above(layers[^1]))} of the last layer.",
            "ReLU は信号の半分を切り捨てますが、Xavier の初期値はそれを補えません。" +
            $"1 より大きい値は、第1層で{Percent(Above(layers[0]))}、" +
            $"最後の層で{Percent(Above(layers[^1]))}です。")),
        ("ReLU, He", Activation.Relu, Initializer.He, 0, "6-14", layers => (
            $"He's √(2/n) makes up for the half that is cut away: {Percent(Above(layers[0]))} of layer 1 are above " +
            $"1, and {Percent(Above(layers[^1]))} of the last layer.",
            "He の初期値 √(2/n) は切り捨てられる半分を補います。" +
            $"1 より大きい値は、第1層で{Percent(Above(layers[0]))}、" +
            $"最後の層で{Percent(Above(layers[^1]))}です。")),
    ];

    // The deviations of the weights.
    private static readonly double[] Scales =
        [1, 0.01, 1 / Math.Sqrt(Units), 1 / Math.Sqrt(Units), 0.01, 1 / Math.Sqrt(Units), Math.Sqrt(2.0 / Units)];

    // Shares of all values of a layer, also of those beyond the histogram's axis.
    private static double Share(Layer layer, params IEnumerable<Index> bars) =>
        bars.Sum(bar => layer.Histogram.Counts[bar.GetOffset(BinCount)]) / (Units * Samples);

    private static double Ends(Layer layer) => Share(layer, 0, ^1);

    private static double Middle(Layer layer) => Share(layer, BinCount / 2 - 1, BinCount / 2);

    private static double Lowest(Layer layer) => Share(layer, 0);

    private static double Above(Layer layer) => 1 - layer.Histogram.Counts.Sum() / (Units * Samples);

    private static string Range(Layer[] layers, Func<Layer, double> of) =>
        $"{Percent(layers.Min(of))}–{Percent(layers.Max(of))}";

    public override string Name => "activations";
    public override string Section => "6.2.2, 6.2.3";
    public override LocalizedText Title => ("Activations of hidden layers", "隠れ層のアクティベーション分布");

    public override LocalizedText Question => (
        "A thousand samples of a hundred normally distributed numbers pass through five layers of a hundred units. " +
        "Which combinations of activation and initial weights keep the numbers spread out, and which push them to " +
        "the ends, or all to one value?",
        "100次元の正規乱数1000個を、100ユニットの層に5回通します。" +
        "活性化関数と重みの初期値のどの組み合わせなら値の広がりが保たれ、どれでは両端や一点に偏ってしまうでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var passes = lab.Compute(
            lab.Seeds,
            seed =>
                Variants.Select(variant =>
                    Pass(variant.Activation, variant.Initializer, variant.Least, Key.OfSeed(seed))).ToArray());
        var first = passes[0];
        var histograms = Variants.Select((variant, i) => new Figure(
            Slug(variant.Name), Histograms(lab, variant.Name, variant.Least, TopOf(variant.Activation), first[i]),
            variant.Caption(first[i]))
        { NumbersOf = NumbersOf.FirstSeed, InBook = variant.InBook });
        double Deviation(int variant, int seed, int layer) => passes[seed][variant][layer].Deviation;
        double LeastSaturated(int seed) => passes[seed][0].Take(Layers).Min(layer => layer.Flat);
        (LocalizedText, string) Named(LocalizedText name, int variant, int seed, int layer) =>
            (name, Typography.Value(Deviation(variant, seed, layer)));
        // What a layer multiplies the gradient by on the way back, and the slope times the scale of the weights.
        double Factor(int variant, int seed, int layer) =>
            passes[seed][variant][layer - 1].GradientDeviation / passes[seed][variant][layer].GradientDeviation;
        double Expected(int variant, int seed, int layer) =>
            passes[seed][variant][layer].Slope * Scales[variant] * Math.Sqrt(Units);
        double Off(int seed) => Enumerable.Range(0, Variants.Length).Max(variant =>
            Enumerable.Range(1, Layers - 1).Max(layer =>
                Math.Abs(Factor(variant, seed, layer) / Expected(variant, seed, layer) - 1)));
        var last = Layers - 1;
        return new()
        {
            Parts =
            [
                new Paragraph((
                    "The three figures of the sigmoid have the same axes, and so have the three of ReLU, so that " +
                    "they can be compared; bars that are higher than the axis are cut off and marked with an " +
                    "arrow, and outputs of ReLU above 1 are beyond it. Each layer has " +
                    $"{Typography.Number(Units * Samples, 0)} values.",
                    "sigmoid の3つの図と ReLU の3つの図は、それぞれ比較できるように軸をそろえてあります。" +
                    "軸の上限を超える棒は途中で切り、矢印を付けています。" +
                    "ReLU の 1 より大きい出力は軸の外です。" +
                    $"どの層にも {Typography.Number(Units * Samples, 0)} 個の値があります。")),
                .. histograms, .. lab.Settings.BookOnly ? [] : (Part[])[Deviations(lab, first), Flat(lab, first)],
            ],
            Claims =
            [
                lab.Claim((
                    "On its way back a layer multiplies the gradient's deviation by the slope (root mean square) " +
                    "times " +
                    "the weights' deviation times √100, to 15%, for all seven settings",
                    "逆伝播で1層ごとに勾配の標準偏差は、傾き（二乗平均平方根）" +
                    "× 重みの標準偏差 × √100 倍になる（7通りすべてで誤差 15% 以内）"),
                    seed => Off(seed) < 0.15,
                    seed =>
                    [
                        (("largest deviation", "ずれの最大値"), Percent(Off(seed))),
                        (("sigmoid with Xavier, layer 5 to 4", "sigmoid・Xavier の第5層から第4層"),
                            $"{Typography.Value(Factor(2, seed, last))}, {Typography.Value(Expected(2, seed, last))}"),
                        (("sigmoid with σ = 1", "sigmoid・σ = 1"),
                            $"{Typography.Value(Factor(0, seed, last))}, {Typography.Value(Expected(0, seed, last))}"),
                    ]).By(lab, ("largest deviation minus 15%", "ずれの最大値 − 15%"),
                        seed => Off(seed) - 0.15, inPoints: true),
                lab.Claim((
                    "Sigmoid with deviation 1: in every layer more than a third of the activations are where the " +
                    "slope is below a twentieth of the steepest",
                    "sigmoid・標準偏差 1：どの層でも値の3分の1以上は、傾きが最大の20分の1未満のところにある"),
                    seed => LeastSaturated(seed) > 1.0 / 3,
                    seed => [(("least share", "割合の最小値"), Percent(LeastSaturated(seed)))])
                    .By(lab, ("least share above a third", "割合の最小値 − 3分の1"),
                        seed => LeastSaturated(seed) - 1.0 / 3, inPoints: true),
                lab.Claim((
                    "Sigmoid with deviation 0.01: the last layer's activations have a standard deviation below 0.05",
                    "sigmoid・標準偏差 0.01：最後の層の値は 0.5 の周りに集中する（標準偏差 0.05 未満）"),
                    seed => Deviation(1, seed, last) < 0.05,
                    seed => [Named(("standard deviation", "標準偏差"), 1, seed, last)])
                    .By(lab, ("standard deviation minus 0.05", "標準偏差 − 0.05"),
                        seed => Deviation(1, seed, last) - 0.05),
                lab.Claim((
                    "Sigmoid with Xavier's weights is spread more widely than with 0.01",
                    "sigmoid・Xavier は 0.01 より広がっている"),
                    seed => Deviation(2, seed, last) > Deviation(1, seed, last),
                    seed => [Named("Xavier", 2, seed, last), Named("0.01", 1, seed, last)])
                    .By(lab, ("standard deviation, Xavier minus 0.01", "標準偏差の差（Xavier − 0.01）"),
                        seed => Deviation(2, seed, last) - Deviation(1, seed, last)),
                lab.Claim((
                    "ReLU with deviation 0.01: the last layer's deviation is less than a thousandth of the first's",
                    "ReLU・標準偏差 0.01：最後の層の標準偏差は最初の層の1000分の1未満になる"),
                    seed => Deviation(4, seed, last) < 1e-3 * Deviation(4, seed, 0),
                    seed => [Named(("layer 1", "第1層"), 4, seed, 0),
                        Named(("last layer", "最後の層"), 4, seed, last)])
                    .By(lab, ("last layer's deviation in thousandths of the first's",
                        "最初の層に対する最後の層の標準偏差（1000分の1単位）"),
                        seed => 1000 * Deviation(4, seed, last) / Deviation(4, seed, 0)),
                lab.Claim((
                    "ReLU with He's weights keeps the deviation within a factor of 2, with Xavier's it falls to " +
                    "less than half",
                    "ReLU・He では標準偏差の変化が2倍以内に収まり、Xavier では半分未満になる"),
                    seed =>
                        Deviation(6, seed, last) / Deviation(6, seed, 0) is > 0.5 and < 2
                            && Deviation(5, seed, last) < 0.5 * Deviation(5, seed, 0),
                    seed =>
                    [
                        Named(("He, layer 1", "He の第1層"), 6, seed, 0),
                        Named(("last layer", "最後の層"), 6, seed, last),
                        Named(("Xavier, layer 1", "Xavier の第1層"), 5, seed, 0),
                        Named(("last layer", "最後の層"), 5, seed, last),
                    ]).By(lab, ("last layer's deviation over the first's, He minus Xavier",
                        "最初の層に対する最後の層の標準偏差の比（He − Xavier）"),
                        seed => Deviation(6, seed, last) / Deviation(6, seed, 0)
                            - Deviation(5, seed, last) / Deviation(5, seed, 0)),
            ],
        };
    }

    // Of 100,000 numbers in a layer: the sigmoid presses most of them into a few bars, of ReLU's half are 0.
    private static double TopOf(Activation activation) => activation.Equals(Activation.Sigmoid) ? 40_000 : 8000;

    // What is kept of a layer: its outputs alone would be megabytes for each of 35.
    private sealed record Layer(
        Bins Histogram, double Deviation, double GradientDeviation, double Flat, double Slope);

    // Five layers and, so that there is a gradient to come back, ten scores and random labels.
    private static Layer[] Pass(Activation activation, Initializer initializer, double least, Key key)
    {
        var keys = key.Split(3);
        var network =
            Network.Create<float>([.. Enumerable.Repeat(Units, Layers + 1), 10], activation, initializer, keys[0]);
        var x = Matrix<float>.Build.Dense(
            Units, Samples, [.. keys[1].Normals(Units * Samples).Select(number => (float)number)]);
        double Steepness(double y) => activation.Equals(Activation.Relu) ? y > 0 ? 1 : 0
            : least < 0 ? 1 - y * y : y * (1 - y);
        var trace = network.Trace(Batch.Of(x, keys[2].Integers(Samples, 10)), key);
        return [.. Enumerable.Range(0, Layers).Select(layer => trace.Layers[2 * layer + 1]).Select(layer =>
        {
            var output = Doubles(layer.Output);
            return new Layer(
                Bins.Of(output, BinCount, least, 1), Statistics.Deviation(output),
                Statistics.Deviation(Doubles(layer.OutputGradient)),
                activation.Equals(Activation.Relu) ? Dead(output)
                    : least < 0 ? Share(output, y => 1 - y * y < 1.0 / 20)
                    : Share(output, y => y * (1 - y) < 0.25 / 20),
                Math.Sqrt(Statistics.Mean([.. output.Select(Steepness).Select(slope => slope * slope)])));
        })];
    }

    private static SmallMultiples Histograms(Lab lab, string name, double least, double top, Layer[] pass) => new(
        name,
        [
            .. pass.Select((layer, i) => new Histogram(
                lab.Say($"layer {i + 1}", $"第{i + 1}層"),
                Axis.Between(lab.Say("activation", "アクティベーション"), least, 1),
                Axis.Between(lab.Say("count", "個数"), 0, top))
            {
                Bins = layer.Histogram,
            }),
        ])
    { Columns = Layers, CellAspect = 0.9 };

    private static Figure Deviations(Lab lab, Layer[][] passes)
    {
        string Gradients(int variant) =>
            $"{Typography.Value(passes[variant][^1].GradientDeviation)} → " +
            $"{Typography.Value(passes[variant][0].GradientDeviation)}";
        // By what a layer multiplies it, as the geometric mean over the four steps back.
        string Each(int variant) => Typography.Value(Math.Sqrt(Math.Sqrt(
            passes[variant][0].GradientDeviation / passes[variant][^1].GradientDeviation)), 2);
        double[] layers = [.. Enumerable.Range(1, Layers).Select(layer => (double)layer)];
        LineChart Lines(string title, Func<Layer, double> of) =>
            new(title, lab.Say("layer", "層"), Axis.Log(lab.Say("standard deviation", "標準偏差")))
            {
                Series = [.. Variants.Zip(passes, (variant, pass) => new Series(
                    variant.Name, layers, [.. pass.Select(of)]))],
            };
        return new(
            "deviations",
            new SmallMultiples(lab.Say("Deviation of activations and of gradients",
                "順方向の値と逆方向の勾配の標準偏差"),
            [
                Lines(lab.Say("activations, forward", "アクティベーション（順方向）"), layer => layer.Deviation),
                Lines(lab.Say("their gradients, backward", "勾配（逆方向）"), layer => layer.GradientDeviation),
            ])
            { ShareY = false, Columns = 2, CellAspect = 0.8 },
            Text(
                ("Activations are read from left to right, gradients from right to left: they come from the last " +
                 "layer. A level line is ideal; a falling one on this logarithmic axis means that the signal, or " +
                 "the gradient, vanishes exponentially with depth.",
                 "アクティベーションは左から右へ、勾配は（最後の層から来るので）右から左へ読みます。" +
                 "水平な線が理想です。" +
                 "対数軸の上で下がる線は、信号や勾配が層の深さとともに指数的に消えていくことを表します。"),
                ($"From the last layer back to layer 1 the gradient's deviation goes from {Gradients(0)} for " +
                 $"sigmoid with σ = 1, from {Gradients(2)} with Xavier's weights. What a layer multiplies it by is " +
                 $"the slope times the scale of the weights: for sigmoid {Each(2)} a layer with Xavier's " +
                 $"weights, {Each(1)} with σ = 0.01, and {Each(0)} with σ = 1, whose outputs are saturated but whose " +
                 "large weights make up for the flat slope.",
                 $"最後の層から第1層まで戻る間に、勾配の標準偏差は sigmoid・σ = 1 では {Gradients(0)}、" +
                 $"Xavier では {Gradients(2)} と変化します。" +
                 "1層あたり何倍になるかは、傾きと重みの大きさの積で決まります。" +
                 $"sigmoid では Xavier で1層あたり{Each(2)}、σ = 0.01 で{Each(1)}、σ = 1 で{Each(0)}です。" +
                 "σ = 1 では出力は飽和していますが、大きな重みが小さな傾きを補います。")))
        { NumbersOf = NumbersOf.FirstSeed, InBook = "" };
    }

    private static Table Flat(Lab lab, Layer[][] passes) => new(
        ("Sigmoid and tanh: the share of saturated outputs (slope below a twentieth of the steepest). ReLU: the " +
         "share of dead units (0 for every sample).",
         "sigmoid と tanh：飽和した出力の割合（傾きが最大の20分の1未満）。" +
         "ReLU：死んだユニットの割合（すべてのサンプルで 0）。"),
        ["", .. Enumerable.Range(1, Layers).Select(layer => lab.Say($"layer {layer}", $"第{layer}層"))],
        [
            .. Variants.Zip(
                passes, (variant, pass) => (string[])[variant.Name, .. pass.Select(layer => Percent(layer.Flat))]),
        ]);

    private static double Dead(double[] output) =>
        (double)Enumerable.Range(0, Units)
            .Count(unit => Enumerable.Range(0, Samples).All(sample => output[sample * Units + unit] == 0)) / Units;

    private static double Share(double[] values, Func<double, bool> which) =>
        (double)values.Count(which) / values.Length;

    private static double[] Doubles(Matrix<float> matrix) =>
        Array.ConvertAll(matrix.AsColumnMajorArray(), value => (double)value);

    private static string Slug(string name) =>
        string.Concat(name.ToLower(CultureInfo.InvariantCulture).Replace("σ = ", "")
            .Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is ' ' or '.')).Replace(' ', '-');
}
