using Functional.Host.Data;


namespace Functional.Tests.Doctor;

/// <summary>Tables: three kinds of flowers by four measures, as in Fisher's (1936), drawn from their means and
/// deviations.</summary>
public static class Flowers
{
    private static readonly double[][] Means = [[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]];
    private static readonly double[] Deviations = [0.5, 0.35, 0.4, 0.2];
    private static readonly string[] Names = ["sepal length", "sepal width", "petal length", "petal width"];
    private static readonly Classification Kinds = new(["setosa", "versicolor", "virginica"], "kind");

    /// <summary>So many rows, a fifth of them for testing.</summary>
    public static DataSet Of(int rows, double spread = 1) =>
        new(Part(rows * 4 / 5, 1, spread), Part(rows / 5, 2, spread));

    /// <summary>With another column, which holds the same in all rows.</summary>
    public static DataSet WithConstantColumn(DataSet data) => Each(data, table => new DataPart(
        new Rows([.. ((Rows)table.Samples).Columns, new NumberColumn(
            "station", [.. Enumerable.Repeat(7.0, table.Count)])]),
        table.Targets));

    /// <summary>Every column times a factor of its own.</summary>
    public static DataSet Times(DataSet data, params float[] factors) =>
        Each(data, table => Part(
            [.. table.All.SelectMany(row => Row(table, row).Select((number, i) => number * factors[i]))],
            table.Classes.Labels));

    /// <summary>All labels are drawn anew.</summary>
    public static DataSet Shuffled(DataSet data) => Each(data, table => new DataPart(
        table.Samples, table.Targets.Take(Key.OfSeed(9).Permutation(table.Count))));

    /// <summary>Of versicolor one in this many is kept.</summary>
    public static DataSet Rare(DataSet data, int oneIn) => Each(data, table =>
        table.Take([.. table.All.Where(i => table.Classes.Labels[i] != 1 || i % (3 * oneIn) == 1)]));

    /// <summary>So many training rows are test rows, too.</summary>
    public static DataSet Leaked(DataSet data, int count) => data with
    {
        Test = Part(
            [.. data.Test.All.SelectMany(row => Row(data.Test, row)),
                .. Enumerable.Range(0, count).SelectMany(row => Row(data.Training, row))],
            [.. data.Test.Classes.Labels, .. data.Training.Classes.Labels[..count]]),
    };

    /// <summary>With labels that have nothing to do with the measures, one in this many a yes.</summary>
    public static DataSet Unrelated(DataSet data, int oneIn)
    {
        var answers = new Classification(["no", "yes"], "answer");
        return Each(data, table => new DataPart(table.Samples, new Classes(
            answers, [.. table.All.Select(i => i % oneIn == oneIn / 2 ? 1 : 0)])));
    }

    /// <summary>With the first measure to be learned, each length as a class of its own.</summary>
    public static DataSet Lengths(DataSet data)
    {
        string Length(DataPart table, int row) => FormattableString.Invariant($"{Row(table, row)[0]:F1}");
        DataPart[] parts = [data.Training, data.Test];
        var lengths = new Classification(
            [.. parts.SelectMany(table => table.All.Select(row => Length(table, row))).Distinct()
                .Order(StringComparer.Ordinal)],
            Names[0]);
        return Each(data, table => new DataPart(
            new Rows([.. ((Rows)table.Samples).Columns.Skip(1)]),
            new Classes(lengths, [.. table.All.Select(row => lengths.Names.ToList().IndexOf(Length(table, row)))])));
    }

    /// <summary>With test rows in tenths of the unit.</summary>
    public static DataSet InMillimeters(DataSet data) =>
        data with { Test = Times(new DataSet(data.Test, data.Test), 10, 10, 10, 10).Test };

    /// <summary>With another column that numbers the rows, which are sorted by kind.</summary>
    public static DataSet Numbered(DataSet data) => Each(data, table =>
    {
        int[] sorted = [.. table.All.OrderBy(row => table.Classes.Labels[row])];
        var rows = (Rows)table.Samples.Take(sorted);
        return new DataPart(
            new Rows([.. rows.Columns, new NumberColumn(
                "case", [.. sorted.Select((_, i) => (double)i * data.Training.Count / table.Count)])]),
            table.Targets.Take(sorted));
    });

    /// <summary>As text.</summary>
    public static string Csv(DataSet data) => string.Join('\n',
    [
        string.Join(',', ((Rows)data.Training.Samples).Columns.Select(column => column.Name).Append("kind")),
        .. from table in (DataPart[])[data.Training, data.Test]
           from row in table.All
           let numbers = Row(table, row).Select(number => FormattableString.Invariant($"{number:G9}"))
           select $"{string.Join(',', numbers)},{Kinds.Names[table.Classes.Labels[row]]}",
    ]) + "\n";

    // To a tenth, as measured, so that some rows are the same by coincidence.
    private static DataPart Part(int rows, long seed, double spread)
    {
        int[] labels = [.. Enumerable.Range(0, rows).Select(i => i % 3)];
        return Part(
            [.. labels.SelectMany((label, i) => Key.OfSeed(seed).Child(i).Normals(4)
                .Select((normal, j) => (float)Math.Round(Means[label][j] + (spread * Deviations[j] * normal), 1)))],
            labels);
    }

    private static DataPart Part(float[] numbers, int[] labels) =>
        new(Rows.Of(numbers, Names.Length, Names), new Classes(Kinds, labels));

    private static DataSet Each(DataSet data, Func<DataPart, DataPart> change) =>
        new(change(data.Training), change(data.Test));

    private static float[] Row(DataPart table, int row) =>
        [.. ((Rows)table.Samples).Columns.Select(column => (float)((NumberColumn)column).Values[row])];
}
