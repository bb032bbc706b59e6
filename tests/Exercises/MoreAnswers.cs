using Functional.Host.Exercises;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Exercises;

internal static partial class Answers
{
    private static IEnumerable<(string Reason, Func<Mark> Marked)> Momentums()
    {
        (string, Func<Mark>) Of(
            string reason, Func<double, double, double, double, double, (double W, double V)> element) =>
            (reason, () => Mark.Momentum((r, m, w, v, g) =>
            {
                Matrix<double> Part(Func<(double W, double V), double> part) => Matrix<double>.Build.Dense(
                    w.RowCount, w.ColumnCount, (i, j) => part(element(r, m, w[i, j], v[i, j], g[i, j])));
                return (Part(at => at.W), Part(at => at.V));
            }));
        yield return Of("go against it", (r, m, w, v, g) => (w + m * v + r * g, m * v + r * g));
        yield return Of("the velocity is subtracted", (r, m, w, v, g) => (w - m * v + r * g, m * v - r * g));
        yield return Of("not multiplied by the momentum", (r, m, w, v, g) => (w + v - r * g, v - r * g));
        yield return Of("the old velocity", (r, m, w, v, g) => (w + v, m * v - r * g));
        yield return Of("the rate is missing", (r, m, w, v, g) => (w + m * v - g, m * v - g));
        yield return Of("the rate is applied twice", (r, m, w, v, g) => (w + r * (m * v - r * g), m * v - r * g));
        yield return Of("the velocity is not used", (r, m, w, v, g) => (w - r * g, v));
        yield return Of("doesn't move the weight", (r, m, w, v, g) => (w - r * g, m * v - r * g));
        yield return Of("the old velocity is returned", (r, m, w, v, g) => (w + m * v - r * g, v));
        yield return Of("moving average", (r, m, w, v, g) =>
            (w + m * v - (1 - m) * r * g, m * v - (1 - m) * r * g));
        yield return Of("Nesterov", (r, m, w, v, g) => (w + m * m * v - (1 + m) * r * g, m * v - r * g));
        yield return Of("PyTorch", (r, m, w, v, g) => (w - r * (m * v + g), m * v + g));
        yield return Of("multiplied by the momentum, too", (r, m, w, v, g) =>
            (w + m * (v - r * g), m * (v - r * g)));
        yield return Of("rate and momentum are swapped", (r, m, w, v, g) => (w + r * v - m * g, r * v - m * g));
        yield return Of("the weight doesn't change", (r, m, w, v, g) => (w, m * v - r * g));
        yield return Of("multiplies the velocity, not the gradient", (r, m, w, v, g) =>
            (w + r * m * v - r * g, m * v - g));
        yield return Of("the opposite sign", (r, m, w, v, g) => (w - m * v - r * g, m * v + r * g));
        yield return Of("the old velocity is lost", (r, m, w, v, g) => (w - r * g, -r * g));
        yield return Of("the velocity is multiplied by 1 - momentum", (r, m, w, v, g) =>
            (w + (1 - m) * v - r * g, (1 - m) * v - r * g));
        yield return Of("a moving average of gradients", (r, m, w, v, g) =>
            (w - r * (m * v + g - m * g), m * v + g - m * g));
        yield return Of("by the momentum once more", (r, m, w, v, g) =>
            (w + m * m * v - m * r * g, m * v - r * g));
    }

