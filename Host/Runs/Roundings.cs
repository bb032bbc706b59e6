using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>What becomes of a table's numbers that are not scaled.</summary>
internal static class Roundings
{
    private const int MostLookedAt = 2000;

    /// <summary>That single precision no longer distinguishes most of a column's numbers, in at most one
    /// line.</summary>
    public static IEnumerable<string> Of(TrainingRun run)
    {
        if (run.Data.Training.Samples is not Rows rows || run.Configuration.Scale != DataScale.None)
            return [];
        int[] some = [.. run.Samples.Training.Take(MostLookedAt)];
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
