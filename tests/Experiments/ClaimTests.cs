using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Pages;

namespace Functional.Tests.Experiments;

/// <summary>Claims have an effect with its spread, and a third verdict where a text says one thing and the runs
/// another; figures name the book's, and lists are printed as the book prints them (issue 20).</summary>
public class ClaimTests
{
    private static readonly IReadOnlyList<ExperimentResult> Results = QuickBook.Results;

    private static string Page(Language language, params Claim[] claims) => new ExperimentPage(
        new LabSettings { Seeds = claims[0].Held.Count, Language = language },
        [new(new Empty(), new() { Claims = claims }, [])]).Render();

    private static Claim Better(params bool[] held) => new(
        ("Dropout does better",
            "Dropout のほうが良い"), held, [.. held.Select(_ => (LocalizedText)"with: 1; without: 2")])
    { Source = ("Section 6.4.3", "6.4.3節") };

    [Fact]
    public void What_a_text_says_and_the_runs_do_not_is_shown_as_both()
    {
        Assert.Contains("<li class=\"contradicted\"><b aria-hidden=\"true\">≠</b><strong>Section 6.4.3 says</strong>: "
            + "Dropout does better. <strong>These runs say</strong>: no", Page(Language.English, Better(false)));
        Assert.Contains("with 1 of 2 seeds only", Page(Language.English, Better(false, true)));
        Assert.Contains("<strong>6.4.3節の記述</strong>：Dropoutのほうが良い。<strong>この実行では</strong>：" +
            "成り立たない",
            Page(Language.Japanese, Better(false)));
        // What holds, what nobody says, and what can't be judged is not a contradiction.
        Assert.Contains("<strong>held</strong>", Page(Language.English, Better(true)));
        Assert.Contains("<strong>not held</strong>", Page(Language.English, Better(false) with { Source = null }));
        Assert.Contains("<strong>not judged", Page(Language.English, Better(false) with { Judged = [false] }));
    }

    [Fact]
    public void An_effect_comes_with_its_spread_over_seeds()
    {
        var effect = new Effect(("with minus without", "あり − なし"), [0.01, 0.02, 0.06], InPoints: true);
        Assert.Equal(0.03, effect.Mean, 12);
        // Over n - 1: the root of (0.02² + 0.01² + 0.03²) / 2.
        Assert.Equal(0.026457513, effect.Spread, 8);
        // Student's t with 2 degrees of freedom: 4.302653 standard errors of 0.026457513 / √3.
        Assert.Equal("with minus without: +3.0 percentage points on average over 3 seeds, 95% interval −3.6 to +9.6, "
            + "so it may be noise; each from +1.0 to +6.0", effect.Text.English);
        Assert.Equal("with minus without: +3.1 percentage points on average over 4 seeds, 95% interval +2.8 to +3.4; "
            + "each from +3.0 to +3.4", (effect with { Values = [0.03, 0.034, 0.03, 0.03] }).Text.English);
        Assert.Equal("with minus without: +1.0 percentage points with each of 2 seeds",
            (effect with { Values = [0.01, 0.01] }).Text.English);
        Assert.Equal("あり−なし：3個のシードの平均で +3.0ポイント（95%区間 −3.6 から +9.6。ノイズかもしれない。" +
            "各シードでは +1.0 から +6.0）", effect.Text.Japanese);
        Assert.Equal("with minus without: −0.25", new Effect(effect.Name, [-0.25]).Text.English);
        Assert.Contains("with minus without: +3.0 percentage points",
            Page(Language.English, Better(true, true, true) with { Effect = effect }));
    }

    [Fact]
    public void A_gap_counts_only_where_the_network_learned()
    {
        using var session = new ExperimentSession(
            new LabSettings(), new(() => DataSets.Load("digits")), 1, null, CancellationToken.None);
        var lab = new Lab(session, "test");
        static Curves Ending(string name, double training, double test) => new(
            new(name, Lab.Usual), [new([2, 2], [new(1, training, double.NaN, test)], [], "", 0)]);
        Claim Gap(double training, double test) =>
            CommonFigures.SmallerGap(lab, Ending("with", training, test), Ending("without", 1, 0.8), ("smaller",
                "小さい"));
        Assert.True(Gap(0.9, 0.8).Always);
        Assert.False(Gap(0.9, 0.6).Always);
        Assert.Equal(-0.1, Gap(0.9, 0.8).Effect!.Mean, 9);
        // At 40% the gap of 1 point says nothing.
        var idle = Gap(0.4, 0.39);
        Assert.False(idle.Always || idle.CanBeJudged);
        Assert.Null(idle.Effect);
    }

