using System.Buffers.Binary;

namespace Functional.Host.Files;

/// <summary>A safetensors file whose header is read and checked, and whose data are read as they are asked for: once, in
/// the order of the file.</summary>
internal sealed class SafetensorsStream
{
    private const int LengthSize = 8;
    private readonly Stream stream;
    private long position;

    private SafetensorsStream(Stream stream, string name, SafetensorsLimits limits)
    {
        (this.stream, Name) = (stream, name);
        if (!stream.CanSeek)
            throw new DataException(name, null, "a file of known length", "a pipe or a device");
        stream.Position = 0;
        if (stream.Length < LengthSize)
            throw Error(stream.Length, $"the header's length, {LengthSize} bytes", "the end of the file");
        Beginning = new byte[LengthSize];
        Fill(Beginning);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(Beginning);
        if (length > (ulong)limits.HeaderLength)
            throw Beginning.All(value => value is >= 0x20 and < 0x7F or (byte)'\t' or (byte)'\r' or (byte)'\n')
                ? new DataException(name, null, "a safetensors file", "text")
                : Error(0, $"a header of at most {limits.HeaderLength} bytes", $"{length}");
        if (length > (ulong)(stream.Length - LengthSize))
            throw Error(0, $"a header of at most the {stream.Length - LengthSize} bytes that follow", $"{length}");
        Beginning = [.. Beginning, .. new byte[length]];
        var header = Beginning.AsSpan(LengthSize);
        Fill(header);
        (Metadata, Places) = SafetensorsHeader.Parse(header, LengthSize, name, limits);
        CheckEnd(Places.Count == 0 ? 0 : Places[^1].End);
    }

    /// <summary>The file, as the user named it.</summary>
    public string Name { get; }

    /// <summary>Texts by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors, in the order of their data.</summary>
    public IReadOnlyList<TensorPlace> Places { get; }

    /// <summary>All bytes before the data.</summary>
    public byte[] Beginning { get; }

    /// <summary>Reads the header at the beginning of a stream, which must be able to seek.</summary>
    /// <exception cref="DataException">The stream breaks a rule of the format.</exception>
    public static SafetensorsStream Open(Stream stream, string name, SafetensorsLimits? limits = null) =>
        new(stream, name, limits ?? new SafetensorsLimits());

    /// <summary>All bytes before the data of these tensors.</summary>
    /// <exception cref="ArgumentException">A name occurs twice or is kept for metadata, or a text isn't Unicode.
    /// </exception>
    public static byte[] Start(IReadOnlyList<TensorPlace> places, IReadOnlyDictionary<string, string>? metadata)
    {
        var header = SafetensorsHeader.Format(places, metadata, LengthSize);
        var length = new byte[LengthSize];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        return [.. length, .. header];
    }

    /// <summary>Reads the next bytes of the data.</summary>
    /// <exception cref="DataException">The file ends: it has become shorter.</exception>
    public void Fill(Span<byte> buffer)
    {
        var filled = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (filled < buffer.Length)
            throw Error(position + filled, $"{buffer.Length - filled} more bytes", "the end of the file");
        position += filled;
    }

    /// <summary>Reads the next tensor.</summary>
    /// <exception cref="DataException">It does not fit the memory, or has elements that its type doesn't have.</exception>
    public Tensor ReadTensor(TensorPlace place)
    {
        var tensor = Allocate(place, () => new Tensor(place.Name, place.Type, place.Shape, place.Count));
        var start = position;
        Fill(tensor.Memory);
        if (place.Type == TensorType.Bool
            && tensor.Bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var index)
            throw Error(start + index, "0 or 1, an element of type BOOL", $"{tensor.Bytes[index]}");
        return tensor;
    }

    /// <summary>Memory for a tensor.</summary>
    /// <exception cref="DataException">There is not so much.</exception>
    public T Allocate<T>(TensorPlace place, Func<T> allocate)
    {
        try
        {
            return allocate();
        }
        catch (OutOfMemoryException)
        {
            throw Error(position, "data that fit the memory", $"{place.End - place.Begin} bytes");
        }
    }

    /// <summary>Something is wrong at a byte.</summary>
    public DataException Error(long offset, string expected, string found) =>
        new(Name, $"byte {offset}", expected, found);

    private void CheckEnd(long dataLength)
    {
        var end = position + dataLength;
        if (stream.Length < end)
            throw Error(stream.Length, $"{dataLength} bytes of data from byte {position} on", "the end of the file");
        if (stream.Length > end)
            throw Error(end, "the end of the file", $"{stream.Length - end} more bytes");
    }
}