    private static IEnumerable<(string Reason, Func<Mark> Marked)> Hes()
    {
        (string, Func<Mark>) Of(string reason, Func<int, int, double> deviation) => (reason, () => Mark.He(
            (outputs, inputs, key) => He(outputs, inputs, key, deviation(outputs, inputs))));
        yield return Of("Xavier", (outputs, inputs) => Math.Sqrt(1.0 / inputs));
        yield return Of("number of outputs is used", (outputs, inputs) => Math.Sqrt(2.0 / outputs));
        yield return Of("always 0.01", (_, _) => 0.01);
        yield return Of("the same whatever the number of inputs", (_, _) => 0.0707);
        yield return Of("divided by 0", (outputs, inputs) => 1.0 / (2 / inputs));
        yield return Of("the root is missing", (outputs, inputs) => 2.0 / inputs);
        yield return Of("not scaled", (_, _) => 1);
        yield return Of("the 2 is outside the root", (outputs, inputs) => 2 / Math.Sqrt(inputs));
        yield return Of("Glorot", (outputs, inputs) => Math.Sqrt(2.0 / (inputs + outputs)));
        yield return Of("in whole numbers", (outputs, inputs) => Math.Sqrt(2 / inputs));
        yield return Of("in the denominator", (outputs, inputs) => Math.Sqrt(1.0 / 2 / inputs));
        yield return Of("only the 2 is under the root", (outputs, inputs) => Math.Sqrt(2) / inputs);
        yield return Of("the number of weights", (outputs, inputs) => Math.Sqrt(2.0 / (outputs * inputs)));
        yield return ("the default of other libraries", () => Mark.He((outputs, inputs, key) =>
            Matrix<double>.Build.Dense(outputs, inputs,
                [.. key.Uniforms(outputs * inputs).Select(u => (2 * u - 1) / Math.Sqrt(inputs))])));
        yield return ("no weight is negative", () => Mark.He((outputs, inputs, key) =>
            He(outputs, inputs, key, Math.Sqrt(2.0 / inputs)).PointwiseAbs()));
        yield return ("something is added", () => Mark.He((outputs, inputs, key) =>
            He(outputs, inputs, key, Math.Sqrt(2.0 / inputs)) + 0.01));
        yield return ("divided by sqrt(2 / inputs)", () => Mark.He((outputs, inputs, key) =>
            He(outputs, inputs, key, 1) / Math.Sqrt(2.0 / inputs)));
        yield return ("uniform ones from 0 to 1", () => Mark.He((outputs, inputs, key) =>
            Math.Sqrt(2.0 / inputs) * Matrix<double>.Build.Dense(outputs, inputs, key.Uniforms(outputs * inputs))));
        yield return ("uniform, not normal", () => Mark.He((outputs, inputs, key) => Matrix<double>.Build.Dense(
            outputs, inputs,
            [.. key.Uniforms(outputs * inputs).Select(u => Math.Sqrt(6.0 / inputs) * (2 * u - 1))])));
        yield return ("a row is an output", () => Mark.He((outputs, inputs, key) =>
            He(inputs, outputs, key, Math.Sqrt(2.0 / inputs))));
        yield return ("all weights are the same", () => Mark.He((outputs, inputs, _) =>
            Matrix<double>.Build.Dense(outputs, inputs, Math.Sqrt(2.0 / inputs))));
        yield return ("the key is not used", () => Mark.He((outputs, inputs, _) =>
            He(outputs, inputs, Key.OfSeed(5), Math.Sqrt(2.0 / inputs))));
        yield return ("don't come from the key", () =>
        {
            var call = 0;
            return Mark.He((outputs, inputs, _) =>
                He(outputs, inputs, Key.OfSeed(call++), Math.Sqrt(2.0 / inputs)));
        });
    }

