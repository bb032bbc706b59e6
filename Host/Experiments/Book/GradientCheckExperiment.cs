using System.Diagnostics;
using System.Globalization;
using Functional.Host.Charts;
using Functional.Host.Runs;

namespace Functional.Host.Experiments;

/// <summary>Backpropagation against central differences. Source: Deep Learning from Scratch, 5.7.3.</summary>
internal sealed class GradientCheckExperiment : Experiment
{
    private const int Samples = 3;

    public override string Name => "gradient-check";
    public override string Section => "5.7.3";
    public override LocalizedText Title => ("Is backpropagation right?", "誤差逆伝播法の勾配確認");

    public override LocalizedText Question => (
        "The gradient of a loss can be found without any calculus: move a weight a little to either side, and see " +
        "how the loss changes. Here it is done for every weight and bias of a small network. How much longer does " +
        "that take than backpropagation, and how well do the two agree?",
        "損失の勾配は、微分の公式がなくても求められます。重みを両側に少しだけ動かして、損失の変化を見ればよいのです。" +
        "小さなネットワークのすべての重みとバイアスについて、これを行います。" +
        "この数値微分は誤差逆伝播法の何倍の時間がかかり、両者はどのくらい一致するでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var part = lab.First(Samples);
        var (images, classes) = (part.Images, part.Classes);
        var common =
            lab.Configure(new TrainConfiguration { Hidden = [lab.Of(50, 10)], Initializer = Initializer.Normal(0.01) });
        GradientCheckLimit.CheckSize(common, LayerInput.Of(images), classes.Classification.Count);
        var batch = Batch.OfBytes<double>(
            ByteScale.Unit, images.Size, images.Pixels, classes.Labels, [.. Enumerable.Range(0, Samples)]);
        var checks = lab.Compute(lab.Seeds, seed => Threads.Use(lab.Workers, () =>
        {
            var network = (common with { Seed = seed })
                .CreateNetwork<double>(images.Size, classes.Classification.Count);
            var gradient = network.Gradient(batch, Key.OfSeed(0)).Parameters;
            // The quickest of some: it is so short that whatever else runs would be measured, too.
            var byPullbacks = Enumerable.Range(0, 20).Min(_ =>
            {
                var one = Stopwatch.StartNew();
                network.Gradient(batch, Key.OfSeed(0));
                return one.Elapsed;
            });
            var watch = Stopwatch.StartNew();
            var numerical = Differences.OfNetwork(network, batch);
            return (Differences: Differences.Compare(gradient, numerical), byPullbacks, byDifferences: watch.Elapsed);
        }));
        var check = checks[0];
        double[] zeros =
        [
            .. check.Differences.Select(d => Math.Round(-Elementary.Log(d.MeanAbsolute) / Elementary.Log(10.0), 1)),
        ];
        var count = check.Differences.Sum(d => d.Shape.Length);
        static string digits(double value) => Typography.Number(value, 1);
        string Scientific(double value) => Typography.Scientific(value, 2);
        string Milliseconds(TimeSpan time) => Typography.Value(Rounded(time.TotalMilliseconds));
        string Times(int seed) => Typography.Value(Rounded(checks[seed].byDifferences / checks[seed].byPullbacks));
        return new()
        {
            Parts =
            [
                new Table(
                    ($"Three samples, double precision, {Typography.Number(count, 0)} weights and biases: how far " +
                     "apart the two gradients are.",
                     "サンプル3個、倍精度、" +
                     $"重みとバイアス {Typography.Number(count, 0)} 個での2つの勾配の差（パラメータごと）。"),
                    [
                        "", lab.Say("shape", "形状"), lab.Say("mean |difference|", "差の絶対値の平均"),
                        lab.Say("largest, as a share", "最大の相対誤差"),
                    ],
                    [
                        .. check.Differences.Select(d =>
                            (string[])[
                                d.Parameter, d.Shape.ToString(), Scientific(d.MeanAbsolute),
                                Scientific(d.LargestRelative)
                            ]),
                    ]),
                new Figure(
                    "differences",
                    new BarChart(
                        lab.Say("How small the differences are", "差の小ささ"),
                        lab.Say("−log₁₀ of the mean difference", "差の平均の −log₁₀"))
                    {
                        Bars = [.. check.Differences.Zip(zeros, (d, digits) => (d.Parameter, digits))],
                    },
                    ($"A bar of {digits(zeros.Min())} stands for a mean difference of 10 to the power of " +
                     $"−{digits(zeros.Min())}: the longer the bar, the better the two agree. The shortest is " +
                     $"{digits(zeros.Min())}, the longest {digits(zeros.Max())}. A mistake in a formula would show " +
                     "as about 1 in the table's last column.",
                     $"棒の長さ {digits(zeros.Min())} は、" +
                     $"差の平均が 10 の −{digits(zeros.Min())} 乗であることを表し、長いほどよく一致しています。" +
                     $"最短は {digits(zeros.Min())}、最長は {digits(zeros.Max())} です。公式に誤りがあれば、" +
                     "表の最後の列（最大の相対誤差）が 1 程度になります。"))
                { NumbersOf = NumbersOf.FirstSeed, InBook = "" },
                new Paragraph((
                    $"Backpropagation took {Milliseconds(check.byPullbacks)} ms, central differences " +
                    $"{Milliseconds(check.byDifferences)} ms: about {Times(0)} times as long.",
                    $"誤差逆伝播法は {Milliseconds(check.byPullbacks)} ミリ秒、" +
                    $"数値微分は {Milliseconds(check.byDifferences)} " +
                    $"ミリ秒で、約 {Times(0)} 倍の時間がかかりました。")),
            ],
            Claims =
            [
                lab.Claim(("The mean difference is below 10⁻⁹ for every parameter",
                    "どのパラメータでも差の平均は 10⁻⁹ 未満"),
                    seed => checks[seed].Differences.All(d => d.MeanAbsolute < 1e-9),
                    seed =>
                        [
                            (
                                ("largest mean difference", "差の平均の最大値"),
                                Scientific(checks[seed].Differences.Max(d => d.MeanAbsolute))),
                        ]),
                lab.Claim(("Backpropagation is more than a hundred times as fast", "誤差逆伝播法は100倍以上速い"),
                    seed => checks[seed].byDifferences > 100 * checks[seed].byPullbacks,
                    seed =>
                        [(("times as fast", "速さの比"), Times(seed))]),
            ],
        };
    }

    // To three digits: more would not agree with one another.
    private static double Rounded(double value) =>
        double.Parse(value.ToString("E2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
