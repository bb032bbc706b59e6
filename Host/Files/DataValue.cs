using System.Text;
using System.Text.Json;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Files;

/// <summary>A value in JSON, with its place in the file, so that errors can name it.</summary>
internal sealed class DataValue
{
    /// <summary>How deep values can be nested: more than twice as deep as layers.</summary>
    public const int MostDepth = 256;

    private const int LargestFile = 16 << 20;
    private static readonly JsonDocumentOptions Strict =
        new() { AllowDuplicateProperties = false, MaxDepth = MostDepth };

    private readonly string file;
    private readonly string path;
    private readonly JsonElement element;

    private DataValue(string file, string path, JsonElement element) =>
        (this.file, this.path, this.element) = (file, path, element);

    /// <summary>The whole of a JSON file.</summary>
    /// <exception cref="DataException">It can't be read, is too long, or isn't JSON.</exception>
    public static DataValue Read(string file) => DataFile.Open(file, stream => Read(stream, file), LargestFile);

    /// <summary>The whole of a stream of known length.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static DataValue Read(Stream stream, string file, int largest = LargestFile)
    {
        if (stream.Length > largest)
            throw new DataException(file, null, $"at most {Plural.Plain(largest, "byte")}", $"{stream.Length}");
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            return Parse(reader.ReadToEnd(), file, null);
        }
        catch (DecoderFallbackException)
        {
            throw new DataException(file, null, "text in UTF-8", "other bytes");
        }
    }

    /// <summary>The whole of a JSON text that stands somewhere in a file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The file.</param>
    /// <param name="place">Where in the file, or null if the text is all of it.</param>
    /// <exception cref="DataException">It isn't JSON.</exception>
    public static DataValue Parse(string text, string file, string? place)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            return new DataValue(file, place is null ? "" : $"{place}: ", document.RootElement.Clone());
        }
        catch (InvalidOperationException)
        {
            throw new DataException(file, place, "names in Unicode", "half a surrogate pair");
        }
        catch (JsonException e)
        {
            var message = e.Message.Split(" LineNumber:")[0];
            throw new DataException(
                file, place ?? (e.LineNumber is { } line ? $"line {line + 1}" : null), "JSON", $"\"{message}\"");
        }
    }

    /// <summary>A property of an object.</summary>
    /// <exception cref="DataException">There is none of this name.</exception>
    public DataValue this[string name] => Find(name) ?? throw At(name, element).Error("a value", "none");

    /// <summary>A property of an object, or null if there is none or it is null.</summary>
    /// <exception cref="DataException">This is no object.</exception>
    public DataValue? Find(string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Error("an object");
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? At(name, value)
            : null;
    }

    /// <summary>The properties of an object.</summary>
    /// <exception cref="DataException">This is no object.</exception>
    public IEnumerable<(string Name, DataValue Value)> Properties => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject().Select(property => (property.Name, At(property.Name, property.Value)))
        : throw Error("an object");

    /// <summary>This, an object that has no properties but these.</summary>
    /// <exception cref="DataException">It has others, or is no object.</exception>
    public DataValue Only(params string[] names)
    {
        foreach (var (name, value) in Properties)
            if (!names.Contains(name))
                throw value.Error($"one of {string.Join(", ", names)}", "another name");
        return this;
    }

    /// <summary>The elements of an array.</summary>
    /// <exception cref="DataException">This is no array.</exception>
    public IReadOnlyList<DataValue> Items => element.ValueKind == JsonValueKind.Array
        ? [.. element.EnumerateArray().Select((item, i) => new DataValue(file, $"{path}[{i}]", item))]
        : throw Error("an array");

    /// <summary>A text.</summary>
    /// <exception cref="DataException">This is none.</exception>
    public string Text
    {
        get
        {
            try
            {
                return element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Error("a text");
            }
            catch (InvalidOperationException)
            {
                throw Error("text in Unicode", "half a surrogate pair");
            }
        }
    }

    /// <summary>A number.</summary>
    /// <exception cref="DataException">This is none, or it is beyond the range of double.</exception>
    public double Number =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw Error("a number");

    /// <summary>An integer from 1 on.</summary>
    /// <exception cref="DataException">This is none.</exception>
    public int Count => CountFrom(1);

    /// <summary>An integer from a least one on.</summary>
    /// <exception cref="DataException">This is none.</exception>
    public int CountFrom(long least) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var count) && count >= least
            ? count
            : throw Error($"an integer from {least} on");

    /// <summary>True or false.</summary>
    /// <exception cref="DataException">This is neither.</exception>
    public bool Flag => element.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? element.GetBoolean()
        : throw Error("true or false");

    /// <summary>The value is not what it should be.</summary>
    public DataException Error(string expected, string? found = null) =>
        new(file, path.Length == 0 ? null : path.TrimEnd(' ', ':'), expected, Short(found ?? element.GetRawText(), 60));

    private DataValue At(string name, JsonElement value) =>
        new(file, $"{path}{(path.Length == 0 || path.EndsWith(' ') ? "" : ".")}{Short(name)}", value);
}
