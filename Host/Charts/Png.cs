using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Functional.Host.Charts;

/// <summary>
/// Gray images as PNG files. Source: W3C, "Portable Network Graphics (PNG) Specification", third edition.
/// </summary>
internal static class Png
{
    /// <summary>The bytes of a PNG file: 8 bits of gray per pixel, 0 black.</summary>
    /// <param name="pixels">Row by row from the top: width x height of them.</param>
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentException">There are not width x height pixels, or none.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height)
    {
        if (width < 1 || height < 1 || pixels.Length != (long)width * height)
            throw new ArgumentException(
                $"an image of {width} x {height} pixels can't be made of {pixels.Length}", nameof(pixels));
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n']);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        Chunk(file, "IHDR", header);
        Chunk(file, "IDAT", Compressed(pixels, width, height));
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>The image as a data URI, to stand in an href.</summary>
    public static string DataUri(ReadOnlySpan<byte> pixels, int width, int height) =>
        "data:image/png;base64," + Convert.ToBase64String(Encode(pixels, width, height));

    private static byte[] Compressed(ReadOnlySpan<byte> pixels, int width, int height)
    {
        using var buffer = new MemoryStream();
        using (var deflate = new ZLibStream(buffer, CompressionLevel.SmallestSize, leaveOpen: true))
            for (var row = 0; row < height; row++)
            {
                deflate.WriteByte(0); // No filter: small images with few grays shrink best as they are.
                deflate.Write(pixels.Slice(row * width, width));
            }
        return buffer.ToArray();
    }

    private static void Chunk(MemoryStream file, string type, byte[] content)
    {
        byte[] typed = [.. Encoding.ASCII.GetBytes(type), .. content];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(typed);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(typed));
        file.Write(number);
    }
}
