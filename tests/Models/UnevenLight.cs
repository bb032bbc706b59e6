using Functional.Host.Files;

namespace Functional.Tests.Models;

/// <summary>Photos of digits in light of many kinds: ink (or chalk) of a random size and place, and a camera's noise.
/// </summary>
internal static class UnevenLight
{
    private static readonly double[][] Inks = [[0.15, 0.25, 0.7], [0.8, 0.15, 0.15]];

    /// <summary>A photo, which is a function of its arguments alone.</summary>
    public static Bitmap Photo(ReadOnlySpan<byte> digit, int digitHeight, int digitWidth, string kind, int seed)
    {
        var random = new Random(seed);
        var (height, width) = kind switch
        {
            "10 to 24 pixels" => (random.Next(10, 25), random.Next(10, 25)),
            "3000 x 2000" => (2000, 3000),
            _ => (random.Next(150, 400), random.Next(150, 500)),
        };
        var shorter = Math.Min(height, width);
        var size = shorter < 25 ? shorter : shorter * (0.35 + (0.55 * random.NextDouble()));
        var (top, left) = (random.NextDouble() * (height - size), random.NextDouble() * (width - size));
        var isChalk = kind.StartsWith("chalk", StringComparison.Ordinal);
        var paper = isChalk ? 0.12 + (0.08 * random.NextDouble()) : 0.75 + (0.2 * random.NextDouble());
        var black = isChalk ? 0.7 + (0.2 * random.NextDouble()) : 0.08 + (0.2 * random.NextDouble());
        var inks = kind == "blue and red ink" ? Inks[seed % 2] : [black];
        var light = Light(kind, random);
        var pixels = new byte[height * width * inks.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (row, column) = (i / inks.Length / width, i / inks.Length % width);
            var ink = At(digit, digitHeight, digitWidth, ((row + 0.5 - top) / size * digitHeight) - 0.5,
                ((column + 0.5 - left) / size * digitWidth) - 0.5);
            var level = 255 * light(((column + 0.5) / width) - 0.5, ((row + 0.5) / height) - 0.5)
                * (paper + ((inks[i % inks.Length] - paper) * ink));
            pixels[i] = (byte)Math.Clamp(level + ((kind == "noise" ? 15 : 3) * Normal(random)), 0, 255);
        }
        return new Bitmap(height, width, inks.Length, pixels);
    }

    // How much light there is at a place, which is -0.5 to 0.5 from the middle in either direction.
    private static Func<double, double, double> Light(string kind, Random random)
    {
        var (angle, dark) = (random.NextDouble() * 2 * Math.PI, 0.25 + (0.3 * random.NextDouble()));
        var edge = 0.4 * (random.NextDouble() - 0.5);
        var (x0, y0) = (random.NextDouble() - 0.5, random.NextDouble() - 0.5);
        double Along(double x, double y) => (x * Math.Cos(angle)) + (y * Math.Sin(angle));
        return kind switch
        {
            "gradient" or "chalk, gradient" => (x, y) => dark + ((1 - dark) * ((Along(x, y) / Math.Sqrt(2)) + 0.5)),
            "vignette" => (x, y) => 1 - ((1 - dark) * 2 * ((x * x) + (y * y))),
            "shadow with a hard edge" or "3000 x 2000" => (x, y) => Along(x, y) > edge ? 1 : dark + 0.15,
            "shadow with a soft edge" => (x, y) =>
                dark + 0.1 + ((0.9 - dark) / (1 + Math.Exp(-25 * (Along(x, y) - edge)))),
            "lamp" => (x, y) =>
                dark + ((1 - dark) * Math.Exp(-3 * (((x - x0) * (x - x0)) + ((y - y0) * (y - y0))))),
            _ => (_, _) => 1,
        };
    }

    // Between pixels, in proportion to how near they are.
    private static double At(ReadOnlySpan<byte> digit, int height, int width, double row, double column)
    {
        var (top, left) = ((int)Math.Floor(row), (int)Math.Floor(column));
        var ink = 0.0;
        for (var i = 0; i < 4; i++)
            if ((top + (i / 2), left + (i % 2)) is var (y, x) && y >= 0 && x >= 0 && y < height && x < width)
                ink += digit[(y * width) + x] / 255.0 * (1 - Math.Abs(row - y)) * (1 - Math.Abs(column - x));
        return ink;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
