namespace Functional.Host.Runs;

/// <summary>Commands that do something with a run.</summary>
internal static class RunCommand
{
    /// <summary>The command that continues a run.</summary>
    public static string Resume(string folder) => $"functional train --resume {ShellWord.Quoted(folder)}";

    /// <summary>The command that gives a run's network again, bit for bit. Where the run was stopped, or prolonged, on
    /// the way and its schedule depends on its length, only <c>functional verify</c> does.</summary>
    /// <param name="configuration">What was run.</param>
    /// <param name="folder">The run's, if it has one.</param>
    /// <param name="steps">That were taken.</param>
    /// <param name="epochs">Their results.</param>
    /// <param name="isOver">Whether the run has come to its end by itself.</param>
    public static string Again(
        TrainConfiguration configuration, string? folder, int steps, IReadOnlyList<EpochReport> epochs, bool isOver)
    {
        var (isStaged, optimizer) = (configuration.Stages.Count > 0, configuration.Optimizer);
        var end = configuration.Patience is { } patience ? EarlyStopping.EndOf(epochs, patience) : null;
        if (!isStaged && isOver && (end ?? epochs.Count) == epochs.Count)
            return configuration.CommandLine();
        if (folder is not null && (isStaged || optimizer.Schedule.DependsOnLength || steps < optimizer.Accumulate))
            return $"functional verify {ShellWord.Quoted(folder)}";
        return (configuration with { Iterations = Math.Max(1, steps), Patience = null, Stages = [] }).CommandLine();
    }
}
