using System.Buffers.Binary;
using System.IO.Compression;

namespace Functional.Host.Files;

/// <summary>Images as an IDX file holds them.</summary>
/// <param name="Count">How many images there are.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="Pixels">Count x height x width bytes, image after image, each row by row.</param>
internal sealed record ImageFile(int Count, int Height, int Width, byte[] Pixels);

/// <summary>
/// The format of the MNIST files, plain or gzip: two zero bytes, a type, a rank, one big-endian size per dimension, the
/// data row by row. Images are unsigned bytes in three dimensions, labels unsigned bytes in one. Reading is strict: no
/// size is 0, and the data are exactly as long as the sizes say.
/// Source: "FILE FORMATS FOR THE MNIST DATABASE", LeCun, Cortes and Burges.
/// </summary>
internal static class Idx
{
    private const byte UnsignedByte = 0x08;
    private static readonly string[] ImageSizes = ["count", "height", "width"];
    private static readonly string[] LabelSizes = ["count"];

    /// <summary>Reads a file of images.</summary>
    /// <param name="path">The file.</param>
    /// <param name="first">At most this many, from the beginning: the rest is not read.</param>
    /// <param name="faultOf">What is wrong with this number of images, asked before they are allocated.</param>
    /// <exception cref="DataException">The file can't be read, or is not exactly such a file.</exception>
    public static ImageFile ReadImages(string path, int? first = null, Func<long, DataException?>? faultOf = null) =>
        DataFile.Open(path, stream => ReadImages(stream, path, first, faultOf));

    /// <summary>Reads images from the beginning of a stream to its end; the stream must be able to seek.</summary>
    /// <exception cref="DataException">The stream holds anything else; the error names <paramref name="name"/>.
    /// </exception>
    public static ImageFile ReadImages(
        Stream stream, string name, int? first = null, Func<long, DataException?>? faultOf = null)
    {
        var (sizes, pixels) = Read(stream, name, ImageSizes, first, faultOf);
        return new ImageFile(sizes[0], sizes[1], sizes[2], pixels);
    }

    /// <summary>Reads a file of labels.</summary>
    /// <param name="path">The file.</param>
    /// <param name="first">At most this many, from the beginning: the rest is not read.</param>
    /// <exception cref="DataException">The file can't be read, or is not exactly such a file.</exception>
    public static byte[] ReadLabels(string path, int? first = null) =>
        DataFile.Open(path, stream => ReadLabels(stream, path, first));

    /// <summary>Reads labels from the beginning of a stream to its end; the stream must be able to seek.</summary>
    /// <exception cref="DataException">The stream holds anything else; the error names <paramref name="name"/>.
    /// </exception>
    public static byte[] ReadLabels(Stream stream, string name, int? first = null) =>
        Read(stream, name, LabelSizes, first).Data;

    /// <summary>Writes images; the stream stays open.</summary>
    /// <exception cref="ArgumentException">A size is below 1, or they do not agree with the pixels.</exception>
    public static void WriteImages(Stream stream, ImageFile images, bool gzip = false) =>
        Write(stream, ImageSizes, [images.Count, images.Height, images.Width], images.Pixels, gzip);

    /// <summary>Writes labels; the stream stays open.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static void WriteLabels(Stream stream, byte[] labels, bool gzip = false) =>
        Write(stream, LabelSizes, [labels.Length], labels, gzip);

    private static (int[] Sizes, byte[] Data) Read(
        Stream stream, string name, string[] dimensions, int? first, Func<long, DataException?>? faultOf = null)
    {
        using var file = new DataFile(stream, name);
        Span<byte> header = stackalloc byte[HeaderLength(dimensions)];
        var length = file.Read(header);
        CheckMagic(file, header[..Math.Min(length, 4)], dimensions);
        if (length < header.Length)
            throw file.Error(length, $"a header of {header.Length} bytes", "the end of the file");
        var sizes = new uint[dimensions.Length];
        var total = UInt128.One;
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = BinaryPrimitives.ReadUInt32BigEndian(header[(4 + 4 * i)..]);
            if (sizes[i] == 0)
                throw file.Error(4 + 4 * i, $"a {dimensions[i]} of at least 1", "0");
            total *= sizes[i];
        }
        if (total > (UInt128)Array.MaxLength)
            throw file.Error(
                4, $"sizes of at most {Array.MaxLength} bytes in all", $"{string.Join(" x ", sizes)} = {total}");
        var count = first is { } some ? Math.Min((uint)some, sizes[0]) : sizes[0];
        if (faultOf?.Invoke(count) is { } fault)
            throw fault;
        var size = (int)(total / sizes[0] * (UInt128)count);
        int[] found = [(int)count, .. sizes.Skip(1).Select(one => (int)one)];
        return (found, count < sizes[0] ? file.ReadNext(size) : file.ReadRest(size));
    }

    private static void CheckMagic(DataFile file, ReadOnlySpan<byte> magic, string[] dimensions)
    {
        byte[] expected = [0, 0, UnsignedByte, (byte)dimensions.Length];
        if (magic.IsEmpty)
            throw file.Error(0, Describe(expected), "nothing");
        if (!magic.SequenceEqual(expected))
            throw file.Error(0, Describe(expected), Describe(magic));
    }

    private static string Describe(ReadOnlySpan<byte> magic)
    {
        var meaning = magic switch
        {
            [0, 0, UnsignedByte, 3] => "images",
            [0, 0, UnsignedByte, 1] => "labels",
            [0, 0, UnsignedByte, var rank] => $"unsigned bytes in {rank} dimensions",
            [0, 0, 0x09, _] => "signed bytes",
            [0, 0, 0x0B or 0x0C, _] => "integers of several bytes",
            [0, 0, 0x0D or 0x0E, _] => "floating-point numbers",
            _ => "not an IDX file"
        };
        return $"{string.Join(' ', magic.ToArray().Select(value => value.ToString("X2")))} ({meaning})";
    }

    private static void Write(Stream stream, string[] dimensions, int[] sizes, byte[] data, bool gzip)
    {
        if (Array.FindIndex(sizes, size => size < 1) is >= 0 and var index)
            throw new ArgumentException(
                $"the {dimensions[index]} is {sizes[index]}, but must be at least 1", nameof(sizes));
        if (sizes.Aggregate(UInt128.One, (product, size) => product * (UInt128)size) != (UInt128)data.Length)
            throw new ArgumentException(
                $"sizes {string.Join(" x ", sizes)} do not agree with {Plural.Plain(data.Length, "byte")}",
                nameof(data));
        Span<byte> header = stackalloc byte[HeaderLength(dimensions)];
        header.Clear();
        header[2] = UnsignedByte;
        header[3] = (byte)dimensions.Length;
        for (var i = 0; i < sizes.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header[(4 + 4 * i)..], sizes[i]);
        using var deflated = gzip ? new GZipStream(stream, CompressionLevel.SmallestSize, leaveOpen: true) : null;
        (deflated ?? stream).Write(header);
        (deflated ?? stream).Write(data);
    }

    private static int HeaderLength(string[] dimensions) => 4 + 4 * dimensions.Length;
}
