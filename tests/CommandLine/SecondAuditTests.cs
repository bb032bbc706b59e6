using Functional.Host.Data;
using Functional.Host.Doctor;
using Functional.Host.Pages;
using Functional.Host.Runs;
using Functional.Host.Search;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>What a second audit by hand found.</summary>
public sealed class SecondAuditTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Run(params string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);

    private static Trial Ended(int number, double value) => new(
        number, SpaceText.Parse(["l2=log:1e-4..1"]).At([0.1 * (number + 1)]))
    {
        State = TrialState.Complete, Result = new TrialResult(TrialState.Complete, [value], [], 1, value),
    };

    [Fact]
    public void A7_a_study_says_no_more_than_its_trials_show()
    {
        var settings = new StudySettings(SpaceText.Parse(["l2=log:1e-4..1"]));
        string Page(params Trial[] trials) => StudyPage.Render("s", settings, trials, "validation R²");
        var whole = Page(Ended(0, -0.5), Ended(1, 0.25));
        Assert.Contains("and each ran to its end.", whole, StringComparison.Ordinal);
        // Of two trials no hyperparameter can be said to have no importance.
        Assert.DoesNotContain("<h2>Importance</h2>", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("ran to its end", Page(
            Ended(0, -0.5), Ended(1, 0.25) with { State = TrialState.Waiting, Result = null }),
            StringComparison.Ordinal);
        Assert.Contains("<h2>Importance</h2>", Page([.. Enumerable.Range(0, 9).Select(i => Ended(i, 0.1 * i))]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A8_advice_can_be_followed()
    {
        // Labels that have nothing to do with the columns, of which one is constant.
        double[] numbers = [.. Enumerable.Range(0, 40).SelectMany(i => (double[])
            [((i * 37) % 41) - 20, ((i * 23) % 43) - 21, ((i * 29) % 47) - 23, 7])];
        int[] labels = [.. Enumerable.Range(0, 40).Select(i => (i * i * 7) % 11 % 2)];
        var all = SmallTables.Labeled(numbers, labels, Classification.Numbered(2), ["a", "b", "c", "k, l"]);
        var data = new DataSet(
            all.Take([.. Enumerable.Range(0, 25)]), all.Take([.. Enumerable.Range(25, 15)]));
        var examined = Examination.Of(
            new TrainConfiguration
            {
                Scale = DataScale.Standard, L2 = 0.001, Dropout = 0.25, Epochs = 200, BatchSize = 8, Hidden = [64],
                Optimizer = new() { Name = "adam", LearningRate = 0.003 },
            }, data, 1);
        var advice = examined.Findings.ToDictionary(finding => finding.Name, finding => finding.Advice);
        Assert.EndsWith(
            "--l2 0.003 keeps the network from memorizing", advice["overfitting"], StringComparison.Ordinal);
        Assert.DoesNotContain("--dropout", advice["overfitting"], StringComparison.Ordinal);
        Assert.Contains("--ignore ", advice["constant-inputs"], StringComparison.Ordinal);
        Assert.DoesNotContain("learning-rate-too-low", advice.Keys);
        Assert.All(advice.Values, text =>
            Assert.DoesNotContain("try --optimizer adam", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("31.12.2020", "a date, which is read as 2026-11-27")]
    [InlineData("12/31/2020", "a date, which is read as 2026-11-27")]
    [InlineData("2020/01/01 00:00", "a date, which is read as 2026-11-27")]
    [InlineData("2020-01-01T00:00:00+02:00", "a date, which is read as 2026-11-27")]
    [InlineData("2021-02-30", "a date, but no calendar has it")]
    [InlineData("1,234", "a number, which is read as 1234.5")]
    [InlineData("12.5%", "a number, which is read as 1234.5")]
    [InlineData("€ 1.234.567,89", "a number, which is read as 1234.5, or as 1234,5 where no comma separates cells")]
    [InlineData("1.234,5", "a number, which is read as 1234.5, or as 1234,5 where no comma separates cells")]
    [InlineData("1.2.3.4", null)]
    [InlineData("B12", null)]
    [InlineData("Main Street 12", null)]
    public void A24_what_looks_like_a_date_or_a_number_is_said_to(string cell, string? like)
    {
        var found = CellText.Like(cell);
        Assert.True(like is null ? found is null : found!.StartsWith(like, StringComparison.Ordinal), found);
    }

    [Fact]
    public void A24_a_column_that_is_left_out_says_how_it_would_be_read()
    {
        var part = SmallTables.Read("x,d,kind\n" + string.Concat(Enumerable.Range(1, 60).Select(
            i => $"{i},{1 + (i % 28)}.{1 + (i % 12)}.2020,{(i % 2 == 0 ? "a" : "b")}\n")));
        var encoder = (TableEncoder)new DataSet(part, part).Encode().Encoder;
        Assert.Contains(encoder.LeftOut, line => line.StartsWith("d: ", StringComparison.Ordinal)
            && line.Contains("looks like a date, which is read as 2026-11-27", StringComparison.Ordinal));
    }

    [Fact]
    public void A26_runs_and_classes_are_what_they_are_called()
    {
        File.WriteAllText(folder["a.csv"], "x,kind\n" + string.Concat(Enumerable.Range(0, 60).Select(
            i => $"{i},{"abz"[i % 3]}\n")));
        File.WriteAllText(folder["b.csv"], "x,kind\n" + string.Concat(Enumerable.Range(0, 30).Select(
            i => $"{i},{"ab"[i % 2]}\n")));
        Assert.Equal(0, Run("train", "--data", "a.csv", "--label", "kind", "--iterations", "1", "--hidden", "4",
            "--out", "runs/short").ExitCode);
        Assert.Matches("\n *z +0 +[0-9.%-]+ +-( |\n)", Run(
            "evaluate", "runs/short", "--data", "b.csv", "--part", "all").Output);
        Assert.Equal(1, Run("train", "--data", "a.csv", "--label", "kind", "--optimizer", "sgd", "--learning-rate",
            "1e30", "--out", "runs/wild").ExitCode);
        Assert.Equal(RunStatus.Diverged, RunRecord.Read(folder["runs/wild"]).Status);
        var listed = Run("runs").Output;
        Assert.Matches("^runs/ +date +status +steps ", listed);
        Assert.Matches("\nshort .* finished +1 ", listed);
        Assert.Matches("\nwild .* diverged ", listed);
        Assert.Contains("--fit <digit|stretch>", Run("predict", "--help").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A27_options_and_arrows_stay_in_one_piece()
    {
        Assert.Equal(
            "<p>a <span class=\"option\">--label</span> of 8 <span class=\"option\">-&gt;</span> 3</p>",
            Page.Paragraph("a --label of 8 -> 3").Text);
        var style = Page.Of("x", Page.Code("functional train --learning-rate 0.1"));
        Assert.Contains("pre{white-space:pre;overflow-x:auto", style, StringComparison.Ordinal);
        Assert.Contains(".grid td,.option{white-space:nowrap}", style, StringComparison.Ordinal);
    }
}
