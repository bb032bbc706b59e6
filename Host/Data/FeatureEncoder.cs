using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Data;

/// <summary>How the data's own numbers become features.</summary>
public enum DataScale
{
    /// <summary>Images: byte / 255. Tables: as <see cref="Standard"/>.</summary>
    Unit,

    /// <summary>The number itself.</summary>
    None,

    /// <summary>(value - mean) / deviation of the training samples: of images over all pixels, of tables by column.
    /// </summary>
    Standard,
}

/// <summary>
/// How samples become features, as an immutable value: of images byte by byte, of tables column by column. What it
/// takes from data (means, deviations, categories) is learned once, on the training samples alone; training,
/// evaluation, prediction and export all encode with it, and a model's file has it. A sample's features depend on
/// nothing but the sample.
/// </summary>
public abstract record FeatureEncoder
{
    private protected FeatureEncoder() { }

    /// <summary>How many numbers (bytes, cells) a sample has before it is encoded.</summary>
    public abstract int Size { get; }

    /// <summary>How many features it has after that.</summary>
    public abstract int Features { get; }

    /// <summary>Learns an encoder.</summary>
    /// <param name="samples">What to encode.</param>
    /// <param name="training">The samples that are learned from, at least one: no others are looked at.</param>
    /// <param name="scale">How numbers become features.</param>
    /// <exception cref="ArgumentException">No column of a table can be learned from.</exception>
    public static FeatureEncoder Learn(
        Samples samples, int[] training, DataScale scale = DataScale.Unit) => samples switch
    {
        Images images => new ImageEncoder(images.Height, images.Width, scale switch
        {
            DataScale.Unit => ByteScale.Unit,
            DataScale.None => ByteScale.None,
            _ => Batch.StandardScale(images.Size, images.Pixels, training.Within(images.Count)),
        }, images.Channels),
        Rows rows => TableEncoder.Learn(rows, training.Within(rows.Count), scale),
        _ => throw new ArgumentNullException(nameof(samples)),
    };

    /// <summary>Numbers without names, all scaled in one way.</summary>
    /// <param name="count">How many a sample has.</param>
    /// <param name="mean">What is subtracted from each.</param>
    /// <param name="deviation">What the difference is divided by.</param>
    public static FeatureEncoder Numbers(int count, double mean = 0, double deviation = 1) =>
        new TableEncoder([.. Enumerable.Repeat(new NumberEncoding(null, new NumberScale(mean, deviation)), count)]);

    /// <summary>Images of one size, a feature for each byte.</summary>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="scale">How a byte becomes a feature.</param>
    /// <param name="channels">Bytes of a pixel: 1 of gray images, 3 of colored ones.</param>
    public static FeatureEncoder Images(int height, int width, ByteScale scale, int channels = 1) =>
        new ImageEncoder(height, width, scale.Given(), channels);

    /// <summary>The features of some of the samples: features x samples, a column for each index. Numbers are scaled in
    /// double precision, and then rounded; bytes of images go a way of their own, the same for training and prediction.
    /// </summary>
    /// <exception cref="ArgumentException">The samples are not of this encoder's form, or an index is out of range.
    /// </exception>
    public Matrix<T> Encode<T>(Samples samples, int[] indices) where T : unmanaged, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (Expected(samples) is { } expected)
            throw new ArgumentException($"expected {expected}, found {samples.Shape}", nameof(samples));
        indices.Within(samples.Count);
        return Encoded<T>(samples, indices);
    }

    /// <summary>What a feature is called: by its place, from 1, if it has no name.</summary>
    public abstract string NameOf(int feature);

    /// <summary>The same encoder for samples whose numbers are features already.</summary>
    internal abstract FeatureEncoder OfFeatures { get; }

    /// <summary>What these samples should be, in words; null if they can be encoded.</summary>
    internal abstract string? Expected(Samples samples);

    /// <summary>What is wrong with it for a network with this many inputs; null if nothing is.</summary>
    internal abstract string? Fault(int inputs);

    private protected abstract Matrix<T> Encoded<T>(Samples samples, int[] indices)
        where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>How images of one size become features: a byte per feature, channel after channel, each row by row.
/// </summary>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="Scale">How a byte becomes a feature.</param>
/// <param name="Channels">Bytes of a pixel.</param>
internal sealed record ImageEncoder(int Height, int Width, ByteScale Scale, int Channels = 1) : FeatureEncoder
{
    /// <inheritdoc/>
    public override int Size => Height * Width * Channels;

    /// <inheritdoc/>
    public override int Features => Size;

    /// <inheritdoc/>
    public override string NameOf(int feature) =>
        Invariant($"pixel {(feature % (Height * Width)) + 1}")
        + (Channels == 1 ? "" : Invariant($" of channel {(feature / (Height * Width)) + 1}"));

    /// <summary>As in <c>images of 28 x 28, (byte - 0) / 255</c>.</summary>
    public override string ToString() =>
        Invariant($"{new Images(Height, Width, [], Channels).Shape}, (byte - {Scale.Shift:G6}) / {Scale.Divisor:G6}");

    internal override ImageEncoder OfFeatures => this with { Scale = ByteScale.None };

    internal override string? Expected(Samples samples) => samples switch
    {
        _ when samples.Size != Size => $"samples of {Size} numbers, as the model takes them",
        Images images when (images.Height, images.Width) != (Height, Width) => $"images of {Height} x {Width}",
        Rows rows when rows.Columns.Any(column => column is not NumberColumn) => "rows of numbers",
        _ => null,
    };

    internal override string? Fault(int inputs) =>
        Height < 1 || Width < 1 || Channels < 1 || (long)Height * Width * Channels != inputs
            ? $"images of {Height} x {Width} for a network of {inputs} inputs"
            : new NumberScale(Scale.Shift, Scale.Divisor).Fault();

    private protected override Matrix<T> Encoded<T>(Samples samples, int[] indices)
    {
        if (samples is Images images)
            return Channels == 1 ? Batch.InputsOfBytes<T>(Scale, Size, images.Pixels, indices)
                : Batch.InputsOfBytes<T>(Scale, Size, images.Planes(indices), [.. Enumerable.Range(0, indices.Length)]);
        var (features, scale) = (new T[(long)Size * indices.Length], new NumberScale(Scale.Shift, Scale.Divisor));
        for (var j = 0; j < indices.Length; j++)
            for (var i = 0; i < Size; i++)
                features[(j * Size) + Feature(i)] = T.CreateSaturating(scale.Apply(samples.Number(indices[j], i)));
        return Matrix<T>.Build.Dense(Size, indices.Length, features);
    }

    // Of a byte: samples have the channels of a pixel side by side.
    private int Feature(int place) => (place % Channels * Height * Width) + (place / Channels);
}
