using Functional.Host.Charts;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>What the filters of a first layer look like. Source: Deep Learning from Scratch, 7.6.</summary>
internal sealed class FiltersExperiment : Experiment
{
    private const int Side = 5, Size = Side * Side, Filters = 30, Shown = 15;

    public override string Name => "filters";
    public override string Section => "7.6";
    public override LocalizedText Title => ("Filters before and after learning", "CNNの可視化");

    public override LocalizedText Question => (
        "A filter of 5 x 5 weights can be drawn as a picture. Before learning, the weights are random numbers. What " +
        "will the pictures show once the network reads digits?",
        "5 x 5 個の重みからなるフィルターは、画像として描けます。学習前の重みは乱数です。" +
        "数字を読めるようになったネットワークのフィルターには、何が見えるでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var curves = lab.Train(ConvolutionExperiment.Network(lab))[0];
        double[] Before(int seed) => curves.Seeds[seed].Observed[0].Values;
        double[] After(int seed) => curves.Seeds[seed].Observed[^1].Values;
        var images = lab.First(1).Images;
        var (edges, across) = (Edge(After(0), Slope), Edge(After(0), transposed => Slope(Transposed(transposed))));
        string Alike(double[] filters) => Typography.Number(Likeness(filters), 2);
        return new()
        {
            Parts =
            [
                Grid(
                    "before", lab.Say("Filters before learning", "学習前のフィルター"), Before(0),
                    ("The 30 filters of the first layer before the first step, each from black for its least weight " +
                     "to white for its greatest. They are random numbers: neighboring weights have nothing to do " +
                     "with each other.",
                     "学習前の第1層の30個のフィルター。それぞれ最小の重みを黒、最大の重みを白で描いています。" +
                     "乱数なので、隣り合う重みは互いに無関係です。")),
                Grid(
                    "after", lab.Say("Filters after learning", "学習後のフィルター"), After(0),
                    Text(
                        ("The same filters after learning.", "同じフィルターの学習後の様子。"),
                        Likeness(After(0)) > 0.3
                            ? ("Bright and dark regions have formed: a filter answers to an edge or to a blob.",
                               "明るい部分と暗い部分のまとまりができ、エッジやブロブに反応するようになりました。")
                            : ("An order is hardly to be seen yet.", "規則性はまだほとんど見られません。"))),
                new Figure(
                    "responses",
                    new ImageGrid(
                        lab.Say("What two of the filters make of an image", "2つのフィルターを画像に適用した結果"),
                        [
                            new Picture(images.Width, images.Height, images[0], lab.Say("image", "画像")),
                            Response(images.Height, images.Width, images[0].Span, After(0), edges,
                                lab.Say("left or right", "縦のエッジ")),
                            Response(images.Height, images.Width, images[0].Span, After(0), across,
                                lab.Say("above or below", "横のエッジ")),
                        ])
                    { Columns = 3 },
                    ("The first training image, and what the filter whose left and right halves differ most, and the " +
                     "one whose upper and lower halves differ most, give for it before ReLU.",
                     "最初の訓練画像と、左右の差が最も大きいフィルター、上下の差が最も大きいフィルターの" +
                     "出力（ReLU の前）。"))
                { NumbersOf = NumbersOf.FirstSeed, InBook = "" },
            ],
            Claims =
            [
                lab.Claim((
                    "After learning, neighboring weights of a filter are more alike than before",
                    "学習後は、フィルターの隣り合う重みが学習前より似ている"),
                    seed => Likeness(After(seed)) > Likeness(Before(seed)),
                    seed =>
                    [
                        (("correlation after learning", "学習後の相関係数"), Alike(After(seed))),
                        (("before", "学習前"), Alike(Before(seed))),
                    ]).By(lab, ("correlation after minus before", "相関係数の変化"),
                        seed => Likeness(After(seed)) - Likeness(Before(seed)))
                    .SaidIn(("Section 7.6", "7.6節")).IfLearned(lab, curves),
                lab.Claim((
                    "Learning makes the weights of filters larger: their deviation at least doubles",
                    "学習によってフィルターの重みは大きくなり、標準偏差は2倍以上になる"),
                    seed => Statistics.Deviation(After(seed)) > 2 * Statistics.Deviation(Before(seed)),
                    seed =>
                    [
                        (("deviation after learning", "学習後の標準偏差"),
                            Typography.Value(Statistics.Deviation(After(seed)), 2)),
                        (("before", "学習前"), Typography.Value(Statistics.Deviation(Before(seed)), 2)),
                    ]).IfLearned(lab, curves),
            ],
        };
    }

    // Weights are filters x elements, column by column.
    private static double[] Filter(double[] weights, int filter) =>
        [.. Enumerable.Range(0, Size).Select(element => weights[(element * Filters) + filter])];

    private static Figure Grid(string name, string title, double[] weights, LocalizedText caption) => new(
        name,
        new ImageGrid(
            title,
            [.. Enumerable.Range(0, Filters).Select(filter => Picture.Of(Side, Side, Filter(weights, filter)))])
        { Columns = Shown }, caption)
    { NumbersOf = NumbersOf.FirstSeed, InBook = "7-24" };

    /// <summary>The correlation of weights beside and below each other, over all filters.</summary>
    private static double Likeness(double[] weights)
    {
        var mean = Statistics.Mean(weights);
        double products = 0, pairs = 0;
        for (var filter = 0; filter < Filters; filter++)
        {
            var own = Filter(weights, filter);
            for (var i = 0; i < Size; i++)
                foreach (var next in (int[])[i % Side < Side - 1 ? i + 1 : -1, i + Side < Size ? i + Side : -1])
                    if (next >= 0)
                        (products, pairs) = (products + ((own[i] - mean) * (own[next] - mean)), pairs + 1);
        }
        var deviation = Statistics.Deviation(weights);
        return products / pairs / (deviation * deviation);
    }

    private static double[] Transposed(double[] filter) =>
        [.. Enumerable.Range(0, Size).Select(i => filter[(i % Side * Side) + (i / Side)])];

    // How much the left half differs from the right half.
    private static double Slope(double[] filter) => Math.Abs(filter.Index().Sum(one =>
        Math.Sign((one.Index % Side) - (Side / 2)) * one.Item));

    private static int Edge(double[] weights, Func<double[], double> of) =>
        Enumerable.Range(0, Filters).MaxBy(filter => of(Filter(weights, filter)));

    private static Picture Response(
        int height, int width, ReadOnlySpan<byte> image, double[] weights, int filter, string caption)
    {
        var (own, rows, columns) = (Filter(weights, filter), height - Side + 1, width - Side + 1);
        var response = new double[rows * columns];
        for (var i = 0; i < response.Length; i++)
            for (var element = 0; element < Size; element++)
                response[i] += own[element]
                    * image[(((i / columns) + (element / Side)) * width) + (i % columns) + (element % Side)];
        return Picture.Of(columns, rows, response, caption);
    }
}
