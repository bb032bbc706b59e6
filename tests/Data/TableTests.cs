using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Runs;

namespace Functional.Tests.Data;

/// <summary>Tables as people have them: text, gaps, dates, yes and no, indices.</summary>
public sealed class TableTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static TableEncoder Learn(string text, out DataPart table)
    {
        table = SmallTables.Read(text);
        return Assert.IsType<TableEncoder>(FeatureEncoder.Learn(table.Samples, table.All, DataScale.None));
    }

    private static float[] Row(TableEncoder encoder, DataPart table, int row) =>
        [.. encoder.Encode<float>(table.Samples, [row]).Column(0)];

    private static string Rows(int count, Func<int, string> row) =>
        string.Concat(Enumerable.Range(0, count).Select(i => $"{row(i)},{(i % 2 == 0 ? "x" : "y")}\n"));

    [Fact]
    public void Text_becomes_a_feature_per_category_and_unknown_text_none()
    {
        var encoder = Learn("port,kind\nS,x\nC,y\nS,x\n", out var table);
        Assert.Equal(["port = C", "port = S"], Enumerable.Range(0, 2).Select(encoder.NameOf));
        Assert.Equal([0, 1], Row(encoder, table, 0));
        Assert.Equal([1, 0], Row(encoder, table, 1));
        Assert.Equal([0, 0], Row(encoder, SmallTables.Read("port,kind\nQ,x\nS,y\n"), 0));
    }

    [Fact]
    public void Gaps_are_filled_with_the_median_and_marked()
    {
        var encoder = Learn("age,port,kind\n1,S,x\n,?,y\n9,C,x\n2,S,x\nNA,S,y\n", out var table);
        Assert.Equal(["age", "age is empty", "port = C", "port = S", "port is empty"],
            Enumerable.Range(0, 5).Select(encoder.NameOf));
        Assert.Equal([1, 0, 0, 1, 0], Row(encoder, table, 0));
        Assert.Equal([2, 1, 0, 0, 1], Row(encoder, table, 1));
        Assert.Equal(
            "f: at line 3, column 'age': expected a finite number, found an empty cell; also in 'port' (line 3: '?')",
            Assert.Throws<DataException>(() => SmallTables.Read(
                "age,port,kind\n1,S,x\n,?,y\n", new DataOptions { Missing = MissingCells.Refuse })).Message);
    }

    [Fact]
    public void Yes_and_no_and_dates_are_numbers()
    {
        var table = SmallTables.Read(
            "a,b,c,kind\nyes,True,1970-01-02,x\nno,FALSE,1970-01-03 12:00,y\nYES,true,1969-12-31T00:00:00Z,x\n");
        Assert.Equal([1, 1, 1, 0, 0, 2.5, 1, 1, -1], table.Numbers());
        Assert.IsType<TextColumn>(((Rows)SmallTables.Read("a,kind\nyes,x\nmaybe,y\nno,x\n").Samples).Columns[0]);
    }

    [Fact]
    public void A_column_that_is_text_further_down_keeps_its_text()
    {
        var column = Assert.IsType<TextColumn>(
            ((Rows)SmallTables.Read("a,kind\n007,x\n1.0,y\nB,x\n007,y\n").Samples).Columns[0]);
        Assert.Equal(["007", "1.0", "B"], column.Texts);
        Assert.Equal([0, 1, 2, 0], column.Codes);
    }

    [Fact]
    public void Indices_and_text_of_too_many_values_are_left_out_with_a_word()
    {
        var encoder = Learn(
            "id,name,size,kind\n" + Rows(30, i => $"{i + 1},name {i},{(i * 7) % 5}"), out _);
        Assert.Equal(["size"], encoder.Columns.Select(column => column.Name!));
        Assert.Equal(
            [
                "id: looks like a row number; left out",
                "name: 30 different texts in 30 rows are too many; left out",
            ], encoder.LeftOut);
        // A name alone is enough, in any order; integers that repeat are no index; a single column stays.
        Assert.Equal(["user_id: looks like a row number; left out"],
            Learn("user_id,size,kind\n" + Rows(30, i => $"{(i * 7) % 31},{i % 5}"), out _).LeftOut);
        Assert.Empty(Learn("id,size,kind\n" + Rows(30, i => $"{i % 9},{i % 5}"), out _).LeftOut);
        Assert.Empty(Learn("id,kind\n" + Rows(30, i => $"{i}"), out _).LeftOut.Skip(1));
        // What ascends may be a time, and what ends in these letters another word.
        foreach (var name in (string[])["time", "paid", "grid", "valid"])
            Assert.Empty(Learn($"{name},size,kind\n" + Rows(30, i => $"{i},{i % 5}"), out _).LeftOut);
        Assert.Single(Learn("PassengerId,size,kind\n" + Rows(30, i => $"{i},{i % 5}"), out _).LeftOut);
    }

    [Fact]
    public void A_separator_may_be_named_and_an_index_have_no_name()
    {
        Assert.Equal([1.5, 2], SmallTables.Read("sep=;\na;kind\n1,5;x\n2;y\n").Numbers());
        Assert.Equal(["index", "a"], SmallTables.Read(",a,kind\n0,1,x\n1,2,y\n").Names());
    }

    [Fact]
    public void M3_Columns_are_ignored_by_name()
    {
        Assert.Equal(["b"], SmallTables.Read(
            "a,b,kind\n1,2,x\n3,4,y\n", new DataOptions { Ignore = ["a"] }).Names());
        Assert.Equal(
            "f: at line 1: expected a column 'aa', which is to be ignored, found a, b, kind; did you mean a?",
            Assert.Throws<DataException>(() => SmallTables.Read(
                "a,b,kind\n1,2,x\n", new DataOptions { Ignore = ["aa"] })).Message);
    }

    [Fact]
    public void A_test_file_may_lack_the_label()
    {
        folder.Write("train.csv", System.Text.Encoding.UTF8.GetBytes("a,kind\n" + Rows(50, i => $"{i % 7}")));
        folder.Write("test.csv", "a\n1\n2\n"u8.ToArray());
        var data = DataSets.Load(folder.Path, "kind");
        Assert.Equal((40, 10), (data.Training.Count, data.Test.Count));
        Assert.Equal($"{folder["test.csv"]} lacks 'kind': a fifth of {folder["train.csv"]} is kept for testing; "
            + "functional predict takes the other file", Assert.Single(data.Notes));
        folder.Write("test.csv", "b\n1\n2\n"u8.ToArray());
        Assert.Equal($"{folder["test.csv"]} lacks 'kind': a fifth of {folder["train.csv"]} is kept for testing",
            Assert.Single(DataSets.Load(folder.Path, "kind").Notes));
        Assert.Equal("Label: a column is named twice: a,a",
            Assert.Throws<UsageException>(() => DataSets.Load(folder["train.csv"], "a,a")).Message);
    }

    private static string Prices(int count) => "size,city,price\n" + string.Concat(Enumerable.Range(0, count)
        .Select(i => (Size: i * 37 % 101, IsA: i % 3 == 0))
        .Select(each => $"{each.Size},{(each.IsA ? "A" : "B")},{1000 + (20 * each.Size) + (each.IsA ? 500 : 0)}\n"));

    [Fact]
    public void Quantities_are_learned_reported_saved_and_predicted_in_their_own_units()
    {
        folder.Write("p.csv", System.Text.Encoding.UTF8.GetBytes(Prices(400)));
        var data = DataSets.Load(folder["p.csv"], "price");
        Assert.Equal("price: 126 different numbers, taken as a quantity", data.Guess);
        var run = new TrainingRun(
            new TrainConfiguration
            {
                Validation = 0.2, Epochs = 60, BatchSize = 16,
                Optimizer = new() { Name = "adam", LearningRate = 0.01 },
            }, data);
        var summary = run.Run().Summary;
        Assert.Null(summary.TestAccuracy);
        Assert.InRange(summary.Test!.RSquared!.Value, 0.98, 1);
        Assert.InRange(summary.Validation!.RSquared!.Value, 0.98, 1);
        Assert.InRange(summary.Test.MeanAbsoluteError!.Value, 0, 100);

        var model = run.ModelOf(run.Run().State.Network);
        Model.Save(folder["m"], model);
        var loaded = Model.Load<float>(folder["m"]);
        Assert.Equal(model.Encoder, loaded.Encoder);
        Assert.Equal(model.Task, loaded.Task);
        Assert.Equal(
            model.Predict(data.Test.Samples).SelectMany(answer => answer.Quantities),
            loaded.Predict(data.Test.Samples).SelectMany(answer => answer.Quantities));
        var answer = loaded.Predict(SmallTables.Read("city,size,kind\nB,50,x\nA,50,y\n").Samples);
        Assert.InRange(answer[0].Quantities[0], 1900, 2100);
        Assert.InRange(answer[1].Quantities[0], 2400, 2600);
        Assert.StartsWith("price ", answer[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("the model has", Assert.Throws<ArgumentException>(() => loaded.Predict(1, 2)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cross-entropy", "softmax cross-entropy is for classes, but price is a quantity; --task classes takes "
        + "each number for a class")]
    [InlineData("binary", "binary cross-entropy is for classes, but price is a quantity")]
    public void A_loss_that_does_not_fit_the_task_is_refused(string loss, string message)
    {
        folder.Write("p.csv", System.Text.Encoding.UTF8.GetBytes(Prices(100)));
        var configuration = TrainOptions.Parse([new("loss", loss)], new TrainConfiguration());
        Assert.Equal(
            message, Assert.Single(Assert.Throws<UsageException>(
                () => new TrainingRun(configuration, DataSets.Load(folder["p.csv"], "price"))).Faults).Message);
    }

    [Fact]
    public void Two_classes_may_have_one_output()
    {
        var data = new DataSet(SmallTables.Read("a,kind\n" + Rows(60, i => $"{i % 2}")), SmallTables.Read(
            "a,kind\n" + Rows(20, i => $"{i % 2}")));
        var run = new TrainingRun(
            new TrainConfiguration { Loss = Loss.BinaryCrossEntropy, BatchSize = 10, Epochs = 20 }, data);
        var result = run.Run();
        Assert.Equal((1, 1.0), (result.State.Network.Outputs, result.Summary.TestAccuracy));
        Assert.Equal("x", run.ModelOf(result.State.Network).Predict(0).ClassName);
    }

    [Fact]
    public void Scores_of_quantities_are_those_of_the_textbook()
    {
        var score = QuantityScore.Of([1, 2, 3, 6], [2, 2, 3, 4]);
        Assert.Equal(0.75, score.MeanAbsoluteError!.Value, 12);
        Assert.Equal(Math.Sqrt(1.25), score.RootMeanSquaredError!.Value, 12);
        Assert.Equal(1 - (5.0 / 14), score.RSquared!.Value, 12);
    }
}
