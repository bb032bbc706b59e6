using Functional.Host.Charts;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Experiments;

/// <summary>Backpropagation and batch normalization on four numbers, step by step. Source: Deep Learning from Scratch,
/// 5.3 to 5.6 and 6.3.1.</summary>
internal sealed class FourNumbersExperiment : Experiment
{
    private const double Difference = 1e-4;

    // Of a single unit and a batch of four: its inputs, and the gradients that come back to it.
    private static readonly double[] Batch = [1, 2, 4, 9], Gradients = [1, 0, -1, 2];
    private const double Gamma = 2, Beta = 1;

    // Of the smallest network: input, weight, bias and target.
    private const double X = 2, W = 3, B = -1, T = 4;

    public override string Name => "four-numbers";
    public override string Section => "5.3–5.6, 6.3.1";
    public override LocalizedText Title => ("Backward on four numbers", "4つの数で逆伝播をたどる");

    public override LocalizedText Question => (
        $"The smallest network: u = x w, v = u + b, h = ReLU(v), L = (h − t)² / 2, with x = {X}, w = {W}, b = −1, " +
        $"t = {T}. Find L, and how L changes with each of the four, with paper and pencil. Then the same for batch " +
        $"normalization of the four numbers 1, 2, 4, 9, with gamma {Gamma} and beta {Beta}.",
        $"最も小さなネットワーク u = x w、v = u + b、h = ReLU(v)、L = (h − t)² / 2 を考えます（x = {X}、w = {W}、" +
        $"b = −1、t = {T}）。L と、4つの数それぞれについての L " +
        $"の微分を、紙と鉛筆で求めてみてください。次に、4つの数 1、2、4、9 の Batch Normalization（γ = {Gamma}、" +
        $"β = {Beta}）についても同じことをしてみましょう。");

    public override ExperimentReport Run(Lab lab)
    {
        var (chain, largest) = Chain(lab);
        var norm = new Norm(Batch, Gradients);
        var layer = new BatchNorm<double>(
            BatchNormConfiguration.Default,
            new ScaleShift<double>(One(Gamma), One(Beta)), new BatchNormStatistics<double>(One(0), One(0)));
        var (y, _, back) = layer.Forward(Matrix<double>.Build.Dense(1, Batch.Length, Batch));
        var (scaleShift, dx) = back.Invoke(Matrix<double>.Build.Dense(1, Batch.Length, Gradients));
        double[] numerical = [.. Batch.Select((_, i) => Central(x => Weighted(
            [.. Batch.Select((other, j) => i == j ? x : other)]), Batch[i]))];
        double byLayer = Apart(norm.Y, y.Enumerate()), backByLayer = Apart(norm.Dx, dx.Value.Enumerate()),
            byDifferences = Apart(norm.Dx, numerical);
        string[] samples = [.. Enumerable.Range(1, Batch.Length).Select(i => lab.Say($"sample {i}", $"サンプル{i}"))];
        string[] Row(string name, IEnumerable<double> values) =>
            [name, .. values.Select(value => Typography.Number(value, 4))];
        Table Lines(LocalizedText caption, string[][] rows) => new(caption, ["", .. samples], rows);
        string[] Same(string name, double value) => Row(name, Enumerable.Repeat(value, Batch.Length));
        return new()
        {
            Parts =
            [
                chain,
                Lines((
                    "Batch normalization forward, from top to bottom. A number that the whole batch shares is " +
                    "repeated in every column.",
                    "Batch Normalization の順伝播（上から下へ）。ミニバッチ全体で1つの値は、" +
                    "すべての列に書いています。"),
                    [
                        Row("x", Batch), Same("μ", norm.Mean), Row("x − μ", norm.Centered),
                        Row("(x − μ)²", norm.Squares), Same("σ²", norm.Variance), Same("√(σ² + ε)", norm.Deviation),
                        Row("x̂ = (x − μ) / √(σ² + ε)", norm.Normalized), Row("y = γ x̂ + β", norm.Y),
                    ]),
                Lines((
                    "And backward, from top to bottom: each line comes from those above it. Three paths lead to x: " +
                    "directly, through the variance, and through the mean.",
                    "逆伝播（上から下へ）。各行は、それより上の行から計算されます。x へは、直接、分散を通る、" +
                    "平均を通る、の3つの経路があります。"),
                    [
                        Row("dy", Gradients), Same("dβ = Σ dy", norm.DBeta), Same("dγ = Σ dy x̂", norm.DGamma),
                        Row("dx̂ = γ dy", norm.DNormalized),
                        Row(lab.Say("directly: dx̂ / √(σ² + ε)", "直接：dx̂ / √(σ² + ε)"), norm.Direct),
                        Same("dσ² = −Σ dx̂ (x − μ) / 2(σ² + ε)^(3/2)", norm.DVariance),
                        Row(lab.Say("through σ²: 2 (x − μ) dσ² / N", "σ² を通る：2 (x − μ) dσ² / N"), norm.ByVariance),
                        Same(lab.Say("through μ: −Σ directly / N", "μ を通る：−Σ 直接 / N"), norm.ByMean),
                        Row(lab.Say("dx, their sum", "dx（3つの和）"), norm.Dx),
                        Row(lab.Say("dx of BatchNorm's pullback", "BatchNorm の逆伝播の dx"), dx.Value.Enumerate()),
                        Row(lab.Say("dx by central differences", "数値微分の dx"), numerical),
                    ]),
            ],
            Claims =
            [
                Within((
                    "The small network's four derivatives agree with central differences, to 10⁻⁷",
                    "小さなネットワークの4つの微分は、数値微分と 10⁻⁷ の範囲で一致する"), 1e-7, largest),
                Within((
                    "The steps of batch norm forward give what the layer gives, to 10⁻¹²",
                    "順伝播の各ステップの結果は、レイヤの出力と 10⁻¹² の範囲で一致する"), 1e-12, byLayer),
                Within((
                    "The steps backward give what the layer's pullback gives, to 10⁻¹² (dx, dγ and dβ)",
                    "逆伝播の各ステップの結果は、レイヤの逆伝播（dx、dγ、dβ）と 10⁻¹² の範囲で一致する"), 1e-12,
                    Math.Max(backByLayer, Math.Max(
                        Math.Abs(scaleShift.Gamma[0] - norm.DGamma), Math.Abs(scaleShift.Beta[0] - norm.DBeta)))),
                Within((
                    "And what central differences give, to 10⁻⁶",
                        "数値微分とも 10⁻⁶ の範囲で一致する"), 1e-6, byDifferences),
                Within((
                    "The gradient that batch norm passes back sums to 0 over the batch, to 10⁻¹²",
                    "Batch Normalization が戻す勾配は、ミニバッチについて足すと 0 になる（10⁻¹² の範囲）"), 1e-12,
                    Math.Abs(norm.Dx.Sum())),
            ],
        };
    }

