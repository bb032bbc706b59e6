namespace Functional.Host.Files;

/// <summary>How much a safetensors file may ask of its reader before its data are looked at.</summary>
internal sealed record SafetensorsLimits
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
    /// <summary>Reads a file.</summary>
    /// <exception cref="DataException">The file can't be read, or breaks a rule of the format.</exception>
    public static SafetensorsFile Read(string path) =>
        DataFile.Open(path, stream => Read(stream, path));

    /// <summary>Reads a stream from its beginning to its end; it must be able to seek.</summary>
    /// <exception cref="DataException">The stream breaks a rule of the format; <paramref name="name"/> is said to be
    /// bad.</exception>
    public static SafetensorsFile Read(Stream stream, string name) =>
        Read(stream.Given(), name.Given(), new SafetensorsLimits());

    /// <summary>The same, with other limits.</summary>
    internal static SafetensorsFile Read(Stream stream, string name, SafetensorsLimits limits)
    {
        var file = SafetensorsStream.Open(stream, name, limits);
        return new SafetensorsFile(name, file.Metadata, [.. file.Places.Select(file.ReadTensor)]);
    }

    /// <summary>Writes a file, which appears whole or not at all. Equal tensors and metadata give equal bytes, and
    /// (with no more than one text of metadata) those that the reference implementation gives.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or a text isn't Unicode.</exception>
    /// <exception cref="OperationFailedException">It can't be written.</exception>
    public static void Write(
        string path, IEnumerable<Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var (start, ordered) = Prepare(tensors, metadata);
        OutputFile.Write(path, stream => Write(stream, start, ordered));
    }

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or a text isn't Unicode.</exception>
    public static void Write(
        Stream stream, IEnumerable<Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var (start, ordered) = Prepare(tensors, metadata);
        Write(stream.Given(), start, ordered);
    }

    private static (byte[] Start, IEnumerable<Tensor> Ordered) Prepare(
        IEnumerable<Tensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        Tensor[] all = [.. tensors];
        var places = SafetensorsHeader.Arrange(
            all.Select(tensor => (tensor.Name, tensor.Type, tensor.Shape, tensor.Count)));
        var start = SafetensorsStream.Start(places, metadata);
        var byName = all.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        return (start, places.Select(place => byName[place.Name]));
    }

    private static void Write(Stream stream, byte[] start, IEnumerable<Tensor> ordered)
    {
        stream.Write(start);
        foreach (var tensor in ordered)
            stream.Write(tensor.Bytes);
    }
}
