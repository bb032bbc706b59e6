namespace Functional.Host.Data;

/// <summary>
/// Images of one shape, each with its class. Pixels stay bytes until a mini-batch is gathered.
/// The arrays are not copied: who builds this value gives them away, and no one writes to them after.
/// </summary>
public sealed record LabeledImages
{
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
        (Height, Width, Classes, Pixels, Labels) = (height, width, classes, pixels, labels);
    }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>How many classes there are; labels are below it.</summary>
    public int Classes { get; }

    /// <summary>Count x height x width bytes, image after image, each row by row. Not to be written to.</summary>
    public byte[] Pixels { get; }

    /// <summary>The class of each image. Not to be written to.</summary>
    public byte[] Labels { get; }

    /// <summary>How many images there are.</summary>
    public int Count => Labels.Length;

    /// <summary>How many pixels an image has.</summary>
    public int Features => Height * Width;

    /// <summary>The index of every image, in order.</summary>
    public int[] All => [.. Enumerable.Range(0, Count)];

    internal static int? FirstOutOfRange(byte[] labels, int classes) =>
        labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1)) is >= 0 and var index ? index : null;
}
