using System.Buffers.Binary;
using System.IO.Compression;
using Functional.Host.Files;
using Parquet.Meta;
using ZstdSharp;

namespace Functional.Host.Data;

/// <summary>Checks a Parquet file's metadata and page headers before Parquet.Net reads them, which can search damaged
/// metadata for their end forever, and allocates whatever size is stated.</summary>
/// <remarks>Source: parquet.thrift 2.12, whose structs these are; enumerations are i32.</remarks>
internal static class ParquetStructure
{
    private const string Format = "Parquet's metadata";
    private const int Magic = 4, Trailer = 8, Deepest = 100, Slack = 1024;

    private static readonly Dictionary<string, CompactThrift.Field?[]> Structs = CompactThrift.Described("""
        FileMetaData: i32! [SchemaElement]! i64! [RowGroup]! [KeyValue] binary [ColumnOrder] Encryption binary
        SchemaElement: i32 i32 i32 binary! i32 i32 i32 i32 i32 LogicalType
        LogicalType: Empty Empty Empty Empty Decimal Empty Time Time - Integer Empty Empty Empty Empty Empty
          Variant Geography Geography
        Empty
        Decimal: i32! i32!
        Time: bool! TimeUnit!
        TimeUnit: Empty Empty Empty
        Integer: i8! bool!
        Variant: i8
        Geography: binary i32
        KeyValue: binary! binary
        ColumnOrder: Empty
        Encryption: Aes Aes
        Aes: binary binary bool
        RowGroup: [ColumnChunk]! i64! i64! [SortingColumn] i64 i64 i16
        SortingColumn: i32! bool! bool!
        ColumnChunk: binary i64! ColumnMetaData! i64 i32 i64 i32 ColumnEncryption binary
        ColumnEncryption: Empty ColumnKey
        ColumnKey: [binary]! binary
        ColumnMetaData: i32! [i32]! [binary]! i32! i64! i64! i64! [KeyValue] i64! i64 i64 Statistics
          [PageStatistics] i64 i32 SizeStatistics Geospatial
        Statistics: binary binary i64 i64 binary binary bool bool
        PageStatistics: i32! i32! i32!
        SizeStatistics: i64 [i64] [i64]
        Geospatial: BoundingBox [i32]
        BoundingBox: double! double! double! double! double double double double
        PageHeader: i32! i32! i32! i32 DataPage Empty DictionaryPage DataPage2
        DataPage: i32! i32! i32! i32! Statistics
        DictionaryPage: i32! i32! bool
        DataPage2: i32! i32! i32! i32! i32! i32! bool Statistics
        """);

    // The highest compression ratio of the formats that have one.
    private static readonly Dictionary<CompressionCodec, int> Ratios = new()
    {
        [CompressionCodec.UNCOMPRESSED] = 1, [CompressionCodec.SNAPPY] = 22, [CompressionCodec.GZIP] = 1032,
        [CompressionCodec.LZ4] = 255, [CompressionCodec.LZ4_RAW] = 255, [CompressionCodec.ZSTD] = 1 << 15,
    };

    /// <summary>Checks the metadata at a file's end.</summary>
    /// <exception cref="DataException">They aren't what they should be.</exception>
    public static void CheckFooter(Stream stream, string path)
    {
        Span<byte> trailer = stackalloc byte[Trailer];
        var end = stream.Position = Math.Max(0, stream.Length - Trailer);
        if (stream.ReadAtLeast(trailer, Trailer, false) < Trailer || !trailer[4..].SequenceEqual("PAR1"u8))
            throw new DataException(
                path, null, "a table in Parquet's format, which ends with PAR1", "a file of another kind, or cut off");
        var length = BinaryPrimitives.ReadInt32LittleEndian(trailer);
        if (length < 0 || length > end - Magic)
            throw new DataException(
                path, Invariant($"byte {end}"), Invariant($"a length of metadata of at most {end - Magic} bytes"),
                Invariant($"{length}"));
        var open = new Stack<long>([1]);
        stream.Position = end - length;
        new CompactThrift(Structs, new BufferedStream(stream), path, Format, end) { Ended = OnEnd }
            .Walk("FileMetaData");

        // A group of columns states how many columns or groups follow as its own.
        void OnEnd(CompactThrift footer, string name)
        {
            if (name != "SchemaElement")
                return;
            while (open.TryPeek(out var left) && left == 0)
                open.Pop();
            if (open.TryPop(out var rest))
                open.Push(rest - 1);
            if (footer.Numbers.Remove((name, 5), out var children) && children > 0)
                open.Push(children);
            if (open.Count > Deepest)
                throw new DataException(path, null, $"columns in groups of at most {Deepest} levels", "more");
        }
    }

