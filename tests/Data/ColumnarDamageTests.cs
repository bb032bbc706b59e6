using System.Buffers.Binary;
using System.IO.Compression;
using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Functional.Host.Data;
using Functional.Host.Files;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;
using ZstdSharp;

namespace Functional.Tests.Data;

/// <summary>What damaged columnar files say of themselves is refused before a package believes it.</summary>
public class ColumnarDamageTests
{
    private const string Expected = "f.parquet: at byte ";

    private static string Fault(byte[] bytes, string name) => Assert.Throws<DataException>(() =>
        ColumnarFile.Read(new MemoryStream(bytes), name, table => table.Read(new DataOptions { Label = "a" }))).Message;

    [Fact]
    public async Task Metadata_without_an_end_are_refused()
    {
        var schema = new ParquetSchema(new DataField<double>("a"));
        var stream = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(schema, stream))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<double>(schema.DataFields[0], new double[] { 1, 2 }.AsMemory());
        }
        var whole = stream.ToArray();
        whole[^9] = 0x15;
        Assert.Equal(
            $"{Expected}{whole.Length - 8}: expected Parquet's metadata with list as field 7 of FileMetaData, "
            + "found i32", Fault(whole, "f.parquet"));
        foreach (var length in (int[])[-1, whole.Length, int.MaxValue])
        {
            BinaryPrimitives.WriteInt32LittleEndian(whole.AsSpan(whole.Length - 8), length);
            Assert.Equal(
                $"{Expected}{whole.Length - 8}: expected a length of metadata of at most {whole.Length - 12} bytes, "
                + $"found {length}", Fault(whole, "f.parquet"));
        }
    }

    // In Thrift's compact protocol: a step to the next field and its type in a byte, then the value; 0 ends a struct.
    [Theory]
    [InlineData("1502 19FCFFFFFFFF0F", "a length of at most 0, found 4294967295")]
    [InlineData("1502 192C 48016100 00", "field 4 of SchemaElement, found none")]
    [InlineData("1502 191C 480161", "another byte, found the end")]
    [InlineData("1502 191C 4863", "a length of at most 0, found 99")]
    [InlineData("1502 1915 02", "a list of SchemaElement, found one of i32")]
    [InlineData("1802", "i32 as field 1 of FileMetaData, found binary")]
    [InlineData("15808080808080", "a number of 32 bits, found a longer one")]
    [InlineData("1502 191C 48016100 00", "field 3 of FileMetaData, found none")]
    [InlineData("1502 191C 48016100 1600 190C CC1C00 00",
        "plain values as field 16 of FileMetaData, which isn't known here, found struct")]
    [InlineData("1502 191C 48016100 1600 190C 0C281C00 00",
        "plain values as field 20 of FileMetaData, which isn't known here, found struct")]
    [InlineData("1F", "i32 as field 1 of FileMetaData, found type 15")]
    public void Metadata_are_what_the_format_says(string hex, string fault) =>
        Assert.EndsWith($": expected Parquet's metadata with {fault}", Fault(File(Convert.FromHexString(
            hex.Replace(" ", "", StringComparison.Ordinal))), "f.parquet"), StringComparison.Ordinal);

    [Fact]
    public void Groups_of_columns_are_not_nested_without_end()
    {
        // 200,000 groups of one each: what follows them by recursion overflows the stack.
        const int Count = 200_000;
        byte[] group = [0x48, 1, (byte)'a', 0x15, 2, 0];
        Assert.Equal(
            "f.parquet: expected columns in groups of at most 100 levels, found more",
            Fault(File(
                [
                    0x15, 2, 0x19, 0xFC, 0xC0, 0x9A, 0x0C, .. Enumerable.Repeat(group, Count).SelectMany(one => one),
                    0x16, 0, 0x19, 0x0C, 0,
                ]), "f.parquet"));
        var type = Enumerable.Range(0, 200).Aggregate(
            (IArrowType)Int32Type.Default, (inner, _) => new Apache.Arrow.Types.ListType(inner));
        var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(
            stream, new Apache.Arrow.Schema([new Apache.Arrow.Field("a", type, true)], null), leaveOpen: true))
            writer.WriteStart();
        Assert.Equal(
            "f.arrow: at byte 0: expected a message in Arrow's format with columns nested at most 100 deep, found more",
            Fault(stream.ToArray(), "f.arrow"));
    }

    [Theory]
    [InlineData(4, 40, 1_000_000_000, 40, "a page of at most")]
    [InlineData(4, 40, -1, 40, "a page of at most")]
    [InlineData(4, 1_000_000_000, 40, 40, "a page of at most")]
    [InlineData(4, 40, 40, 1_000_000_000, "a page of at most 4 values, found 1000000000")]
    [InlineData(1_000_000_000, 40, 40, 4, "a page within the file, found one at byte")]
    [InlineData(4, 40, 40, -1, "a page of at most 4 values, found -1")]
    [InlineData(4, 40, 40, 4, "a page that inflates to 40 bytes, found 41", 41)]
    public void Sizes_of_pages_lie_within_the_file(
        long rows, int size, int inflated, int values, string fault, byte stated = 40)
    {
        byte[] page =
        [
            .. "PAR1"u8, 0x15, 0, 0x15, .. Zigzag(inflated), 0x15, .. Zigzag(size), 0x2C, 0x15, .. Zigzag(values),
            0x15, 0, 0x15, 6, 0x15, 6, 0, 0,
        ];
        var stream = new MemoryStream([.. page, stated, .. new byte[39]]);
        var chunk = new ColumnMetaData { NumValues = rows, DataPageOffset = 4, Codec = CompressionCodec.SNAPPY };
        Assert.Contains(
            $"f: at column 'a': expected {fault}",
            Assert.Throws<DataException>(() =>
                ParquetStructure.CheckPages(stream, "f", "column 'a'", chunk, rows)).Message,
            StringComparison.Ordinal);
        Assert.Equal(
            $"f: at column 'a': expected {rows + 1:N0} values, found {rows}",
            Assert.Throws<DataException>(() =>
                ParquetStructure.CheckPages(stream, "f", "column 'a'", chunk, rows + 1)).Message);
    }

    [Theory]
    [InlineData(CompressionCodec.BROTLI)]
    [InlineData(CompressionCodec.GZIP)]
    [InlineData(CompressionCodec.ZSTD)]
    public void Pages_inflate_to_what_they_state(CompressionCodec codec)
    {
        const int Size = 1_000_000, Levels = 3;
        var compressed = new MemoryStream();
        using (Stream deflating = codec switch
        {
            CompressionCodec.BROTLI => new BrotliStream(compressed, CompressionMode.Compress),
            CompressionCodec.GZIP => new GZipStream(compressed, CompressionMode.Compress),
            _ => new CompressionStream(compressed),
        })
            deflating.Write(new byte[Size]);
        byte[] first = compressed.ToArray(), second = [.. new byte[Levels], .. first];
        Check(Size, first, [0x2C, 0x15, 8, 0x15, 0, 0x15, 6, 0x15, 6], 0);
        // Of the second version, levels of three bytes are before what is compressed.
        Check(Size + Levels, second, [0x5C, 0x15, 8, 0x15, 0, 0x15, 8, 0x15, 0, 0x15, 4, 0x15, 2], 6);

        void Check(int inflated, byte[] data, byte[] page, byte type)
        {
            void Stated(int size) => ParquetStructure.CheckPages(
                new MemoryStream(
                [
                    .. "PAR1"u8, 0x15, type, 0x15, .. Zigzag(size), 0x15, .. Zigzag(data.Length), .. page, 0, 0,
                    .. data,
                ]), "f", "a", new ColumnMetaData { NumValues = 4, DataPageOffset = 4, Codec = codec }, 4);
            Stated(inflated);
            foreach (var (size, found) in ((int, string)[])[(inflated - 1, "more"), (inflated + 1, $"{Size}")])
                Assert.Equal(
                    $"f: at a: expected a page that inflates to {Size + size - inflated} bytes, found {found}",
                    Assert.Throws<DataException>(() => Stated(size)).Message);
        }
    }

    [Theory]
    [InlineData(1L << 30)]
    [InlineData(1L << 40)]
    [InlineData(-2)]
    public void Compressed_buffers_become_no_more_than_they_can(long size)
    {
        using var batch = new RecordBatch.Builder()
            .Append("a", false, new DoubleArray.Builder().AppendRange(Enumerable.Repeat(1.5, 1000)).Build()).Build();
        var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(stream, batch.Schema, true, new IpcOptions
        {
            CompressionCodec = CompressionCodecType.Zstd, CompressionCodecFactory = new CompressionCodecFactory(),
        }))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }
        var bytes = stream.ToArray();
        // Before Zstandard's magic number stands what its buffer becomes.
        var place = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) - sizeof(long);
        Assert.Equal(8000, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(place)));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(place), size);
        Assert.EndsWith(
            "expected a message in Arrow's format with sizes that its body can have, compressed or not, found greater "
            + "ones", Fault(bytes, "f.arrow"), StringComparison.Ordinal);
    }

    private static byte[] File(byte[] footer)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        return [.. "PAR1"u8, .. footer, .. length, .. "PAR1"u8];
    }

    private static IEnumerable<byte> Zigzag(int number)
    {
        for (var left = (uint)((number << 1) ^ (number >> 31)); ; left >>= 7)
        {
            yield return (byte)(left < 128 ? left : left | 128);
            if (left < 128)
                yield break;
        }
    }
}
