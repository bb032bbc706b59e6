using System.Buffers.Binary;

namespace Functional.Host.Data;

/// <summary>How much a safetensors file may ask of its reader before its data are looked at.</summary>
public sealed record SafetensorsLimits
{
    /// <summary>Bytes of the header; the reference implementation has the same limit.</summary>
    public int HeaderLength { get; init; } = 100_000_000;

    /// <summary>Tensors; and texts of the metadata.</summary>
    public int Entries { get; init; } = 100_000;

    /// <summary>UTF-8 bytes of a name.</summary>
    public int NameLength { get; init; } = 1000;

    /// <summary>Dimensions of a tensor.</summary>
    public int Dimensions { get; init; } = 64;
}

/// <summary>
/// The safetensors format: the length of a header (8 bytes, little-endian), the header (JSON: type, shape and place of
/// each tensor, and texts), and the tensors' data, little-endian, row by row, without a gap. Reading is strict, and
/// believes no size that the file doesn't bear out: the data are read once, into the arrays that tensors keep.
/// Source: the format's README and reference implementation, github.com/huggingface/safetensors.
/// </summary>
public static class Safetensors
{
    private const int LengthSize = 8;

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataException">The file can't be read, or breaks a rule of the format.</exception>
    public static SafetensorsFile Read(string path, SafetensorsLimits? limits = null) =>
        DataFile.Open(path, stream => Read(stream, path, limits));

    /// <summary>Reads a stream from its beginning to its end; it must be able to seek.</summary>
    /// <exception cref="DataException">The stream breaks a rule of the format; <paramref name="name"/> is said to be
    /// bad.</exception>
    public static SafetensorsFile Read(Stream stream, string name, SafetensorsLimits? limits = null)
    {
        limits ??= new SafetensorsLimits();
        if (!stream.CanSeek)
            throw new DataException(name, null, "a file of known length", "a pipe or a device");
        stream.Position = 0;
        var position = 0L;
        Span<byte> bytes = stackalloc byte[LengthSize];
        if (stream.Length < LengthSize)
            throw Error(stream.Length, $"the header's length, {LengthSize} bytes", "the end of the file");
        Fill(bytes);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length > (ulong)limits.HeaderLength)
            throw Error(0, $"a header of at most {limits.HeaderLength} bytes", $"{length}");
        if (length > (ulong)(stream.Length - LengthSize))
            throw Error(0, $"a header of at most the {stream.Length - LengthSize} bytes that follow", $"{length}");
        var text = new byte[length];
        Fill(text);
        var (metadata, places) = SafetensorsHeader.Parse(text, LengthSize, name, limits);
        CheckEnd(places.Count == 0 ? 0 : places[^1].End);
        return new SafetensorsFile(name, metadata, [.. places.Select(ReadTensor)]);

        void CheckEnd(long dataLength)
        {
            var end = position + dataLength;
            if (stream.Length < end)
                throw Error(
                    stream.Length, $"{dataLength} bytes of data from byte {position} on", "the end of the file");
            if (stream.Length > end)
                throw Error(end, "the end of the file", $"{stream.Length - end} more bytes");
        }

        Tensor ReadTensor(TensorPlace place)
        {
            Tensor tensor;
            try
            {
                tensor = new Tensor(place.Name, place.Type, place.Shape, place.Count);
            }
            catch (OutOfMemoryException)
            {
                throw Error(position, "data that fit the memory", $"{place.End - place.Begin} bytes");
            }
            var start = position;
            Fill(tensor.Memory);
            if (place.Type == TensorType.Bool
                && tensor.Bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var index)
                throw Error(start + index, "0 or 1, an element of type BOOL", $"{tensor.Bytes[index]}");
            return tensor;
        }

        void Fill(Span<byte> buffer)
        {
            var filled = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (filled < buffer.Length)
                throw Error(position + filled, $"{buffer.Length - filled} more bytes", "the end of the file");
            position += filled;
        }

        DataException Error(long offset, string expected, string found) =>
            new(name, $"byte {offset}", expected, found);
    }

    /// <summary>Writes a file, which appears whole or not at all. Equal tensors and metadata give equal bytes, and
    /// (with no more than one text of metadata) those that the reference implementation gives.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or a text isn't Unicode.</exception>
    /// <exception cref="Runs.RunException">It can't be written.</exception>
    public static void Write(
        string path, IEnumerable<Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var (header, ordered) = Prepare(tensors, metadata);
        OutputFile.Write(path, stream => Write(stream, header, ordered));
    }

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or a text isn't Unicode.</exception>
    public static void Write(
        Stream stream, IEnumerable<Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var (header, ordered) = Prepare(tensors, metadata);
        Write(stream, header, ordered);
    }

    private static (byte[] Header, Tensor[] Ordered) Prepare(
        IEnumerable<Tensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        Tensor[] ordered =
        [
            .. tensors.OrderByDescending(tensor => tensor.Type).ThenBy(tensor => tensor.Name, Utf8Order.Instance),
        ];
        return (SafetensorsHeader.Format(ordered, metadata, LengthSize), ordered);
    }

    private static void Write(Stream stream, byte[] header, Tensor[] ordered)
    {
        Span<byte> length = stackalloc byte[LengthSize];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in ordered)
            stream.Write(tensor.Bytes);
    }
}
