using System.Text;
using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Tests.Data;

/// <summary>Tables that public bug reports are about: F1, F5, M2, M4, M5, U7, U9, and what cells and rows can do to
/// memory.</summary>
public class CsvFindingsTests
{
    private static DataPart Read(byte[] bytes, TableForm? known = null) =>
        SmallTables.Read(bytes, "kind", new DataOptions { Known = known });

    private static DataPart Read(string text, TableForm? known = null) => Read(Encoding.UTF8.GetBytes(text), known);

    private static string Error(byte[] bytes) => Assert.Throws<DataException>(() => Read(bytes)).Message;

    private static string Error(string text) => Error(Encoding.UTF8.GetBytes(text));

    private static string Rows(IEnumerable<string> cells) =>
        "w,kind\n" + string.Concat(cells.Select((cell, i) => $"{cell},{(i % 2 == 0 ? "a" : "b")}\n"));

    [Fact]
    public void Audit9_integers_that_double_precision_merges_are_refused()
    {
        const string expected =
            "column 'w': expected integers that double precision can distinguish, as it can up to 2^53 " +
            "(subtract the least from all), found ";
        Assert.Equal(
            $"f: at line 3, {expected}1700000000000000001, which would be the same number as 1700000000000000000",
            Error(Rows(Enumerable.Range(0, 120).Select(i => $"{1700000000000000000 + i}"))));
        Assert.Equal(
            $"f: at line 4, {expected}-9007199254740993, which would be the same number as -9007199254740992",
            Error(Rows(["9007199254740993", "-9007199254740992", "-9007199254740993"])));
        // Distinct ones, the same again, and what claims no more digits than it has.
        foreach (var cells in (string[][])
            [["9007199254740992", "9007199254740991"], ["1700000000000000001", " +1700000000000000001"],
                ["1700000000000000000", "1700000000000000256"], ["1.7e18", "1.7e18"]])
            Assert.Equal(cells.Length, Read(Rows(cells)).Numbers().Length);
        using var file = new TemporaryFolder();
        long[] numbers = [1700000000000000000, 0, 1700000000000000001, 0];
        var tensor = Tensor.Of("x_train", [2, 2], numbers);
        Assert.Equal(
            $"f: at x_train: {expected[12..]}as element 2 1700000000000000001, which would be the same number as " +
            "1700000000000000000",
            Assert.Throws<DataException>(() => Host.Data.Numbers.Rows(tensor, "f", 2)).Message);
        numbers[2] += 255;
        Assert.Equal(2, Host.Data.Numbers.Rows(tensor, "f", 2).Count);
    }

    [Fact]
    public void Audit9_the_deviation_of_tiny_numbers_is_right()
    {
        var integers = Enumerable.Range(0, 120).Select(i => (double)i).ToArray();
        var rows = Enumerable.Range(0, 120).ToArray();
        var deviation = NumberScale.Standard(integers, rows).Deviation;
        Assert.Equal(Math.Sqrt(((120 * 120) - 1) / 12.0), deviation, 9);
        var tiny = Read(Rows(integers.Select(i => $"{i}e-300"))).Numbers();
        Assert.Equal(deviation, NumberScale.Standard(tiny, rows).Deviation * 1e300, 9);
    }

    [Theory]
    [InlineData("1e39")]
    [InlineData("-1e300")]
    [InlineData("1.7e308")]
    [InlineData("1e400")]
    public void Audit9_the_limit_of_a_number_s_size_is_reported(string cell) => Assert.Equal(
        $"f: at line 2, column 'w': expected a number of at most 3.4E+38 in size, found '{cell}'",
        Error(Rows([cell, "1"])));

    public static TheoryData<string, string> Marked()
    {
        var data = new TheoryData<string, string>();
        foreach (var encoding in (string[])["utf-8", "utf-16", "utf-16BE", "utf-32", "utf-32BE"])
            foreach (var text in (string[])
                     [
                         "kind,w\na,1\nb,2\n", "w,kind\n1,a\n2,b\n", "\"w\",\"kind\"\n1,a\n2,b\n",
                         "\"kind\",\"w\"\r\na,1\r\nb,2\r\n",
                         "w;kind\n1;a\n2;b\n", "w\tkind\n1\ta\n2\tb\n", "\"w\";\"kind\"\n\"1\";\"a\"\n2;b\n",
                     ])
                data.Add(encoding, text);
        return data;
    }

