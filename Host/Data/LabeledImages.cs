using System.Globalization;
using System.Runtime.InteropServices;
using Functional.Host.Files;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Data;

/// <summary>
/// Images of one shape, each with its class, whose pixels stay bytes until a mini-batch is gathered; or rows of a table
/// of numbers, each of which then counts as an image of one row. Numbers are scaled in the precision that they have,
/// and then rounded. The arrays are not copied: who builds this value gives them away, and no one writes to them after.
/// </summary>
public sealed record LabeledImages
{
    // One of these: bytes of images, or a table's numbers in the precision that holds them.
    private readonly byte[]? pixels;
    private readonly float[]? singles;
    private readonly double[]? doubles;

    /// <summary>Pairs images with labels.</summary>
    /// <param name="height">Rows of an image, at least 1.</param>
    /// <param name="width">Columns of an image, at least 1.</param>
    /// <param name="classes">How many classes there are, 1 to 256: labels are 0 to classes - 1.</param>
    /// <param name="pixels">Count x height x width bytes, image after image, each row by row.</param>
    /// <param name="labels">Count bytes.</param>
    /// <exception cref="ArgumentException">The lengths do not agree, or a label is out of range.</exception>
    public LabeledImages(int height, int width, int classes, byte[] pixels, byte[] labels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, 256);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        if (pixels.LongLength != (long)labels.Length * height * width)
            throw new ArgumentException(
                $"{labels.Length} labels and images of {height} x {width} need " +
                $"{(long)labels.Length * height * width} pixels, but there are {pixels.Length}", nameof(pixels));
        if (FirstOutOfRange(labels, classes) is { } index)
            throw new ArgumentException(
                $"label {index} is {labels[index]}, but there are {classes} classes", nameof(labels));
        (Height, Width, Classes, this.pixels, Labels) = (height, width, classes, pixels, labels);
    }

    /// <summary>Pairs rows of numbers with labels.</summary>
    /// <param name="numbers">Row after row, all of one length.</param>
    /// <param name="names">What columns and classes are called.</param>
    /// <param name="classes">How many classes there are, 1 to 256: labels are 0 to classes - 1.</param>
    /// <param name="labels">One per row, at least one unless the columns have names.</param>
    /// <exception cref="ArgumentException">The lengths do not agree, or a label is out of range.</exception>
    public LabeledImages(float[] numbers, TableNames names, int classes, byte[] labels)
        : this(names, classes, labels, numbers?.Length) =>
        singles = numbers;

    /// <inheritdoc cref="LabeledImages(float[], TableNames, int, byte[])"/>
    public LabeledImages(double[] numbers, TableNames names, int classes, byte[] labels)
        : this(names, classes, labels, numbers?.Length) =>
        doubles = numbers;

    private LabeledImages(TableNames names, int classes, byte[] labels, int? numbers)
    {
        if (numbers is not { } count)
            throw new ArgumentNullException(nameof(numbers));
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(labels);
        Width = labels.Length == 0 ? names.Features.Count : count / labels.Length;
        if (Width == 0 || (long)Width * labels.Length != count)
            throw new ArgumentException($"{labels.Length} labels for {count} numbers", nameof(numbers));
        if (FirstOutOfRange(labels, classes) is { } index)
            throw new ArgumentException(
                $"label {index} is {labels[index]}, but there are {classes} classes", nameof(labels));
        (Height, Classes, Labels, Names) = (1, classes, labels, names);
    }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>How many classes there are; labels are below it.</summary>
    public int Classes { get; }

    /// <summary>Count x height x width bytes, image after image, each row by row. Not to be written to.</summary>
    /// <exception cref="UsageException">These are rows of a table.</exception>
    public byte[] Pixels => pixels
        ?? throw new UsageException(
            "images are needed here, but these data are tables of numbers, which have no pixels");

    /// <summary>Whether these are rows of a table.</summary>
    public bool IsTable => pixels is null;

    /// <summary>What the columns of a table and the classes are called.</summary>
    public TableNames Names { get; } = TableNames.None;

    /// <summary>All pixels or numbers as they lie in memory.</summary>
    public ReadOnlySpan<byte> Data =>
        pixels ?? (singles is null ? MemoryMarshal.AsBytes(doubles.AsSpan()) : MemoryMarshal.AsBytes(singles.AsSpan()));

    /// <summary>What a sample is, in words.</summary>
    public string Shape => IsTable ? $"rows of {Plural.Of(Width, "number")}" : $"images of {Height} x {Width}";

    /// <summary>The class of each image. Not to be written to.</summary>
    public byte[] Labels { get; }

    /// <summary>How many images there are.</summary>
    public int Count => Labels.Length;

    /// <summary>How many pixels an image has.</summary>
    public int Features => Height * Width;

    /// <summary>The index of every image, in order.</summary>
    public int[] All => [.. Enumerable.Range(0, Count)];

    /// <summary>A sample as it lies in memory: the same bytes where it is the same sample.</summary>
    internal ReadOnlySpan<byte> Sample(int index) => Data.Slice(index * (Data.Length / Count), Data.Length / Count);

    /// <summary>A sample's pixel or number.</summary>
    internal double Number(int sample, int feature)
    {
        var place = ((long)sample * Features) + feature;
        return pixels?[place] ?? singles?[place] ?? doubles![place];
    }

    /// <summary>Some of the samples as a batch.</summary>
    /// <param name="scale">How bytes become features. The numbers of a table are features: of those it must be
    /// <see cref="ByteScale.None"/>, and <see cref="Scaled"/> scales them.</param>
    /// <param name="indices">The samples.</param>
    /// <exception cref="ArgumentException">An index is none of the samples', or bytes are to be scaled of a table.
    /// </exception>
    public Batch<float> Batch(ByteScale scale, int[] indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        CheckScale(scale);
        if (pixels is not null)
            return Functional.Batch.OfBytes<float>(scale, Features, pixels, Labels, indices);
        var features = new float[Features * indices.Length];
        for (var j = 0; j < indices.Length; j++)
            if ((uint)indices[j] >= (uint)Count)
                throw new ArgumentException(
                    $"sample {indices[j]} was asked for, but samples are 0 to {Count - 1}", nameof(indices));
            else
                Round(indices[j] * Features, features.AsSpan(j * Features, Features));
        return Functional.Batch.Of(
            Matrix<float>.Build.Dense(Features, indices.Length, features),
            Array.ConvertAll(indices, index => (int)Labels[index]));
    }

    /// <summary>Means and deviations of each feature over some of the samples.</summary>
    public FeatureScale Standard(int[] samples) =>
        pixels is not null ? FeatureScale.Standard<byte>(pixels, Features, samples)
        : singles is not null ? FeatureScale.Standard<float>(singles, Features, samples)
        : FeatureScale.Standard<double>(doubles, Features, samples);

    /// <summary>The samples as a table of features.</summary>
    public LabeledImages Scaled(FeatureScale scale) =>
        Count == 0 ? this : new(
            pixels is not null ? scale.Apply<byte, float>(pixels, Features)
            : singles is not null ? scale.Apply<float, float>(singles, Features)
            : scale.Apply<double, float>(doubles, Features),
            Names, Classes, Labels);

    /// <summary>One line: how many there are, of which form, and how many of each class that has a name.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count:N0} {Told()}");

    /// <summary>What the samples of these parts are, in words, and how many of each class they have together.</summary>
    internal string Told(params ReadOnlySpan<LabeledImages> others)
    {
        var counts = new int[Classes];
        foreach (var part in (ReadOnlySpan<LabeledImages>)[this, .. others])
            foreach (var label in part.Labels)
                counts[label]++;
        var classes = Names.Classes.Count == 0
            ? $"{Plural.Of(Classes, "class", "classes")}"
            : $"{Names.Label ?? "classes"}: "
            + Few(Names.Classes.Zip(counts).Select(pair => Invariant($"{pair.First} {pair.Second:N0}")), 20);
        return IsTable
            ? $"rows of {Width} {(Width == 1 ? "column" : "columns")}"
            + (Names.Features.Count == 0 ? "" : $" ({Few(Names.Features, 6)})") + $", {classes}"
            : $"{Shape}, {classes}";
    }

    private static string Few(IEnumerable<string> texts, int most) =>
        string.Join(
            ", ",
            texts.Index().TakeWhile(text => text.Index <= most).Select(text => text.Index < most ? text.Item : "..."));

    internal void CheckScale(ByteScale scale)
    {
        if (IsTable && !scale.Equals(ByteScale.None))
            throw new ArgumentException(
                "these are numbers of a table, not bytes: ByteScale.None leaves them as they are; Scaled gives them " +
                "to mean 0 and deviation 1", nameof(scale));
    }

    // A table's numbers from a place on, in single precision.
    private void Round(int start, Span<float> features)
    {
        if (singles is not null)
            singles.AsSpan(start, features.Length).CopyTo(features);
        else
            for (var i = 0; i < features.Length; i++)
                features[i] = (float)doubles![start + i];
    }

    internal static int? FirstOutOfRange(byte[] labels, int classes) =>
        labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1)) is >= 0 and var index ? index : null;
}
