using Functional.Host.Data;

namespace Functional.Tests.Data;

/// <summary>Small tables and encoders, in a few words.</summary>
internal static class SmallTables
{
    /// <summary>Rows of numbers with labels; the number of columns follows.</summary>
    public static DataPart Labeled(
        double[] numbers, int[] labels, Classification classification, IReadOnlyList<string>? names = null) =>
        new(Rows.Of(numbers, numbers.Length / labels.Length, names), new Classes(classification, labels));

    /// <summary>Images of one channel with labels.</summary>
    public static DataPart Images(int height, int width, int classes, byte[] pixels, params int[] labels) =>
        new(new Images(height, width, pixels), new Classes(Classification.Numbered(classes), labels));

    /// <summary>An encoder of numbers.</summary>
    public static TableEncoder Encoder(double[] means, double[] deviations, IReadOnlyList<string>? names = null) =>
        new([.. means.Select((mean, i) => new NumberEncoding(names?[i], new NumberScale(mean, deviations[i])))]);

    /// <summary>A table's text, read.</summary>
    public static DataPart Read(byte[] bytes, string label = "kind", DataOptions? options = null) =>
        new Csv(new MemoryStream(bytes), "f").Read((options ?? new DataOptions()) with { Label = label })[0];

    /// <summary>A table's text, read.</summary>
    public static DataPart Read(string text, DataOptions? options = null) =>
        Read(System.Text.Encoding.UTF8.GetBytes(text), "kind", options);

    /// <summary>A table's columns.</summary>
    public static string[] Names(this DataPart table) =>
        [.. ((Rows)table.Samples).Columns.Select(column => column.Name!)];

    /// <summary>A table's numbers, row after row.</summary>
    public static double[] Numbers(this DataPart table) => table.Samples.Numbers();

    /// <summary>Rows' numbers, row after row.</summary>
    public static double[] Numbers(this Samples rows) =>
        [.. rows.All.SelectMany(row => Enumerable.Range(0, rows.Size).Select(i => rows.Number(row, i)))];
}
