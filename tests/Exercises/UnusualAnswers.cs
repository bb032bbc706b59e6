using Functional.Host.Exercises;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Exercises;

/// <summary>Right answers of other shapes: with Linq, with loops, in place in a copy, or with whole matrices.</summary>
internal static partial class Answers
{
    private static (string Exercise, Func<Mark> Marked)[] Unusual =>
    [
        ("sigmoid", () => Mark.Sigmoid((y, dy) => Matrix<double>.Build.DenseOfColumnMajor(
            y.RowCount, y.ColumnCount, y.Enumerate().Zip(dy.Enumerate(), (y, dy) => (1 - y) * y * dy)))),
        ("sigmoid", () => Mark.Sigmoid((y, dy) =>
        {
            var dx = dy.Clone();
            dx.PointwiseMultiply(y, dx);
            dx.PointwiseMultiply(1 - y, dx);
            return dx;
        })),
        ("momentum", () => Mark.Momentum((rate, momentum, weight, velocity, gradient) =>
        {
            var (w, v) = (weight.ToArray(), velocity.ToArray());
            for (var i = 0; i < weight.RowCount; i++)
                for (var j = 0; j < weight.ColumnCount; j++)
                {
                    v[i, j] *= momentum;
                    v[i, j] -= rate * gradient[i, j];
                    w[i, j] += v[i, j];
                }
            return (Matrix<double>.Build.DenseOfArray(w), Matrix<double>.Build.DenseOfArray(v));
        })),
        ("he", () => Mark.He((outputs, inputs, key) => Matrix<double>.Build.DenseOfRowArrays(
            Enumerable.Range(0, outputs).Select(i =>
                key.Child(i).Normals(inputs).Select(x => x / Math.Sqrt(inputs / 2.0)).ToArray())))),
        ("he", () => Mark.He((outputs, inputs, key) => Matrix<double>.Build.Random(
            outputs, inputs, new Normal(0, Math.Sqrt(2.0 / inputs), new Random(key.Integers(1, int.MaxValue)[0]))))),
        // As the book goes back, step by step.
        ("batch-norm", () => Mark.BatchNorm((epsilon, x, gamma, dy) =>
        {
            var samples = x.ColumnCount;
            Matrix<double> Wide(Vector<double> column) =>
                column.ToColumnMatrix() * Matrix<double>.Build.Dense(1, samples, 1);
            Vector<double> Mean(Matrix<double> rows) => rows.RowSums() / samples;
            var centered = x - Wide(Mean(x));
            var deviation = (Mean(centered.PointwiseMultiply(centered)) + epsilon).PointwiseSqrt();
            var dz = dy.PointwiseMultiply(Wide(gamma.Column(0)));
            var dDeviation = -dz.PointwiseMultiply(centered).RowSums().PointwiseDivide(deviation.PointwisePower(2));
            var dVariance = 0.5 * dDeviation.PointwiseDivide(deviation);
            var dCentered = dz.PointwiseDivide(Wide(deviation))
                + 2.0 / samples * centered.PointwiseMultiply(Wide(dVariance));
            return dCentered - Wide(Mean(dCentered));
        })),
        ("ridge", () => Mark.Ridge((r, w, g) => w.Map2((w, g) => g + r * w, g))),
        ("lasso", () => Mark.Lasso((r, w, g) =>
            g + r * w.PointwiseDivide(w.PointwiseAbs().Map(x => x == 0 ? 1.0 : x, Zeros.Include)))),
        ("dropout", () => Mark.Dropout((r, mask, dy) => Matrix<double>.Build.SparseOfIndexed(
            dy.RowCount, dy.ColumnCount, from at in dy.EnumerateIndexed()
                                         where mask[at.Item1, at.Item2] > 0
                                         select (at.Item1, at.Item2, at.Item3 / (1 - r))))),
        ("random-crop", () => Mark.RandomCrop((image, h, w, key) =>
        {
            var offsets = key.Uniforms(2);
            var top = (int)(offsets[0] * (image.RowCount - h + 1));
            var left = (int)(offsets[1] * (image.ColumnCount - w + 1));
            return Matrix<double>.Build.DenseOfRows(
                image.EnumerateRows().Skip(top).Take(h).Select(row => row.Skip(left).Take(w)));
        })),
    ];
}
