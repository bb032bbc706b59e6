using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Functional.Host.Files;

namespace Functional.Host.Models;

/// <summary>
/// Leaves between files, where a matrix lies row by row, and memory, where it lies column by column: a few megabytes at
/// a time, so that no leaf is twice in memory, with the digest of all that passes computed beside.
/// </summary>
internal sealed class LeafData<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int ChunkLength = 8 << 20;

    // While one is written and hashed, the other is filled.
    private readonly byte[][] chunks = [[], []];
    private int current;

    /// <summary>What a file calls the element type.</summary>
    public static TensorType Type => typeof(T) == typeof(float) ? TensorType.F32 : TensorType.F64;

    /// <summary>Of everything that was read or written.</summary>
    public BackgroundDigest Digest { get; } = new();

    public void Dispose() => Digest.Dispose();

    /// <summary>Writes the elements of a leaf, row by row: all of them once the digest is finished.</summary>
    public void Write(Parameter<T> leaf, Stream stream)
    {
        var elements = leaf.Values.AsArray() ?? leaf.Values.ToArray();
        var (rows, columns) = (leaf.Shape.Rows, Math.Max(1, leaf.Shape.Columns));
        foreach (var (first, count) in Parts(elements.Length, columns, Unsafe.SizeOf<T>()))
        {
            var bytes = Chunk(count * Unsafe.SizeOf<T>(), elements.LongLength * Unsafe.SizeOf<T>());
            RowMajor.Gather(elements, rows, columns, first, MemoryMarshal.Cast<byte, T>(bytes.Span));
            Digest.Append(bytes, stream);
        }
    }

    /// <summary>Reads the elements of the next tensor, of any floating type, column by column.</summary>
    /// <exception cref="DataException">The file has become shorter, or the memory is too small.</exception>
    public T[] Read(SafetensorsStream file, TensorPlace place)
    {
        var elements = file.Allocate(place, () => GC.AllocateUninitializedArray<T>(place.Count));
        // Axes after the first lie as one in memory.
        var rows = place.Shape is [var first, _, ..] ? first : place.Count;
        var columns = rows == 0 ? 0 : (int)(place.Count / rows);
        var size = Tensor.Size(place.Type);
        foreach (var (from, count) in Parts(place.Count, columns, size))
        {
            var bytes = Chunk(count * size, place.End - place.Begin);
            file.Fill(bytes.Span);
            Digest.Append(bytes);
            RowMajor.Scatter(Elements(bytes.Span, place.Type), elements, rows, columns, from);
        }
        return elements;
    }

    // Whole rows where they are short enough.
    private static IEnumerable<(long First, int Count)> Parts(long elements, int columns, int size)
    {
        var most = ChunkLength / size;
        if (columns > 1 && columns <= most)
            most = most / columns * columns;
        for (var first = 0L; first < elements; first += most)
            yield return (first, (int)Math.Min(most, elements - first));
    }

    private Memory<byte> Chunk(int length, long leaf)
    {
        current = 1 - current;
        if (chunks[current].Length < length)
            chunks[current] = GC.AllocateUninitializedArray<byte>((int)Math.Min(ChunkLength, Math.Max(leaf, 4096)));
        return chunks[current].AsMemory(0, length);
    }

    private static ReadOnlySpan<T> Elements(ReadOnlySpan<byte> bytes, TensorType type) =>
        type == Type ? MemoryMarshal.Cast<byte, T>(bytes)
        : type == TensorType.F16 ? Convert(MemoryMarshal.Cast<byte, Half>(bytes))
        : type == TensorType.BF16
        ? Convert<float>(Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), Tensor.Single))
        : type == TensorType.F32 ? Convert(MemoryMarshal.Cast<byte, float>(bytes))
        : Convert(MemoryMarshal.Cast<byte, double>(bytes));

    private static T[] Convert<TFrom>(ReadOnlySpan<TFrom> from) where TFrom : unmanaged, INumberBase<TFrom>
    {
        var to = new T[from.Length];
        for (var i = 0; i < to.Length; i++)
            to[i] = T.CreateChecked(from[i]);
        return to;
    }
}
