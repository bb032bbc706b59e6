using System.Runtime.CompilerServices;

namespace Functional.Host.Models;

/// <summary>Parts of a matrix row by row, out of and into memory that holds it column by column.</summary>
internal static class RowMajor
{
    // A line of the cache has 16 numbers in single precision: a tile reads and writes whole ones.
    private const int Tile = 16;

    /// <summary>Elements of a matrix from a place on, counted row by row.</summary>
    /// <param name="elements">The matrix, column by column.</param>
    /// <param name="rows">How many it has.</param>
    /// <param name="columns">How many it has.</param>
    /// <param name="first">The first element that is wanted.</param>
    /// <param name="part">Where they go: as many as are wanted.</param>
    public static void Gather<T>(T[] elements, int rows, int columns, long first, Span<T> part) where T : unmanaged
    {
        if (rows == 1 || columns == 1)
            elements.AsSpan((int)first, part.Length).CopyTo(part);
        else
            Each(columns, first, part.Length, part, (some, at, row, column, width, height) => Transpose(
                elements.AsSpan(column * rows + row), rows, some[at..], columns, height, width));
    }

    /// <summary>Puts elements into a matrix from a place on, counted row by row.</summary>
    /// <inheritdoc cref="Gather"/>
    public static void Scatter<T>(ReadOnlySpan<T> part, T[] elements, int rows, int columns, long first)
        where T : unmanaged
    {
        if (rows == 1 || columns == 1)
            part.CopyTo(elements.AsSpan((int)first));
        else
            Each(columns, first, part.Length, part, (some, at, row, column, width, height) => Transpose(
                some[at..], columns, elements.AsSpan(column * rows + row), rows, width, height));
    }

    private delegate void Block<TPart>(TPart part, int at, int row, int column, int width, int height)
        where TPart : allows ref struct;

    // What is left of a row, then whole rows, then the beginning of one.
    private static void Each<TPart>(int columns, long first, int count, TPart part, Block<TPart> use)
        where TPart : allows ref struct
    {
        for (var at = 0; at < count;)
        {
            var (row, column) = ((int)((first + at) / columns), (int)((first + at) % columns));
            var width = Math.Min(columns - column, count - at);
            var height = width == columns ? (count - at) / columns : 1;
            use(part, at, row, column, width, height);
            at += width * height;
        }
    }

    /// <summary>to[i toStride + j] = from[j fromStride + i] for i below m and j below n.</summary>
    private static void Transpose<T>(
        ReadOnlySpan<T> from, int fromStride, Span<T> to, int toStride, int m, int n) where T : unmanaged
    {
        // Along the shorter side first, so that fewer pages are in use at a time.
        if (m > n)
            for (var i = 0; i < m; i += Tile)
                for (var j = 0; j < n; j += Tile)
                    TransposeTile(from, fromStride, to, toStride, i, Math.Min(i + Tile, m), j, Math.Min(j + Tile, n));
        else
            for (var j = 0; j < n; j += Tile)
                for (var i = 0; i < m; i += Tile)
                    TransposeTile(from, fromStride, to, toStride, i, Math.Min(i + Tile, m), j, Math.Min(j + Tile, n));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeTile<T>(
        ReadOnlySpan<T> from, int fromStride, Span<T> to, int toStride, int i0, int i1, int j0, int j1)
            where T : unmanaged
    {
        for (var i = i0; i < i1; i++)
        {
            var row = to.Slice(i * toStride + j0, j1 - j0);
            for (var j = 0; j < row.Length; j++)
                row[j] = from[(j0 + j) * fromStride + i];
        }
    }
}
