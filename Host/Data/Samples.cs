using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>
/// What a network is asked about, without the answers: <see cref="Images"/> or <see cref="Rows"/> of a table. How they
/// become features is for a <see cref="FeatureEncoder"/> to say. Arrays that samples are made of are not copied: who
/// builds this value gives them away, and no one writes to them after.
/// </summary>
public abstract record Samples
{
    private protected Samples() { }

    /// <summary>How many samples there are.</summary>
    public abstract int Count { get; }

    /// <summary>How many numbers a sample has as the data have it: an image's bytes, a row's cells.</summary>
    public abstract int Size { get; }

    /// <summary>What the samples are, in words, as in <c>images of 28 x 28</c>.</summary>
    public abstract string Shape { get; }

    /// <summary>The index of every sample, in order.</summary>
    public int[] All => [.. Enumerable.Range(0, Count)];

    /// <summary>Some of the samples, in this order; one may come twice.</summary>
    /// <param name="indices">Each from 0 to <see cref="Count"/> - 1.</param>
    public abstract Samples Take(int[] indices);

    /// <summary>A sample's byte, or a cell's number: NaN in a gap. Of text it is the text's place among the texts of
    /// its column.</summary>
    internal abstract double Number(int sample, int place);

    /// <summary>All of the samples as bytes: the same where they are the same samples.</summary>
    internal abstract IEnumerable<ReadOnlyMemory<byte>> Bytes();

    /// <summary>The shape with a count before it.</summary>
    public sealed override string ToString() => Invariant($"{Count:N0} {Shape}");
}

/// <summary>Images of one size, whose pixels stay bytes until a mini-batch is gathered.</summary>
public sealed record Images : Samples
{
    /// <summary>Images out of bytes.</summary>
    /// <param name="height">Rows of an image, at least 1.</param>
    /// <param name="width">Columns of an image, at least 1.</param>
    /// <param name="pixels">Count x height x width x channels bytes: image after image, each row by row, the channels
    /// of a pixel side by side.</param>
    /// <param name="channels">Bytes of a pixel: 1 of gray images, 3 of colored ones.</param>
    /// <exception cref="ArgumentException">The bytes are no whole images.</exception>
    public Images(int height, int width, byte[] pixels, int channels = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        (Height, Width, Channels, Pixels) = (height, width, channels, pixels);
        if (pixels.Length % ((long)height * width * channels) != 0)
            throw new ArgumentException($"{pixels.Length} bytes are no whole {Shape}", nameof(pixels));
    }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>Bytes of a pixel.</summary>
    public int Channels { get; }

    /// <summary>Image after image, each row by row, the channels of a pixel side by side. Not to be written to.
    /// </summary>
    public byte[] Pixels { get; }

    /// <inheritdoc/>
    public override int Size => Height * Width * Channels;

    /// <inheritdoc/>
    public override int Count => Pixels.Length / Size;

    /// <inheritdoc/>
    public override string Shape =>
        $"images of {Height} x {Width}{(Channels == 1 ? "" : $" in {Plural.Of(Channels, "channel")}")}";

    /// <summary>One image's bytes.</summary>
    public ReadOnlyMemory<byte> this[int index] => Pixels.AsMemory(index * Size, Size);

    /// <inheritdoc/>
    public override Images Take(int[] indices)
    {
        indices.Within(Count);
        var taken = new byte[indices.Length * Size];
        foreach (var (place, index) in indices.Index())
            this[index].CopyTo(taken.AsMemory(place * Size));
        return new Images(Height, Width, taken, Channels);
    }

    /// <summary>One image in shades of gray, to be shown: of several channels their mean.</summary>
    internal ReadOnlyMemory<byte> Gray(int index)
    {
        if (Channels == 1)
            return this[index];
        var gray = new byte[Height * Width];
        for (var i = 0; i < gray.Length; i++)
        {
            var sum = 0;
            for (var channel = 0; channel < Channels; channel++)
                sum += this[index].Span[(i * Channels) + channel];
            gray[i] = (byte)(sum / Channels);
        }
        return gray;
    }

    /// <summary>Bytes of images that are stored as rows x columns each, column by column.</summary>
    internal static byte[] Transposed(byte[] pixels, int rows, int columns)
    {
        var transposed = new byte[pixels.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (image, place) = Math.DivRem(i, rows * columns);
            var (row, column) = Math.DivRem(place, columns);
            transposed[(image * rows * columns) + (column * rows) + row] = pixels[i];
        }
        return transposed;
    }

    /// <summary>Some of the images, channel after channel.</summary>
    internal byte[] Planes(int[] indices) => Transposed(Take(indices).Pixels, Height * Width, Channels);

    internal override double Number(int sample, int place) => Pixels[((long)sample * Size) + place];

    internal override IEnumerable<ReadOnlyMemory<byte>> Bytes() => [Pixels];
}