    // One function with a switch for each mistake.
    private static Matrix<double> BatchNorm(
        double epsilon, Matrix<double> x, Matrix<double> gamma, Matrix<double> dy, string mistake)
    {
        var dx = Matrix<double>.Build.Dense(x.RowCount, x.ColumnCount);
        var n = mistake == "sums" ? 1.0 : x.ColumnCount;
        for (var i = 0; i < x.RowCount; i++)
        {
            double mean = 0, variance = 0, meanDy = 0, meanDyZ = 0;
            for (var j = 0; j < x.ColumnCount; j++)
                mean += x[i, j] / x.ColumnCount;
            for (var j = 0; j < x.ColumnCount; j++)
                variance += (x[i, j] - mean) * (x[i, j] - mean) / (x.ColumnCount - (mistake == "n - 1" ? 1 : 0));
            var deviation = mistake switch
            {
                "no epsilon" => Math.Sqrt(variance),
                "epsilon outside" => Math.Sqrt(variance) + epsilon,
                _ => Math.Sqrt(variance + epsilon),
            };
            double Z(int j) => mistake switch
            {
                "x" => x[i, j], "centered" => x[i, j] - mean, _ => (x[i, j] - mean) / deviation,
            };
            for (var j = 0; j < x.ColumnCount; j++)
            {
                meanDy += mistake is "constants" or "no mean" ? 0 : dy[i, j] / (mistake == "sum of dy" ? 1 : n);
                meanDyZ += mistake is "constants" or "no variance" ? 0
                    : dy[i, j] * (mistake == "mean with x" ? x[i, j] : Z(j)) / (mistake == "sum of dy z" ? 1 : n);
            }
            var factor = mistake switch
            {
                "no gamma" => 1 / deviation, "no deviation" => gamma[i, 0],
                "variance" => gamma[i, 0] / (deviation * deviation),
                "no 1/N" => gamma[i, 0] * x.ColumnCount / deviation,
                "1/N twice" => gamma[i, 0] / x.ColumnCount / deviation,
                "gamma twice" => gamma[i, 0] * gamma[i, 0] / deviation,
                _ => gamma[i, 0] / deviation,
            };
            var sign = mistake == "plus" ? -1 : 1;
            for (var j = 0; j < x.ColumnCount; j++)
                dx[i, j] = factor * (dy[i, j] - sign * meanDy - sign * (mistake == "no z" ? 1 : Z(j)) * meanDyZ);
        }
        return dx;
    }

    private static Matrix<double> BatchNorm(
        double epsilon, Matrix<double> x, Matrix<double> gamma, Matrix<double> dy) =>
        BatchNorm(epsilon, x, gamma, dy, "");

    private static IEnumerable<(string Reason, Func<Mark> Marked)> BatchNorms()
    {
        (string, Func<Mark>) Of(string reason, string mistake) => (reason, () => Mark.BatchNorm(
            (epsilon, x, gamma, dy) => BatchNorm(epsilon, x, gamma, dy, mistake)));
        yield return Of("treated as constants", "constants");
        yield return Of("the path through the mean", "no mean");
        yield return Of("the path through the variance", "no variance");
        yield return Of("gamma is missing", "no gamma");
        yield return Of("the deviation is missing", "no deviation");
        yield return Of("1/N is missing", "sums");
        yield return Of("divided by the variance", "variance");
        yield return Of("x is used instead", "x");
        yield return Of("not divided by the deviation", "centered");
        yield return Of("the signs of the corrections", "plus");
        yield return Of("epsilon is missing", "no epsilon");
        yield return Of("outside the root", "epsilon outside");
        yield return Of("divided by N - 1", "n - 1");
        yield return Of("the factor 1/N in front is missing", "no 1/N");
        yield return Of("by the number of samples once more", "1/N twice");
        yield return Of("gamma is applied twice", "gamma twice");
        yield return Of("the sum of dy z", "sum of dy z");
        yield return Of("the sum of dy is", "sum of dy");
        yield return Of("with x instead of z", "mean with x");
        yield return Of("z is missing in front", "no z");
        yield return ("over features", () => Mark.BatchNorm((epsilon, x, gamma, dy) =>
        {
            var ones = Matrix<double>.Build.Dense(x.ColumnCount, 1, 1);
            var inner = BatchNorm(epsilon, x.Transpose(), ones, dy.Transpose()).Transpose();
            return Matrix<double>.Build.Dense(x.RowCount, x.ColumnCount, (i, j) => gamma[i, 0] * inner[i, j]);
        }));
        yield return ("dy is returned unchanged", () => Mark.BatchNorm((_, _, _, dy) => dy));
    }

