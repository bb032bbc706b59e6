using System.Text.Json.Serialization;

namespace Functional.Host.Search;

/// <summary>The records of a study as JSON, read and written by code that is generated when this is
/// compiled: a program that is compiled ahead of time, and every C# script, has no reflection for it.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(StudyRecord))]
internal sealed partial class StudyJson : JsonSerializerContext;
