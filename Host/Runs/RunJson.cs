using System.Text.Json.Serialization;

namespace Functional.Host.Runs;

/// <summary>What a run's folder holds as JSON, read and written by code that is generated when this is
/// compiled: a program that is compiled ahead of time, and every C# script, has no reflection for it.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(RunEnvironment))]
internal sealed partial class RunJson : JsonSerializerContext;