    private static IEnumerable<(string Reason, Func<Mark> Marked)> Crops()
    {
        (string, Func<Mark>) At(string reason, Func<int, int, Key, (int Top, int Left)> place) => (reason, () =>
            Mark.RandomCrop((image, h, w, key) =>
            {
                var (top, left) = place(image.RowCount - h, image.ColumnCount - w, key);
                return Matrix<double>.Build.Dense(h, w, (row, column) => image[top + row, left + column]);
            }));
        (string, Func<Mark>) Of(
            string reason, Func<Matrix<double>, int, int, int, int, Matrix<double>> window) => (reason, () =>
            Mark.RandomCrop((image, h, w, key) => window(
                image, h, w, Draw(key, 0, image.RowCount - h + 1), Draw(key, 1, image.ColumnCount - w + 1))));
        static int Draw(Key key, int child, int count) => key.Child(child).Integers(1, count)[0];
        yield return At("the last offset is never reached", (rows, columns, key) =>
            (Draw(key, 0, rows), Draw(key, 1, columns)));
        yield return At("the first offset, 0, is never reached", (rows, columns, key) =>
            (1 + Draw(key, 0, rows), 1 + Draw(key, 1, columns)));
        yield return At("always at the top left", (_, _, _) => (0, 0));
        yield return At("always in the same place", (rows, columns, _) => (rows / 2, columns / 2));
        yield return At("the same offset", (rows, columns, key) =>
            Draw(key, 0, Math.Min(rows, columns) + 1) is var place ? (place, place) : default);
        yield return At("an offset is out of range", (rows, columns, key) =>
            (Draw(key, 0, rows + 2), Draw(key, 1, columns + 2)));
        yield return At("the rows' offset is not drawn", (_, columns, key) => (0, Draw(key, 1, columns + 1)));
        yield return At("the columns' offset is not drawn", (rows, _, key) => (Draw(key, 0, rows + 1), 0));
        yield return At("the last column is never reached", (rows, columns, key) =>
            (Draw(key, 0, rows + 1), Draw(key, 1, columns)));
        yield return At("not equally likely", (rows, columns, key) => (
            (int)Math.Round(rows * key.Child(0).Uniforms(1)[0]),
            (int)Math.Round(columns * key.Child(1).Uniforms(1)[0])));
        // Math.NET says only that a count is out of range.
        yield return Of("SubMatrix has its arguments", (image, h, w, _, _) => image.SubMatrix(h, w, 0, w));
        yield return Of("height and width are swapped", (image, h, w, top, left) =>
            image.SubMatrix(top, h, left, w).Transpose());
        yield return Of("the whole image", (image, _, _, _, _) => image);
        yield return Of("mirrored", (image, h, w, top, left) =>
            Matrix<double>.Build.Dense(h, w, (row, column) => image[top + row, left + w - 1 - column]));
        yield return Of("upside down", (image, h, w, top, left) =>
            Matrix<double>.Build.Dense(h, w, (row, column) => image[top + h - 1 - row, left + column]));
        yield return Of("not neighbors", (image, h, w, _, _) =>
            Matrix<double>.Build.Dense(h, w, (row, column) => image[row, (column * 3) % image.ColumnCount]));
        yield return Of("isn't a copy", (image, h, w, top, left) => image.SubMatrix(top, h, left, w) / 255);
        yield return Of("isn't a copy of a part", (image, h, w, _, _) =>
            Matrix<double>.Build.Dense(h, w, double.NaN));
        yield return ("goes on in the next row", () => Mark.RandomCrop((image, h, w, key) =>
        {
            var pixels = image.ToRowMajorArray();
            var first = Draw(key, 0, pixels.Length - (h - 1) * image.ColumnCount - w + 1);
            return Matrix<double>.Build.Dense(h, w, (row, column) => pixels[first + row * image.ColumnCount + column]);
        }));
        yield return Of("the end is left out", (image, h, w, top, left) =>
            image.SubMatrix(top, h - 1, left, w - 1));
        yield return Of("always 3 x 4", (image, _, _, top, left) => image.SubMatrix(top % 3, 3, left % 4, 4));
        yield return ("doesn't come from the key", () =>
        {
            var call = 0;
            return Mark.RandomCrop((image, h, w, _) =>
            {
                var key = Key.OfSeed(call++);
                return image.SubMatrix(
                    Draw(key, 0, image.RowCount - h + 1), h, Draw(key, 1, image.ColumnCount - w + 1), w);
            });
        });
    }
}
