using System.Text.Json.Serialization;
using Functional.Host.Benchmarks;
using Functional.Host.Runs;

namespace Functional.Host.Commands;

/// <summary>What commands print with <c>--json</c>, written by code that is generated when this is
/// compiled: a program that is compiled ahead of time, and every C# script, has no reflection for it.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RunStart))]
[JsonSerializable(typeof(EpochReport))]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(Verification))]
[JsonSerializable(typeof(RunsCommand.Listed))]
[JsonSerializable(typeof(Peak))]
[JsonSerializable(typeof(Bandwidth))]
[JsonSerializable(typeof(ProductTime))]
[JsonSerializable(typeof(StepTime))]
[JsonSerializable(typeof(EvaluationTime))]
internal sealed partial class ReportJson : JsonSerializerContext;