    /// <summary>Checks the pages of a column in a row group.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="path">What it is called.</param>
    /// <param name="place">The column, for messages.</param>
    /// <param name="chunk">Where its pages are.</param>
    /// <param name="rows">How many values it should have.</param>
    /// <exception cref="DataException">They aren't what they should be, or state sizes that can't be.</exception>
    public static void CheckPages(Stream stream, string path, string place, ColumnMetaData chunk, long rows)
    {
        if (chunk.NumValues != rows)
            throw new DataException(path, place, Plural.Of(rows, "value"), $"{chunk.NumValues}");
        var bytes = new BufferedStream(stream);
        long[] starts = [chunk.DictionaryPageOffset ?? 0, chunk.DataPageOffset, chunk.IndexPageOffset ?? 0];
        var next = starts.Where(start => start != 0).DefaultIfEmpty().Min();
        for (var left = rows; left > 0;)
        {
            if (next < Magic || next >= stream.Length)
                throw new DataException(path, place, "a page within the file", Invariant($"one at byte {next}"));
            bytes.Position = next;
            var page = new CompactThrift(Structs, bytes, path, Format, stream.Length);
            page.Walk("PageHeader");
            var (size, inflated) = (page.Numbers[("PageHeader", 3)], page.Numbers[("PageHeader", 2)]);
            var most = Ratios.TryGetValue(chunk.Codec, out var ratio) ? (ratio * size) + Slack : int.MaxValue;
            next = bytes.Position + size;
            if (size < 0 || next > stream.Length || inflated < 0 || inflated > most)
                throw new DataException(
                    path, place, Invariant($"a page of at most {stream.Length - bytes.Position} bytes within the file, "
                        + $"and {most} inflated"), Invariant($"{size}, and {inflated} inflated"));
            CheckInflated(page, bytes, path, place, chunk.Codec, size, inflated);
            left -= ValuesIn(page, path, place, inflated, left);
        }
    }

    // A page becomes as many bytes as its header says: packages allocate what it says, or keep whatever comes. In
    // version 2 the levels before aren't compressed.
    private static void CheckInflated(
        CompactThrift page, Stream bytes, string path, string place, CompressionCodec codec, long size, long inflated)
    {
        var isSecond = page.Numbers[("PageHeader", 1)] == (long)PageType.DATA_PAGE_V2;
        if (size == 0 || (isSecond && page.Numbers.GetValueOrDefault(("DataPage2", 7), 1) == 0))
            return;
        var levels = !isSecond ? 0
            : page.Numbers.GetValueOrDefault(("DataPage2", 5)) + page.Numbers.GetValueOrDefault(("DataPage2", 6));
        if (levels < 0 || levels >= size)
            return;
        var (stated, first) = (inflated - levels, bytes.Position + levels);
        var found = codec switch
        {
            // Snappy's data begin with the size that its decoder allocates.
            CompressionCodec.SNAPPY => page.UnsignedAt(levels),
            CompressionCodec.BROTLI => Count(data => new BrotliStream(data, CompressionMode.Decompress)),
            CompressionCodec.GZIP => Count(data => new GZipStream(data, CompressionMode.Decompress)),
            CompressionCodec.ZSTD => Count(data => new DecompressionStream(data)),
            _ => stated,
        };
        if (found != stated)
            throw new DataException(
                path, place, Invariant($"a page that inflates to {stated} bytes"),
                found > stated && codec != CompressionCodec.SNAPPY ? "more" : Invariant($"{found}"));

        // Nothing is kept, and no more is inflated than tells that it is too much.
        long Count(Func<Stream, Stream> decoder)
        {
            var data = new byte[size - levels];
            bytes.Position = first;
            bytes.ReadExactly(data);
            using var inflating = decoder(new MemoryStream(data));
            var piece = new byte[1 << 16];
            var count = 0L;
            for (int read; count <= stated && (read = inflating.Read(piece)) > 0;)
                count += read;
            return count;
        }
    }

    private static long ValuesIn(CompactThrift page, string path, string place, long inflated, long left)
    {
        var (name, isData) = page.Numbers[("PageHeader", 1)] switch
        {
            (long)PageType.DATA_PAGE => ("DataPage", true),
            (long)PageType.DATA_PAGE_V2 => ("DataPage2", true),
            _ => ("DictionaryPage", false),
        };
        // Each value in a dictionary takes at least a byte.
        var most = isData ? left : inflated;
        return page.Numbers.TryGetValue((name, 1), out var count) && count >= 0 && count <= most ? isData ? count : 0
            : throw new DataException(path, place, $"a page of at most {Plural.Of(most, "value")}", $"{count}");
    }
}
