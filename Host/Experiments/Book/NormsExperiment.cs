using Functional.Host.Charts;
using MathNet.Numerics.LinearAlgebra;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>Ridge and lasso in the smallest of networks, linear regression. Source: Deep Learning from Scratch,
/// exercises to chapter 6.</summary>
internal sealed class NormsExperiment : Experiment
{
    private const int Samples = 80, RateCount = 40, Steps = 600;
    private const double Low = 0.5, LearningRate = 0.1, Least = 1e-3, Ratio = 1.2589254117941673;

    // What the data are made with: half of the features have nothing to do with the answer.
    internal static readonly double[] Truth = [2, -1.5, 1, 0.6, 0, 0, 0, 0];

    public override string Name => "norms";
    public override LocalizedText Title => ("Ridge and lasso", "リッジ回帰とラッソ回帰（L2 と L1）");

    public override LocalizedText Question => (
        "Four of eight features carry information about a number, the other four are noise. If large weights are " +
        "penalized, which penalty finds out which features are noise, squares (ridge) or magnitudes (lasso)? And why?",
        "8つの特徴量のうち4つは目的の値と関係があり、残りの4つはノイズ（無関係な特徴量）です。" +
        "大きな重みにペナルティを課すとき、どれがノイズかを見分けるのは二乗（リッジ）でしょうか、" +
        "絶対値（ラッソ）でしょうか。" +
        "それはなぜでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        // A tenth of a decade apart: 0.001 to 8.
        var rates = new double[lab.Of(RateCount, 20)];
        rates[0] = Least;
        for (var i = 1; i < rates.Length; i++)
            rates[i] = rates[i - 1] * (lab.Settings.Quick ? Ratio * Ratio : Ratio);
        var fits = lab.Compute(lab.Seeds, seed =>
        {
            var batch = Data(Key.OfSeed(seed).Child(61));
            return (
                Plain: Fit(batch, 0, 0), Ridge: rates.Select(rate => Fit(batch, rate, 0)).ToArray(),
                Lasso: rates.Select(rate => Fit(batch, 0, rate)).ToArray());
        });
        var first = fits[0];
        int Zeros(double[] weights) => weights.Count(weight => weight == 0);
        // The first rate at which the lasso has dropped exactly as many features as are noise.
        int NoiseRate(int seed) => Array.FindIndex(
            fits[seed].Lasso,
            weights => Enumerable.Range(0, Truth.Length).All(i => weights[i] == 0 == (Truth[i] == 0)));
        bool FindsNoise(int seed) => NoiseRate(seed) >= 0;
        // By as much as is seen in the figure.
        var grows = Enumerable.Range(0, Truth.Length).Any(i =>
            Truth[i] == 0 && first.Ridge.Max(weights => Math.Abs(weights[i])) > Math.Abs(first.Ridge[0][i]) + 0.05);
        return new()
        {
            Parts =
            [
                new Figure(
                    "paths",
                    new SmallMultiples(lab.Say("Weights over the rate of the penalty", "正則化の係数と重み"),
                    [
                        Paths(lab, lab.Say("ridge", "リッジ"), rates, first.Ridge),
                        Paths(lab, lab.Say("lasso", "ラッソ"), rates, first.Lasso),
                    ])
                    { Columns = 2, CellAspect = 0.85 },
                    Text(
                        ("Each line is the weight of a feature; at the left edge the penalty is too small to " +
                         $"matter. At the largest rate ridge has made {Zeros(first.Ridge[^1])} of {Truth.Length} " +
                         $"weights exactly zero, lasso {Zeros(first.Lasso[^1])}: ridge shrinks the large " +
                         $"weights in proportion{(grows ? " (those of the noise can even grow)" : "")}, " +
                         "lasso takes the same amount off each.",
                         "1本の線が1つの特徴量の重みです。左端では正則化がほとんど効いていません。" +
                         "最大の係数でちょうど 0 になった重みは、" +
                         $"リッジでは{Truth.Length}個のうち{Zeros(first.Ridge[^1])}個、" +
                         $"ラッソでは{Zeros(first.Lasso[^1])}個です。" +
                         "リッジは大きな重みを比例的に縮め" +
                         $"{(grows ? "（ノイズの重みはいったん増えることもあります）" : "")}、" +
                         "ラッソはどの重みからも同じ量を引きます。"),
                        FindsNoise(0)
                            ? (
                                "With lasso the weights of the noise features are the first to become zero.",
                                "ラッソではノイズの重みが先に 0 になります。")
                            : (
                                "With lasso a weight that is not noise becomes zero before the last noise feature " +
                                "does.",
                                "ラッソでは、ノイズの重みがすべて 0 になる前に、ノイズでない重みも 0 になります。")))
                { NumbersOf = NumbersOf.FirstSeed, InBook = "" },
                new Figure(
                    "planes",
                    new SmallMultiples(
                        lab.Say("Where the loss touches the limit", "損失と制限が接する点"),
                        [Plane(lab, lab.Say("ridge", "リッジ"), Circle),
                            Plane(lab, lab.Say("lasso", "ラッソ"), Diamond)])
                    { Columns = 2 },
                    ("Two weights: the ellipses are equal losses around the best weights, the circle or diamond is " +
                     "the limit on the squares (ridge) or on the magnitudes (lasso). The smallest loss allowed is " +
                     "where an ellipse touches the limit: on a circle in general off both axes, on a diamond, which " +
                     "has corners, in one of them, where a weight is exactly zero.",
                     "重みが2つの場合。楕円は損失の等高線、円とひし形は、それぞれ二乗和（リッジ）" +
                     "と絶対値の和（ラッソ）の制限です。許される中で最小の損失は、楕円が制限に接する点です。" +
                     "円ではふつうどちらの軸からも離れ、角のあるひし形では角で接し、" +
                     "そこでは一方の重みがちょうど 0 です。"))
                { NumbersOf = NumbersOf.NoSeed, InBook = "" },
            ],
            Claims =
            [
                lab.Claim((
                    "With rate 0 it is plain regression: the weights are those of the normal equations, to 10⁻⁶",
                    "係数 0 では通常の回帰：重みは正規方程式の解と 10⁻⁶ の範囲で一致する"),
                    seed => Largest(fits[seed].Plain, LeastSquares(Data(Key.OfSeed(lab.Seeds[seed]).Child(61)))) < 1e-6,
                    seed =>
                        [
                            (
                                ("largest difference", "差の最大値"),
                                Typography.Scientific(
                                    Largest(
                                        fits[seed].Plain, LeastSquares(Data(Key.OfSeed(lab.Seeds[seed]).Child(61)))),
                                    2)),
                        ]),
                lab.Claim(("Ridge makes no weight zero at any rate", "リッジでは、どの係数でも 0 になる重みはない"),
                    seed => fits[seed].Ridge.All(weights => Zeros(weights) == 0),
                    seed => [(("most zeros at a rate", "0 の個数の最大"), $"{fits[seed].Ridge.Max(Zeros)}")]),
                lab.Claim(("Lasso makes all weights zero at the largest rate",
                    "ラッソでは、最大の係数ですべての重みが 0 になる"),
                    seed => Zeros(fits[seed].Lasso[^1]) == Truth.Length,
                    seed => [(("zeros", "0 の個数"), $"{Zeros(fits[seed].Lasso[^1])} / {Truth.Length}")]),
                lab.Claim((
                    "At some rate lasso drops the four noise features, and only those",
                    "ある係数で、ラッソはノイズの4つの特徴量だけを取り除く"),
                FindsNoise,
                    seed =>
                        [
                            (
                                ("rate", "係数"),
                                NoiseRate(seed) is var rate && rate < 0 ? "–" : Typography.Value(rates[rate], 2)),
                        ]),
                Lab.Claim((
                    "The diamond is touched in a corner, the circle is not touched on an axis",
                    "ひし形には角で接し、円には軸上では接しない"),
                    Touch(Diamond) is var (x, y) && (x == 0 || y == 0) && Touch(Circle) is var (u, v) && u != 0
                        && v != 0,
                    (("diamond", "ひし形"), Place(Touch(Diamond))), (("circle", "円"), Place(Touch(Circle)))),
            ],
        };
    }

