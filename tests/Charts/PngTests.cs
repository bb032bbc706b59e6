using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Functional.Host.Charts;
using Xunit;

namespace Functional.Tests.Charts;

public class PngTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(28, 28)]
    [InlineData(300, 7)]
    public void An_image_comes_back_as_it_was(int width, int height)
    {
        byte[] pixels = [.. Enumerable.Range(0, width * height).Select(i => (byte)(i * 31 + i / width))];
        var chunks = Chunks(Png.Encode(pixels, width, height));
        Assert.Equal(["IHDR", "IDAT", "IEND"], chunks.Select(chunk => chunk.Type));
        var header = chunks[0].Content;
        Assert.Equal(width, BinaryPrimitives.ReadInt32BigEndian(header));
        Assert.Equal(height, BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)));
        Assert.Equal([8, 0, 0, 0, 0], header[8..]);

        using var inflate = new ZLibStream(new MemoryStream(chunks[1].Content), CompressionMode.Decompress);
        using var raw = new MemoryStream();
        inflate.CopyTo(raw);
        var rows = raw.ToArray().Chunk(width + 1).ToArray();
        Assert.All(rows, row => Assert.Equal(0, row[0]));
        Assert.Equal(pixels, rows.SelectMany(row => row[1..]));
    }

    [Fact]
    public void The_end_is_the_one_that_every_file_has() =>
        Assert.Equal([0, 0, 0, 0, .. "IEND"u8, 0xAE, 0x42, 0x60, 0x82], Png.Encode([7], 1, 1)[^12..]);

    [Fact]
    public void An_image_needs_as_many_pixels_as_its_size_says()
    {
        Assert.Throws<ArgumentException>(() => Png.Encode(new byte[5], 2, 3));
        Assert.Throws<ArgumentException>(() => Png.Encode([], 0, 0));
    }

    [Fact]
    public void Numbers_become_grays_between_the_least_and_the_greatest()
    {
        Assert.Equal([0, 64, 255, 0], Picture.Of(2, 2, [-1, 0, 3, double.NaN]).Pixels.ToArray());
        Assert.Equal([0, 128, 255], Picture.Of(3, 1, [-9, 0, 9], low: -1, high: 1).Pixels.ToArray());
    }

    private static (string Type, byte[] Content)[] Chunks(byte[] file)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], file[..8]);
        var chunks = new List<(string, byte[])>();
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            var typed = file[(at + 4)..(at + 8 + length)];
            Assert.Equal(Crc(typed), BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length)));
            chunks.Add((Encoding.ASCII.GetString(typed, 0, 4), typed[4..]));
            at += 12 + length;
        }
        return [.. chunks];
    }

    // Bit by bit, as the standard defines it, and not with a table as the encoder has it.
    private static uint Crc(byte[] bytes)
    {
        var crc = ~0u;
        foreach (var octet in bytes)
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }
        return ~crc;
    }
}
