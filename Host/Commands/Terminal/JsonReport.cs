using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Functional.Host.Runs;

namespace Functional.Host.Commands;

/// <summary>A run, or anything else, as one JSON object per line, each with an <c>event</c>.</summary>
internal sealed class JsonReport(TextWriter output) : IRunObserver
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = ReportJson.Default,
        // JSON has no NaN: it is written as a string.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public void Started(RunStart start) => Write("start", start);

    public void EpochEnded(EpochReport epoch) => Write("epoch", epoch);

    public void Finished(RunSummary summary) => Write("summary", summary);

    /// <summary>Writes a line: the event's name first, then these properties; those that are null are left
    /// out.</summary>
    public void Write(string name, params IEnumerable<(string Name, JsonNode? Value)> properties) =>
        Write(name, new JsonObject(
        properties.Where(property => property.Value is not null)
            .Select(property => KeyValuePair.Create(property.Name, property.Value))));

    /// <summary>The same, with the properties of an object.</summary>
    public void Write(string name, JsonObject properties)
    {
        properties.Insert(0, "event", name);
        output.WriteLine(properties.ToJsonString(Options));
        output.Flush();
    }

    /// <summary>The same, with the properties of one of the types that <see cref="ReportJson"/> knows.</summary>
    internal void Write(string name, object value) =>
        Write(name, JsonSerializer.SerializeToNode(value, Options.GetTypeInfo(value.GetType()))!.AsObject());

    /// <summary>A list as JSON.</summary>
    internal static JsonArray List(IEnumerable<JsonNode?> items) => [.. items];
}