    private static string Place((double X, double Y) at) =>
        $"({Typography.Value(at.X, 2)}, {Typography.Value(at.Y, 2)})";

    internal static Batch<double> Data(Key key)
    {
        var x = Matrix<double>.Build.Dense(Truth.Length, Samples, key.Child(0).Normals(Truth.Length * Samples));
        var noise = key.Child(1).Normals(Samples);
        // A bias of 3, which no penalty touches.
        return Batch.Of(x, Matrix<double>.Build.Dense(1, Samples, (_, j) => 3 + 0.5 * noise[j] + Dot(Truth, x, j)));
    }

    private static double Dot(double[] weights, Matrix<double> x, int column)
    {
        double sum = 0;
        for (var i = 0; i < weights.Length; i++)
            sum += weights[i] * x[i, column];
        return sum;
    }

    // One affine layer with the squared error; ridge as a penalty, lasso as the proximal step after each update.
    internal static double[] Fit(Batch<double> batch, double ridge, double lasso)
    {
        var network = Network.Create<double>([Truth.Length, 1], Activation.Relu, Initializer.Zero, Key.OfSeed(0))
            .WithLoss(Loss.MeanSquaredError).WithPenalty(Penalty.L2(ridge));
        var state = Training.Start(network, Optimizer.Sgd(LearningRate).WithProximalL1(lasso));
        for (var step = 0; step < Steps; step++)
            (state, _) = Training.Step(state, batch);
        return [.. state.Network.Parameters()["affine1.weight"].Values];
    }

