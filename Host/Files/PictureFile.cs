using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace Functional.Host.Files;

/// <summary>A picture's pixels.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">1 where all pixels are gray, otherwise 3: red, green, blue.</param>
/// <param name="Pixels">Height x width x channels bytes, row by row.</param>
internal sealed record Bitmap(int Height, int Width, int Channels, byte[] Pixels)
{
    /// <summary>In shades of gray: luma (ITU-R BT.601).</summary>
    public Bitmap ToGray()
    {
        if (Channels == 1)
            return this;
        var gray = new byte[Height * Width];
        for (var i = 0; i < gray.Length; i++)
            gray[i] = (byte)(((299 * Pixels[3 * i]) + (587 * Pixels[(3 * i) + 1]) + (114 * Pixels[(3 * i) + 2]) + 500)
                / 1000);
        return new Bitmap(Height, Width, 1, gray);
    }

    /// <summary>With red, green and blue, gray or not.</summary>
    public Bitmap ToColor()
    {
        if (Channels == 3)
            return this;
        var colored = new byte[3 * Pixels.Length];
        for (var i = 0; i < colored.Length; i++)
            colored[i] = Pixels[i / 3];
        return new Bitmap(Height, Width, 3, colored);
    }
}

/// <summary>Pictures in the formats of cameras and drawing programs: PNG, JPEG, BMP and GIF (its first frame). What is
/// transparent is shown on white, and a photo is turned as its camera was held.</summary>
internal static class PictureFile
{
    private const long MostPixels = 100_000_000;

    private static readonly Configuration Formats = new(
        new PngConfigurationModule(), new JpegConfigurationModule(), new BmpConfigurationModule(),
        new GifConfigurationModule());

    /// <summary>How the names of such files end.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".png", ".jpg", ".jpeg", ".bmp", ".gif"];

    /// <summary>Whether a file has the name of such a picture.</summary>
    public static bool IsOne(string path) =>
        Endings.Any(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataException">The file can't be read, or is no such picture.</exception>
    public static Bitmap Read(string path) => DataFile.Open(path, stream => Read(stream, path));

    /// <summary>Reads a stream from its beginning; it must be able to seek.</summary>
    /// <exception cref="DataException">The stream holds anything else; the error names <paramref name="name"/>.
    /// </exception>
    public static Bitmap Read(Stream stream, string name)
    {
        try
        {
            stream.Position = 0;
            // The size stands at the beginning: no memory is taken before it is known.
            var size = Image.Identify(Formats, stream) ?? throw new UnknownImageFormatException("");
            if ((long)size.Width * size.Height > MostPixels)
                throw new DataException(
                    name, null, Invariant($"a picture of at most {MostPixels:N0} pixels"),
                    $"{size.Width} x {size.Height}");
            stream.Position = 0;
            using var image = Image.Load<Rgba32>(Formats, stream);
            image.Mutate(context => context.AutoOrient());
            var pixels = new Rgba32[image.Width * image.Height];
            image.CopyPixelDataTo(pixels);
            return Of(image.Height, image.Width, pixels);
        }
        // A decoder of damaged files may fail in any way.
        catch (Exception e) when (e is not (DataException or OutOfMemoryException))
        {
            throw new DataException(
                name, null, "a picture (PNG, JPEG, BMP or GIF)",
                e is UnknownImageFormatException ? "a file of another kind, or cut off" : "a damaged one");
        }
    }

    private static Bitmap Of(int height, int width, Rgba32[] pixels)
    {
        var (isGray, shown) = (true, new byte[3 * pixels.Length]);
        for (var i = 0; i < pixels.Length; i++)
        {
            var pixel = pixels[i];
            var (red, green, blue) =
                (OnWhite(pixel.R, pixel.A), OnWhite(pixel.G, pixel.A), OnWhite(pixel.B, pixel.A));
            (shown[3 * i], shown[(3 * i) + 1], shown[(3 * i) + 2]) = (red, green, blue);
            isGray &= red == green && green == blue;
        }
        var colored = new Bitmap(height, width, 3, shown);
        return isGray ? colored.ToGray() : colored;
    }

    private static byte OnWhite(byte level, byte alpha) =>
        (byte)(((level * alpha) + (255 * (255 - alpha)) + 127) / 255);
}
