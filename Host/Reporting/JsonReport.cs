using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Functional.Host.Runs;

namespace Functional.Host.Reporting;

/// <summary>A run, or anything else, as one JSON object per line, each with an <c>event</c>.</summary>
public sealed class JsonReport(TextWriter output) : IRunObserver
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        // JSON has no NaN: it is written as a string.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <inheritdoc/>
    public void Started(RunStart start) => Write("start", start);

    /// <inheritdoc/>
    public void EpochEnded(EpochReport epoch) => Write("epoch", epoch);

    /// <inheritdoc/>
    public void Finished(RunSummary summary) => Write("summary", summary);

    /// <summary>Writes a line: the event's name first, then the value's properties.</summary>
    public void Write<T>(string name, T value)
    {
        var properties = JsonSerializer.SerializeToNode(value, Options)!.AsObject();
        properties.Insert(0, "event", name);
        output.WriteLine(properties.ToJsonString(Options));
        output.Flush();
    }
}
