using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Files;

/// <summary>What the header says of a tensor: its data are the bytes from Begin up to End, counted from the header's
/// end.</summary>
internal sealed record TensorPlace(
    string Name, TensorType Type, IReadOnlyList<int> Shape, int Count, long Begin, long End);

/// <summary>The JSON between the length and the data of a safetensors file.</summary>
internal ref struct SafetensorsHeader
{
    private const string MetadataName = "__metadata__";
    private static readonly Dictionary<string, TensorType> Types =
        Enum.GetValues<TensorType>().ToDictionary(TypeName, StringComparer.Ordinal);

    private readonly int start;
    private readonly string file;
    private readonly SafetensorsLimits limits;
    private Utf8JsonReader reader;

    private SafetensorsHeader(ReadOnlySpan<byte> text, int start, string file, SafetensorsLimits limits)
    {
        (this.start, this.file, this.limits) = (start, file, limits);
        // Nothing in a header is nested deeper than the numbers of a shape.
        reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 3 });
    }

    /// <summary>Reads all of it; the tensors come in the order of their data, without holes or overlaps.</summary>
    /// <param name="text">The header's bytes.</param>
    /// <param name="start">Where in the file they begin.</param>
    /// <param name="file">The file's name, for errors.</param>
    /// <param name="limits">How much the header may ask for.</param>
    /// <exception cref="DataException">It breaks a rule of the format.</exception>
    public static (Dictionary<string, string> Metadata, IReadOnlyList<TensorPlace> Places) Parse(
        ReadOnlySpan<byte> text, int start, string file, SafetensorsLimits limits)
    {
        if (!Utf8.IsValid(text))
            throw new DataException(
                file, $"byte {start + ValidLength(text)}", "a header in UTF-8", "a byte that isn't");
        var header = new SafetensorsHeader(text, start, file, limits);
        return header.Parse();
    }

    /// <summary>Where tensors go: the largest types first, those of a type by their names.</summary>
    public static IReadOnlyList<TensorPlace> Arrange(
        IEnumerable<(string Name, TensorType Type, IReadOnlyList<int> Shape, int Count)> tensors)
    {
        var places = new List<TensorPlace>();
        var end = 0L;
        foreach (var (name, type, shape, count) in tensors
                     .OrderByDescending(tensor => tensor.Type).ThenBy(tensor => tensor.Name, Utf8Order.Instance))
        {
            var begin = end;
            end += (long)count * Tensor.Size(type);
            places.Add(new TensorPlace(name, type, shape, count, begin, end));
        }
        return places;
    }

    /// <summary>Writes it for tensors in the order of their data, with spaces at its end up to a multiple of
    /// <paramref name="alignment"/> bytes.</summary>
    /// <exception cref="ArgumentException">A name occurs twice or is kept for metadata, or a text isn't Unicode.
    /// </exception>
    public static byte[] Format(
        IReadOnlyList<TensorPlace> tensors, IReadOnlyDictionary<string, string>? metadata, int alignment)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { MetadataName };
        var parts = new List<string>();
        if (metadata is { Count: > 0 })
        {
            var texts = metadata.OrderBy(text => text.Key, Utf8Order.Instance)
                .Select(text => $"{Quote(text.Key)}:{Quote(text.Value)}");
            parts.Add($"\"{MetadataName}\":{{{string.Join(',', texts)}}}");
        }
        foreach (var place in tensors)
        {
            if (!names.Add(place.Name))
                throw new ArgumentException($"'{place.Name}' can't be the name of a tensor more", nameof(tensors));
            parts.Add(
                $"{Quote(place.Name)}:{{\"dtype\":\"{TypeName(place.Type)}\"," +
                $"\"shape\":[{string.Join(',', place.Shape)}],\"data_offsets\":[{place.Begin},{place.End}]}}");
        }
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes($"{{{string.Join(',', parts)}}}");
        return [.. text, .. Enumerable.Repeat((byte)' ', (alignment - text.Length % alignment) % alignment)];
    }

    private (Dictionary<string, string>, IReadOnlyList<TensorPlace>) Parse()
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var places = new List<(TensorPlace Place, long At)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        Expect(JsonTokenType.StartObject, "a JSON object");
        while (Name(names) is { } name)
        {
            var at = At;
            if (name == MetadataName)
                ReadMetadata(metadata);
            else
                places.Add((ReadPlace(name), at));
        }
        // What follows the object is blank, or an error that the reader finds.
        Next();
        TensorPlace[] ordered = [.. places.Select(place => place.Place).OrderBy(place => (place.Begin, place.End))];
        var end = 0L;
        foreach (var place in ordered)
        {
            if (place.Begin != end)
                throw Error(
                    places.First(found => found.Place == place).At,
                    $"the data of '{place.Name}' to begin at offset {end}, where those before end", $"{place.Begin}");
            end = place.End;
        }
        return (metadata, ordered);
    }

    private void ReadMetadata(Dictionary<string, string> metadata)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Expect(JsonTokenType.StartObject, $"an object as {MetadataName}");
        while (Name(names) is { } name)
        {
            Expect(JsonTokenType.String, $"a text as metadata '{name}'");
            metadata.Add(name, Text());
        }
    }

    private TensorPlace ReadPlace(string name)
    {
        var at = At;
        var names = new HashSet<string>(StringComparer.Ordinal);
        TensorType? type = null;
        int[]? shape = null;
        long[]? offsets = null;
        Expect(JsonTokenType.StartObject, $"an object for tensor '{name}'");
        while (Name(names) is { } key)
        {
            switch (key)
            {
                case "dtype":
                    type = ReadType();
                    break;
                case "shape":
                    shape = [.. Numbers("shape", limits.Dimensions, Array.MaxLength).Select(size => (int)size)];
                    break;
                case "data_offsets":
                    offsets = Numbers("data_offsets", 2, long.MaxValue);
                    break;
                default:
                    throw Error(At, "dtype, shape or data_offsets", $"'{key}'");
            }
        }
        if (type is null || shape is null || offsets is not [var begin, var end])
            throw Error(at, $"dtype, shape and two data_offsets of tensor '{name}'", "not all of them");
        var bytes = (UInt128)Tensor.Size(type.Value);
        foreach (var size in shape)
        {
            bytes *= (UInt128)size;
            if (bytes > (UInt128)Array.MaxLength)
                throw Error(
                    at, $"a tensor '{name}' of at most {Array.MaxLength} bytes",
                    $"shape {Tensor.Text(shape)} of type {TypeName(type.Value)}");
        }
        if (end < begin || (UInt128)(end - begin) != bytes)
            throw Error(
                at,
                $"{Plural.Plain(bytes, "byte")} of data for '{name}', "
                + $"of shape {Tensor.Text(shape)} and type {TypeName(type.Value)}",
                $"data_offsets {begin} to {end}");
        return new TensorPlace(name, type.Value, shape, (int)bytes / Tensor.Size(type.Value), begin, end);
    }

    private TensorType ReadType()
    {
        Expect(JsonTokenType.String, "a type's name");
        var name = Text();
        return Types.TryGetValue(name, out var type)
            ? type
            : throw Error(At, $"a dtype that can be read ({string.Join(", ", Types.Keys)})", $"'{Short(name)}'");
    }

    private long[] Numbers(string what, int atMost, long largest)
    {
        var numbers = new List<long>();
        Expect(JsonTokenType.StartArray, $"an array as {what}");
        while (Next() != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !long.TryParse(
                    reader.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                        || number > largest)
                throw Error(At, $"an integer from 0 to {largest} in {what}", Found());
            if (numbers.Count == atMost)
                throw Error(At, $"at most {atMost} numbers in {what}", "more");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    // The next name of the object that the reader is in; null at its end.
    private string? Name(HashSet<string> names)
    {
        if (Next() == JsonTokenType.EndObject)
            return null;
        if (names.Count == limits.Entries)
            throw Error(At, $"at most {limits.Entries} names in an object", "more");
        if (reader.ValueSpan.Length > limits.NameLength)
            throw Error(
                At, $"a name of at most {Plural.Plain(limits.NameLength, "byte")}", $"{reader.ValueSpan.Length}");
        var name = Text();
        return names.Add(name) ? name : throw Error(At, "each name once", $"'{name}' again");
    }

    private void Expect(JsonTokenType type, string expected)
    {
        if (Next() != type)
            throw Error(At, expected, Found());
    }

    private JsonTokenType Next()
    {
        try
        {
            return reader.Read() ? reader.TokenType : JsonTokenType.None;
        }
        catch (JsonException e)
        {
            throw Error(start + reader.BytesConsumed, "a header in JSON", $"\"{e.Message.Split(" LineNumber:")[0]}\"");
        }
    }

    private readonly string Text()
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error(At, "text in Unicode", "half a surrogate pair");
        }
    }

    private readonly long At => start + reader.TokenStartIndex;

    private readonly string Found() => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a text",
        _ => Short(Encoding.UTF8.GetString(reader.ValueSpan)),
    };

    private readonly DataException Error(long offset, string expected, string found) =>
        new(file, $"byte {offset}", expected, found);

    private static string TypeName(TensorType type) => type == TensorType.Bool ? "BOOL" : type.ToString();

    private static int ValidLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (Rune.DecodeFromUtf8(text[length..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
            length += consumed;
        return length;
    }

    // JSON as the reference implementation writes it: only what must be is escaped.
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
            _ = character switch
            {
                '"' or '\\' => quoted.Append('\\').Append(character),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => quoted.Append(character),
            };
        return quoted.Append('"').ToString();
    }
}

/// <summary>Texts by their bytes in UTF-8.</summary>
internal sealed class Utf8Order : IComparer<string>
{
    /// <summary>The one there is.</summary>
    public static readonly Utf8Order Instance = new();

    public int Compare(string? x, string? y) =>
        Encoding.UTF8.GetBytes(x ?? "").AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y ?? ""));
}
