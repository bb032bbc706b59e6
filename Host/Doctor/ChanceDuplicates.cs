using Functional.Host.Data;

namespace Functional.Host.Doctor;

/// <summary>
/// How often rows of two parts of a table are the same though no one copied them: where columns have few values that
/// happens by itself. Rows that are the same but for one column show this, since they were not copied: were that
/// column's value drawn anew among rows of the class, it would agree as often as its values repeat there.
/// </summary>
internal static class ChanceDuplicates
{
    private const int MostColumns = 40;

    /// <summary>How many cells a row has, its targets among them: whoever copies a row copies both.</summary>
    public static int Width(DataPart part) =>
        part.Samples.Size + (part.Targets is Quantities quantities ? quantities.Columns.Count : 1);

    /// <summary>The number in a cell of a row: the targets come last.</summary>
    public static double Cell(DataPart part, int row, int place) =>
        place < part.Samples.Size ? part.Samples.Number(row, place)
        : part.Targets is Quantities quantities ? quantities.Columns[place - part.Samples.Size].Values[row]
        : part.Classes.Labels[row];

    /// <summary>The pairs of a row of each part that are to be expected.</summary>
    public static double Expected(DataPart training, int[] rows, DataPart other, int[] others)
    {
        // A quantity may be drawn anew, a class is given.
        var ofClasses = training.Targets is Classes;
        var columns = Split.EvenlySpaced([.. Enumerable.Range(0, Width(training) - (ofClasses ? 1 : 0))], MostColumns);
        IEnumerable<IEnumerable<int>> groups = ofClasses ? rows.GroupBy(row => training.Classes.Labels[row]) : [rows];
        return columns.Max(column =>
        {
            var byRest = rows.GroupBy(row => Rest(training, row, column)).ToDictionary(
                same => same.Key, same => same.CountBy(row => Cell(training, row, column)).ToDictionary());
            var almost = others.Sum(row => byRest.TryGetValue(Rest(other, row, column), out var values)
                ? values.Values.Sum() - values.GetValueOrDefault(Cell(other, row, column)) : 0.0);
            var repeats = Repeats(training, groups, column);
            return repeats < 1 ? almost * repeats / (1 - repeats) : 0;
        });
    }

    // How often two rows of a group have the same value.
    private static double Repeats(DataPart training, IEnumerable<IEnumerable<int>> groups, int column)
    {
        var counted = groups.Select(group =>
            group.CountBy(row => Cell(training, row, column)).Select(count => (double)count.Value).ToArray());
        var (same, all) = counted.Aggregate((Same: 0.0, All: 0.0), (sums, counts) =>
            (sums.Same + counts.Sum(count => count * (count - 1)), sums.All + (counts.Sum() * (counts.Sum() - 1))));
        return all == 0 ? 0 : same / all;
    }

    private static (ulong, ulong) Rest(DataPart part, int row, int column)
    {
        // Two multiplicative hashes: all cells but one, in order.
        var (first, second) = (14695981039346656037UL, 1UL);
        for (var i = 0; i < Width(part); i++)
        {
            var bits = i == column ? 0UL : BitConverter.DoubleToUInt64Bits(Cell(part, row, i));
            first = (first ^ bits) * 1099511628211UL;
            second = (second * 6364136223846793005UL) + bits + 1442695040888963407UL;
        }
        return (first, second);
    }
}