    /// <summary>The weights and, last, the bias of ridge regression; the bias is not penalized. By the normal equations
    /// with a feature for the bias and Gauss's elimination: positive definite, so no pivots.</summary>
    internal static double[] LeastSquares(Batch<double> batch, double ridge = 0)
    {
        var (n, inputs) = (Truth.Length + 1, batch.Inputs);
        double At(int i, int j) => i < Truth.Length ? inputs[i, j] : 1;
        var targets = ((Targets<double>.Values)batch.Targets).Item;
        var a = new double[n, n + 1];
        for (var row = 0; row < n; row++)
            for (var column = 0; column <= n; column++)
                for (var j = 0; j < Samples; j++)
                    a[row, column] += At(row, j) * (column < n ? At(column, j) : targets[0, j]);
        // Of the mean squared error plus ridge / 2 times the sum of squares.
        for (var i = 0; i < Truth.Length; i++)
            a[i, i] += Samples * ridge / 2;
        for (var pivot = 0; pivot < n; pivot++)
            for (var row = 0; row < n; row++)
            {
                if (row == pivot)
                    continue;
                var factor = a[row, pivot] / a[pivot, pivot];
                for (var column = pivot; column <= n; column++)
                    a[row, column] -= factor * a[pivot, column];
            }
        return [.. Enumerable.Range(0, n).Select(i => a[i, n] / a[i, i])];
    }

    internal static double Largest(double[] first, double[] second) =>
        first.Zip(second, (a, b) => Math.Abs(a - b)).Max();

    private static LineChart Paths(Lab lab, string title, double[] rates, double[][] weights) =>
        new(title, Axis.Log(lab.Say("rate", "係数")), lab.Say("weight", "重み"))
        {
            Series = [.. Enumerable.Range(0, Truth.Length).Select(i => new Series(
                Truth[i] == 0
                    ? lab.Say("noise", "ノイズ")
                    : lab.Say($"feature {i + 1}", $"特徴量 {i + 1}"), rates, [.. weights.Select(w => w[i])])
            {
                Color = Math.Min(i, 4), Dash = Truth[i] == 0 ? Dash.Dotted : Dash.Solid,
            })],
        };

    // A loss whose ellipses are slanted, with its least value at (2, 0.5).
    private static double Bowl(double x, double y) =>
        (x - 2) * (x - 2) + 1.2 * (y - Low) * (y - Low) + 0.9 * (x - 2) * (y - Low);

    private static IEnumerable<(double X, double Y)> Circle =>
        Quarters(t => ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)));

    private static IEnumerable<(double X, double Y)> Diamond => Quarters(t => (1 - t, t));

    // From (1, 0) once around, given a quarter of the way over 0 to 1.
    private static IEnumerable<(double X, double Y)> Quarters(Func<double, (double X, double Y)> quarter)
    {
        for (var i = 0; i <= 800; i++)
        {
            var (x, y) = quarter(i % 200 / 200.0);
            yield return (i / 200 % 4) switch { 0 => (x, y), 1 => (-y, x), 2 => (-x, -y), _ => (y, -x) };
        }
    }

    private static (double X, double Y) Touch(IEnumerable<(double X, double Y)> border) =>
        border.MinBy(point => Bowl(point.X, point.Y));

    private static ContourChart Plane(Lab lab, string name, IEnumerable<(double X, double Y)> border)
    {
        var touch = Touch(border);
        Series Path(string label, params (double X, double Y)[] points) =>
            new(label, [.. points.Select(p => p.X)], [.. points.Select(p => p.Y)]);
        return new(name, "w₁", "w₂")
        {
            EqualUnits = true,
            Field = Field.Of(Bowl, (-1.5, 3.5), (-1.5, 2.5)),
            Levels = [0.1, 0.4, Bowl(touch.X, touch.Y), 2.6, 4.5, 7],
            Paths =
            [
                Path(lab.Say("limit", "制限"), [.. border]) with { Marker = Marker.None },
                Path(lab.Say("least loss", "損失の最小点"), (2, Low)),
                Path(lab.Say("least allowed", "制限内の最小点"), touch),
            ],
        };
    }
}
