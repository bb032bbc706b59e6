using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>A configuration as a file: every option of training by its name, as on the command line.</summary>
public static class ConfigurationFile
{
    private const string Command = "train";
    private const int LargestFile = 1 << 20, Deepest = 4, LongestValue = 40, LongestMessage = 1000;
    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the configuration, which appears whole or not at all.</summary>
    /// <exception cref="RunException">It can't be written.</exception>
    public static void Write(string path, TrainConfiguration configuration)
    {
        var options = TrainOptions.All
            .Select(option => (option.Name, Value: option.Get(configuration)))
            .Where(option => option.Value is not null)
            .ToDictionary(option => option.Name, option => option.Value);
        var content = new { command = Command, version = RunFolder.Version, options, stages = configuration.Stages };
        OutputFile.Replace(path, stream =>
        {
            JsonSerializer.Serialize(stream, content, Layout);
            stream.WriteByte((byte)'\n');
        });
    }

    /// <summary>Reads a configuration. Options that the file doesn't have are as they are by default; it may have no
    /// others than there are.</summary>
    /// <exception cref="DataException">It can't be read, is no JSON of this form, or an option's value is wrong.
    /// </exception>
    public static TrainConfiguration Read(string path) => DataFile.Open(path, stream => Read(stream, path));

    /// <summary>Reads a stream of known length.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static TrainConfiguration Read(Stream stream, string name)
    {
        using var document = Parse(name, ReadAll(stream, name));
        var root = Object(document.RootElement, null);
        Only(root, "", ["command", "version", "options", "stages"]);
        if (root.GetValueOrDefault("command") is var command && Text(command) != Command)
            throw new DataException(name, "'command'", $"\"{Command}\"", Found(command));
        if (root.TryGetValue("version", out var version) && Text(version) is null)
            throw new DataException(name, "'version'", "a text", Found(version));
        if (!root.TryGetValue("options", out var options))
            throw new DataException(name, null, "'options'", "none");
        var values = Object(options, "options").Select(option => KeyValuePair.Create(
            option.Key, Text(option.Value) ?? throw new DataException(name, $"'options.{Short(option.Key, LongestValue)}'", "a text", Found(option.Value))));
        try
        {
            return TrainOptions.Parse(values, new TrainConfiguration()) with
            {
                Stages = root.TryGetValue("stages", out var stages) ? [.. Stages(stages)] : [],
            };
        }
        catch (UsageException e)
        {
            throw new DataException(
                name, null, "options that can be run", Short(e.Message.Replace("\n", "; ", StringComparison.Ordinal), LongestMessage));
        }

        Dictionary<string, JsonElement> Object(JsonElement element, string? place) =>
            element.ValueKind == JsonValueKind.Object
                ? element.EnumerateObject().ToDictionary(property => property.Name, property => property.Value)
                : throw new DataException(name, place is null ? null : $"'{place}'", "a JSON object", Found(element));

        void Only(Dictionary<string, JsonElement> properties, string prefix, string[] keys)
        {
            if (properties.Keys.FirstOrDefault(key => !keys.Contains(key)) is { } stranger)
                throw new DataException(name, $"'{prefix}{Short(stranger, LongestValue)}'", $"one of {string.Join(", ", keys)}", "another name");
        }

        IEnumerable<Stage> Stages(JsonElement list)
        {
            if (list.ValueKind != JsonValueKind.Array)
                throw new DataException(name, "'stages'", "a JSON array", Found(list));
            var before = 0;
            foreach (var (index, element) in list.EnumerateArray().Index())
            {
                var place = $"stages[{index}]";
                var stage = Object(element, place);
                Only(stage, $"{place}.", ["until", "planned"]);
                before = Count(stage, place, "until", before + 1);
                yield return new Stage(before, Count(stage, place, "planned", before));
            }
        }

        int Count(Dictionary<string, JsonElement> stage, string place, string key, int least) =>
            stage.TryGetValue(key, out var element) && element.ValueKind == JsonValueKind.Number
                && element.TryGetInt32(out var count) && count >= least
                ? count
                : throw new DataException(name, $"'{place}.{key}'", $"an integer from {least} on", Found(element));
    }

    private static byte[] ReadAll(Stream stream, string name)
    {
        if (stream.Length > LargestFile)
            throw new DataException(name, null, $"a configuration of at most {LargestFile} bytes", $"{stream.Length}");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Utf8.IsValid(bytes) ? bytes : throw new DataException(name, null, "a configuration in UTF-8", "a byte that isn't");
    }

    private static JsonDocument Parse(string name, byte[] text)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = Deepest, AllowDuplicateProperties = false });
        }
        catch (InvalidOperationException)
        {
            throw new DataException(name, null, "names in Unicode", "half a surrogate pair");
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? $"line {line + 1}" : null;
            throw new DataException(name, place, "a configuration in JSON", Short($"\"{e.Message.Split(" LineNumber:")[0]}\"", LongestMessage));
        }
    }

    private static string? Text(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return null;
        }
    }

    private static string Found(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
            return "none";
        return Short(element.GetRawText(), LongestValue);
    }

    private static string Short(string text, int length) => text.Length <= length ? text : $"{text[..length]}...";
}
