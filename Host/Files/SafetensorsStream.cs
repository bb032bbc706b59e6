using System.Buffers.Binary;
using System.Text;

namespace Functional.Host.Files;

/// <summary>A safetensors file whose header is read and checked, and whose data are read as they are asked for: once,
/// in the order of the file.</summary>
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
        var rest = stream.Length - LengthSize;
        if (length > (ulong)Math.Min(limits.HeaderLength, rest) && KindOf(Beginning) is { } kind)
            throw new DataException(name, null, "a safetensors file", kind);
        if (length > (ulong)limits.HeaderLength)
            throw Error(0, $"a header of at most {Plural.Plain(limits.HeaderLength, "byte")}", $"{length}");
        if (length > (ulong)rest)
            throw Error(
                0, $"a header of at most the {Plural.Plain(rest, "byte")} that follow{(rest == 1 ? "s" : "")}",
                $"{length}");
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
            throw Error(position + filled, Plural.Plain(buffer.Length - filled, "more byte"), "the end of the file");
        position += filled;
    }

    /// <summary>Reads the next tensor.</summary>
    /// <exception cref="DataException">It does not fit the memory, or has elements that its type doesn't have.
    /// </exception>
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
            throw Error(position, "data that fit the memory", Plural.Plain(place.End - place.Begin, "byte"));
        }
    }

    /// <summary>Something is wrong at a byte.</summary>
    public DataException Error(long offset, string expected, string found) =>
        new(Name, $"byte {offset}", expected, found);

    // What Python's own format begins with as text (its protocol 0): a collection, an object, or what torch.save puts
    // in front.
    private static readonly string[] TextPickles =
        ["(lp", "(dp", "(tp", "c__", "ccollect", "ccopy_re", "ctorch", "cnumpy", "L1195470"];

    // Other files that are taken for models, by their first bytes.
    private static string? KindOf(byte[] start) => start switch
    {
        [(byte)'P', (byte)'K', 3, 4, ..] =>
            "a zip file, as torch.save and Keras write them: save the weights as safetensors",
        [0x80, >= 2 and <= 5, ..] => "a pickle file, as torch.save writes them: save the weights as safetensors",
        [0x89, (byte)'H', (byte)'D', (byte)'F', ..] =>
            "an HDF5 file, as Keras writes them: save the weights as safetensors",
        [0x08, < 0x20, 0x12 or 0x1A or 0x22 or 0x28 or 0x32 or 0x3A or 0x42, ..] =>
            "an ONNX file: those are written here, but not read",
        [(byte)'G', (byte)'G', (byte)'U', (byte)'F', ..] => "a GGUF file: save the weights as safetensors",
        [_, _, _, _, (byte)'T', (byte)'F', (byte)'L', (byte)'3'] =>
            "a TensorFlow Lite file: save the weights as safetensors",
        [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => "a NumPy array",
        [0x1F, 0x8B, ..] => "a gzip file: unpack it first",
        _ when TextPickles.Any(text => start.AsSpan().StartsWith(Encoding.ASCII.GetBytes(text))) =>
            "a pickle file, as torch.save writes them: save the weights as safetensors",
        _ when start.All(value => value is >= 0x20 and < 0x7F or (byte)'\t' or (byte)'\r' or (byte)'\n') => "text",
        _ => null,
    };

    private void CheckEnd(long dataLength)
    {
        var end = position + dataLength;
        if (stream.Length < end)
            throw Error(
                stream.Length, $"{Plural.Plain(dataLength, "byte")} of data from byte {position} on",
                "the end of the file");
        if (stream.Length > end)
            throw Error(end, "the end of the file", Plural.Plain(stream.Length - end, "more byte"));
    }
}
