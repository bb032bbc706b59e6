using Functional.Host.Files;

namespace Functional.Host.Models;

/// <summary>How a picture of any size becomes one that a model takes.</summary>
internal enum Fit
{
    /// <summary>As MNIST's digits were made: ink is separated from paper, scaled to a box of 20/28 of the size with its
    /// proportions kept, and moved so that its center of mass is in the middle.</summary>
    Digit,

    /// <summary>All of the picture, stretched or shrunk.</summary>
    Stretch,
}

/// <summary>Pictures of any size as images of a model's. Everything is computed in double precision in a fixed order,
/// so that a picture gives the same bytes on every machine.</summary>
internal static class PictureFit
{
    private const double Box = 20.0 / 28;

    // What is smaller than a pixel then is no stroke.
    private const int LongestSide = 256;

    /// <summary>All of the picture, each new pixel the mean of what it covers.</summary>
    public static Bitmap Stretch(Bitmap picture, int height, int width)
    {
        var pixels = new byte[height * width * picture.Channels];
        for (var channel = 0; channel < picture.Channels; channel++)
        {
            var from = new double[picture.Height * picture.Width];
            for (var i = 0; i < from.Length; i++)
                from[i] = picture.Pixels[(i * picture.Channels) + channel];
            var to = Resized(from, picture.Height, picture.Width, height, width);
            for (var i = 0; i < to.Length; i++)
                pixels[(i * picture.Channels) + channel] = (byte)Math.Round(to[i]);
        }
        return new Bitmap(height, width, picture.Channels, pixels);
    }

    /// <summary>The ink alone, light on dark, where MNIST has it.</summary>
    /// <exception cref="DataException">There is no ink on the paper.</exception>
    public static Bitmap Digit(Bitmap picture, string file, int height, int width)
    {
        var gray = picture.ToGray();
        if (Math.Max(gray.Height, gray.Width) is > LongestSide and var side)
            gray = Stretch(gray, Shorter(gray.Height, side), Shorter(gray.Width, side));
        var ink = InkOnPaper.Of(gray, file);
        var (top, bottom) = Extent(gray.Height, row => Sum(gray.Width, column => ink[(row * gray.Width) + column]));
        var (left, right) = Extent(gray.Width, column => Sum(gray.Height, row => ink[(row * gray.Width) + column]));
        var (boxHeight, boxWidth) = (bottom - top, right - left);
        var box = new double[boxHeight * boxWidth];
        for (var row = 0; row < boxHeight; row++)
            Array.Copy(ink, ((top + row) * gray.Width) + left, box, row * boxWidth, boxWidth);
        var scale = Box * Math.Min(height, width) / Math.Max(boxHeight, boxWidth);
        var (newHeight, newWidth) = (Side(boxHeight), Side(boxWidth));
        var small = Resized(box, boxHeight, boxWidth, newHeight, newWidth);
        var mass = Sum(small.Length, i => small[i]);
        var y = Start(height, newHeight, Sum(small.Length, i => small[i] * (i / newWidth)) / mass);
        var x = Start(width, newWidth, Sum(small.Length, i => small[i] * (i % newWidth)) / mass);
        var pixels = new byte[height * width];
        for (var i = 0; i < small.Length; i++)
            pixels[((y + (i / newWidth)) * width) + x + (i % newWidth)] = (byte)Math.Round(255 * small[i]);
        return new Bitmap(height, width, 1, pixels);

        static int Shorter(int length, int side) => Math.Max(1, length * LongestSide / side);

        int Side(int length) => Math.Max(1, (int)Math.Round(length * scale));

        // The center of mass goes to the middle, as far as that leaves all ink inside.
        static int Start(int size, int length, double center) =>
            Math.Clamp((int)Math.Round(((size - 1) / 2.0) - center), 0, size - length);
    }

    // Where there is more ink than a speck.
    private static (int Start, int End) Extent(int count, Func<int, double> inkAt)
    {
        double[] ink = [.. Enumerable.Range(0, count).Select(inkAt)];
        var least = Math.Min(0.5, ink.Max());
        return (Array.FindIndex(ink, one => one >= least), Array.FindLastIndex(ink, one => one >= least) + 1);
    }

    private static double[] Resized(double[] from, int height, int width, int newHeight, int newWidth) =>
        Transposed(Lines(Transposed(Lines(from, width, newWidth), height, newWidth), height, newHeight),
            newWidth, newHeight);

    // Each line of a length as one of another: means over what each new place covers.
    private static double[] Lines(double[] from, int length, int newLength)
    {
        var to = new double[from.Length / length * newLength];
        for (var i = 0; i < to.Length; i++)
        {
            var (line, place) = (i / newLength, i % newLength);
            var (start, end) = ((double)place * length / newLength, (double)(place + 1) * length / newLength);
            for (var j = (int)start; j < Math.Min(length, Math.Ceiling(end)); j++)
                to[i] += from[(line * length) + j] * (Math.Min(end, j + 1) - Math.Max(start, j));
            to[i] /= end - start;
        }
        return to;
    }

    internal static double[] Transposed(double[] from, int height, int width)
    {
        var to = new double[from.Length];
        for (var i = 0; i < from.Length; i++)
            to[(i % width * height) + (i / width)] = from[i];
        return to;
    }

    private static double Sum(int count, Func<int, double> term)
    {
        var sum = 0.0;
        for (var i = 0; i < count; i++)
            sum += term(i);
        return sum;
    }
}
