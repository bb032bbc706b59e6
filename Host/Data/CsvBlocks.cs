using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>
/// A table as text, read in blocks side by side, each of whole rows: a row ends where a line does, after an even number
/// of quotes. What is gathered doesn't depend on where blocks end.
/// </summary>
internal static class CsvBlocks
{
    private const int Least = 1 << 21, PerColumn = 1 << 11;

    /// <summary>Reads columns.</summary>
    /// <param name="stream">From its beginning to its end; it may be gzip.</param>
    /// <param name="name">What it is called, for errors.</param>
    /// <param name="columns">What is wanted.</param>
    /// <param name="size">Bytes of a block; enough for each column to have some numbers in it if null.</param>
    /// <returns>The columns; null if there is a fault somewhere, or the text isn't in UTF-8: then the whole has to be
    /// read, and faults are found in their places.</returns>
    public static ColumnReader[]? Read(Stream stream, string name, CsvColumns columns, int? size = null)
    {
        using var table = new CsvRows(stream, name);
        table.Read();
        if (!table.IsUtf8)
            return null;
        var read = new ConcurrentDictionary<long, (ColumnReader[] Columns, int Lines)>();
        var text = InflatedStream.Of(stream, name);
        using var inflated = text as InflatedStream;
        try
        {
            // No more than what there is.
            var most = inflated is null ? stream.Length + 1 : long.MaxValue;
            var blocks = Partitioner.Create(
                Of(text, name, size ?? (int)Math.Min(most, Math.Max(Least, columns.Width * PerColumn))),
                EnumerablePartitionerOptions.NoBuffering);
            var options = new ParallelOptions { MaxDegreeOfParallelism = Threads.Count };
            var whole = Parallel.ForEach(blocks, options, (block, state, index) =>
            {
                if (Read(table, block, index == 0, columns) is { } those)
                    read[index] = those;
                else
                    state.Stop();
                ArrayPool<byte>.Shared.Return(block.Array!);
            });
            return whole.IsCompleted
                ? Joined([.. read.OrderBy(pair => pair.Key).Select(pair => pair.Value)]) : null;
        }
        catch (AggregateException e)
        {
            // Of the stream itself: gzip that is cut off, a row that no block holds, a disk.
            if (e.InnerExceptions.All(inner => inner is DataException or IOException))
                return null;
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            throw;
        }
    }

    private static (ColumnReader[] Readers, int Lines)? Read(
        CsvRows table, ArraySegment<byte> block, bool isFirst, CsvColumns columns)
    {
        // A cell has a separator or a line end behind it.
        ColumnReader[] Readers() => columns.Readers(
            table, Math.Min(block.AsSpan().Count((byte)'\n'), block.Count / columns.Width) + 1);
        var readers = Readers();
        if (!block.AsSpan().Contains((byte)'"') && columns.Fill(
            table, block.AsSpan(isFirst ? table.Mark : 0), isFirst ? table.NamesSeparator ? 2 : 1 : 0, readers)
            is { } lines)
            return (readers, lines);
        try
        {
            using var rows = new CsvRows(table, block, isFirst);
            readers = Readers();
            return columns.Fill(rows, readers, new CellFaults("")) ? (readers, rows.Lines) : null;
        }
        catch (DataException)
        {
            return null;
        }
    }

    private static ColumnReader[]? Joined((ColumnReader[] Columns, int Lines)[] blocks)
    {
        var (all, line) = blocks[0];
        foreach (var (columns, lines) in blocks.Skip(1))
        {
            if (!all.Zip(columns).All(pair => pair.First.Append(pair.Second, line)))
                return null;
            line += lines;
        }
        return all;
    }

    // The blocks, in rented arrays, which are returned when they are read.
    private static IEnumerable<ArraySegment<byte>> Of(Stream stream, string name, int size)
    {
        stream.Position = 0;
        for (var (buffer, filled, isLast) = (ArrayPool<byte>.Shared.Rent(size), 0, false); !isLast;)
        {
            filled += stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
            isLast = filled < buffer.Length;
            var end = isLast ? filled : EndOfRows(buffer);
            if (end == 0 && !isLast)
                throw new DataException(name, null, $"rows of at most {Plural.Plain(size, "byte")}", "a longer one");
            var next = ArrayPool<byte>.Shared.Rent(size);
            buffer.AsSpan(end, filled - end).CopyTo(next);
            yield return new(buffer, 0, end);
            (buffer, filled) = (next, filled - end);
        }
    }

    // Behind the last line end that isn't in quotes; 0 if there is none.
    private static int EndOfRows(ReadOnlySpan<byte> bytes)
    {
        var quotes = bytes.Count((byte)'"');
        for (var rest = bytes; rest.LastIndexOf((byte)'\n') is >= 0 and var last; rest = rest[..last])
        {
            quotes -= rest[last..].Count((byte)'"');
            if (quotes % 2 == 0)
                return last + 1;
        }
        return 0;
    }
}
