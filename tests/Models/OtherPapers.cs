using Functional.Host.Files;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace Functional.Tests.Models;

/// <summary>Photos of digits on papers with lines, colors and textures, held at an angle, out of focus, or kept as JPEG
/// of low quality. They were made after the separation of ink from paper, to see what it does with what it wasn't made
/// on.</summary>
internal static class OtherPapers
{
    private const int Height = 300, Width = 360;

    private static readonly double[][] Pens =
        [[25, 40, 150], [170, 20, 35], [15, 100, 50], [90, 30, 120], [35, 35, 40], [120, 75, 30]];

    private static readonly double[][] Colors =
        [[250, 235, 140], [250, 190, 205], [175, 225, 185], [170, 210, 240], [235, 215, 180]];

    public static IReadOnlyList<string> Kinds { get; } =
    [
        "squared paper", "ruled paper", "textured paper", "colored pen on colored paper", "turned, in perspective",
        "JPEG of low quality", "out of focus", "pencil", "squared paper, turned, colored, JPEG",
    ];

    /// <summary>A photo, which is a function of its arguments alone.</summary>
    public static Bitmap Photo(ReadOnlySpan<byte> digit, int digitHeight, int digitWidth, string kind, int seed)
    {
        var random = new Random(seed + 1000);
        bool Has(string word) => kind.Contains(word, StringComparison.Ordinal);
        double Between(double low, double high) => low + ((high - low) * random.NextDouble());
        var pen = Has("color") ? Pens[random.Next(Pens.Length)]
            : Has("pencil") ? [.. Enumerable.Repeat(Between(110, 150), 3)] : (double[])[40, 42, 48];
        var paper = Has("colored pen") ? Colors[random.Next(Colors.Length)] : [244, 241, 232];
        var size = Has("JPEG of") ? Between(60, 110) : Between(130, 240);
        var (y0, x0) = (Between(size / 2, Height - (size / 2)), Between(size / 2, Width - (size / 2)));
        var angle = Has("turned") ? Between(-10, 10) * Math.PI / 180 : 0;
        var (tilt, lean) = Has("turned") ? (Between(-4e-4, 4e-4), Between(-4e-4, 4e-4)) : (0, 0);
        var (spacing, shift) = (Between(14, 32), Between(0, 30));
        var grain = Grain(random);
        var rgb = new double[3 * Height * Width];
        for (var i = 0; i < Height * Width; i++)
        {
            // Where this pixel is on the paper.
            var (down, right) = ((i / Width) - y0, (i % Width) - x0);
            var depth = 1 + (tilt * down) + (lean * right);
            var (y, x) = (((down * Math.Cos(angle)) - (right * Math.Sin(angle))) / depth,
                ((down * Math.Sin(angle)) + (right * Math.Cos(angle))) / depth);
            var ink = Ink(digit, digitHeight, digitWidth, ((y / size) + 0.5) * digitHeight,
                ((x / size) + 0.5) * digitWidth);
            var line = Has("squared") && (Near(y + shift, spacing) || Near(x + shift, spacing)) ? 0.75
                : Has("ruled") && Near(y + shift, 2 * spacing) ? 0.75 : 0;
            var texture = Has("textured") ? 45 * (grain(y + 700, x + 700) - 0.5) : 0;
            for (var c = 0; c < 3; c++)
            {
                var below = paper[c] + texture + (line * ((double[])[150, 170, 205])[c]) - (line * paper[c]);
                rgb[(3 * i) + c] = below + (ink * (pen[c] - below));
            }
        }
        for (var pass = 0; Has("out of focus") && pass < 3; pass++)
            rgb = Blurred(rgb, radius: 4);
        var pixels = Array.ConvertAll(
            rgb, level => (byte)Math.Clamp(level + (4 * (random.NextDouble() + random.NextDouble() - 1)), 0, 255));
        return Has("JPEG") ? Jpeg(pixels, quality: 20) : new Bitmap(Height, Width, 3, pixels);
    }

    private static bool Near(double at, double spacing) => Math.Abs(Math.IEEERemainder(at, spacing)) < 0.8;

    // Between pixels, in proportion to how near they are; a digit's own place is counted from its corner.
    private static double Ink(ReadOnlySpan<byte> digit, int height, int width, double row, double column)
    {
        var (y, x) = (row - 0.5, column - 0.5);
        var (top, left) = ((int)Math.Floor(y), (int)Math.Floor(x));
        var ink = 0.0;
        for (var i = 0; i < 4; i++)
            if ((top + (i / 2), left + (i % 2)) is var (r, c) && r >= 0 && c >= 0 && r < height && c < width)
                ink += digit[(r * width) + c] / 255.0 * (1 - Math.Abs(y - r)) * (1 - Math.Abs(x - c));
        return ink;
    }

    // Smooth noise of four sizes, from 0 to 1 (Perlin's value noise).
    private static Func<double, double, double> Grain(Random random)
    {
        double[] lattice = [.. Enumerable.Range(0, 64 * 64).Select(_ => random.NextDouble())];
        double One(double y, double x)
        {
            var (row, column) = ((int)Math.Floor(y), (int)Math.Floor(x));
            var (down, right) = (y - row, x - column);
            double At(int r, int c) => lattice[(((row + r) & 63) * 64) + ((column + c) & 63)];
            return ((1 - down) * (((1 - right) * At(0, 0)) + (right * At(0, 1))))
                + (down * (((1 - right) * At(1, 0)) + (right * At(1, 1))));
        }
        return (y, x) => ((8 * One(y / 40, x / 40)) + (4 * One(y / 17, x / 17)) + (2 * One(y / 6, x / 6))
            + One(y / 2, x / 2)) / 15;
    }

    private static double[] Blurred(double[] rgb, int radius)
    {
        var blurred = new double[rgb.Length];
        for (var i = 0; i < rgb.Length; i++)
        {
            var (row, column, c) = (i / 3 / Width, i / 3 % Width, i % 3);
            var sum = 0.0;
            for (var d = -radius; d <= radius; d++)
                sum += rgb[(3 * ((Math.Clamp(row + d, 0, Height - 1) * Width) + column)) + c]
                    + rgb[(3 * ((row * Width) + Math.Clamp(column + d, 0, Width - 1))) + c];
            blurred[i] = sum / (2 * ((2 * radius) + 1));
        }
        return blurred;
    }

    private static Bitmap Jpeg(byte[] pixels, int quality)
    {
        using var image = Image.LoadPixelData<Rgb24>(pixels, Width, Height);
        using var stream = new MemoryStream();
        image.SaveAsJpeg(stream, new JpegEncoder { Quality = quality });
        stream.Position = 0;
        using var again = Image.Load<Rgb24>(stream);
        var kept = new byte[pixels.Length];
        again.CopyPixelDataTo(kept);
        return new Bitmap(Height, Width, 3, kept);
    }
}