/// <summary>Rows of a table, column by column.</summary>
public sealed record Rows : Samples
{
    /// <summary>Rows out of columns.</summary>
    /// <param name="columns">At least one, all of one length.</param>
    /// <exception cref="ArgumentException">There is none, or they differ in length, or two have the same name.
    /// </exception>
    public Rows(IReadOnlyList<Column> columns)
    {
        if (columns.Complete("column").Count == 0)
            throw new ArgumentException("a table needs at least one column", nameof(columns));
        if (columns.FirstOrDefault(column => column.Count != columns[0].Count) is { } other)
            throw new ArgumentException(
                $"a column of {other.Count} cells beside one of {columns[0].Count}", nameof(columns));
        if (columns.Select(column => column.Name).OfType<string>().CountBy(name => name)
            .FirstOrDefault(count => count.Value > 1).Key is { } twice)
            throw new ArgumentException($"two columns are called '{twice}'", nameof(columns));
        Columns = [.. columns];
    }

    /// <summary>Rows of numbers.</summary>
    /// <param name="numbers">Row after row, all of one length.</param>
    /// <param name="width">How many numbers a row has, at least 1.</param>
    /// <param name="names">What the columns are called; null if they have no names.</param>
    /// <exception cref="ArgumentException">The numbers are no whole rows, or there are not as many names.</exception>
    public static Rows Of(ReadOnlySpan<double> numbers, int width, IReadOnlyList<string>? names = null) =>
        new(Transposed(numbers, width, names));

    /// <inheritdoc cref="Of(ReadOnlySpan{double}, int, IReadOnlyList{string}?)"/>
    public static Rows Of(ReadOnlySpan<float> numbers, int width, IReadOnlyList<string>? names = null) =>
        new(Transposed(numbers, width, names));

    /// <summary>A program's own records, whose properties are columns, as <see cref="DataPart"/> has them.</summary>
    /// <exception cref="ArgumentException">The records have no properties, or one is null.</exception>
    /// <exception cref="DataException">A cell is not what it should be.</exception>
    public static Rows Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        IEnumerable<T> records) => Records.Table(records).ReadSamples();

    /// <summary>Columns by name, as a data frame has them.</summary>
    /// <exception cref="ArgumentException">There is none, or one has no name or no cells.</exception>
    /// <exception cref="DataException">A cell is not what it should be.</exception>
    public static Rows Of(IEnumerable<(string Name, IEnumerable Cells)> columns) =>
        Records.Table(columns).ReadSamples();

    /// <summary>The columns, in order.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <inheritdoc/>
    public override int Count => Columns[0].Count;

    /// <inheritdoc/>
    public override int Size => Columns.Count;

    /// <inheritdoc/>
    public override string Shape =>
        $"rows of {(Columns.All(column => column is NumberColumn)
            ? Plural.Of(Columns.Count, "number") : Plural.Of(Columns.Count, "column"))}";

    /// <summary>What a column is called: by its place, from 1, if it has no name.</summary>
    public string NameOf(int column) => Columns[column].Name ?? Invariant($"column {column + 1}");

    /// <inheritdoc/>
    public override Rows Take(int[] indices)
    {
        indices.Within(Count);
        return new Rows(
        [
            .. Columns.AsParallel().AsOrdered().WithDegreeOfParallelism(Threads.Count)
                .Select(column => column.Take(indices)),
        ]);
    }

    internal override double Number(int sample, int place) => Columns[place].Number(sample);

    internal override IEnumerable<ReadOnlyMemory<byte>> Bytes() => Columns.Select(column => column.Bytes());

    /// <summary>What the rows are, in words, with the first columns' names.</summary>
    internal string Described() =>
        $"rows of {Plural.Of(Columns.Count, "column")}"
        + (Columns.All(column => column.Name is null) ? ""
            : $" ({Few(Enumerable.Range(0, Columns.Count).Select(NameOf), 6)})");

    internal static string Few(IEnumerable<string> texts, int most) =>
        string.Join(
            ", ",
            texts.Index().TakeWhile(text => text.Index <= most).Select(text => text.Index < most ? text.Item : "..."));

    private static NumberColumn[] Transposed<T>(ReadOnlySpan<T> numbers, int width, IReadOnlyList<string>? names)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (numbers.Length % width != 0)
            throw new ArgumentException($"{numbers.Length} numbers are no whole rows of {width}", nameof(numbers));
        if (names?.Complete("name").Count is { } count && count != width)
            throw new ArgumentException($"{count} names for {width} columns", nameof(names));
        var columns = new double[width][];
        for (var i = 0; i < width; i++)
        {
            columns[i] = new double[numbers.Length / width];
            for (var row = 0; row < columns[i].Length; row++)
                columns[i][row] = double.CreateChecked(numbers[(row * width) + i]);
        }
        return [.. columns.Select((column, i) => new NumberColumn(names?[i], column))];
    }
}
