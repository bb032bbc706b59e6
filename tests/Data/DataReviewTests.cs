using System.Globalization;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Functional.Tests.Data;

/// <summary>What a review of the data layer found: R1, R3 to R7 and R9.</summary>
public sealed class DataReviewTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static string Error(string text, DataOptions? options = null) =>
        Assert.Throws<DataException>(() => SmallTables.Read(text, options)).Message;

    private static Column First(string text) => ((Rows)SmallTables.Read(text).Samples).Columns[0];

    private static string Table(IEnumerable<string> cells) =>
        "w,kind\n" + string.Concat(cells.Select((cell, i) => $"{cell},{(i % 2 == 0 ? "a" : "b")}\n"));

    [Fact]
    public void R1_bytes_for_a_model_with_a_column_of_text_are_refused()
    {
        var model = new Model<float>(Network.Create([3, 2], Activation.Tanh, Initializer.Xavier, seed: 1))
        {
            Encoder = new TableEncoder(
                [new NumberEncoding("size", NumberScale.None), new CategoryEncoding("city", ["A", "B"], false)]),
        };
        Npy.Write(folder["a.npy"], Tensor.Of("x", [2, 2], (byte[])[1, 2, 3, 4]));
        var samples = SampleFile.Read(folder["a.npy"], model);
        const string expected = "expected numbers and text in the columns in which the model has them, found ";
        Assert.Equal($"samples: {expected}rows of 2 numbers",
            Assert.Throws<DataException>(() => model.Predict(samples)).Message);
        // Images of as many bytes, as well.
        Assert.Equal($"samples: {expected}images of 1 x 2",
            Assert.Throws<DataException>(() => model.Predict(new Images(1, 2, [1, 2]))).Message);
        // Of numbers alone bytes do.
        var numbers = model with { Network = Network.Create([2, 2], Activation.Tanh, Initializer.Xavier, seed: 1),
            Encoder = FeatureEncoder.Numbers(2) };
        Assert.Equal([1, 2, 3, 4], SampleFile.Read(folder["a.npy"], numbers).Numbers());
        Assert.Equal(numbers.Predict(1, 2).Probabilities, numbers.Predict(new Images(1, 2, [1, 2]))[0].Probabilities);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(999)]
    public void R3_a_mistake_among_numbers_is_refused_in_whichever_row(int at)
    {
        var cells = Enumerable.Range(0, 1000).Select(i => $"{i}").ToList();
        cells.Insert(at, "unknown");
        Assert.Equal(
            $"f: at line {at + 2}, column 'w': expected a finite number, found 'unknown'", Error(Table(cells)));
    }

    [Theory]
    [InlineData("100", "5E400", "AB1")]
    [InlineData("100", "AB1", "5E400")]
    [InlineData("5E400", "100", "AB1")]
    [InlineData("5E400", "AB1", "100")]
    [InlineData("AB1", "100", "5E400")]
    [InlineData("AB1", "5E400", "100")]
    [InlineData("1700000000000000000", "1700000000000000001", "AB1")]
    [InlineData("AB1", "1700000000000000000", "1700000000000000001")]
    public void R3_codes_are_text_in_any_order(params string[] codes) =>
        Assert.Equal(codes, Assert.IsType<TextColumn>(First(Table(codes))).Texts);

    [Fact]
    public void R3_twenty_different_numbers_are_few_and_a_gap_is_none_of_them()
    {
        IEnumerable<string> Cells(int different) =>
            [.. Enumerable.Range(0, 100).Select(i => $"{i % different}"), "", "unknown"];
        foreach (var cells in (IEnumerable<string>[])[Cells(20), Cells(20).Reverse()])
            Assert.IsType<TextColumn>(First(Table(cells)));
        foreach (var cells in (IEnumerable<string>[])[Cells(21), Cells(21).Reverse()])
            Assert.EndsWith("expected a finite number, found 'unknown'", Error(Table(cells)), StringComparison.Ordinal);
    }

    [Fact]
    public void R3_a_gap_that_is_refused_says_what_the_column_holds()
    {
        var refuse = new DataOptions { Missing = MissingCells.Refuse };
        Assert.Equal("f: at line 2, column 'w': expected a text, found an empty cell",
            Error(Table(["", "x", "y"]), refuse));
        Assert.Equal("f: at line 4, column 'w': expected a text, found '?'", Error(Table(["x", "y", "?"]), refuse));
        Assert.Equal("f: at line 2, column 'w': expected a finite number, found an empty cell",
            Error(Table(["", "1", "2"]), refuse));
    }

    [Fact]
    public void Short_numbers_are_what_the_runtime_reads()
    {
        var random = new Random(1);
        string Any() => string.Concat(Enumerable.Range(0, random.Next(18)).Select(i =>
            i == 0 && random.Next(4) == 0 ? "-" : random.Next(6) == 0 ? "." : $"{random.Next(10)}"));
        string[] some = ["", ".", "-", "-.", "5.", ".5", "-0", "0.0", "--1", "1-", "1..2", "9007199254740992",
            "9007199254740993", "9999999999999999", "0000000000000001", ".000000000000001", "-123456789012345.6"];
        var read = 0;
        foreach (var text in some.Concat(Enumerable.Range(0, 100_000).Select(_ => Any())))
            if (CellText.Short(text.AsSpan(), CellText.NoSeparator, out var number) >= 0)
            {
                read++;
                Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)),
                    BitConverter.DoubleToInt64Bits(number));
            }
            else if (text.Length is > 0 and < 16)
                Assert.False(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _), text);
        Assert.True(read > 30_000);
    }

    [Theory]
    [InlineData("", "an empty cell")]
    [InlineData(" ? ", "'?'")]
    [InlineData("NA", "'NA'")]
    [InlineData("null", "'null'")]
    public void R4_a_label_that_is_not_a_value_is_refused(string cell, string found)
    {
        foreach (var task in (TargetKind?[])[null, TargetKind.Classes, TargetKind.Quantities])
            Assert.Equal($"f: at line 3, column 'kind': expected a value, found {found}",
                Error($"w,kind\n1,1\n2,{cell}\n3,2\n", new DataOptions { Task = task }));
    }

    [Fact]
    public void R4_the_target_is_to_be_learned_whatever_it_is()
    {
        foreach (var task in (TargetKind?[])[null, TargetKind.Classes, TargetKind.Quantities])
            Assert.Equal("f: at line 1: expected a column 'kind', which is to be learned, found w, x",
                Error("w,x\n1,2\n", new DataOptions { Task = task }));
    }

    [Fact]
    public void R5_an_empty_column_without_a_name_is_named_by_its_place()
    {
        static string Learn(Rows rows) => Assert.Throws<ArgumentException>(() =>
            FeatureEncoder.Learn(rows, rows.All, DataScale.Standard)).Message.Split(" (Parameter")[0];
        const string fault = "a column without a name can't be left out: column ";
        Assert.Equal($"{fault}1: all of its cells are empty", Learn(Rows.Of([double.NaN, 1, double.NaN, 2], 2)));
        Assert.Equal($"{fault}2: 11 different texts in 11 rows are too many", Learn(new Rows(
        [
            new NumberColumn(null, [.. Enumerable.Range(0, 11).Select(i => (double)i)]),
            new TextColumn(null, [.. Enumerable.Range(0, 11).Select(i => $"t{i}")], [.. Enumerable.Range(0, 11)]),
        ])));
        Assert.Equal("no column can be learned from: a: all of its cells are empty; b: all of its cells are empty",
            Learn(Rows.Of([double.NaN, double.NaN], 2, ["a", "b"])));
    }

    [Fact]
    public void R6_a_column_that_rows_lack_is_named()
    {
        var encoder = SmallTables.Encoder([0, 0], [1, 1], ["size", "age"]);
        Assert.Equal(
            "expected rows with a column 'age' (these have size, agee), found rows of 2 numbers",
            Assert.Throws<ArgumentException>(() => encoder.Encode<float>(Rows.Of([1.0, 2], 2, ["size", "agee"]), [0]))
                .Message.Split(" (Parameter")[0]);
    }

    private void Save(string path, Rgba32 color)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[path])!);
        using var image = new Image<Rgba32>(1, 1, color);
        image.SaveAsPng(folder[path]);
    }

    [Fact]
    public void R7_a_class_may_be_called_train()
    {
        foreach (var kind in (string[])["car", "train", "test"])
            for (var i = 0; i < 5; i++)
                Save($"{kind}/{i}.png", new Rgba32(1, 2, 3));
        var data = DataSets.Load(folder.Path);
        Assert.Equal(["car", "test", "train"], data.Training.Classes.Classification.Names);
        Assert.Equal((12, 3), (data.Training.Count, data.Test.Count));
    }

    [Fact]
    public void R9_a_color_that_is_transparent_makes_no_picture_colored()
    {
        Save("a/1.png", new Rgba32(255, 0, 0, 0));
        var picture = PictureFile.Read(folder["a/1.png"]);
        Assert.Equal((1, 255), (picture.Channels, Assert.Single(picture.Pixels)));
        Save("a/2.png", new Rgba32(255, 0, 0, 51));
        picture = PictureFile.Read(folder["a/2.png"]);
        Assert.Equal(3, picture.Channels);
        Assert.Equal([255, 204, 204], picture.Pixels);
        Assert.Equal([7, 7, 7, 9, 9, 9], new Bitmap(1, 2, 1, [7, 9]).ToColor().Pixels);
    }
}
