using System.Text.RegularExpressions;
using Functional.Host;
using Functional.Host.Charts;
using Functional.Host.Commands;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Pages;

namespace Functional.Tests.Experiments;

/// <summary>Claims that can fail, and sentences that follow the numbers in a quick version and with other options, too.
/// </summary>
public class ClaimTruthTests
{
    private static ExperimentResult Run(string experiment, int seeds, params (string Name, string Value)[] options) =>
        ExperimentRunner.Run(
            [Book.Experiments.Single(one => one.Name == experiment)],
            new LabSettings
            {
                Quick = true, Seeds = seeds,
                Options = [.. options.Select(option => KeyValuePair.Create(option.Name, option.Value))],
            },
            DataSets.Load("digits"))[0];

    private static string[] Summary(Language language, params Claim[] claims) =>
        [.. ExperimentSummary.Lines(new() { Language = language, Seed = 4 }, claims, "/図 1/index.html", 1.25)];

    [Fact]
    public void The_terminal_tells_verdicts_and_effects_in_both_languages()
    {
        Claim claim = new(("Dropout helps", "Dropout は効く"), [true, false], ["a: 1", "a: 2"])
        {
            Source = ("Section 6.4.3", "6.4.3節"), Effect = new(("gain", "差"), [0.01, -0.01], InPoints: true),
        };
        Claim[] claims =
        [
            claim, claim with { Source = null, Effect = null }, claim with { Judged = [false, false], Held = [false] },
        ];
        Assert.Equal(
            [
                "done in 1.2 s: 0 of 3 claims held",
                $"Section 6.4.3 says, these runs don't with seed 5: Dropout helps ({claim.Effect.Text.English}; a: 2)",
                "not held with seed 5: Dropout helps (a: 2)",
                $"not judged: Dropout helps ({claim.Effect.Text.English}; a: 1)", "page: /図 1/index.html",
            ],
            Summary(Language.English, claims));
        var effect = claim.Effect.Text.In(Language.Japanese);
        Assert.Equal(
            [
                "1.2秒で終了：3個の主張のうち0個が成立しました",
                $"6.4.3節の記述と不一致（シード5）：Dropoutは効く（{effect}、a: 2）",
                "不成立（シード5）：Dropoutは効く（a: 2）",
                $"判定不能：Dropoutは効く（{effect}、a: 1）", "ページ：/図 1/index.html",
            ],
            Summary(Language.Japanese, claims));
    }

    [Fact]
    public void A_source_is_one_text_that_says_something() =>
        Assert.All(
            QuickBook.Results.SelectMany(result => result.Report.Claims).Select(claim => claim.Source),
            source => Assert.DoesNotMatch("(?i)notes", source?.English ?? ""));

    [Fact]
    public void Optimizer_paths_are_described_by_their_points()
    {
        var result = QuickBook.Result("optimizer-paths");
        var paths = ((SmallMultiples)QuickBook.FigureOf(result, "paths").Chart).Charts.Cast<ContourChart>().ToArray();
        double Lowest(int rule) => paths[rule].Paths[0].Ys.Min();
        var caption = QuickBook.FigureOf(result, "paths").Caption;
        foreach (var text in (string[])[caption.English, caption.Japanese!])
        {
            Assert.Contains($"y = {Typography.Value(Lowest(1))}", text);
            Assert.Contains($"y = {Typography.Value(Lowest(3))}", text);
        }
        Assert.True(Lowest(2) > -0.01);
        Assert.Contains("stays on its side of the floor", caption.English);
        var claim = result.Report.Claims.Single(one => one.Source?.English == "Section 6.1.6");
        Assert.Equal(Lowest(3) > Lowest(1), claim.Always);
        var grid = (MatrixChart)QuickBook.FigureOf(result, "grid").Chart;
        string Best(int rate) => grid.Y.Categories![Enumerable.Range(0, grid.Values.Count)
            .MinBy(momentum => grid.Values[momentum][rate])];
        Assert.Contains(
            $"At the rate {grid.X.Categories![0]} the best momentum is {Best(0)}, at " +
            $"{grid.X.Categories[^1]} it is {Best(grid.X.Categories.Count - 1)}. Is there one",
            QuickBook.FigureOf(result, "grid").Caption.English);
    }

    [Fact]
    public void The_books_run_ends_at_epoch_300_and_no_earlier()
    {
        var quick = QuickBook.Result("dropout-length").Report;
        Assert.DoesNotContain("where the book's run ends", quick.Parts.OfType<Figure>().Single().Caption.English);
        Assert.Contains("At epoch 100, before the book's run ends,", quick.Claims[0].Statement.English);
        Assert.Contains("エポック100（本書の実行が終わる前）では", quick.Claims[0].Statement.Japanese);
        Assert.Contains("At epoch 300, where the book's run ends,",
            Run("dropout-length", 1, ("iterations", "901")).Report.Claims[0].Statement.English);
    }

