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

    /// <summary>The pairs of a row of each part that are to be expected.</summary>
    public static double Expected(DataPart training, int[] rows, Samples other, int[] others)
    {
        var (known, labels) = (training.Samples, training.Classes.Labels);
        var columns = Splits.EvenlySpaced([.. Enumerable.Range(0, known.Size)], MostColumns);
        return columns.Max(column =>
        {
            var byRest = rows.GroupBy(row => Rest(known, row, column)).ToDictionary(
                same => same.Key, same => same.CountBy(row => known.Number(row, column)).ToDictionary());
            var almost = others.Sum(row => byRest.TryGetValue(Rest(other, row, column), out var values)
                ? values.Values.Sum() - values.GetValueOrDefault(other.Number(row, column)) : 0.0);
            var repeats = Repeats(known, labels, rows, column);
            return repeats < 1 ? almost * repeats / (1 - repeats) : 0;
        });
    }

    // How often two rows of a class have the same value.
    private static double Repeats(Samples training, int[] labels, int[] rows, int column)
    {
        var classes = rows.GroupBy(row => labels[row]).Select(
            of => of.CountBy(row => training.Number(row, column)).Select(count => (double)count.Value).ToArray());
        var (same, all) = classes.Aggregate((Same: 0.0, All: 0.0), (sums, counts) =>
            (sums.Same + counts.Sum(count => count * (count - 1)), sums.All + (counts.Sum() * (counts.Sum() - 1))));
        return all == 0 ? 0 : same / all;
    }

    private static (ulong, ulong) Rest(Samples samples, int row, int column)
    {
        // Two multiplicative hashes: all columns but one, in order.
        var (first, second) = (14695981039346656037UL, 1UL);
        for (var i = 0; i < samples.Size; i++)
        {
            var bits = i == column ? 0UL : BitConverter.DoubleToUInt64Bits(samples.Number(row, i));
            first = (first ^ bits) * 1099511628211UL;
            second = (second * 6364136223846793005UL) + bits + 1442695040888963407UL;
        }
        return (first, second);
    }
}
