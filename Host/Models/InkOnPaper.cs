using System.Numerics.Tensors;
using Functional.Host.Files;

namespace Functional.Host.Models;

/// <summary>Separates ink from paper in a photo under uneven light: what a shadow, a lamp or a lens darkens is still
/// paper.</summary>
internal static class InkOnPaper
{
    // The level, of 255, that a camera gives to black.
    private const double Black = 8;
    private const double LeastContrast = 0.1, LeastPart = 0.1, Half = 0.5;

    // Of the larger side of the ink, which becomes 20 pixels.
    private const double EdgeWidth = 1.5 / 20;

    /// <summary>How much ink is in each pixel of a gray picture, from 0, paper, to 1.</summary>
    /// <remarks>The light is estimated by a closing of the levels (Serra, 1982), which removes strokes and keeps the
    /// shadows that are wider. Ink and paper are then separated by Otsu's method (1979), and so is ink from what is
    /// printed on the paper more faintly, as its lines are.</remarks>
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
        // Marks of two kinds, one less than half as dark as the other: lines and ink. (The edges of strokes aren't so
        // faint, once they are above the half.)
        var (faint, dark) = Parted(Array.FindAll(shares, share => share > (low + high) / 2));
        if (faint < dark / 2)
            (low, high) = (faint, dark);
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
        var most = shares.DefaultIfEmpty(0).Max();
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

    // Ink is every connected part that isn't small compared with the largest, and its edges. A part that touches the
    // border is a shadow, or a line of the paper, if there is ink elsewhere.
    private static double[] WithoutSpecks(double[] ink, int width)
    {
        var parts = new int[ink.Length];
        var found = new List<(double Mass, bool IsAtBorder)> { (0, true) };
        for (var i = 0; i < ink.Length; i++)
            if (ink[i] >= Half && parts[i] == 0)
                found.Add(Part(ink, width, i, found.Count, parts));
        var inner = found.Max(part => part.IsAtBorder ? 0 : part.Mass);
        var isInner = inner > LeastPart * found.Max(part => part.Mass);
        var least = LeastPart * (isInner ? inner : found.Max(part => part.Mass));
        int[] strokes =
        [
            .. Enumerable.Range(0, ink.Length).Where(i => parts[i] > 0 && found[parts[i]] is var part
                && part.Mass >= least && !(isInner && part.IsAtBorder)),
        ];
        return WithEdges(ink, width, strokes);
    }

    // The fainter edge of a stroke is about a pixel wide in the image that is made of this. What goes on as faintly is
    // a line of the paper.
    private static double[] WithEdges(double[] ink, int width, int[] strokes)
    {
        var (rows, columns) = (strokes.Select(i => i / width), strokes.Select(i => i % width));
        var side = Math.Max(rows.Max() - rows.Min(), columns.Max() - columns.Min()) + 1;
        var kept = new double[ink.Length];
        foreach (var i in strokes)
            kept[i] = ink[i];
        var edge = strokes;
        for (var reach = (int)Math.Ceiling(EdgeWidth * side); reach > 0; reach--)
        {
            edge = [.. edge.SelectMany(i => Around(i, width, ink.Length / width)).Distinct()
                .Where(i => ink[i] > 0 && kept[i] == 0)];
            foreach (var i in edge)
                kept[i] = ink[i];
        }
        return kept;
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
            foreach (var next in Around(place, width, height))
                if (parts[next] == 0 && ink[next] >= Half)
                {
                    parts[next] = number;
                    open.Push(next);
                }
        }
        return (mass, isAtBorder);
    }

    private static IEnumerable<int> Around(int place, int width, int height)
    {
        var (row, column) = (place / width, place % width);
        for (var y = Math.Max(0, row - 1); y <= Math.Min(height - 1, row + 1); y++)
            for (var x = Math.Max(0, column - 1); x <= Math.Min(width - 1, column + 1); x++)
                yield return (y * width) + x;
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
