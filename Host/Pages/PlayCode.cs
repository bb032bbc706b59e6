using Functional.Host.Models;
using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>A step of a run of the playground as a command and as a program; each prints the network's digest.
/// </summary>
internal static class PlayCode
{
    /// <summary>The command that trains this far, from step 1 on; null at step 0, since a command trains at least one
    /// step.</summary>
    public static string? Shell(TrainConfiguration configuration, int step) =>
        step == 0 ? null : (configuration with { Iterations = step }).CommandLine();

    /// <summary>The same in C#.</summary>
    public static string CSharp(TrainConfiguration configuration, int step) => $$"""
        using Functional;
        using Functional.Host.Data;
        using Functional.Host.Runs;

        var configuration = new TrainConfiguration
        {
            {{string.Join(",\n    ", Properties(configuration, "new OptimizerSettings {{ {0} }}", "[{0}]"))}},
        };
        var run = new TrainingRun(configuration, configuration.LoadData());
        var state = run.At({{step}});
        Console.WriteLine($"{state.Step}: {state.Network.Digest()}");
        """;

    /// <summary>The same in F#.</summary>
    public static string FSharp(TrainConfiguration configuration, int step) => $$"""
        open Functional
        open Functional.Host.Data
        open Functional.Host.Runs

        let configuration =
            TrainConfiguration(
                {{string.Join(",\n        ", Properties(configuration, "OptimizerSettings({0})", "[| {0} |]"))}})
        let run = TrainingRun(configuration, configuration.LoadData())
        let state = run.At {{step}}
        printfn $"{state.Step}: {state.Network.Digest()}"
        """;

    private static IEnumerable<string> Properties(TrainConfiguration configuration, string optimizer, string list)
    {
        string Text(string value) => $"\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
        string ListOf(IEnumerable<string> parts) => string.Format(null, list, string.Join(Separator(list), parts));
        yield return $"Data = {Text(configuration.Data)}";
        if (configuration.Label is { } label)
            yield return $"Label = {Text(label)}";
        if (configuration.Ignore.Count > 0)
            yield return $"Ignore = {ListOf(configuration.Ignore.Select(Text))}";
        yield return $"Hidden = {ListOf(configuration.Hidden.Select(units => Invariant($"{units}")))}";
        yield return $"Activation = Activation.{Call(configuration.Activation.ToString())}";
        yield return $"Initializer = Initializer.{Call(configuration.Initializer.ToString())}";
        yield return "Optimizer = " + string.Format(null, optimizer, string.Join(
            ", ", (string[])
            [
                $"Name = {Text(configuration.Optimizer.Name)}",
                .. configuration.Optimizer.LearningRate is { } rate
                    ? (string[])[$"LearningRate = {Number(rate)}"] : [],
            ]));
        yield return Invariant($"BatchSize = {configuration.BatchSize}");
        foreach (var (name, value) in ((string, double)[])
            [("L1", configuration.L1), ("L2", configuration.L2), ("Dropout", configuration.Dropout)])
            if (value != 0)
                yield return $"{name} = {Number(value)}";
        yield return Invariant($"Seed = {configuration.Seed}L");
        yield return Invariant($"Iterations = {configuration.Iterations}");
    }

    private static string Separator(string list) => list.Contains('|', StringComparison.Ordinal) ? "; " : ", ";

    // leaky-relu:0.1 is LeakyRelu(0.1), and he is He.
    private static string Call(string text)
    {
        var parts = text.Split(':');
        var name = string.Concat(parts[0].Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        return parts.Length == 1 ? name : $"{name}({Number(SingleNumber(parts[1]))})";
    }

    private static string Number(double value) => Invariant($"{value:R}") is var text
        && text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : Invariant($"{value:R}");
}
