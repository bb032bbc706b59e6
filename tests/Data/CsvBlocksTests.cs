using System.IO.Compression;
using System.Text;
using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Tests.Data;

/// <summary>A table that is read in blocks, side by side, is the table that is read from beginning to end.</summary>
public class CsvBlocksTests
{
    private static readonly string[] Header = ["n", "gap", "day", "kind", "note", "late", "big"];
    private static readonly DataOptions Options = new();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Blocks_of_any_size_are_the_whole(int threads) => Threads.Use(threads, () =>
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var bytes = Table(random, random.Next(1, 60));
            var size = random.Next(200, 2000);
            var wanted = (bool text) => new CsvColumns(
                "f", Header,
                [new("n"), new("note", text ? true : null), new("gap"), new("late", text ? true : null), new("day")],
                ["kind"], Options);
            foreach (var text in (bool[])[false, true])
            {
                var blocks = CsvBlocks.Read(new MemoryStream(bytes), "f", wanted(text), size);
                Assert.NotNull(blocks);
                Assert.Equal(Whole(bytes, wanted(text), text), Described(blocks, text));
            }
        }
        return 0;
    });

    [Fact]
    public void A_row_that_no_block_holds_and_faults_are_left_to_who_reads_the_whole()
    {
        CsvColumns wanted = new("f", ["a", "y"], [new("a")], ["y"], Options);
        ColumnReader[]? Read(string text) =>
            CsvBlocks.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "f", wanted, 64);
        Assert.NotNull(Read("a,y\n" + string.Concat(Enumerable.Repeat("1,b\n", 100))));
        Assert.Null(Read("a,y\n1,b\n" + new string('1', 200) + ",b\n"));
        Assert.Null(Read("a,y\n1,b\n1\n1,b\n"));
        Assert.Null(Read("a,y\n1,b\n1,\n"));
        Assert.Null(Read("a,y\n1,b\n1,\"b\n"));
        // The same number in double precision, but not the same integer, in different blocks.
        Assert.Null(Read("a,y\n9007199254740993,b\n" + string.Concat(Enumerable.Repeat("1,b\n", 20))
            + "9007199254740992,b\n"));
    }

    [Fact]
    public void Lines_of_faults_are_those_of_the_file_however_long_it_is()
    {
        var rows = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i % 97}.5,{(i % 2 == 0 ? "a" : "b")}\n"));
        Assert.Equal("f: at line 300002, column 'x': expected a finite number, found 'oops'",
            Assert.Throws<DataException>(() => SmallTables.Read($"x,kind\n{rows}oops,a\n{rows}")).Message);
        Assert.Equal("f: at line 300002: expected 2 cells, as in the header, found 3",
            Assert.Throws<DataException>(() => SmallTables.Read($"x,kind\n{rows}1,a,\n{rows}")).Message);
        var table = Threads.Use(3, () => SmallTables.Read($"x,kind\n{rows}"));
        Assert.Equal(300_000, table.Count);
        Assert.Equal(299_999 % 97 + 0.5, table.Samples.Number(299_999, 0));
        Assert.Equal(1, table.Classes.Labels[299_999]);
    }

    [Fact]
    public void A_disk_that_fails_is_left_to_who_reads_the_whole() => Assert.Throws<IOException>(() =>
        new Csv(new Failing(), "f").Read(new DataOptions { Label = "y" }));

    [Fact]
    public void Encoding_takes_no_more_threads_than_are_allowed()
    {
        var rows = Rows.Of(new double[200_000], 1, ["x"]);
        var watched = new Watched();
        var encoder = new TableEncoder([watched]);
        Assert.Equal(1, Threads.Count);
        encoder.Encode<float>(rows, rows.All);
        Assert.Equal([Environment.CurrentManagedThreadId], watched.Seen.Distinct());
        Assert.Equal(3, Threads.Use(3, () => Threads.Count));
    }

    private static string Whole(byte[] bytes, CsvColumns wanted, bool text)
    {
        using var rows = new CsvRows(new MemoryStream(bytes), "f");
        rows.Read();
        var columns = wanted.Readers(rows, 16);
        Assert.True(wanted.Fill(rows, columns, new CellFaults("f")));
        return Described(columns, text);
    }

    private static string Described(ColumnReader[] columns, bool text) => string.Join('\n', columns.Select(reader =>
    {
        var faults = new CellFaults("f");
        var isAgain = reader.Settle(faults);
        // A column that turns out to be text is read again as one, unless its texts were kept: in either way it is read
        // here with text.
        return $"{reader.Name} {faults.Any} " + (reader.Columns(null)[0] switch
        {
            TextColumn texts when text || reader.Name == "kind" =>
                $"{isAgain} {string.Join('|', texts.Texts)}: {string.Join(' ', texts.Codes)} at {
                    string.Join(' ', reader.Lines)}",
            NumberColumn numbers =>
                $"{numbers.Kind}: {string.Join(' ', numbers.Values.Select(BitConverter.DoubleToInt64Bits))}",
            _ => "text",
        });
    }));

    private static byte[] Table(Random random, int rows)
    {
        string One(params string[] cells) => cells[random.Next(cells.Length)];
        var (end, separator) = (One("\n", "\r\n"), One(",", ";", "\t"));
        var hasQuotes = random.Next(2) == 0;
        var text = new StringBuilder(One("", "\uFEFF"));
        if (random.Next(3) == 0)
            text.Append($"sep={separator}{end}");
        text.AppendJoin(separator, Header).Append(end);
        for (var row = 0; row < rows; row++)
        {
            text.AppendJoin(separator,
                One("1", "-2.5", "0.1", "1e3", "123456789.123456789", " 7 ", "-0"), One("", "3", "NA", "4.25", "?"),
                One("2026-11-27", "2020/02/29", "2026-11-27 16:30"), One("a", "b", "漢字"),
                One(hasQuotes ? ["\"a\nb\"", "\"x;,\ty\"", "\"\"\"q\"\"\"", "plain", "", "yes"]
                    : ["plain", "x y", "", "no"]),
                row < rows / 2 ? "5" : One("6", "word"), "x").Append(row == rows - 1 ? One("", end) : end);
            if (random.Next(10) == 0 && row < rows - 1)
                text.Append(end);
        }
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (random.Next(3) > 0)
            return bytes;
        var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return zipped.ToArray();
    }

    private sealed class Failing() : MemoryStream(Encoding.UTF8.GetBytes(
        "x,y\n" + string.Concat(Enumerable.Repeat("1,b\n", 1 << 20))))
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            Position < Length / 2 ? base.Read(buffer, offset, count) : throw new IOException();
    }

    private sealed record Watched() : ColumnEncoding("x")
    {
        public System.Collections.Concurrent.ConcurrentBag<int> Seen { get; } = [];

        public override int Features => 1;

        internal override string NameOf(int feature, string column) => column;

        internal override bool Takes(Column column) => true;

        internal override string? Fault() => null;

        internal override FeatureWriter<T> Writer<T>(Samples samples, int place) =>
            (_, _, _) => Seen.Add(Environment.CurrentManagedThreadId);
    }
}
