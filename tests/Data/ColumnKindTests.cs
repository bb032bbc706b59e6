using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;

namespace Functional.Tests.Data;

/// <summary>Columns of dates, and of yes and no, are spoken of as such.</summary>
public sealed class ColumnKindTests
{
    private static readonly string[] Days =
        [.. Enumerable.Range(0, 60).Select(i => $"2026-{1 + (i / 28):00}-{1 + (i % 28):00}")];

    private static string Table(IEnumerable<string> cells) =>
        "w,kind\n" + string.Concat(cells.Select((cell, i) => $"{cell},{(i % 2 == 0 ? "a" : "b")}\n"));

    [Theory]
    [InlineData("Date", "2021-02-30", "a date, as in 2026-11-27, found '2021-02-30' (it looks like a date, but no ")]
    [InlineData("Date", "soon", "a date, as in 2026-11-27, found 'soon'")]
    [InlineData("YesNo", "maybe", "yes or no, found 'maybe'")]
    [InlineData("Number", "many", "a finite number, found 'many'")]
    public void A_model_asks_for_what_its_column_holds(string kind, string cell, string expected)
    {
        var form = new TableForm([new("w", false, Enum.Parse<NumberKind>(kind))]);
        var fault = Assert.Throws<DataException>(() =>
            new Csv(new MemoryStream(System.Text.Encoding.UTF8.GetBytes($"w\n{cell}\n")), "f").ReadSamples(form));
        Assert.StartsWith($"f: at line 2, column 'w': expected {expected}", fault.Message, StringComparison.Ordinal);
        var columns = new CellTable("f", [new("w", () => new[] { cell })]);
        Assert.StartsWith($"f: at row 1, column 'w': expected {expected}",
            Assert.Throws<DataException>(() => columns.ReadSamples(form)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_among_dates_is_asked_for_as_a_date() =>
        Assert.Equal("f: at line 62, column 'w': expected a date, as in 2026-11-27, found 'unknown'",
            Assert.Throws<DataException>(() => SmallTables.Read(Table([.. Days, "unknown"]))).Message);

    [Fact]
    public void An_empty_date_is_filled_with_a_date()
    {
        var part = SmallTables.Read(Table([.. Days[..^1], ""]));
        Assert.Equal(["empty cells are filled, and marked, in w (as 2026-02-02)"],
            ColumnHints.Of(new DataSet(part, part).Encode()));
    }

    [Theory]
    [InlineData(20454, "Date", "2026-01-01")]
    [InlineData(20454.5, "Date", "2026-01-01 12:00")]
    [InlineData(1e9, "Date", "1E+09")]
    [InlineData(1, "YesNo", "yes")]
    [InlineData(0.25, "YesNo", "0.25")]
    [InlineData(1.5, "Number", "1.5")]
    public void Numbers_are_shown_as_what_they_stand_for(double number, string kind, string text) =>
        Assert.Equal(text, CellText.Of(number, Enum.Parse<NumberKind>(kind)));

    [Fact]
    public void Dates_to_be_learned_are_said_to_be_days()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["d.csv"], "day,x\n" + string.Concat(Days.Select((day, i) => $"{day},{i}\n")));
        Assert.Equal("day: 60 different dates, taken as a quantity, days since 1970-01-01",
            DataSets.Load(folder["d.csv"], "day").Guess);
    }

    [Theory]
    [InlineData(1, "2026-01-01 12:00", "2026-01-01")]
    [InlineData(30, "2026-01-01", "2025-12-31")]
    public void A_learned_date_is_given_as_a_date(double deviation, string noon, string midnight)
    {
        using var folder = new TemporaryFolder();
        var model = new Model<float>(
            Network.Create([1, 1], Activation.Relu, Initializer.He).WithLoss(Loss.MeanSquaredError))
        {
            Task = new Regression([new NumberScale(0, deviation)], ["day"]) { Kinds = [NumberKind.Date] },
        };
        Model.Save(folder["m"], model);
        var read = Model.Load<float>(folder["m"]);
        Assert.Equal(model.Task, read.Task);
        var task = (Regression)read.Task;
        Assert.Equal(noon, task.Text(0, 20454.5, _ => ""));
        Assert.Equal(midnight, task.Text(0, 20454 - (deviation > 10 ? 0.5 : 0), _ => ""));
        Assert.Matches("^day [0-9]{4}-", $"{new Prediction<float>(read, [20454.5])}");
        var answer = PredictionRequest.Answered(task, new Prediction<float>(read, [20454.5]), []);
        Assert.Equal(noon, (string?)answer["quantities"]!["day"]);
    }

    [Fact]
    public void Dates_to_be_learned_are_described_as_dates()
    {
        var days = Days.Select((day, x) => new { day, x });
        Assert.Equal("60 rows of 1 column (x), day from 2026-01-01 to 2026-03-04",
            $"{DataPart.Of(days, row => row.day, new() { Task = TargetKind.Quantities })}");
    }
}
