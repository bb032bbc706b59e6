using Functional.Host.Commands;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.CommandLine;

public sealed class TextTableTests
{
    private static string[] Written(TextTable table, int width)
    {
        var written = new StringWriter();
        table.Write(written, width);
        return written.ToString().TrimEnd().Split(Environment.NewLine);
    }

    private static TextTable Classes()
    {
        var table = new TextTable(
            TextTable.Left("class"), TextTable.Right("samples"), TextTable.Right("recall"), TextTable.Left("note"));
        table.Add("cat", "1,000", "98.70%", "a [b] c");
        table.Add("数字\u001B[2J", "7", "5.00%", "");
        return table;
    }

    [Fact]
    public void Numbers_are_aligned_to_the_right_and_foreign_text_is_visible() =>
        // A Japanese character takes two columns.
        Assert.Equal(
            [
                @"class          samples  recall  note",
                @"cat              1,000  98.70%  a [b] c",
                @"数字\u001B[2J        7   5.00%",
            ],
            Written(Classes(), int.MaxValue));

    [Fact]
    public void Columns_that_do_not_fit_follow_below_beside_the_first() =>
        Assert.Equal(
            [
                @"class          samples  recall",
                @"cat              1,000  98.70%",
                @"数字\u001B[2J        7   5.00%",
                "",
                @"class          note",
                @"cat            a [b] c",
                @"数字\u001B[2J",
            ],
            Written(Classes(), 35));

    [Fact]
    public void Long_names_head_the_columns_of_a_confusion_matrix_only_where_they_fit()
    {
        var confusion = Metrics.Confusion(Matrix<float>.Build.DenseOfArray(new float[,] { { 1, 0, 0 }, { 0, 1, 1 } }),
            [0, 0, 1]);
        string[] Lines(int width, params string[] names) =>
            Written(EvaluateCommand.Matrix(confusion, names, width), width);
        Assert.Equal(
            [
                "                     tropical rainforest  temperate steppe",
                "tropical rainforest                    1                 1",
                "temperate steppe                       0                 1",
            ],
            Lines(80, "tropical rainforest", "temperate steppe"));
        Assert.Equal(
            [
                "                       0  1",
                "0 tropical rainforest  1  1",
                "1 temperate steppe     0  1",
            ],
            Lines(40, "tropical rainforest", "temperate steppe"));
        Assert.Equal(["   0", "0  1", "1  0", "", "   1", "0  1", "1  1"], Lines(4, "0", "1"));
    }

    [Theory, InlineData(80), InlineData(40), InlineData(1)]
    public void No_cell_is_broken_at_any_width(int width)
    {
        var table = new TextTable([TextTable.Left("parameter"),
            .. Enumerable.Range(0, 9).Select(i => TextTable.Right($"column {i}"))]);
        table.Add(["a digest", .. Enumerable.Range(0, 9).Select(i => new string((char)('a' + i), 30))]);
        var lines = Written(table, width);
        foreach (var i in Enumerable.Range(0, 9))
        {
            Assert.Single(lines, line => line.Contains($"column {i}", StringComparison.Ordinal));
            Assert.Single(lines, line => line.Contains(new string((char)('a' + i), 30), StringComparison.Ordinal));
        }
        Assert.All(lines, line => Assert.InRange(line.Length, 0, Math.Max(width, 42)));
    }
}
