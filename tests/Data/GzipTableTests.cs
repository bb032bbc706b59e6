using System.IO.Compression;
using System.Text;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Tests.CommandLine;

namespace Functional.Tests.Data;

/// <summary>M10: tables by other names, and gzip'd.</summary>
public sealed class GzipTableTests : IDisposable
{
    private static readonly string Table = "x,kind\n"
        + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{(i % 4 < 2 ? "a" : "b")}\n"));
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Write(string name, string text, Encoding? encoding = null)
    {
        byte[] bytes = [.. (encoding ?? Encoding.ASCII).GetPreamble(), .. (encoding ?? Encoding.ASCII).GetBytes(text)];
        File.WriteAllBytes(folder[name], name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? Zipped(bytes)
            : bytes);
        return folder[name];
    }

    private static byte[] Zipped(byte[] bytes)
    {
        using var file = new MemoryStream();
        using (var stream = new GZipStream(file, CompressionLevel.Optimal))
            stream.Write(bytes);
        return file.ToArray();
    }

    [Theory]
    [InlineData("t.csv.gz", ',', "us-ascii")]
    [InlineData("t.tsv.gz", '\t', "us-ascii")]
    [InlineData("t.txt.gz", ';', "us-ascii")]
    [InlineData("t.txt", ',', "us-ascii")]
    [InlineData("t.TXT", '\t', "us-ascii")]
    [InlineData("T.CSV.GZ", ';', "us-ascii")]
    [InlineData("t.csv.gz", ',', "utf-8")]
    [InlineData("t.csv.gz", ';', "utf-16")]
    [InlineData("t.tsv.gz", '\t', "utf-32BE")]
    public void M10_a_table_is_the_same_by_any_of_its_names(string name, char separator, string encoding)
    {
        var expected = DataSets.Load(Write("plain.csv", Table), "kind");
        var found = DataSets.Load(
            Write(name, Table.Replace(',', separator), encoding == "us-ascii" ? null : Encoding.GetEncoding(encoding)),
            "kind");
        Assert.Equal(["x"], found.Training.Names());
        Assert.Equal(expected.Training.Numbers(), found.Training.Numbers());
        Assert.Equal(expected.Training.Classes.Labels, found.Training.Classes.Labels);
        Assert.Equal(expected.Test.Numbers(), found.Test.Numbers());
    }

    [Fact]
    public void M10_what_a_file_holds_decides_whether_it_is_gzip()
    {
        File.WriteAllBytes(folder["t.csv"], Zipped(Encoding.ASCII.GetBytes(Table)));
        File.WriteAllText(folder["u.csv.gz"], Table);
        var options = new DataOptions { Label = "kind" };
        Assert.Equal(
            SmallTables.Read(File.ReadAllBytes(folder["t.csv"]), options: options).Numbers(),
            SmallTables.Read(File.ReadAllBytes(folder["u.csv.gz"]), options: options).Numbers());
    }

    [Theory]
    [InlineData(".csv.gz")]
    [InlineData(".tsv")]
    [InlineData(".txt")]
    public void M10_a_folder_of_two_parts_may_have_them(string ending)
    {
        Write($"train{ending}", Table);
        Write($"test{ending}", "kind,x\nb,7\n");
        var data = DataSets.Load(folder.Path, "kind");
        Assert.Equal((40, 1), (data.Training.Count, data.Test.Count));
        Assert.Equal([1], data.Test.Classes.Labels);
    }

    [Fact]
    public void M10_every_command_reads_them()
    {
        Write("t.csv.gz", Table);
        Outcome Run(params string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);
        Assert.Equal((0, ""), Ended(Run("data", "info", "t.csv.gz", "--label", "kind")));
        Assert.Equal((0, ""), Ended(
            Run("train", "--data", "t.csv.gz", "--label", "kind", "--hidden", "2", "--epochs", "1", "--out", "run",
                "--json")));
        Assert.Equal((0, ""), Ended(Run("evaluate", "run", "--json")));
        Write("new.txt", "x\n3\n");
        Write("new.tsv.gz", "x\ty\n3\t4\n");
        var printed = Run("predict", "run", "new.txt", "new.tsv.gz", "--json");
        Assert.Equal((0, ""), Ended(printed));
        Assert.Equal(2, printed.Events.Count);
        Assert.Equal(printed.Events[0].GetProperty("probabilities").GetRawText(),
            printed.Events[1].GetProperty("probabilities").GetRawText());

        static (int, string) Ended(Outcome outcome) => (outcome.ExitCode, outcome.Error);
    }

    [Fact]
    public void M10_what_is_cut_off_or_corrupt_is_refused()
    {
        var zipped = Zipped(Encoding.ASCII.GetBytes(Table));
        for (var length = 2; length < zipped.Length; length++)
        {
            File.WriteAllBytes(folder["t.csv.gz"], zipped[..length]);
            Assert.Throws<DataException>(() => DataSets.Load(folder["t.csv.gz"], "kind"));
        }
        File.WriteAllBytes(folder["t.csv.gz"], [.. zipped, .. "more"u8]);
        Assert.Throws<DataException>(() => DataSets.Load(folder["t.csv.gz"], "kind"));
    }

    [Theory]
    [InlineData("0,a\n", "found more bytes")]
    [InlineData("\0", "expected cells of at most 10000 characters")]
    [InlineData(",", "expected at most 100000 cells")]
    public void M10_a_small_file_does_not_become_a_large_one(string repeated, string refusal)
    {
        using (var stream = new GZipStream(File.Create(folder["t.csv.gz"]), CompressionLevel.Optimal))
        {
            stream.Write("x,kind\n"u8);
            var block = Encoding.ASCII.GetBytes(
                string.Concat(Enumerable.Repeat(repeated, (1 << 20) / repeated.Length)));
            for (var i = 0; i < 100; i++)
                stream.Write(block);
        }
        Assert.InRange(new FileInfo(folder["t.csv.gz"]).Length, 0, 1 << 20);
        Assert.Contains(refusal, Assert.Throws<DataException>(() => DataSets.Load(folder["t.csv.gz"], "kind")).Message,
            StringComparison.Ordinal);
    }
}
