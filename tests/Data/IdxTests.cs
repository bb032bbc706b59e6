using System.Buffers.Binary;
using System.IO.Compression;
using Functional.Host.Files;
using Xunit;

namespace Functional.Tests.Data;

public class IdxTests
{
    private static readonly ImageFile Images = new(3, 4, 2, [.. Enumerable.Range(1, 24).Select(i => (byte)(10 * i))]);
    private static readonly byte[] Labels = [7, 0, 9];

    private static byte[] ImageBytes(bool gzip = false) => Written(stream => Idx.WriteImages(stream, Images, gzip));

    private static byte[] LabelBytes(bool gzip = false) => Written(stream => Idx.WriteLabels(stream, Labels, gzip));

    private static byte[] Written(Action<Stream> write)
    {
        var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    private static byte[] Gzip(byte[] bytes) => Written(stream =>
    {
        using var deflated = new GZipStream(stream, CompressionLevel.Optimal);
        deflated.Write(bytes);
    });

    private static byte[] Sized(byte[] file, int dimension, uint size)
    {
        var copy = (byte[])file.Clone();
        BinaryPrimitives.WriteUInt32BigEndian(copy.AsSpan(4 + 4 * dimension), size);
        return copy;
    }

    private static ImageFile Read(byte[] bytes) => Idx.ReadImages(new MemoryStream(bytes), "f");

    private static string Error(byte[] bytes) => Assert.Throws<DataException>(() => Read(bytes)).Message;

    [Fact]
    public void What_is_written_is_the_format()
    {
        Assert.Equal([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 2, .. Images.Pixels], ImageBytes());
        Assert.Equal([0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9], LabelBytes());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_is_read_again(bool gzip)
    {
        var images = Read(ImageBytes(gzip));
        Assert.Equal((3, 4, 2), (images.Count, images.Height, images.Width));
        Assert.Equal(Images.Pixels, images.Pixels);
        Assert.Equal(Labels, Idx.ReadLabels(new MemoryStream(LabelBytes(gzip)), "f"));
    }

    [Fact]
    public void Images_that_shrink_to_almost_nothing_are_read()
    {
        var blank = new ImageFile(1000, 28, 28, new byte[784_000]);
        var zipped = Written(stream => Idx.WriteImages(stream, blank, gzip: true));
        Assert.InRange(zipped.Length, 1, 2000);
        Assert.Equal(blank.Pixels, Read(zipped).Pixels);
    }

    [Fact]
    public void Writing_refuses_what_could_not_be_read()
    {
        Assert.Equal("the height is 0, but must be at least 1 (Parameter 'sizes')", Assert.Throws<ArgumentException>(
            () => Idx.WriteImages(new MemoryStream(), new ImageFile(1, 0, 2, []))).Message);
        Assert.Equal("sizes 3 x 4 x 2 do not agree with 5 bytes (Parameter 'data')", Assert.Throws<ArgumentException>(
            () => Idx.WriteImages(new MemoryStream(), Images with { Pixels = new byte[5] })).Message);
        Assert.Throws<ArgumentException>(() => Idx.WriteLabels(new MemoryStream(), []));
    }

    private static readonly (string Message, byte[] Bytes)[] Malformed = AllMalformed();

    private static (string Message, byte[] Bytes)[] AllMalformed()
    {
        var file = ImageBytes();
        var zip = ImageBytes(gzip: true);
        const string images = "expected 00 00 08 03 (images)";
        byte[] Magic(byte type, byte rank) => [0, 0, type, rank, .. file[4..]];
        return
        [
            ($"f: at byte 0: {images}, found nothing", []),
            ($"f: at byte 0: {images}, found 89 50 4E 47 (not an IDX file)", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A]),
            ($"f: at byte 0: {images}, found 31 (not an IDX file)", "1"u8.ToArray()),
            ($"f: at byte 0: {images}, found 00 00 08 01 (labels)", LabelBytes()),
            ($"f: at byte 0: {images}, found 00 00 08 04 (unsigned bytes in 4 dimensions)", Magic(8, 4)),
            ($"f: at byte 0: {images}, found 00 00 09 03 (signed bytes)", Magic(9, 3)),
            ($"f: at byte 0: {images}, found 00 00 0C 03 (integers of several bytes)", Magic(12, 3)),
            ($"f: at byte 0: {images}, found 00 00 0D 03 (floating-point numbers)", Magic(13, 3)),
            ($"f: at byte 0: {images}, found 00 00 0A 03 (not an IDX file)", Magic(10, 3)),
            ("f: at byte 15: expected a header of 16 bytes, found the end of the file", file[..15]),
            ("f: at byte 4: expected a count of at least 1, found 0", Sized(file, 0, 0)),
            ("f: at byte 8: expected a height of at least 1, found 0", Sized(file, 1, 0)),
            ("f: at byte 12: expected a width of at least 1, found 0", Sized(file, 2, 0)),
            (
                "f: at byte 4: expected sizes of at most 2147483591 bytes in all, " +
                "found 3 x 4294967295 x 2 = 25769803770", Sized(file, 1, uint.MaxValue)
            ),
            ( // The product is 6 x 2^64 + 24, which 64 bits would take for the 24 bytes that are there.
                "f: at byte 4: expected sizes of at most 2147483591 bytes in all, " +
                "found 1539092 x 1484310 x 48448661 = 110680464442257309720",
                Sized(Sized(Sized(file, 0, 1_539_092), 1, 1_484_310), 2, 48_448_661)
            ),
            ("f: at byte 39: expected 24 bytes of data from byte 16 on, found the end of the file", file[..39]),
            ("f: at byte 40: expected the end of the file, found 2 more bytes", [.. file, 0, 0]),
            (
                "f: at byte 0 of the inflated data: expected 00 00 08 03 (images), found 00 00 08 01 (labels)",
                LabelBytes(gzip: true)
            ),
            (
                "f: at byte 0 of the inflated data: expected 00 00 08 03 (images), found nothing",
                [0x1F, 0x8B]
            ),
            (
                "f: at byte 39 of the inflated data: expected 24 bytes of data from byte 16 on, " +
                "found the end of the file", Gzip(file[..39])
            ),
            (
                "f: at byte 40 of the inflated data: expected the end of the file, found more bytes",
                Gzip([.. file, 0, 0])
            ),
            (
                "f: at byte 0 of the inflated data: expected gzip data, " +
                "found bytes that can't be inflated, or that fail their checksum", [0x1F, 0x8B, .. new byte[40]]
            ),
            (
                "f: at byte 16 of the inflated data: expected gzip data, " +
                "found bytes that can't be inflated, or that fail their checksum",
                [.. zip[..^8], (byte)~zip[^8], .. zip[^7..]]
            ),
            (
                "f: at byte 40 of the inflated data: expected a gzip file that ends in its size, 40, " +
                $"found {BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan()[^12..^8])}: " +
                "cut off, or more was appended", zip[..^8]
            ),
            (
                "f: at byte 40 of the inflated data: expected a gzip file that ends in its size, 40, " +
                "found 0: cut off, or more was appended", [.. zip, 0, 0, 0, 0]
            )
        ];
    }

    public static TheoryData<int> MalformedIndices => [.. Enumerable.Range(0, Malformed.Length)];

    [Theory]
    [MemberData(nameof(MalformedIndices))]
    public void Malformed_files_get_one_line_that_says_what_and_where(int index) =>
        Assert.Equal(Malformed[index].Message, Error(Malformed[index].Bytes));

    [Fact]
    public void Every_truncation_of_a_valid_file_is_found()
    {
        foreach (var file in new[] { ImageBytes(), ImageBytes(gzip: true) })
            for (var length = 0; length < file.Length; length++)
                Assert.StartsWith("f: at byte ", Error(file[..length]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gzip_bomb_is_left_as_soon_as_it_outgrows_its_header()
    {
        var bomb = Gzip([.. ImageBytes(), .. new byte[50_000_000]]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("expected the end of the file, found more bytes", Error(bomb), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void A_small_file_that_promises_gigabytes_is_not_believed()
    {
        var plain = Sized(ImageBytes(), 0, 200_000_000);
        foreach (var file in new[] { plain, Gzip(plain) })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Contains("expected 1600000000 bytes", Error(file), StringComparison.Ordinal);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        }
    }
}
