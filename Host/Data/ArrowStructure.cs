using System.Buffers.Binary;
using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>Checks the messages of an Arrow file before Apache.Arrow reads them, which allocates whatever size they
/// state.</summary>
/// <remarks>Source: "Arrow Columnar Format", Serialization and Interprocess Communication; Message.fbs, Schema.fbs.
/// </remarks>
internal static class ArrowStructure
{
    private const int Schema = 1, DictionaryBatch = 2, RecordBatch = 3;
    private const int Deepest = 100, ElementSize = 16, Slack = 1024;
    // Zstandard's highest ratio: a block of 128 KiB in four bytes.
    private const int MostInflated = 1 << 15;

    /// <summary>Checks all messages.</summary>
    /// <exception cref="DataException">A size can't be.</exception>
    public static void Check(ReadOnlyMemory<byte> bytes, string path)
    {
        for (var place = 0; place + sizeof(int) < bytes.Length;)
        {
            var start = place;
            var length = Int(bytes, ref place);
            if (length == -1)
                length = Int(bytes, ref place);
            if (length == 0)
                return;
            DataException Fault(string expected, string found) => new(
                path, Invariant($"byte {start}"), $"a message in Arrow's format with {expected}", found);
            if (length < 0 || length > bytes.Length - place)
                throw Fault(Invariant($"at most {bytes.Length - place} bytes"), Invariant($"{length}"));
            var message = FlatTable.Root(bytes.Slice(place, length));
            place += length;
            var size = message.Long(3);
            if (size < 0 || size > bytes.Length - place)
                throw Fault(Invariant($"a body of at most {bytes.Length - place} bytes"), Invariant($"{size}"));
            var (header, body) = (message.Table(2), bytes.Slice(place, (int)size));
            place += (int)size;
            if (message.Byte(1) == Schema && !IsShallow(header, length))
                throw Fault(Invariant($"columns nested at most {Deepest} deep"), "more");
            var batch = message.Byte(1) == DictionaryBatch ? header.Table(1) : header;
            if (message.Byte(1) is DictionaryBatch or RecordBatch && !CanInflate(batch, body))
                throw Fault("sizes that its body can have, compressed or not", "greater ones");
        }
    }

    private static bool IsShallow(FlatTable schema, int length)
    {
        // A field may be a child of several others, so their number can double with each level: the walk ends after as
        // many as the message has room for.
        var left = length / sizeof(int);
        return IsShallow(schema, 1, 0);

        bool IsShallow(FlatTable parent, int children, int depth)
        {
            var (start, count) = parent.Vector(children, sizeof(int));
            left -= count;
            return left >= 0 && depth <= Deepest
                && Enumerable.Range(0, count).All(i => IsShallow(parent.At(start, i), 5, depth + 1));
        }
    }

    private static bool CanInflate(FlatTable batch, ReadOnlyMemory<byte> body)
    {
        _ = batch.Vector(1, ElementSize);
        var (start, count) = batch.Vector(2, ElementSize);
        var (views, viewCount) = batch.Vector(4, sizeof(long));
        var isCompressed = batch.Field(3) > 0;
        var left = (MostInflated * (long)body.Length) + Slack;
        for (var i = 0; i < viewCount; i++)
            if (batch.LongAt(views + (sizeof(long) * i)) is var buffers && (buffers < 0 || buffers > count))
                return false;
        for (var i = 0; i < count; i++)
        {
            var (from, size) =
                (batch.LongAt(start + (ElementSize * i)), batch.LongAt(start + (ElementSize * i) + sizeof(long)));
            // The reader ignores empty buffers.
            if (size <= 0)
                continue;
            if (from < 0 || from > body.Length - size)
                return false;
            // A compressed buffer begins with its own size, or with -1 if it isn't compressed.
            var inflated = isCompressed && size >= sizeof(long)
                ? BinaryPrimitives.ReadInt64LittleEndian(body.Span[(int)from..]) : 0;
            if (inflated < -1 || inflated > left)
                return false;
            left -= Math.Max(0, inflated);
        }
        return true;
    }

    private static int Int(ReadOnlyMemory<byte> bytes, ref int place)
    {
        var number = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[place..]);
        place += sizeof(int);
        return number;
    }
}
