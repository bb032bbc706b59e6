using Functional.Host.Exercises;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Exercises;

/// <summary>What learners write: right answers, and typical wrong ones with a part of the reason that each should be
/// given. They are written element by element, unlike the mistakes that are recognized.</summary>
internal static partial class Answers
{
    /// <summary>Right in different ways.</summary>
    public static (string Exercise, Func<Mark> Marked)[] Right { get; } =
    [
        ("sigmoid", () => Mark.Sigmoid((y, dy) => Each(y, dy, (y, dy) => dy * y * (1 - y)))),
        ("sigmoid", () => Mark.Sigmoid((y, dy) => Each(y, dy, (y, dy) => dy * (y - y * y)))),
        ("momentum", () => Mark.Momentum((r, m, w, v, g) => (w + m * v - r * g, m * v - r * g))),
        ("he", () => Mark.He((outputs, inputs, key) => He(outputs, inputs, key, Math.Sqrt(2.0 / inputs)))),
        ("he", () => Mark.He((outputs, inputs, key) =>
            Matrix<double>.Build.Dense(outputs, inputs, (i, j) => key.Child(i * inputs + j).Normals(1)[0])
                * Math.Sqrt(2) / Math.Sqrt(inputs))),
        ("batch-norm", () => Mark.BatchNorm(BatchNorm)),
        ("ridge", () => Mark.Ridge((r, w, g) => Each(w, g, (w, g) => g + r * w))),
        ("lasso", () => Mark.Lasso((r, w, g) => Each(w, g, (w, g) => w > 0 ? g + r : w < 0 ? g - r : g))),
        ("dropout", () => Mark.Dropout((r, mask, dy) => Each(mask, dy, (m, dy) => m == 0 ? 0 : dy / (1 - r)))),
        ("random-crop", () => Mark.RandomCrop((image, h, w, key) => image.SubMatrix(
            key.Child(0).Integers(1, image.RowCount - h + 1)[0], h,
            key.Child(1).Integers(1, image.ColumnCount - w + 1)[0], w))),
        ("random-crop", () => Mark.RandomCrop((image, h, w, key) =>
        {
            var rows = image.RowCount - h + 1;
            var place = key.Integers(1, rows * (image.ColumnCount - w + 1))[0];
            return image.SubMatrix(place % rows, h, place / rows, w);
        })),
        ("ridge", () => Mark.Ridge((r, w, g) =>
            Matrix<double>.Build.SparseOfMatrix(w).Multiply(r).Add(g).Transpose().Transpose())),
        ("sigmoid", () => Mark.Sigmoid((y, dy) =>
            Each(y, dy, (y, dy) => dy * y / (1 + Math.Exp(Math.Log(y / (1 - y))))))),
        .. Unusual,
    ];

    /// <summary>Wrong.</summary>
    public static (string Exercise, string Reason, Func<Mark> Marked)[] Wrong { get; } =
    [
        .. Sigmoids().Select(at => ("sigmoid", at.Reason, at.Marked)),
        .. Momentums().Select(at => ("momentum", at.Reason, at.Marked)),
        .. Hes().Select(at => ("he", at.Reason, at.Marked)),
        .. BatchNorms().Select(at => ("batch-norm", at.Reason, at.Marked)),
        .. Ridges().Select(at => ("ridge", at.Reason, at.Marked)),
        .. Lassos().Select(at => ("lasso", at.Reason, at.Marked)),
        .. Dropouts().Select(at => ("dropout", at.Reason, at.Marked)),
        .. Crops().Select(at => ("random-crop", at.Reason, at.Marked)),
    ];