    [Theory]
    [MemberData(nameof(Marked))]
    public void F1_a_byte_order_mark_is_not_part_of_the_text(string encoding, string text)
    {
        var written = Encoding.GetEncoding(encoding);
        var table = Read([.. written.GetPreamble(), .. written.GetBytes(text)]);
        Assert.NotEmpty(written.GetPreamble());
        Assert.Equal(["w"], table.Names());
        Assert.Equal(["a", "b"], table.Classes.Classification.Names);
        Assert.Equal([1, 2], table.Numbers());
        Assert.Equal([0, 1], table.Classes.Labels);
    }

    [Fact]
    public void F1_a_header_of_several_lines_in_quotes_has_a_mark_too()
    {
        var table = Read([0xEF, 0xBB, 0xBF, .. "\"w\nin cm\",kind\n1,a\n2,b\n"u8]);
        Assert.Equal(["w\nin cm"], table.Names());
        Assert.Equal([1, 2], table.Numbers());
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void F1_UTF_16_is_seen_without_a_mark(string encoding) =>
        Assert.Equal(["w"], Read(Encoding.GetEncoding(encoding).GetBytes("w,kind\n1,a\n2,b\n")).Names());

    [Theory]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF })]
    [InlineData(new byte[] { 0xFF, 0xFE })]
    [InlineData(new byte[] { 0xFF, 0xFE, 0, 0 })]
    public void F1_a_mark_alone_is_an_empty_file(byte[] mark) =>
        Assert.Equal("f: expected a header row, found nothing", Error(mark));

    [Fact]
    public void F1_half_a_character_in_UTF_16_is_refused() =>
        Assert.Contains("found other bytes",
            Error([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("w,kind\n1,a\n2,b\n"), 0x3D]), StringComparison.Ordinal);

    [Fact]
    public void F1_features_are_found_behind_a_mark()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. "w,x\n1,2\n"u8];
        Assert.Equal([1, 2], new Csv(new MemoryStream(bytes), "f").ReadSamples(
            new TableForm([new("w", false), new("x", false)])).Numbers());
    }

    [Fact]
    public void F5_numbers_keep_double_precision_until_they_are_scaled()
    {
        var text = new StringBuilder("v,kind\n");
        for (var i = 0; i < 120; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"{1_700_000_000 + i},{(i < 60 ? "a" : "b")}\n");
        var table = Read(text.ToString());
        var encoder = FeatureEncoder.Learn(table.Samples, table.All, DataScale.Standard);
        var scale = Assert.IsType<NumberEncoding>(Assert.Single(((TableEncoder)encoder).Columns)).Scale;
        Assert.Equal(1_700_000_059.5, scale.Mean);
        Assert.Equal(Math.Sqrt(((120.0 * 120) - 1) / 12), scale.Deviation, 1e-9);
        var scaled = encoder.Encode<float>(table.Samples, table.All);
        Assert.Equal(120, scaled.Enumerate().Distinct().Count());
        for (var i = 0; i < 120; i++)
            Assert.Equal((float)((i - 59.5) / scale.Deviation), scaled[0, i], 1e-6);
    }

    // Rows of different numbers, in one of which there is something else in each of some columns.
    private static string WithMistakes(string separator, params string[] cells) =>
        string.Join(separator, cells.Select((_, i) => $"c{i}").Append("kind")) + "\n" + string.Concat(
            Enumerable.Range(0, 60).Select(row => string.Join(
                separator, cells.Select(cell => row == 30 ? cell : $"{row}").Append(row % 2 == 0 ? "x" : "y")) + "\n"));

    [Fact]
    public void M4_all_faulty_columns_are_reported_at_once()
    {
        Assert.Equal(
            "f: at line 32, column 'c0': expected a finite number, found '1.O'; also in 'c1' (line 32: 'inf')",
            Error(WithMistakes(",", "1.O", "inf", "7")));
        Assert.EndsWith("and 3 other columns", Error(WithMistakes(",", "!", "!", "!", "!", "!", "!", "!", "!")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void M5_a_decimal_comma_is_read_where_it_separates_nothing_and_named_where_it_does()
    {
        Assert.Equal([4.08, 1, -0.5, 2], Read("a;b;kind\n4,08;1;x\n-0,5;2;y\n").Numbers());
        Assert.Equal([4.08, -0.5], Read("a\tkind\n4,08\tx\n-0,5\ty\n").Numbers());
        Assert.Equal(
            "f: at line 32, column 'c0': expected a finite number, found '4,08' (a decimal comma?)",
            Error(WithMistakes(",", "\"4,08\"")));
        Assert.Equal(
            "f: at line 32, column 'c0': expected a finite number, found '1,000,000' "
            + "(it looks like a number, which is read as 1234.5)",
            Error(WithMistakes(";", "1,000,000")));
    }

    [Fact]
    public void M2_a_label_that_looks_measured_is_taken_for_a_quantity()
    {
        var prices = string.Concat(
            Enumerable.Range(0, 379).Select(i => FormattableString.Invariant($"{i},{100.1 + i}\n")));
        var price = Assert.Single(Assert.IsType<Quantities>(Read($"a,kind\n{prices}").Targets).Columns);
        Assert.Equal(("kind", 379, 100.1), (price.Name, price.Count, price.Values[0]));
        Assert.Equal(
            "f: at column 'kind': expected up to 256 classes, or two rows of each, found 379 in 379 rows: take the "
            + "numbers for a quantity, --task quantities",
            Assert.Throws<DataException>(() => SmallTables.Read(
                $"a,kind\n{prices}", new DataOptions { Task = TargetKind.Classes })).Message);
        var names = string.Concat(Enumerable.Range(0, 379).Select(i => FormattableString.Invariant($"{i},n{i}\n")));
        Assert.Equal(
            "f: at column 'kind': expected up to 256 classes, or two rows of each, found 379 in 379 rows",
            Error($"a,kind\n{names}"));
    }

    [Theory]
    [InlineData(39, 0.1, 400, true)]    // prices, to a tenth
    [InlineData(96, 1, 99, true)]       // nearly one each
    [InlineData(10, 1, 50, false)]      // digits
    [InlineData(47, 1, 100_000, false)] // characters
    [InlineData(5, 0.5, 400, false)]    // half stars
    public void M2_what_looks_measured(int classes, double step, int samples, bool expected)
    {
        string[] names = [.. Enumerable.Range(0, classes).Select(i => FormattableString.Invariant($"{i * step}"))];
        Assert.Equal(expected, Classification.LooksMeasured(names, samples, commas: false));
    }

    [Fact]
    public void U7_classes_that_may_be_one_are_alike()
    {
        static string Alike(params string[] classes) =>
            string.Join("; ", new Classification(classes).Alike()
                .Select(alike => string.Join("=", alike)));
        Assert.Equal("True=TRUE", Alike("True", "TRUE", "False"));
        Assert.Equal("0=0.0; 1=1.0=1e0", Alike("0", "0.0", "1", "1.0", "1e0", "2"));
        Assert.Equal("", Alike("a", "b", "0", "00.5"));
    }

    [Fact]
    public void U9_columns_are_taken_by_their_names()
    {
        var known = new TableForm([new("a", false), new("b", false)], new Classification(["x", "y"], "kind"));
        var table = Read("b,kind,a\n2,x,1\n4,y,3\n", known);
        Assert.Equal([1, 2, 3, 4], table.Numbers());
        Assert.Equal(["a", "b"], table.Names());
        Assert.Equal([1, 2], Read("b,id,kind,a\n2,none,x,1\n", known).Numbers());
    }

    [Fact]
    public void A_row_of_commas_is_refused_before_it_is_whole()
    {
        using var commas = new Commas(150_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("f: at line 2: expected at most 100000 cells, found more",
            Assert.Throws<DataException>(() => new Csv(commas, "f").Read(new DataOptions { Label = "kind" })).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
    }

    [Theory]
    [InlineData(10_001, "f: at line 3: expected a quote at the end of the cell, too, found '\"2,x'")]
    [InlineData(100, "f: at line 3: expected a quote at the end of the cell, too, found '\"2,x'")]
    public void A_quote_that_stays_open_is_reported_where_it_begins(int rows, string message) =>
        Assert.Equal(message, Error($"a,kind\n1,x\n\"2,x\n{string.Concat(Enumerable.Repeat("3,y\n", rows))}"));

    [Fact]
    public void A_cell_of_many_characters_is_refused() =>
        Assert.Equal("f: at line 2 or after it: expected cells of at most 10000 characters, found a longer one",
            Error($"a,kind\n{new string('1', 10_001)},x\n"));

    [Theory]
    [InlineData("1\0")]
    [InlineData("2\0\0")]
    [InlineData("\"1\0\"")]
    public void A_NUL_is_not_part_of_a_number(string cell) =>
        Assert.StartsWith(
            "f: at line 32, column 'c0': expected a finite number, found ", Error(WithMistakes(",", cell)),
            StringComparison.Ordinal);

    /// <summary>A header and a row of this many commas, which are nowhere in memory.</summary>
    private sealed class Commas(long length) : MemoryStream("a,kind\n"u8.ToArray())
    {
        private readonly int header = 7;
        private long position;

        public override long Length => header + length;

        public override long Position { get => position; set => position = value; }

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(buffer.Length, Length - position);
            for (var i = 0; i < count; i++, position++)
                buffer[i] = position < header ? GetBuffer(position) : (byte)',';
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        private static byte GetBuffer(long at) => "a,kind\n"u8[(int)at];
    }
}