    [Fact]
    public void Every_figure_says_which_of_the_book_it_is()
    {
        var figures = Results.SelectMany(result => result.Report.Parts.OfType<Figure>().Select(
            figure => (Name: $"{result.Experiment.Name}-{figure.Name}", figure.InBook))).ToArray();
        Assert.All(figures, figure => Assert.NotNull(figure.InBook));
        Assert.Equal(
            [
                ("optimizer-paths-paths", "6-3, 6-5, 6-6, 6-7, 6-8"), ("optimizers-loss", "6-9"),
                ("activations-sigmoid-1", "6-10"), ("activations-sigmoid-0.01", "6-11"),
                ("activations-sigmoid-xavier", "6-13"), ("activations-relu-0.01", "6-14"),
                ("activations-relu-xavier", "6-14"), ("activations-relu-he", "6-14"), ("weight-init-loss", "6-15"),
                ("batch-norm-accuracy", "6-19"), ("overfitting-accuracy", "6-20"), ("weight-decay-accuracy", "6-21"),
                ("dropout-accuracy", "6-23"), ("hyperparameters-best", "6-24"), ("filters-before", "7-24"),
                ("filters-after", "7-24"),
            ],
            figures.Where(figure => figure.InBook!.Length > 0).Select(figure => (figure.Name, figure.InBook!)));
        var page = new ExperimentPage(new() { Quick = true }, Results).Render();
        Assert.Contains("in the book: Fig. 6-9 · random seed 1", page);
        Assert.Contains("not in the book · nothing random", page);
    }

    [Theory]
    [InlineData(0.82, "0.82")]
    [InlineData(1, "1.0")]
    [InlineData(0, "0.0")]
    [InlineData(3.86e-07, "3.86e-07")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(1e-05, "1e-05")]
    [InlineData(double.NaN, "nan")]
    public void Numbers_are_printed_as_Python_prints_them(double value, string expected) =>
        Assert.Equal(expected, CommonFigures.Python(value));

    private static string Lines(string experiment) => Results.Single(result => result.Experiment.Name == experiment)
        .Report.Parts.OfType<Listing>().Single().Text;

    [Fact]
    public void Lists_are_printed_as_the_book_prints_them()
    {
        Assert.All(Lines("hyperparameters").Split('\n').Index(), line => Assert.Matches(
            $"^Best-{line.Index + 1} \\(val acc:(0\\.\\d+|1\\.0)\\) \\| lr:[0-9.e-]+, weight decay:[0-9.e-]+$",
            line.Item));
        Assert.Matches("^===========iteration:0===========\nstd=0.01:[0-9.]+\nXavier:[0-9.]+\nHe:[0-9.]+\n"
            + "===========iteration:100===========\nstd=0.01:", Lines("weight-init"));
        Assert.Matches(
            "^===========iteration:0===========\nSGD:[0-9.]+\nMomentum:[0-9.]+\nAdaGrad:[0-9.]+\nAdam:[0-9.]+\n",
            Lines("optimizers"));
        // From iteration 0 on: the first line is of one step, about that of guessing.
        var curve = Results.Single(result => result.Experiment.Name == "two-layer").Trained[0].Seeds[0];
        Assert.Equal(1, curve.Accuracies[0].Step);
        var lines = Lines("two-layer").Split('\n');
        Assert.Equal(curve.Accuracies.Count, lines.Length);
        Assert.All(lines, line => Assert.Matches("^[01]\\.\\d+ [01]\\.\\d+$", line));
    }

    [Fact]
    public void The_lines_of_6_15_have_the_marks_of_the_books_program()
    {
        var chart = (LineChart)Results.Single(result => result.Experiment.Name == "weight-init").Report.Parts
            .OfType<Figure>().First().Chart;
        Assert.Equal([Marker.Circle, Marker.Square, Marker.Diamond],
            chart.Series.Take(3).Select(series => series.Marker!.Value));
    }

    private sealed class Empty : Experiment
    {
        public override string Name => "empty";
        public override LocalizedText Title => "Empty";
        public override ExperimentReport Run(Lab lab) => new();
    }
}
