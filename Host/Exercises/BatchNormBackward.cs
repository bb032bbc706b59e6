using MathNet.Numerics.LinearAlgebra;
using static Functional.Host.Exercises.Marker;

namespace Functional.Host.Exercises;

/// <summary>Backward through batch normalization: gamma / deviation (dy - mean of dy - z times mean of dy z).</summary>
internal static class BatchNormBackward
{
    /// <summary>Marks it.</summary>
    public static Marker Marker { get; } = new("batch-norm", numbers: ["epsilon"], matrices: ["x", "gamma", "dy"])
    {
        // With a large epsilon it matters where it is.
        Cases = [.. new (double, int, int)[] { (1e-6, 2, 4), (0.1, 3, 5), (0.5, 4, 3) }.Select((at, i) => new Case(
            [at.Item1], 2 * Normal(at.Item2, at.Item3, 60 + i) + 1, Normal(at.Item2, 1, 70 + i),
            Normal(at.Item2, at.Item3, 80 + i)))],
        Right = at => [Each(at, row => row.Gamma / row.Deviation
            * (row.Dy - Mean(row.Dy) - row.Z * Mean(row.Dy.PointwiseMultiply(row.Z))))],
        GradientOf = at => (x =>
        {
            var units = x.RowCount;
            var (y, _, _) = new BatchNorm<double>(
                new BatchNormConfiguration(momentum: 0.9, at.Numbers[0]),
                new ScaleShift<double>(at.Matrices[1].Column(0), Vector<double>.Build.Dense(units)),
                new BatchNormStatistics<double>(Vector<double>.Build.Dense(units), Vector<double>.Build.Dense(units)))
                .Forward(x);
            return y.PointwiseMultiply(at.Matrices[2]).RowSums().Sum();
        }, at.Matrices[0]),
        Mistakes =
        [
            Of("mean and variance are treated as constants, but they depend on x",
                "平均と分散を定数として扱っています。どちらもxに依存します", row => row.Gamma / row.Deviation * row.Dy),
            Of("the path through the mean is missing: subtract the mean of dy",
                "平均を通る経路が抜けています。dyの平均を引いてください",
                row => row.Gamma / row.Deviation * (row.Dy - row.Z * Mean(row.Dy.PointwiseMultiply(row.Z)))),
            Of("the path through the variance is missing: subtract z times the mean of dy z",
                "分散を通る経路が抜けています。z × (dy zの平均)を引いてください",
                row => row.Gamma / row.Deviation * (row.Dy - Mean(row.Dy))),
            Of("gamma is missing", "gammaを掛け忘れています", row => Inner(row, row.Z) / row.Deviation),
            Of("the deviation is missing: divide by sqrt(variance + epsilon)",
                "標準偏差で割り忘れています", row => row.Gamma * Inner(row, row.Z)),
            Of("sums are used instead of means: 1/N is missing",
                "平均であるべきところが和です。1/Nが抜けています", row => row.Gamma / row.Deviation
                * (row.Dy - row.Dy.Sum() - row.Z * row.Dy.PointwiseMultiply(row.Z).Sum())),
            Of("the result is divided by the variance, not by its root",
                "分散の平方根ではなく分散で割っています",
                row => row.Gamma / (row.Deviation * row.Deviation) * Inner(row, row.Z)),
            Of("x is used instead of the normalized z",
                "正規化したzの代わりにxを使っています", row => row.Gamma / row.Deviation * Inner(row, row.X)),
            Of("z is centered, but not divided by the deviation",
                "zから平均を引いただけで、標準偏差で割っていません",
                row => row.Gamma / row.Deviation * Inner(row, row.X - Mean(row.X))),
            Of("the signs of the corrections are wrong: both are subtracted",
                "補正項の符号が逆です。どちらも引きます", row => row.Gamma / row.Deviation
                * (row.Dy + Mean(row.Dy) + row.Z * Mean(row.Dy.PointwiseMultiply(row.Z)))),
            Of("epsilon is missing", "epsilonが抜けています", row => Whole(row, Math.Sqrt(row.Variance))),
            Of("epsilon is added outside the root",
                "epsilonを平方根の外で足しています", row => Whole(row, Math.Sqrt(row.Variance) + row.Epsilon)),
            Of("the variance is divided by N - 1: in batch normalization it is N",
                "分散をN - 1で割っています。バッチ正規化ではNで割ります",
                row => Whole(row, Math.Sqrt(row.Variance * row.X.Count / (row.X.Count - 1) + row.Epsilon))),
            Of("dy is multiplied by gamma alone, as if nothing had been normalized",
                "正規化がなかったかのように、dyにgammaだけを掛けています", row => row.Gamma * row.Dy),
            Of("dy is returned unchanged", "dyをそのまま返しています", row => row.Dy),
            Of("the forward pass is computed", "順伝播を計算しています", row => row.Gamma * row.Z),
            Of("the factor 1/N in front is missing: N dy - sum of dy - z times sum of dy z is N times too large",
                "先頭の1/Nが抜けています。N dy - sum(dy) - z sum(dy z)はN倍大きくなります",
                row => row.Gamma * row.X.Count / row.Deviation * Inner(row, row.Z)),
            Of("the result is divided by the number of samples once more",
                "サンプル数でもう一度割っています",
                row => row.Gamma / row.Deviation / row.X.Count * Inner(row, row.Z)),
            Of("gamma is applied twice", "gammaが2回掛かっています",
                row => row.Gamma * row.Gamma / row.Deviation * Inner(row, row.Z)),
            Of("the sum of dy z is not divided by N", "dy zの和をNで割り忘れています", row => row.Gamma / row.Deviation
                * (row.Dy - Mean(row.Dy) - row.Z * row.Dy.PointwiseMultiply(row.Z).Sum())),
            Of("the sum of dy is not divided by N", "dyの和をNで割り忘れています", row => row.Gamma / row.Deviation
                * (row.Dy - row.Dy.Sum() - row.Z * Mean(row.Dy.PointwiseMultiply(row.Z)))),
            Of("the mean of dy z is taken with x instead of z",
                "dy zの平均で、zの代わりにxを使っています", row => row.Gamma / row.Deviation
                * (row.Dy - Mean(row.Dy) - row.Z * Mean(row.Dy.PointwiseMultiply(row.X)))),
            Of("z is missing in front of the mean of dy z",
                "dy zの平均の前のzが抜けています", row => row.Gamma / row.Deviation
                * (row.Dy - Mean(row.Dy) - Mean(row.Dy.PointwiseMultiply(row.Z)))),
            new(("means are taken over features instead of samples: here each row is a feature",
                "サンプルではなく特徴の方向に平均を取っています。ここでは1行が1つの特徴です"), at =>
            {
                var (x, gamma, dy) = (at.Matrices[0].Transpose(), at.Matrices[1], at.Matrices[2].Transpose());
                var ones = Matrix<double>.Build.Dense(x.RowCount, 1, 1);
                var inner = Each(new Case(at.Numbers, x, ones, dy), row => Inner(row, row.Z) / row.Deviation);
                return [inner.Transpose().MapIndexed((i, _, value) => gamma[i, 0] * value)];
            }),
        ],
    };