    private static Claim Within(LocalizedText statement, double limit, double largest) => Lab.Claim(
        statement, largest < limit, (("largest difference", "差の最大値"), Typography.Scientific(largest, 2)));

    // Each value with the gradient that comes back to it.
    private static (Table Table, double Largest) Chain(Lab lab)
    {
        double u = X * W, v = u + B, h = Math.Max(0, v), loss = (h - T) * (h - T) / 2;
        double dh = h - T, dv = v > 0 ? dh : 0, dx = dv * W, dw = dv * X;
        static double Loss(double x, double w, double b, double t) =>
            Math.Max(0, x * w + b) - t is var d ? d * d / 2 : 0;
        (string Name, double Value, double? Back, string How, Func<double, double>? As)[] rows =
        [
            ("x", X, dx, "du w", x => Loss(x, W, B, T)), ("w", W, dw, "du x", w => Loss(X, w, B, T)),
            ("b", B, dv, "dv", b => Loss(X, W, b, T)), ("u = x w", u, dv, "dv", null),
            ("v = u + b", v, dv, "v > 0: dh", null), ("h = ReLU(v)", h, dh, "h − t", null),
            ("t", T, -dh, "−(h − t)", t => Loss(X, W, B, t)), ("L = (h − t)² / 2", loss, 1, "1", null),
        ];
        var differences = rows.Where(row => row.As is not null)
            .Select(row => (row.Name, Numerical: Central(row.As!, row.Value))).ToDictionary();
        return (new(
            (
                "The smallest network: values forward from top to bottom, gradients backward from bottom to top.",
                "最も小さなネットワーク。値は上から下へ、勾配は下から上へ求めます。"),
            [
                "", lab.Say("value", "値"), lab.Say("comes back as", "逆伝播の式"), lab.Say("gradient", "勾配"),
                lab.Say("by central differences", "数値微分"),
            ],
            [
                .. rows.Select(row => (string[])
                [
                    row.Name, Typography.Value(row.Value), row.How, Typography.Value(row.Back!.Value),
                    differences.TryGetValue(row.Name, out var found) ? Typography.Number(found, 6) : "",
                ]),
            ]),
            rows.Where(row => row.As is not null).Max(row => Math.Abs(differences[row.Name] - row.Back!.Value)));
    }

    private static double Central(Func<double, double> of, double at) =>
        (of(at + Difference) - of(at - Difference)) / (2 * Difference);

    // A loss whose gradient with respect to y is what comes back.
    private static double Weighted(double[] x) => new Norm(x, Gradients).Y.Zip(Gradients, (y, dy) => y * dy).Sum();

    private static double Apart(double[] some, IEnumerable<double> others) =>
        some.Zip(others, (one, other) => Math.Abs(one - other)).Max();

    private static Vector<double> One(double value) => Vector<double>.Build.Dense([value]);

    /// <summary>Batch normalization by hand: every step has a name.</summary>
    private sealed class Norm
    {
        public Norm(double[] x, double[] dy)
        {
            double n = x.Length;
            Mean = x.Sum() / n;
            Centered = [.. x.Select(value => value - Mean)];
            Squares = [.. Centered.Select(value => value * value)];
            Variance = Squares.Sum() / n;
            Deviation = Math.Sqrt(Variance + BatchNormConfiguration.Default.Epsilon);
            Normalized = [.. Centered.Select(value => value / Deviation)];
            Y = [.. Normalized.Select(value => Gamma * value + Beta)];
            DBeta = dy.Sum();
            DGamma = dy.Zip(Normalized, (d, value) => d * value).Sum();
            DNormalized = [.. dy.Select(d => Gamma * d)];
            Direct = [.. DNormalized.Select(d => d / Deviation)];
            DVariance = -DNormalized.Zip(Centered, (d, value) => d * value).Sum()
                / (2 * Deviation * Deviation * Deviation);
            ByVariance = [.. Centered.Select(value => 2 * value * DVariance / n)];
            // The centered values sum to 0, so nothing comes to the mean through the variance.
            ByMean = -Direct.Sum() / n;
            Dx = [.. Direct.Zip(ByVariance, (direct, by) => direct + by + ByMean)];
        }

        public double Mean { get; }
        public double[] Centered { get; }
        public double[] Squares { get; }
        public double Variance { get; }
        public double Deviation { get; }
        public double[] Normalized { get; }
        public double[] Y { get; }
        public double DBeta { get; }
        public double DGamma { get; }
        public double[] DNormalized { get; }
        public double[] Direct { get; }
        public double DVariance { get; }
        public double[] ByVariance { get; }
        public double ByMean { get; }
        public double[] Dx { get; }
    }
}
