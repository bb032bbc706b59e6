using System.Globalization;
using nietras.SeparatedValues;

namespace Functional.Benchmarks.Tables;

/// <summary>A table as text, one of whose columns is to be predicted.</summary>
internal sealed record Table(string Name, string[] Header, string[][] Rows, string Label)
{
    private const int MostClasses = 20;

    private int LabelAt { get; } = Array.IndexOf(Header, Label) is >= 0 and var at
        ? at : throw new ArgumentException($"{Name} has no column '{Label}': {string.Join(", ", Header)}");

    /// <summary>Whether the label is a quantity, not a class.</summary>
    public bool IsQuantity { get; } =
        Rows.All(row => Number(row[Array.IndexOf(Header, Label)]) is not null)
        && Rows.Select(row => row[Array.IndexOf(Header, Label)]).Distinct().Count() > MostClasses;

    public static Table Read(string path, string label)
    {
        using var reader = Sep.New(',').Reader(options => options with { HasHeader = false, Unescape = true })
            .FromFile(path);
        string[][] rows = [.. reader.Enumerate(row => row[..].ToStringsArray())];
        return new Table(Path.GetFileNameWithoutExtension(path), rows[0], rows[1..], label);
    }

    public string LabelOf(string[] row) => row[LabelAt];

    /// <summary>Four fifths for training and the rest for testing; of each class its share.</summary>
    public (string[][] Training, string[][] Test) Split(int seed)
    {
        var random = new Random(seed);
        var shuffled = Rows.OrderBy(_ => random.Next()).ToArray();
        var test = (IsQuantity ? [shuffled] : shuffled.GroupBy(LabelOf).Select(rows => rows.ToArray()))
            .SelectMany(rows => rows.Take(rows.Length / 5)).ToHashSet();
        return ([.. shuffled.Where(row => !test.Contains(row))], [.. shuffled.Where(test.Contains)]);
    }

    public void Write(string path, IEnumerable<string[]> rows)
    {
        using var writer = Sep.New(',').Writer(options => options with { WriteHeader = false, Escape = true })
            .ToFile(path);
        foreach (var cells in rows.Prepend(Header))
        {
            using var row = writer.NewRow();
            for (var column = 0; column < cells.Length; column++)
                row[column].Set(cells[column]);
        }
    }

    /// <summary>How rows become numbers, learned from these. For trees gaps are NaN; for a linear learner they are
    /// filled and flagged, and all columns have mean 0 and deviation 1.</summary>
    public Func<string[], float[]> Encoder(string[][] training, bool isForTrees)
    {
        var columns = Enumerable.Range(0, Header.Length).Where(column => column != LabelAt)
            .Select(column => Column(column, training, isForTrees)).ToArray();
        return row => [.. columns.SelectMany(column => column(row))];
    }

    private static Func<string[], float[]> Column(int at, string[][] training, bool isForTrees)
    {
        string[] values = [.. training.Select(row => row[at]).Where(cell => cell.Length > 0)];
        var numbers = Array.ConvertAll(values, Number);
        if (numbers.Contains(null))
        {
            string[] categories = [.. values.Distinct().Order(StringComparer.Ordinal)];
            return categories.Length > 50
                ? _ => [] : row => [.. categories.Select(category => row[at] == category ? 1f : 0f)];
        }
        if (isForTrees)
            return row => [(float)(Number(row[at]) ?? double.NaN)];
        double[] sorted = [.. numbers.Select(number => number!.Value).Order()];
        var (median, (mean, deviation)) = (sorted[sorted.Length / 2], Peers.Moments(sorted));
        float Standard(double number) => deviation == 0 ? 0 : (float)((number - mean) / deviation);
        return values.Length == training.Length
            ? row => [Standard(Number(row[at]) ?? median)]
            : row => Number(row[at]) is { } number ? [Standard(number), 0] : [Standard(median), 1];
    }

    internal static double? Number(string cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
