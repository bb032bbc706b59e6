using Functional.Host.Charts;
using static Functional.Host.Experiments.NormsExperiment;

namespace Functional.Host.Experiments;

/// <summary>Ridge as its rate grows without end, the bias that it leaves alone, and norms with and without their root.
/// Source: Deep Learning from Scratch, exercises to chapter 6.</summary>
internal sealed class RidgeLimitExperiment : Experiment
{
    private const int Powers = 8;
    private const double Difference = 1e-6;

    // Rates of training that go with gradient descent: larger ones diverge.
    private const double Trained = 1;

    public override string Name => "ridge-limit";
    public override LocalizedText Title => ("Ridge at the limit", "リッジ回帰の極限");

    public override LocalizedText Question => (
        "The regression of the experiment norms, with ridge rates up to a hundred million. Will the weights ever be " +
        "exactly 0? How much smaller are they at ten times the rate? And what becomes of the bias, which isn't " +
        "penalized?",
        "norms の実験と同じ回帰で、リッジの係数を1億まで大きくします。重みがちょうど 0 になることはあるでしょうか。" +
        "係数を10倍にすると、重みは何分の1になるでしょうか。" +
        "また、ペナルティを課されないバイアスはどうなるでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        // 0.001 to 10⁸, one a decade.
        double[] rates = [.. Enumerable.Range(-3, Powers + 4).Select(Typography.Power)];
        var fits = lab.Compute(lab.Seeds, seed =>
        {
            var data = NormsExperiment.Data(Key.OfSeed(seed).Child(61));
            var targets = ((Targets<double>.Values)data.Targets).Item;
            return (
                Lines: rates.Select(rate => LeastSquares(data, rate)).ToArray(), Mean: targets.Enumerate().Average(),
                ByTraining: Fit(data, Trained, 0), Exact: LeastSquares(data, Trained));
        });
        var first = fits[0];
        double Squares(int seed, int rate) => fits[seed].Lines[rate][..Truth.Length].Sum(weight => weight * weight);
        double Bias(int seed, int rate) => fits[seed].Lines[rate][Truth.Length];
        // How far the fall of each weight over the last tenfold rate is from tenfold.
        double FromTenfold(int seed) => Enumerable.Range(0, Truth.Length).Max(i =>
            Math.Abs(fits[seed].Lines[^2][i] / fits[seed].Lines[^1][i] - 10));
        var last = rates.Length - 1;
        // From there on every tenfold rate makes every weight a tenth, to 5%: as straight as is seen.
        var straight = Enumerable.Range(0, last).Reverse().TakeWhile(rate => Enumerable.Range(0, Truth.Length).All(i =>
            Math.Abs(first.Lines[rate][i] / first.Lines[rate + 1][i] - 10) < 0.5)).LastOrDefault(last);
        double[] example = [3, -4];
        double[] Slopes(Func<double[], double> norm) => [.. example.Select((at, i) =>
        {
            double Of(double x) => norm([.. example.Select((other, j) => i == j ? x : other)]);
            return (Of(at + Difference) - Of(at - Difference)) / (2 * Difference);
        })];
        double Half(double[] w) => w.Sum(weight => weight * weight) / 2;
        double Root(double[] w) => Math.Sqrt(w.Sum(weight => weight * weight));
        double[] half = Slopes(Half), root = Slopes(Root);
        string[] Row(string name, double[] values) => [name, .. values.Select(value => Typography.Number(value, 3))];
        return new()
        {
            Parts =
            [
                new Figure(
                    "limit",
                    new SmallMultiples(lab.Say("Weights and bias as the rate grows",
                        "係数を大きくしたときの重みとバイアス"),
                    [
                        new LineChart(
                            lab.Say("sizes of the weights", "重みの大きさ"), Axis.Log(lab.Say("rate", "係数")),
                            Axis.Log(lab.Say("|weight|", "|重み|")))
                        {
                            Series = [.. Enumerable.Range(0, Truth.Length).Select(i => new Series(
                                Truth[i] == 0 ? lab.Say("noise", "ノイズ") : lab.Say($"feature {i + 1}",
                                    $"特徴量 {i + 1}"),
                                rates, [.. first.Lines.Select(line => Math.Abs(line[i]))])
                            {
                                Color = Math.Min(i, 4), Dash = Truth[i] == 0 ? Dash.Dotted : Dash.Solid,
                            })],
                        },
                        new LineChart(
                            lab.Say("bias", "バイアス"), Axis.Log(lab.Say("rate", "係数")),
                            new Axis(lab.Say("bias", "バイアス")) { Minimum = 0 })
                        {
                            Series = [new("", rates, [.. first.Lines.Select(line => line[^1])])],
                            References = [new(first.Mean, lab.Say("mean of the targets", "目的の値の平均"))],
                        },
                    ])
                    { Columns = 2, ShareY = false, CellAspect = 0.85 },
                    ($"On the left both axes are logarithmic: from a rate of {Typography.Value(rates[straight])} on " +
                     "the lines fall straight, to a tenth at ten times the rate, toward 0 and never there. The " +
                     "largest weight at the largest rate is " +
                     $"{Typography.Value(first.Lines[last][..Truth.Length].Max(Math.Abs), 2)}. On the right the " +
                     $"bias goes from {Typography.Value(Bias(0, 0))} to {Typography.Value(Bias(0, last))}, " +
                     "the mean of the targets: with no weights left that is the best answer there is.",
                     "左の図は両軸とも対数です。" +
                     $"係数が {Typography.Value(rates[straight])} 以上では線はまっすぐに下がり、" +
                     "係数が10倍になるたびに10分の1になって、0 に近づき続けますが、0 にはなりません。" +
                     "最大の係数で最も大きい重みは " +
                     $"{Typography.Value(first.Lines[last][..Truth.Length].Max(Math.Abs), 2)} です。" +
                     "右の図のバイアスは " +
                     $"{Typography.Value(Bias(0, 0))} から {Typography.Value(Bias(0, last))}、" +
                     "つまり目的の値の平均へ向かいます。重みがなければ、それが最良の答えだからです。"))
                { NumbersOf = NumbersOf.FirstSeed, InBook = "" },
                new Table(
                    ("The norm with and without its root, at w = (3, −4): half the sum of squares, which ridge " +
                     "penalizes, has the gradient w. The 2-norm, its root taken, has w / ‖w‖: all weights together " +
                     "are drawn to 0 at the same speed, however large they are. Programs that write the p-norm with " +
                     "its root and w as its gradient mix up the two.",
                     "w = (3, −4) での、根号のないノルムとあるノルム。" +
                     "リッジのペナルティである二乗和の半分の勾配は w です。根号を付けた 2-ノルムの勾配は w / ‖w‖ で、" +
                     "重みの大きさに関係なく同じ速さで 0 に引かれます。" +
                     "p-ノルムを根号付きで書きながら勾配を w とするプログラムは、この2つを混同しています。"),
                    ["", lab.Say("by w₁", "w₁ で微分"), lab.Say("by w₂", "w₂ で微分")],
                    [
                        Row("w", example), Row(lab.Say("Σ w² / 2, numerically", "Σ w² / 2 の数値微分"), half),
                        Row(lab.Say("√(Σ w²), numerically", "√(Σ w²) の数値微分"), root),
                        Row("w / ‖w‖", [.. example.Select(weight => weight / Root(example))]),
                    ]),
            ],
            Claims =
            [
                lab.Claim((
                    "At each tenfold rate the sum of the squared weights is smaller",
                    "係数を10倍にするたびに、重みの二乗和は小さくなる"),
                    seed => Enumerable.Range(1, last).All(rate => Squares(seed, rate) < Squares(seed, rate - 1)),
                    seed =>
                    [
                        (("at the smallest rate", "最小の係数"), Typography.Value(Squares(seed, 0))),
                        (("at the largest", "最大の係数"), Typography.Value(Squares(seed, last))),
                    ]),
                lab.Claim((
                    "No weight is ever exactly 0, even at a rate of 10⁸",
                    "係数が 10⁸ でも、ちょうど 0 になる重みはない"),
                    seed => fits[seed].Lines.All(line => line[..Truth.Length].All(weight => weight != 0)),
                    seed => [(("smallest weight", "最小の重み"), Typography.Scientific(
                        fits[seed].Lines[last][..Truth.Length].Min(Math.Abs), 2))]),
                lab.Claim((
                    "In the end ten times the rate gives a tenth of every weight, to 0.001",
                    "最後には、係数を10倍にするとどの重みも10分の1になる（差は 0.001 以内）"),
                    seed => FromTenfold(seed) < 1e-3,
                    seed => [(("largest deviation from 10",
                        "10 との差の最大値"), Typography.Value(FromTenfold(seed), 2))]),
                lab.Claim((
                    "The bias isn't pressed to 0: at the largest rate it is the mean of the targets, to 10⁻⁶",
                    "バイアスは 0 に押されない：最大の係数では目的の値の平均に一致する（差は 10⁻⁶ 以内）"),
                    seed => Math.Abs(Bias(seed, last) - fits[seed].Mean) < 1e-6 && Math.Abs(Bias(seed, last)) > 1,
                    seed =>
                    [
                        (("bias", "バイアス"), Typography.Value(Bias(seed, last), 6)),
                        (("mean", "平均"), Typography.Value(fits[seed].Mean, 6)),
                    ]),
                lab.Claim((
                    $"Training with ridge {Trained} comes to the same weights as the normal equations, to 10⁻⁶",
                    $"リッジ {Trained} での学習は、正規方程式と同じ重みに達する（差は 10⁻⁶ 以内）"),
                    seed => Largest(fits[seed].ByTraining, fits[seed].Exact) < 1e-6,
                    seed => [(("largest difference", "差の最大値"),
                        Typography.Scientific(Largest(fits[seed].ByTraining, fits[seed].Exact), 2))]),
                Lab.Claim((
                    "The gradient of the norm with its root is not ridge's: it has length 1",
                    "根号を付けたノルムの勾配はリッジのものではなく、大きさが 1 である"),
                    Math.Abs(Root(root) - 1) < 1e-6 && Largest(half, example) < 1e-6,
                    (("length with the root", "根号ありの大きさ"), Typography.Value(Root(root), 6)),
                    (("without", "根号なし"), Typography.Value(Root(half), 6))),
            ],
        };
    }
}
