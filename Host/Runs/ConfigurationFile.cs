using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>A configuration as a file: every option of training by its name, as on the command line.</summary>
internal static class ConfigurationFile
{
    private const string Command = "train";
    private const int LargestFile = 1 << 20;
    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the configuration, which appears whole or not at all.</summary>
    /// <exception cref="OperationFailedException">It can't be written.</exception>
    public static void Write(string path, TrainConfiguration configuration)
    {
        var content = Content(configuration);
        content.Insert(0, "command", Command);
        content.Insert(1, "version", ProgramInfo.Version);
        OutputFile.Replace(path, stream =>
        {
            stream.Write(Encoding.UTF8.GetBytes(content.ToJsonString(Layout)));
            stream.WriteByte((byte)'\n');
        });
    }

    private static JsonObject Content(TrainConfiguration configuration)
    {
        var options = OptionsOf(configuration)
            .Select(option => KeyValuePair.Create(option.Key, (JsonNode?)option.Value));
        var stages = configuration.Stages.Select(
            stage => new JsonObject { ["until"] = stage.Until, ["planned"] = stage.Planned });
        var content = new JsonObject
        {
            ["options"] = new JsonObject(options), ["stages"] = new JsonArray([.. stages]),
        };
        if (configuration.Origin is { } origin)
        {
            var of = Content(origin.Configuration);
            of.Insert(0, "step", origin.Step);
            of.Insert(1, "digest", origin.Digest);
            content["origin"] = of;
        }
        return content;
    }

    /// <summary>Whether a file was written by <see cref="Write"/>, even if its options can't be read any
    /// more.</summary>
    public static bool IsOne(string path)
    {
        if (!File.Exists(path) || FilePlace.Device(path) is not null || new FileInfo(path).Length > LargestFile)
            return false;
        try
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(path));
            return file.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("command", out var command) && command.ValueKind == JsonValueKind.String
                && command.GetString() == Command
                && root.TryGetProperty("options", out var options) && options.ValueKind == JsonValueKind.Object;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads a configuration. Options that the file doesn't have are as they are by default; it may have no
    /// others than there are.</summary>
    /// <exception cref="DataException">It can't be read, is no JSON of this form, or an option's value is wrong.
    /// </exception>
    public static TrainConfiguration Read(string path) =>
        DataFile.Open(path, stream => Read(stream, path), LargestFile);

    /// <summary>Reads a stream of known length.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static TrainConfiguration Read(Stream stream, string name)
    {
        var file = DataValue.Read(stream, name, LargestFile)
            .Only("command", "version", "options", "stages", "origin");
        if (file["command"] is var command && command.Text != Command)
            throw command.Error($"\"{Command}\"");
        _ = file.Find("version")?.Text;
        return Configuration(file, name);
    }

    private static TrainConfiguration Configuration(DataValue file, string name)
    {
        var origin = file.Find("origin")?.Only("step", "digest", "options", "stages", "origin") is { } of
            ? new RunOrigin(Configuration(of, name), of["step"].CountFrom(0), of["digest"].Text) : null;
        try
        {
            return TrainOptions.Parse(
                file["options"].Properties.Select(option => KeyValuePair.Create(option.Name, option.Value.Text)),
                new TrainConfiguration { Origin = origin })
            with { Stages = [.. Stages(file.Find("stages"))] };
        }
        catch (UsageException e)
        {
            throw new DataException(
                name, null, "options that can be run", string.Join("; ", e.Faults.Select(TrainOptions.Line)));
        }
    }

    /// <summary>The options that have a value, by name.</summary>
    public static Dictionary<string, string> OptionsOf(TrainConfiguration configuration) => new(
        from option in TrainOptions.All
        let value = option.Get(configuration)
        where value is not null
        select KeyValuePair.Create(option.Name, value));

    private static IEnumerable<Stage> Stages(DataValue? list)
    {
        var before = 0;
        foreach (var stage in list?.Items ?? [])
        {
            stage.Only("until", "planned");
            before = stage["until"].CountFrom(before + 1L);
            yield return new Stage(before, stage["planned"].CountFrom(before));
        }
    }
}
