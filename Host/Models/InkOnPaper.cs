using System.Numerics.Tensors;
using Functional.Host.Files;

namespace Functional.Host.Models;

/// <summary>Separates ink from paper in a photo under uneven light: what a shadow, a lamp or a lens darkens is still
/// paper.</summary>
internal static class InkOnPaper
{
    // The level, of 255, that a camera gives to black.
    private const double Black = 8;
    private const double LeastContrast = 0.1, LeastPart = 0.1;

    /// <summary>How much ink is in each pixel of a gray picture, from 0, paper, to 1.</summary>
    /// <remarks>The light is estimated by a closing of the levels (Serra, 1982), which removes strokes and keeps the
    /// shadows that are wider. Ink and paper are then separated by Otsu's method (1979).</remarks>
    /// <exception cref="DataException">There is no ink on the paper.</exception>
    public static double[] Of(Bitmap gray, string file)
    {
        var (height, width) = (gray.Height, gray.Width);
        var radius = Math.Max(2, Math.Min(height, width) / 6);
        var levels = Array.ConvertAll(gray.Pixels, level => (double)level);
        var isDark = Skewness(levels, height, width, radius) < 0;
        if (!isDark)
            levels = Array.ConvertAll(levels, level => 255 - level);
        var paper = Light(levels, height, width, radius);
        double[] shares =
        [
            .. levels.Select((level, i) => (paper[i] - level) / (isDark ? paper[i] + Black : 255)),
        ];
        var (low, high) = Parted(shares);
        if (high - low < LeastContrast)
            throw new DataException(file, null, "a picture of ink on paper", "nearly one shade");
        // Levels near the paper's are its texture; levels near the ink's are all ink.
        return WithoutSpecks(
            Array.ConvertAll(shares, share => Math.Clamp((((share - low) / (high - low)) - 0.25) * 2, 0, 1)), width);
    }

    // The border is continued outwards: otherwise a corner that grows dark would be taken for ink.
    private static double[] Light(double[] levels, int height, int width, int radius)
    {
        var (high, wide) = (height + (2 * radius), width + (2 * radius));
        double[] around =
        [
            .. Enumerable.Range(0, high * wide).Select(i => levels[
                (Math.Clamp((i / wide) - radius, 0, height - 1) * width)
                + Math.Clamp((i % wide) - radius, 0, width - 1)]),
        ];
        var light = Negative(Greatest(Negative(Greatest(around, high, wide, radius)), high, wide, radius));
        return
        [
            .. Enumerable.Range(0, height * width).Select(
                i => light[(((i / width) + radius) * wide) + (i % width) + radius]),
        ];
    }

    // Ink differs more from its surroundings than paper does, and covers less of the picture. Below 0, ink is darker.
    private static double Skewness(double[] levels, int height, int width, int radius)
    {
        var sums = Windows(levels, height, width, radius, window => TensorPrimitives.Sum(window));
        var counts = Windows(
            [.. levels.Select(_ => 1.0)], height, width, radius, window => TensorPrimitives.Sum(window));
        return levels.Select((level, i) => (level - (sums[i] / counts[i])) / ((sums[i] / counts[i]) + Black))
            .Sum(difference => difference * difference * difference);
    }

    // Otsu's method: the mean of each part, cut where the variance between the two is largest.
    private static (double Low, double High) Parted(double[] shares)
    {
        const int Last = 255;
        var most = shares.Max();
        if (most <= 0)
            return (0, 0);
        var counts = new double[Last + 1];
        foreach (var share in shares)
            counts[(int)(share / most * Last)]++;
        var (total, sum) = ((double)shares.Length, counts.Select((count, level) => count * level).Sum());
        var (best, low, high) = (0.0, 0.0, 0.0);
        for (double below = 0, sumBelow = 0, level = 0; level < Last; level++)
        {
            below += counts[(int)level];
            sumBelow += level * counts[(int)level];
            if (below == 0 || below == total)
                continue;
            var (left, right) = (sumBelow / below, (sum - sumBelow) / (total - below));
            if (below * (total - below) * (right - left) * (right - left) is var between && between > best)
                (best, low, high) = (between, left, right);
        }
        return (low * most / Last, high * most / Last);
    }

    // Ink is every connected part that isn't small compared with the largest. A part that touches the border is a
    // shadow, if there is ink elsewhere.
    private static double[] WithoutSpecks(double[] ink, int width)
    {
        var parts = new int[ink.Length];
        var found = new List<(double Mass, bool IsAtBorder)> { (0, true) };
        for (var i = 0; i < ink.Length; i++)
            if (ink[i] > 0 && parts[i] == 0)
                found.Add(Part(ink, width, i, found.Count, parts));
        var inner = found.Max(part => part.IsAtBorder ? 0 : part.Mass);
        var isInner = inner > LeastPart * found.Max(part => part.Mass);
        var least = LeastPart * (isInner ? inner : found.Max(part => part.Mass));
        return
        [
            .. ink.Select((share, i) => found[parts[i]] is var part && part.Mass >= least
                && !(isInner && part.IsAtBorder) ? share : 0),
        ];
    }

    private static (double Mass, bool IsAtBorder) Part(double[] ink, int width, int start, int number, int[] parts)
    {
        var (mass, isAtBorder, height) = (0.0, false, ink.Length / width);
        var open = new Stack<int>([start]);
        parts[start] = number;
        while (open.TryPop(out var place))
        {
            var (row, column) = (place / width, place % width);
            mass += ink[place];
            isAtBorder |= row == 0 || column == 0 || row == height - 1 || column == width - 1;
            for (var y = Math.Max(0, row - 1); y <= Math.Min(height - 1, row + 1); y++)
                for (var x = Math.Max(0, column - 1); x <= Math.Min(width - 1, column + 1); x++)
                    if ((y * width) + x is var next && ink[next] > 0 && parts[next] == 0)
                    {
                        parts[next] = number;
                        open.Push(next);
                    }
        }
        return (mass, isAtBorder);
    }

    private static double[] Negative(double[] numbers) => Array.ConvertAll(numbers, number => -number);

    private static double[] Greatest(double[] numbers, int height, int width, int radius) =>
        Windows(numbers, height, width, radius, window => TensorPrimitives.Max(window));

    // Applies `one` to the rows, and then to the columns, of the square around each pixel, cut off at the border. (Sums
    // of whole numbers are exact in any order.)
    private static double[] Windows(
        double[] numbers, int height, int width, int radius, Func<ReadOnlySpan<double>, double> one)
    {
        return PictureFit.Transposed(
            Rows(PictureFit.Transposed(Rows(numbers, width), height, width), height), width, height);

        double[] Rows(double[] from, int length)
        {
            var to = new double[from.Length];
            for (var i = 0; i < to.Length; i++)
            {
                var (row, column) = (i / length * length, i % length);
                var (first, end) = (Math.Max(0, column - radius), Math.Min(length, column + radius + 1));
                to[i] = one(from.AsSpan()[(row + first)..(row + end)]);
            }
            return to;
        }
    }
}
