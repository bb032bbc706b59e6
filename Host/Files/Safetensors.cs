using System.Numerics;

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
/// What a file in the safetensors format holds: tensors, and texts about them. What is asked of it and isn't there, or
/// is otherwise, is reported as an error of the file. The format is the length of a header (8 bytes, little-endian),
/// the header (JSON: type, shape and place of each tensor, and texts), and the tensors' data, little-endian, row by
/// row, without a gap. Reading is strict, and believes no size that the file doesn't bear out: the data are read once,
/// into the arrays that tensors keep.
/// Source: the format's README and reference implementation, github.com/huggingface/safetensors.
/// </summary>
/// <param name="name">The file, as the user named it.</param>
/// <param name="metadata">Texts by name.</param>
/// <param name="tensors">In the order of their data, each name once.</param>
public sealed class Safetensors(
    string name, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<Tensor> tensors)
{
    private readonly Dictionary<string, Tensor> byName =
        tensors.Given().ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);

    /// <summary>The file, as the user named it.</summary>
    public string Name { get; } = name.Given();

    /// <summary>Texts by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata.Given();

    /// <summary>The tensors, in the order of their data.</summary>
    public IReadOnlyList<Tensor> Tensors { get; } = tensors;

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Has(string tensor) => byName.ContainsKey(tensor.Given());

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="DataException">There is none.</exception>
    public Tensor this[string tensor] =>
        byName.GetValueOrDefault(tensor.Given()) ?? throw Error(tensor, "a tensor of this name", "none");

    /// <summary>The tensor of this name.</summary>
    /// <param name="tensor">Its name.</param>
    /// <param name="shape">The size of each of its dimensions; -1 where any will do.</param>
    /// <exception cref="DataException">There is none, or it has another shape.</exception>
    public Tensor Get(string tensor, params IReadOnlyList<int> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var found = this[tensor];
        var fits = found.Shape.Count == shape.Count
            && found.Shape.Zip(shape).All(sizes => sizes.Second < 0 || sizes.First == sizes.Second);
        var wanted = shape.Select(size => size < 0 ? "any" : $"{size}");
        return fits ? found : throw Error(tensor, $"shape [{string.Join(", ", wanted)}]", Tensor.Text(found.Shape));
    }

    /// <summary>The elements of a tensor, row by row, as numbers of a type that holds them exactly.</summary>
    /// <param name="tensor">Its name.</param>
    /// <param name="shape">The size of each of its dimensions; -1 where any will do.</param>
    /// <exception cref="DataException">There is none, it has another shape, or a number can't be held exactly.
    /// </exception>
    public T[] Values<T>(string tensor, params IReadOnlyList<int> shape) where T : unmanaged, INumberBase<T>
    {
        var found = Get(tensor, shape);
        return found.Convert<T>(out var values) is { } index
            ? throw Error(
                tensor, $"numbers that {typeof(T).Name} holds exactly", $"{found.TextAt(index)} as element {index}")
            : values;
    }

    /// <summary>Something is wrong with a tensor.</summary>
    public DataException Error(string tensor, string expected, string found) =>
        new(Name, $"tensor '{tensor.Given()}'", expected, found);

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataException">The file can't be read, or breaks a rule of the format.</exception>
    public static Safetensors Read(string path) =>
        DataFile.Open(path, stream => Read(stream, path));

    /// <summary>Reads a stream from its beginning to its end; it must be able to seek.</summary>
    /// <exception cref="DataException">The stream breaks a rule of the format; <paramref name="name"/> is said to be
    /// bad.</exception>
    public static Safetensors Read(Stream stream, string name) =>
        Read(stream.Given(), name.Given(), new SafetensorsLimits());

    /// <summary>The same, with other limits.</summary>
    internal static Safetensors Read(Stream stream, string name, SafetensorsLimits limits)
    {
        var file = SafetensorsStream.Open(stream, name, limits);
        return new Safetensors(name, file.Metadata, [.. file.Places.Select(file.ReadTensor)]);
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
