using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Tests.Data;

public class CsvTests
{
    private static DataPart Read(string text, TableForm? known = null, DataOptions? options = null) =>
        SmallTables.Read(text, (options ?? new DataOptions()) with { Known = known });

    [Fact]
    public void Rows_have_numbers_and_a_class()
    {
        var table = Read("a,kind,b\n1,x,-2.5e-1\n\"3\",\"y, z\",4\n5,x,6\n");
        Assert.Equal([1, -0.25f, 3, 4, 5, 6], table.Numbers());
        Assert.Equal([0, 1, 0], table.Classes.Labels);
        Assert.Equal(["a", "b"], table.Names());
        Assert.Equal(["x", "y, z"], table.Classes.Classification.Names);
        Assert.Equal("kind", table.Classes.Classification.Target);
    }

    [Theory]
    [InlineData("a;kind\r\n1;x\r\n2;y\r\n")]
    [InlineData("a\tkind\n1\tx\n2\ty")]
    [InlineData("\uFEFFa,kind\n 1 , x \n2,y\n\n")]
    public void Other_delimiters_ends_of_lines_and_blanks_are_read(string text)
    {
        var table = Read(text);
        Assert.Equal([1, 2], table.Numbers());
        Assert.Equal(["x", "y"], table.Classes.Classification.Names);
    }

    [Fact]
    public void Classes_that_are_numbers_are_ordered_as_numbers() =>
        Assert.Equal(["2", "10", "100"], Read("a,kind\n1,10\n1,100\n1,2\n").Classes.Classification.Names);

    [Fact]
    public void Known_names_stay()
    {
        var known = new TableForm([new("a", false)], new Classification(["y", "x"], "kind"));
        Assert.Equal([1, 1], Read("a,kind\n1,x\n2,x\n", known).Classes.Labels);
        Assert.Equal("f: at line 2, column 'kind': expected one of y, x, found 'z'",
            Error("a,kind\n1,z\n", known));
        Assert.Equal(
            "f: at line 1: expected a column 'a', found b, kind", Error("b,kind\n1,x\n", known));
    }

    private static string Error(string text, TableForm? known = null) =>
        Assert.Throws<DataException>(() => Read(text, known)).Message;

    [Theory]
    [InlineData("", "f: expected a header row, found nothing")]
    [InlineData("a,kind\n", "f: expected a row at least, found a header only")]
    [InlineData("a,b\n1,2\n", "f: at line 1: expected a column 'kind', which is to be learned, found a, b")]
    [InlineData("kind\nx\ny\n", "f: at line 1: expected a column besides the target, found none")]
    [InlineData("a,a,kind\n1,2,x\n", "f: at line 1: expected each column once, found 'a' again")]
    [InlineData("a,,kind\n1,2,x\n", "f: at line 1: expected a name for each column, found none for column 2")]
    [InlineData("a,kind\n1,x\n2,y,3\n", "f: at line 3: expected 2 cells, as in the header, found 3")]
    [InlineData("a,kind\n1,x\n2\n", "f: at line 3: expected 2 cells, as in the header, found 1")]
    [InlineData("a,kind\n1,x\n1e99,y\n",
        "f: at line 3, column 'a': expected a number of at most 3.4E+38 in size, found '1e99'")]
    [InlineData("a,kind\n1,x\n2,\n", "f: at line 3, column 'kind': expected a value, found an empty cell")]
    [InlineData("a,kind\n1,x\n2,x\n", "f: at column 'kind': expected at least 2 classes, found 1")]
    [InlineData("a,to\"wn,kind\n1,2,x\n3,4,y\n",
        "f: at line 1: expected quotes around whole cells only, found 'to\"wn,kind'")]
    [InlineData("a,kind\n1,x\n2\"3,y\n", "f: at line 3: expected quotes around whole cells only, found '2\"3,y'")]
    [InlineData("a,kind\n1,x\n2,\"y\n3,x\n4,y\n",
        "f: at line 3: expected a quote at the end of the cell, too, found '\"y'")]
    [InlineData("a,kind\n\n1,x\n\"2,y\n3,x\n",
        "f: at line 4: expected a quote at the end of the cell, too, found '\"2,y'")]
    [InlineData("a,Kind\n1,x\n",
        "f: at line 1: expected a column 'kind', which is to be learned, found a, Kind; did you mean Kind?")]
    [InlineData("a,kinds\n1,x\n",
        "f: at line 1: expected a column 'kind', which is to be learned, found a, kinds; did you mean kinds?")]
    public void What_is_wrong_is_reported_in_one_line(string text, string message) =>
        Assert.Equal(message, Error(text));

    [Fact]
    public void Text_that_is_not_in_UTF_8_is_refused() =>
        Assert.Contains("expected text in UTF-8 or UTF-16", Assert.Throws<DataException>(
            () => SmallTables.Read([.. "a,kind\n1,"u8, 0xFF, (byte)'\n'])).Message,
                StringComparison.Ordinal);
}