    private static IEnumerable<(string Reason, Func<Mark> Marked)> Ridges()
    {
        (string, Func<Mark>) Of(string reason, Func<double, double, double, double> element) =>
            (reason, () => Mark.Ridge((r, w, g) => Each(w, g, (w, g) => element(r, w, g))));
        yield return Of("the sign of the penalty is wrong", (r, w, g) => g - r * w);
        yield return Of("the factor 1/2 of the penalty is missing", (r, w, g) => g + 2 * r * w);
        yield return Of("the factor 1/2 is applied twice", (r, w, g) => g + 0.5 * r * w);
        yield return Of("add the gradient of the loss", (r, w, g) => r * w);
        yield return Of("the penalty is not added", (r, w, g) => g);
        yield return Of("this is lasso", (r, w, g) => g + r * Math.Sign(w));
        yield return Of("|w| is added", (r, w, g) => g + r * Math.Abs(w));
        yield return Of("the penalty itself is added (w²)", (r, w, g) => g + r * w * w);
        yield return Of("the penalty itself is added (w²/2)", (r, w, g) => g + r * w * w / 2);
        yield return Of("the rate is missing", (r, w, g) => g + w);
        yield return Of("weight and gradient are swapped", (r, w, g) => w + r * g);
        yield return Of("a step of descent", (r, w, g) => w - r * g);
        yield return Of("the gradient is added twice", (r, w, g) => g + r * g);
        yield return Of("with the right gradient", (r, w, g) => w * (1 - r * r) - r * g);
        yield return ("the penalty's value", () => Mark.Ridge((r, w, g) =>
            g + 0.5 * r * w.Enumerate().Sum(w => w * w)));
        yield return ("divided by its norm", () => Mark.Ridge((r, w, g) =>
            g + w.Multiply(r / Math.Sqrt(w.Enumerate().Sum(w => w * w)))));
        yield return ("* of two matrices is the matrix product", () => Mark.Ridge((r, w, g) => g + r / 2 * w * w));
        yield return Of("nearly right", (r, w, g) => g + r * (float)w);
        yield return ("number of weights", () => Mark.Ridge((r, w, g) =>
            Each(w, g, (a, b) => b + r * a / w.ToArray().Length)));
        yield return ("the sign of every number is wrong", () => Mark.Ridge((r, w, g) => -(g + r * w)));
        yield return ("rows and columns are swapped", () => Mark.Ridge((r, w, g) => (g + r * w).Transpose()));
        yield return ("right, but in another shape", () => Mark.Ridge((r, w, g) =>
            Matrix<double>.Build.Dense(w.ColumnCount, w.RowCount, (g + r * w).ToColumnMajorArray())));
        yield return ("changes its argument gradient", () => Mark.Ridge((r, w, g) =>
        {
            g.Add(r * w, g);
            return g;
        }));
    }

    private static IEnumerable<(string Reason, Func<Mark> Marked)> Lassos()
    {
        (string, Func<Mark>) Of(string reason, Func<double, double, double, double> element) =>
            (reason, () => Mark.Lasso((r, w, g) => Each(w, g, (w, g) => element(r, w, g))));
        yield return Of("the sign of the penalty is wrong", (r, w, g) => w > 0 ? g - r : w < 0 ? g + r : g);
        yield return Of("this is ridge", (r, w, g) => g + r * w);
        yield return Of("add the gradient of the loss", (r, w, g) => r * Math.Sign(w));
        yield return Of("the penalty is not added", (r, w, g) => g);
        yield return Of("the penalty itself", (r, w, g) => g + r * Math.Abs(w));
        yield return Of("the rate is missing", (r, w, g) => g + Math.Sign(w));
        yield return Of("0 counts as positive", (r, w, g) => w < 0 ? g - r : g + r);
        yield return Of("0 counts as negative", (r, w, g) => w > 0 ? g + r : g - r);
        yield return Of("negative weights are missing", (r, w, g) => w > 0 ? g + r : g);
        yield return Of("the sign is taken of the gradient", (r, w, g) => g + r * Math.Sign(g));
        yield return Of("whatever the weight's sign", (r, w, g) => g + r);
        yield return Of("0/0", (r, w, g) => g + r * (w / Math.Abs(w)));
        yield return Of("the penalty is added twice", (r, w, g) => g + 2 * r * Math.Sign(w));
        yield return Of("lasso has none", (r, w, g) => g + r / 2 * Math.Sign(w));
        yield return Of("nearly right: an epsilon is added", (r, w, g) => g + r * (w / (Math.Abs(w) + 1e-7)));
        yield return Of("soft threshold", (r, w, g) => w > r ? w - r : w < -r ? w + r : 0);
        yield return Of("a step of descent", (r, w, g) => w - r * g - r * Math.Sign(w));
        yield return Of("weight and gradient are swapped", (r, w, g) => w + r * Math.Sign(g));
        yield return Of("multiplied by the rate, too", (r, w, g) => r * g + r * Math.Sign(w));
        yield return Of("the sign is taken of the whole sum", (r, w, g) => Math.Sign(g + r * w));
        yield return ("the penalty's value", () => Mark.Lasso((r, w, g) =>
            g + r * w.Enumerate().Sum(w => Math.Abs(w))));
    }

