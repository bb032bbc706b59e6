using System.Text.Json.Serialization;
using Functional.Host.Benchmarks;
using Functional.Host.Commands;
using Functional.Host.Runs;
using Functional.Host.Search;

namespace Functional.Host;

/// <summary>What is read and written as JSON, by code that is generated when this is compiled: a program that is compiled ahead
/// of time, and every C# script, has no reflection for it.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RunStart))]
[JsonSerializable(typeof(EpochReport))]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(RunEnvironment))]
[JsonSerializable(typeof(Verification))]
[JsonSerializable(typeof(RunsCommand.Listed))]
[JsonSerializable(typeof(StudyRecord))]
[JsonSerializable(typeof(Peak))]
[JsonSerializable(typeof(Bandwidth))]
[JsonSerializable(typeof(ProductTime))]
[JsonSerializable(typeof(StepTime))]
[JsonSerializable(typeof(EvaluationTime))]
internal sealed partial class HostJson : JsonSerializerContext;
