using System.Text;

namespace Functional.Host.Files;

/// <summary>
/// NumPy's format for one array: a magic number, a version, a header (a Python literal with the element type, the order
/// and the shape) and the elements. Versions 1 to 3, both byte orders and both orders of elements are read, plain or
/// gzip; objects, structures and texts are refused. Version 1, little-endian, row by row is written. Source: NumPy
/// Enhancement Proposal 1; numpy.lib.format.
/// </summary>
public static class Npy
{
    private const int Alignment = 64;
    private const string ArrayName = "array";

    /// <summary>Bytes before the elements, at most.</summary>
    internal const int LongestHead = 12 + NpyHeader.LongestText;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads a file; the tensor has its name.</summary>
    /// <exception cref="DataException">The file can't be read, or breaks a rule of the format.</exception>
    public static Tensor Read(string path) => DataFile.Open(path, stream => Read(stream, path));

    /// <summary>Reads a stream from its beginning to its end; it must be able to seek.</summary>
    /// <exception cref="DataException">The stream breaks a rule of the format; <paramref name="name"/> is said to be
    /// bad.</exception>
    public static Tensor Read(Stream stream, string name, string array = ArrayName)
    {
        using var file = new DataFile(stream.Given(), name.Given());
        return Read(file, array.Given());
    }

    /// <summary>Reads a file from its beginning to its end.</summary>
    /// <param name="file">The file.</param>
    /// <param name="array">What the tensor is called.</param>
    /// <param name="takesTexts">Whether its elements may be texts: letters, with a dimension more.</param>
    internal static Tensor Read(DataFile file, string array, bool takesTexts = false)
    {
        var (header, begin, count) = Head(file, takesTexts);
        var size = Tensor.Size(header.Type);
        file.CheckRest(count * size);
        var tensor = file.Allocate(count * size, () => new Tensor(array, header.Type, header.Shape, count)
        {
            IsText = header.IsText,
        });
        if (header.IsFortran && header.Shape.Count > 1)
        {
            var data = file.Allocate(count * size, () => new byte[count * size]);
            file.ReadRest(data);
            Reorder(data, tensor.Memory, header.Shape, size);
        }
        else
            file.ReadRest(tensor.Memory);
        if (header.IsBigEndian)
            Reverse(tensor.Memory, size);
        if (header.Type == TensorType.Bool
            && tensor.Bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var index)
            throw file.Error(begin + index, "0 or 1, an element of type bool", $"{tensor.Bytes[index]}");
        return tensor;
    }

    /// <summary>How many bytes a file has by its header.</summary>
    /// <param name="beginning">The file, or as much of it as <see cref="LongestHead"/>.</param>
    /// <param name="name">The file, for errors.</param>
    /// <exception cref="DataException">The beginning breaks a rule of the format.</exception>
    internal static long LengthOf(Stream beginning, string name)
    {
        using var file = new DataFile(beginning, name);
        var (header, begin, count) = Head(file, takesTexts: true);
        return begin + (long)count * Tensor.Size(header.Type);
    }

    // The header, where the elements begin, and how many there are.
    private static (NpyHeader Header, long Begin, int Count) Head(DataFile file, bool takesTexts)
    {
        var start = Next(file, 0, 8, "the magic number and the version of an .npy file");
        if (!start.AsSpan(0, 6).SequenceEqual(Magic))
            throw file.Error(0, "93 4E 55 4D 50 59, the magic number of .npy files",
                string.Join(' ', start[..6].Select(value => value.ToString("X2", null))));
        var (major, minor) = (start[6], start[7]);
        if (major is < 1 or > 3 || minor != 0)
            throw file.Error(6, "version 1.0, 2.0 or 3.0", $"{major}.{minor}");
        var sized = Next(file, 8, major == 1 ? 2 : 4, "the header's length");
        var length = sized.Select((value, i) => (long)value << (8 * i)).Sum();
        if (length > NpyHeader.LongestText)
            throw file.Error(8, $"a header of at most {NpyHeader.LongestText} bytes", $"{length}");
        var at = 8 + sized.Length;
        var header = NpyHeader.Parse(Next(file, at, (int)length, "the header"), major == 3, at, file, takesTexts);
        return (header, at + length, header.Count(at, file));
    }

    /// <summary>Writes a file, which appears whole or not at all.</summary>
    /// <exception cref="ArgumentException">NumPy has no such type.</exception>
    /// <exception cref="OperationFailedException">It can't be written.</exception>
    public static void Write(string path, Tensor tensor)
    {
        var header = Header(tensor);
        OutputFile.Write(path, stream => Write(stream, header, tensor));
    }

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <exception cref="ArgumentException">NumPy has no such type.</exception>
    public static void Write(Stream stream, Tensor tensor) =>
        Write(stream.Given(), Header(tensor), tensor);

    private static void Write(Stream stream, byte[] header, Tensor tensor)
    {
        stream.Write(header);
        stream.Write(tensor.Bytes);
    }

    private static byte[] Header(Tensor tensor)
    {
        var text = NpyHeader.Text(tensor.Given());
        var length = (Magic.Length + 4 + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var padded = Encoding.ASCII.GetBytes(text.PadRight(length - Magic.Length - 5) + "\n");
        return [.. Magic, 1, 0, (byte)padded.Length, (byte)(padded.Length >> 8), .. padded];
    }

    private static byte[] Next(DataFile file, int at, int count, string what)
    {
        var bytes = new byte[count];
        var read = file.Read(bytes);
        return read == count ? bytes : throw file.Error(at + read, what, "the end of the file");
    }

    private static void Reverse(Span<byte> data, int size)
    {
        for (var at = 0; at < data.Length; at += size)
            data.Slice(at, size).Reverse();
    }

    // The first index goes fastest in the file, the last one in memory.
    private static void Reorder(byte[] from, Span<byte> to, IReadOnlyList<int> shape, int size)
    {
        var strides = new int[shape.Count];
        var stride = size;
        for (var i = 0; i < strides.Length; i++)
            (strides[i], stride) = (stride, stride * shape[i]);
        var index = new int[shape.Count];
        var place = 0;
        for (var at = 0; at < to.Length; at += size)
        {
            from.AsSpan(place, size).CopyTo(to[at..]);
            for (var i = index.Length - 1; i >= 0; i--)
            {
                place += strides[i];
                if (++index[i] < shape[i])
                    break;
                place -= strides[i] * shape[i];
                index[i] = 0;
            }
        }
    }
}
