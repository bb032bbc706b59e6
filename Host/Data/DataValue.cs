using System.Text;
using System.Text.Json;

namespace Functional.Host.Data;

/// <summary>A value in JSON, with its place in the file, so that what is wrong can be told.</summary>
internal sealed class DataValue
{
    private const int LargestFile = 16 << 20;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly string file;
    private readonly string path;
    private readonly JsonElement element;

    private DataValue(string file, string path, JsonElement element) =>
        (this.file, this.path, this.element) = (file, path, element);

    /// <summary>The whole of a JSON file.</summary>
    /// <exception cref="DataException">It can't be read, is too long, or isn't JSON.</exception>
    public static DataValue Read(string file) => DataFile.Open(file, stream =>
    {
        if (stream.Length > LargestFile)
            throw new DataException(file, null, $"at most {LargestFile} bytes", $"{stream.Length}");
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            return Parse(reader.ReadToEnd(), file, null);
        }
        catch (DecoderFallbackException)
        {
            throw new DataException(file, null, "text in UTF-8", "bytes that are none");
        }
    });

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
        catch (JsonException e)
        {
            var message = e.Message.Split(" LineNumber:")[0];
            throw new DataException(file, place ?? $"line {e.LineNumber + 1}", "JSON", $"\"{message}\"");
        }
    }

    /// <summary>A property of an object.</summary>
    /// <exception cref="DataException">There is none of this name.</exception>
    public DataValue this[string name] => Find(name) ?? throw At(name).Error("a value", "none");

    /// <summary>A property of an object, or null if there is none or it is null.</summary>
    /// <exception cref="DataException">This is no object.</exception>
    public DataValue? Find(string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Error("an object");
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new DataValue(file, At(name).path, value)
            : null;
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

    /// <summary>A number within limits.</summary>
    /// <exception cref="DataException">This is none.</exception>
    public double NumberIn(double least, double below) =>
        Number is var number && number >= least && number < below
            ? number
            : throw Error($"a number from {least} up to, but not, {below}");

    /// <summary>An integer from 1 on.</summary>
    /// <exception cref="DataException">This is none.</exception>
    public int Count =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var count) && count >= 1
            ? count
            : throw Error("an integer from 1 on");

    /// <summary>True or false.</summary>
    /// <exception cref="DataException">This is neither.</exception>
    public bool Flag => element.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? element.GetBoolean()
        : throw Error("true or false");

    /// <summary>The value is not what it should be.</summary>
    public DataException Error(string expected, string? found = null)
    {
        var text = found ?? element.GetRawText();
        return new DataException(file, path.TrimEnd(' ', ':'), expected, text.Length <= 60 ? text : $"{text[..60]}...");
    }

    private DataValue At(string name) => new(file, path.Length == 0 || path.EndsWith(' ') ? $"{path}{name}" : $"{path}.{name}", element);
}
