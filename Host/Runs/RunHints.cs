using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>What a user should know of a run before its first step, a line each.</summary>
internal static class RunHints
{
    private const int MostLookedAt = 2000, MostNamed = 10;

    /// <summary>All hints.</summary>
    /// <param name="run">The configured run.</param>
    /// <param name="all">Its data, of which the run may see only a part.</param>
    public static IEnumerable<string> Of(TrainingRun run, DataSet all) => [.. Gaps(run, all), .. Roundings(run)];

    /// <summary>The classes that the data have, but none of the samples that are trained on: a line for all.</summary>
    public static IReadOnlyList<string> Gaps(TrainingRun run, DataSet all)
    {
        var samples = run.Split.Training;
        if (run.Data.Training.Targets is not Classes { Classification: var classes, Labels: var labels })
            return [];
        var (trained, there) = (new bool[classes.Count], new bool[classes.Count]);
        foreach (var i in samples)
            trained[labels[i]] = true;
        foreach (var label in all.Training.Classes.Labels.Concat(all.Test.Classes.Labels))
            there[label] = true;
        string[] missing =
            [.. classes.Names.Where((_, label) => there[label] && !trained[label])];
        var named = Rows.Few(missing, MostNamed);
        return missing.Length switch
        {
            0 => [],
            1 => [
                Invariant($"class {named} has none of the {samples.Length:N0} training samples, ")
                    + "so it can't be learned"],
            _ => [
                Invariant($"classes {named} ({missing.Length}) have none of ")
                    + Invariant($"the {samples.Length:N0} training samples, so they can't be learned")],
        };
    }

    // Of a table whose numbers are not scaled: that single precision no longer distinguishes most of a column's.
    private static IEnumerable<string> Roundings(TrainingRun run)
    {
        if (run.Data.Training.Samples is not Rows rows || run.Configuration.Scale != DataScale.None)
            return [];
        int[] some = [.. run.Split.Training.Take(MostLookedAt)];
        var rounded = Enumerable.Range(0, rows.Size).Where(column => rows.Columns[column] is NumberColumn)
            .Select(column => (
                Name: rows.NameOf(column),
                Before: some.Select(row => rows.Number(row, column)).Distinct().Count(),
                After: some.Select(row => (float)rows.Number(row, column)).Distinct().Count()))
            .Where(column => 2 * column.After <= column.Before).ToArray();
        return rounded is not [var first, ..] ? [] :
        [
            Invariant($"column '{first.Name}' has {first.Before:N0} different numbers ")
                + Invariant($"in {Plural.Of(some.Length, "row")}, ")
                + Invariant($"but only {first.After:N0} in single precision")
                + (rounded.Length > 1 ? $" (as have {Plural.Of(rounded.Length - 1, "column")} more)" : "")
                + "; --scale standard keeps them distinct",
        ];
    }
}