    [Fact]
    public void Lines_are_called_straight_only_where_each_tenfold_rate_makes_a_tenth()
    {
        var figure = QuickBook.FigureOf(QuickBook.Result("ridge-limit"), "limit");
        var lines = ((LineChart)((SmallMultiples)figure.Chart).Charts[0]).Series;
        bool Straight(int rate) => lines.All(line => line.Ys[rate] / line.Ys[rate + 1] is > 9.5 and < 10.5);
        var last = lines[0].Ys.Count - 1;
        var from = Enumerable.Range(0, last).Last(rate => !Straight(rate)) + 1;
        Assert.Contains($"from a rate of {Typography.Value(lines[0].Xs![from])} on the lines fall straight",
            figure.Caption.English);
    }

    [Fact]
    public void Sparse_loops_compute_what_the_network_computes()
    {
        var result = QuickBook.Result("sparsity");
        var claim = result.Report.Claims[^1];
        Assert.True(claim.Always);
        // They add in another order, so there is a difference, and it is seen.
        Assert.Matches("^largest difference: [0-9.]+×10⁻[⁵⁶⁷]$", claim.Evidence.English);
        foreach (var option in ((string, string)[])[("batch-norm", "true"), ("activation", "tanh")])
            Assert.Contains("for ReLU without batch normalization",
                Assert.Throws<UsageException>(() => Run("sparsity", 1, option)).Message);
    }

    [Fact]
    public void Sparsity_shows_bands_over_seeds_as_its_page_says() =>
        Assert.All(((LineChart)QuickBook.FigureOf(Run("sparsity", 2), "accuracy").Chart).Series, line =>
        {
            Assert.NotNull(line.Low);
            Assert.NotNull(line.High);
        });

    [Fact]
    public void The_causes_table_has_the_gaps_of_the_caption()
    {
        var report = Run("overfitting-causes", 3).Report;
        var gaps = report.Parts.OfType<Table>().Single().Rows.Select(row => row[^1]).ToArray();
        var said = Regex.Matches(QuickBook.FigureOf(new(Book.Experiments[0], report, []), "accuracy").Caption.English,
            "the gap is ([0-9.]+) instead of ([0-9.]+) percentage points");
        Assert.NotEmpty(said);
        Assert.All(said, match => Assert.True(
            gaps.Contains(match.Groups[1].Value) && gaps.Contains(match.Groups[2].Value), match.Value));
    }

    [Fact]
    public void Numerical_training_follows_the_users_optimizer()
    {
        double[] Losses(params (string, string)[] options) =>
            [.. ((LineChart)QuickBook.FigureOf(Run("numerical-training", 1, options), "loss").Chart).Series[0].Ys];
        Assert.Equal(Losses(), Losses(("optimizer", "sgd")));
        Assert.NotEqual(Losses(), Losses(("optimizer", "adam")));
    }

    // Where a difference is taken across ReLU's jump, the two trainings part; the claims must see that.
    [Fact]
    public void Numerical_training_fails_where_a_slope_jumps()
    {
        bool[] Held(params (string, string)[] options) => [.. ExperimentRunner.Run(
            [Book.Experiments.Single(one => one.Name == "numerical-training")],
            new LabSettings
            {
                Seeds = 2, Options = [.. options.Select(one => KeyValuePair.Create(one.Item1, one.Item2))],
            },
            DataSets.Load("digits"))[0].Report.Claims.SelectMany(claim => claim.Held)];
        Assert.DoesNotContain(false, Held());
        // Seed 1 meets a jump in these steps, seed 2 none.
        Assert.Equal(
            [false, true, false, true], Held(("activation", "relu"), ("init", "he"), ("learning-rate", "0.1")));
    }

    [Fact]
    public void A_network_that_several_panels_show_is_told_once()
    {
        var page = new ExperimentPage(new() { Quick = true }, [QuickBook.Result("overfitting-causes")]).Render();
        string[] digests = [.. Regex.Matches(page, "# digest ([0-9a-f]{64})").Select(match => match.Groups[1].Value)];
        Assert.Equal(10, digests.Length);
        Assert.Equal(10, digests.Distinct().Count());
    }

    public static TheoryData<string> Trained => [.. Book.Experiments.Select(one => one.Name)];

    // `--iterations` and `--epochs` were ignored where an experiment counts accuracy points.
    [Theory]
    [MemberData(nameof(Trained))]
    public void Experiments_take_as_many_steps_as_the_user_wants(string experiment)
    {
        int[] Steps(string option, string value) =>
            [.. Run(experiment, 1, (option, value)).Trained.Select(curves => curves.Seeds[0].Losses.Count).Distinct()];
        Assert.DoesNotContain(Steps("iterations", "7"), steps => steps > 7);
        var epoch = (DataSets.Load("digits").Training.Count + 99) / 100;
        Assert.DoesNotContain(Steps("epochs", "1"), steps => steps > epoch);
    }
}
