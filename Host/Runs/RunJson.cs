using System.Text.Json;
using System.Text.Json.Serialization;

namespace Functional.Host.Runs;

/// <summary>What a run's folder holds as JSON, read and written by code that is generated when this is
/// compiled: a program that is compiled ahead of time, as <c>dotnet run file.cs</c> does by default, can't use
/// reflection.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(RunEnvironment))]
internal sealed partial class RunJson : JsonSerializerContext;

/// <summary>How it is laid out.</summary>
internal static class RunLayout
{
    /// <summary>How a summary is written.</summary>
    public static JsonSerializerOptions Summary { get; } = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = RunJson.Default,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>How an environment is written.</summary>
    public static JsonSerializerOptions Environment { get; } = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = RunJson.Default,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