    private static IEnumerable<(string Reason, Func<Mark> Marked)> Sigmoids()
    {
        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
        (string, Func<Mark>) Of(string reason, Func<double, double, double> element) =>
            (reason, () => Mark.Sigmoid((y, dy) => Each(y, dy, element)));
        yield return Of("dy is missing", (y, dy) => y * (1 - y));
        yield return Of("the factor 1 - y is missing", (y, dy) => dy * y);
        yield return Of("the factor y is missing", (y, dy) => dy * (1 - y));
        yield return Of("tanh", (y, dy) => dy * (1 - y * y));
        yield return Of("the sign is wrong", (y, dy) => dy * y * (y - 1));
        yield return Of("sigmoid is taken once more", (y, dy) => dy * Sigmoid(y) * (1 - Sigmoid(y)));
        yield return Of("y is squared", (y, dy) => dy * y * y);
        yield return Of("1 - y is squared", (y, dy) => dy * (1 - y) * (1 - y));
        yield return Of("parentheses are missing", (y, dy) => dy * y * 1 - y);
        yield return Of("divided by y (1 - y)", (y, dy) => dy / (y * (1 - y)));
        yield return Of("dy is returned unchanged", (y, dy) => dy);
        yield return Of("dy is added", (y, dy) => dy + y * (1 - y));
        yield return Of("1 - y, not 1 + y", (y, dy) => dy * y * (1 + y));
        yield return Of("dy stands where y belongs", (y, dy) => dy * y * (1 - dy));
        yield return Of("1 - y is divided by y", (y, dy) => dy * (1 - y) / y);
        yield return Of("this is its own, 1 - 2y", (y, dy) => dy * (1 - 2 * y));
        yield return ("* of two matrices is the matrix product", () => Mark.Sigmoid((y, dy) => dy * y * (1 - y)));
        yield return Of("every number is 2 times", (y, dy) => 2 * dy * y * (1 - y));
        yield return Of("every number is 0.3333 times", (y, dy) => dy * y * (1 - y) / 3);
        yield return Of("every number is 0", (y, dy) => 0);
        // What is infinite is like no other mistake.
        yield return Of("divided by 0", (y, dy) => dy / 0);
        yield return Of("divided by 0, or", (y, dy) => double.NaN);
        yield return ("number of samples", () => Mark.Sigmoid((y, dy) =>
            Each(y, dy, (y, dy) => dy * y * (1 - y)) / dy.ColumnCount));
    }

    private static IEnumerable<(string Reason, Func<Mark> Marked)> Dropouts()
    {
        (string, Func<Mark>) Of(string reason, Func<double, double, double, double> element) =>
            (reason, () => Mark.Dropout((r, mask, dy) => Each(mask, dy, (m, dy) => element(r, m, dy))));
        yield return Of("the mask is missing", (r, m, dy) => dy / (1 - r));
        yield return Of("the scale 1 / (1 - ratio) of the forward pass", (r, m, dy) => m == 1 ? dy : 0);
        yield return Of("multiplied by 1 - ratio", (r, m, dy) => m * dy * (1 - r));
        yield return Of("divided by the ratio", (r, m, dy) => m * dy / r);
        yield return Of("multiplied by the ratio", (r, m, dy) => m * dy * r);
        yield return Of("the mask is inverted: 1", (r, m, dy) => m == 1 ? 0 : dy / (1 - r));
        yield return Of("the mask is inverted, and", (r, m, dy) => m == 1 ? 0 : dy);
        yield return Of("the backward of evaluation", (r, m, dy) => dy);
        yield return Of("scaling at evaluation", (r, m, dy) => (1 - r) * dy);
        yield return Of("the sign is wrong", (r, m, dy) => -m * dy / (1 - r));
        yield return Of("dy is missing", (r, m, dy) => m / (1 - r));
        yield return Of("the scale is applied twice", (r, m, dy) => m * dy / (1 - r) / (1 - r));
        yield return Of("only the mask is returned", (r, m, dy) => m);
        yield return Of("parentheses are missing", (r, m, dy) => m * dy / 1 - r);
        yield return ("the share that this mask keeps", () => Mark.Dropout((r, mask, dy) =>
            dy.PointwiseMultiply(mask) / mask.Enumerate().Average()));
        yield return ("nothing is to be drawn here", () =>
        {
            var call = 0;
            return Mark.Dropout((r, mask, dy) =>
            {
                var drawn = Key.OfSeed(call++).Uniforms(mask.RowCount * mask.ColumnCount);
                return dy.MapIndexed((i, j, dy) => drawn[i + j * mask.RowCount] < r ? 0 : dy / (1 - r));
            });
        });
        yield return ("number of samples", () => Mark.Dropout((r, mask, dy) =>
            Each(mask, dy, (m, d) => m * d / (1 - r) / dy.ColumnCount)));
    }

    private static Matrix<double> Each(Matrix<double> a, Matrix<double> b, Func<double, double, double> element) =>
        Matrix<double>.Build.Dense(a.RowCount, a.ColumnCount, (i, j) => element(a[i, j], b[i, j]));

    private static Matrix<double> He(int outputs, int inputs, Key key, double deviation) =>
        deviation * Matrix<double>.Build.Dense(outputs, inputs, key.Normals(outputs * inputs));
}
