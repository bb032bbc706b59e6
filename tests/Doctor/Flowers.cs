using Functional.Host.Charts;
using Functional.Host.Data;


namespace Functional.Tests.Doctor;

/// <summary>Tables: three kinds of flowers by four measures, as in Fisher's (1936), drawn from their means and
/// deviations.</summary>
public static class Flowers
{
    private static readonly double[][] Means = [[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]];
    private static readonly double[] Deviations = [0.5, 0.35, 0.4, 0.2];
    private static readonly TableNames Names = new(
        ["sepal length", "sepal width", "petal length", "petal width"], ["setosa", "versicolor", "virginica"], "kind");

    /// <summary>So many rows, a fifth of them for testing.</summary>
    public static ImageDataSet Of(int rows, double spread = 1) =>
        new(Part(rows * 4 / 5, 1, spread), Part(rows / 5, 2, spread));

    /// <summary>With another column, which holds the same in all rows.</summary>
    public static ImageDataSet WithConstantColumn(ImageDataSet data) => Each(data, table => new LabeledImages(
        [.. table.All.SelectMany(row => Row(table, row).Append(7))],
        Names with { Features = [.. Names.Features, "station"] }, table.Classes, table.Labels));

    /// <summary>Every column times a factor of its own.</summary>
    public static ImageDataSet Times(ImageDataSet data, params float[] factors) =>
        Each(data, table => new LabeledImages(
        [.. table.All.SelectMany(row => Row(table, row).Select((number, i) => number * factors[i]))], Names,
        table.Classes, table.Labels));

    /// <summary>All labels are drawn anew.</summary>
    public static ImageDataSet Shuffled(ImageDataSet data) => Each(data, table =>
    {
        var order = Key.OfSeed(9).Permutation(table.Count);
        return Rows(table, table.All, [.. order.Select(i => table.Labels[i])]);
    });

    /// <summary>Of versicolor one in so many is kept.</summary>
    public static ImageDataSet Rare(ImageDataSet data, int oneIn) => Each(data, table =>
        Subset(table, [.. table.All.Where(i => table.Labels[i] != 1 || i % (3 * oneIn) == 1)]));

    /// <summary>So many training rows are test rows, too.</summary>
    public static ImageDataSet Leaked(ImageDataSet data, int count) => data with
    {
        Test = new LabeledImages(
            [.. data.Test.All.SelectMany(row => Row(data.Test, row)),
                .. Enumerable.Range(0, count).SelectMany(row => Row(data.Training, row))],
            Names, 3, [.. data.Test.Labels, .. data.Training.Labels[..count]]),
    };

    /// <summary>As text.</summary>
    public static string Csv(ImageDataSet data) => string.Join('\n',
    [
        string.Join(',', data.Training.Names.Features.Append("kind")),
        .. from table in (LabeledImages[])[data.Training, data.Test]
           from row in table.All
           let numbers = Row(table, row).Select(number => FormattableString.Invariant($"{number:G9}"))
           select $"{string.Join(',', numbers)},{Names.Classes[table.Labels[row]]}",
    ]) + "\n";

    // To a tenth, as measured, so that some rows are the same by coincidence.
    private static LabeledImages Part(int rows, long seed, double spread)
    {
        byte[] labels = [.. Enumerable.Range(0, rows).Select(i => (byte)(i % 3))];
        return new LabeledImages(
            [.. labels.SelectMany((label, i) => Key.OfSeed(seed).Child(i).Normals(4)
                .Select((normal, j) => (float)Math.Round(Means[label][j] + (spread * Deviations[j] * normal), 1)))],
            Names, 3, labels);
    }

    private static ImageDataSet Each(ImageDataSet data, Func<LabeledImages, LabeledImages> change) =>
        new(change(data.Training), change(data.Test));

    private static LabeledImages Subset(LabeledImages table, int[] rows) =>
        Rows(table, rows, [.. rows.Select(row => table.Labels[row])]);

    private static LabeledImages Rows(LabeledImages table, int[] rows, byte[] labels) =>
        new([.. rows.SelectMany(row => Row(table, row))], table.Names, table.Classes, labels);

    private static float[] Row(LabeledImages table, int row) =>
        [.. table.Batch(ByteScale.None, [row]).Inputs.Column(0)];
}