    private sealed record Row(Vector<double> X, double Gamma, Vector<double> Dy, double Epsilon)
    {
        public double Variance => Mean((X - Mean(X)).PointwisePower(2));

        public double Deviation => Math.Sqrt(Variance + Epsilon);

        public Vector<double> Z => (X - Mean(X)) / Deviation;
    }

    private static double Mean(Vector<double> x) => x.Sum() / x.Count;

    private static Vector<double> Inner(Row row, Vector<double> z) =>
        row.Dy - Mean(row.Dy) - z * Mean(row.Dy.PointwiseMultiply(z));

    // With another deviation everywhere.
    private static Vector<double> Whole(Row row, double deviation) =>
        row.Gamma / deviation * Inner(row, (row.X - Mean(row.X)) / deviation);

    private static Matrix<double> Each(Case at, Func<Row, Vector<double>> of) => Matrix<double>.Build.DenseOfRowVectors(
        Enumerable.Range(0, at.Matrices[0].RowCount).Select(i =>
            of(new Row(at.Matrices[0].Row(i), at.Matrices[1][i, 0], at.Matrices[2].Row(i), at.Numbers[0]))));

    private static Mistake Of(string english, string japanese, Func<Row, Vector<double>> row) =>
        new((english, japanese), at => [Each(at, row)]);
}
