using System.Globalization;
using System.Text.RegularExpressions;
using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Pages;

namespace Functional.Tests.Experiments;

/// <summary>What captions and claims say, derived again from the figures: on the digits in a small pass, and on made-up
/// curves for what only other data or a whole pass shows.</summary>
public class CaptionTruthTests
{
    private static T[] Panels<T>(Figure figure) => [.. ((SmallMultiples)figure.Chart).Charts.OfType<T>()];

    // Where the lines of a panel end: training, test.
    private static (double Training, double Test) End(LineChart panel) =>
        (panel.Series[0].Ys.TakeLast(4).Average(), panel.Series[1].Ys.TakeLast(4).Average());

    private static string Percent(double share) => CommonFigures.Percent(share);

    private static Curves Made(string name, params double[] accuracies) => new(
        new(name, Lab.Usual),
        [new([2, 2], [.. accuracies.Select((share, i) => new AccuracyPoint(i, share, share, share))], [], "", 0)]);

    private static Curves Ending(string name, double rate, double loss) => new(
        new(name, Lab.Usual with { Optimizer = new() { LearningRate = rate } }), [new([loss, loss], [], [], "", 0)]);

    [Fact]
    public void A_random_crop_has_as_many_places_as_the_caption_says()
    {
        var part = DataSets.Load("digits").Training;
        var (images, classes) = (part.Images, part.Classes);
        var format = new ImageFormat(1, images.Height, images.Width, classes.Classification.Count, 0, 0, 255);
        var copies = Batch.OfBytes<float>(
            ByteScale.None, images.Size, images.Pixels, classes.Labels, [.. Enumerable.Repeat(0, 400)]);
        var crops = Augment.Apply(
            [Augment.Crop(images.Height, images.Width, padding: 2)], format, copies, Key.OfSeed(1)).Inputs;
        var places = Enumerable.Range(0, 400).Select(i => string.Join(',', crops.Column(i))).Distinct().Count();
        var caption = QuickBook.Figure("augmentation").Caption;
        Assert.Contains($"in one of {places} places", caption.English);
        Assert.Contains($"位置は{places}通り", caption.Japanese);
        Assert.Contains("by up to 2 pixels", QuickBook.Figure("augmentation", "crops").Caption.English);
        Assert.Contains("最大2ピクセル", QuickBook.Figure("augmentation", "crops").Caption.Japanese);
        Assert.Contains("拡大縮小", QuickBook.Result("augmentation").Experiment.Question.Japanese);
    }

    [Fact]
    public void Dropout_names_every_ratio_that_ends_higher_than_none()
    {
        var panels = Panels<LineChart>(QuickBook.Figure("dropout"));
        var none = End(panels[0]).Test;
        string[] Names(bool higher) =>
            [.. panels[1..5].Where(panel => End(panel).Test > none == higher).Select(panel => panel.Title)];
        var caption = QuickBook.Figure("dropout").Caption;
        Assert.Equal(["0.01"], Names(higher: true));
        Assert.Contains(
            $"At a ratio of 0.01 test accuracy ends higher than without dropout: {Percent(End(panels[1]).Test)} " +
            $"instead of {Percent(none)}. At {CommonFigures.Row(Names(higher: false)).English} it does not.",
            caption.English);
        Assert.Contains("のとき、テストデータの認識精度はなしを上回ります", caption.Japanese);
        Assert.StartsWith(
            "None of the ratios ends",
            DropoutExperiment.Compared(Made("none", 0.9), [Made("0.2", 0.9), Made("0.9", 0.1)]).English);
    }

    [Fact]
    public void The_best_trials_are_all_or_some_and_are_said_to_learn_only_if_all_do()
    {
        var figure = QuickBook.Figure("hyperparameters", "best");
        var panels = Panels<LineChart>(figure);
        Assert.StartsWith($"All {panels.Length} trials, best first. ", figure.Caption.English);
        Assert.StartsWith("All trials", figure.Chart.Title);
        Assert.Contains(panels, panel => panel.Series[0].Ys[^1] - panel.Series[0].Ys[0] < 0.05);
        Assert.Contains("Which solid lines rise by less than 5 percentage points", figure.Caption.English);
        var rising = HyperparametersExperiment.BestCaption(3, [(0.01, [0.16, 0.75]), (0.001, [0.16, 0.32])]);
        Assert.StartsWith("The 2 best of 3 trials. ", rising.English);
        Assert.Contains("Every solid line rises by at least 5 percentage points", rising.English);
        Assert.DoesNotContain("?", rising.English);
    }

    [Fact]
    public void The_next_search_goes_beyond_an_edge_that_the_best_trial_lies_at()
    {
        var edge = HyperparametersExperiment.Advice([0.009986, 0.007], [1e-6, 1e-8]);
        Assert.StartsWith("The best learning rate, 0.01, is at the edge of the range", edge.English);
        Assert.StartsWith("最良の学習係数 0.01 は探索範囲の端にあります", edge.Japanese);
        var inside = HyperparametersExperiment.Advice([0.005, 0.002], [1e-5, 1e-8]);
        Assert.Contains("learning rates is the narrower", inside.English);
        Assert.Equal("", HyperparametersExperiment.Advice([0.005, 0.002], [1e-8, 1e-8]).English);
    }

    [Fact]
    public void The_best_trials_have_to_learn()
    {
        var points = Panels<ScatterChart>(QuickBook.Figure("hyperparameters", "trials"))[0].Series[0];
        double[] best = [.. points.Ys.OrderDescending().Take(2)];
        var claims = QuickBook.Result("hyperparameters").Report.Claims;
        Assert.Equal(best.All(accuracy => accuracy >= 0.5), claims[0].Always);
        Assert.Contains(
            $"validation accuracies: {CommonFigures.Percent(best[0], 0)}, {CommonFigures.Percent(best[1], 0)}",
            claims[0].Evidence.English);
        var slow = points.Xs!.Zip(points.Ys).Where(point => point.First < 1e-4).Max(point => point.Second);
        Assert.Equal($"highest of them: {CommonFigures.Percent(slow, 0)}", claims[1].Evidence.English);
    }

    [Fact]
    public void What_falls_back_to_guessing_is_not_said_to_cost_a_little()
    {
        var collapse = WeightDecayExperiment.Collapse(Made("L2 0.2", 0.1, 0.58, 0.113, 0.113, 0.113, 0.113))!.Value;
        Assert.Equal(
            "With L2 0.2 training accuracy reaches 58.0% at epoch 1, then falls back and ends at 11.3%, no better " +
            "than guessing.", collapse.English);
        Assert.Contains("（エポック1）まで上がりますが、その後は下がり、最後は11.3%で、ランダムな推測と変わりません。",
            collapse.Japanese);
        Assert.Null(WeightDecayExperiment.Collapse(Made("L2 0.2", 0.1, 0.44, 0.368, 0.368, 0.368, 0.368)));
        var line = Panels<LineChart>(QuickBook.Figure("weight-decay"))
            .Single(panel => panel.Title == "L1 0.1").Series[0];
        var (at, top) = line.Ys.Index().MaxBy(point => point.Item);
        Assert.Contains(
            $"With L1 0.1 training accuracy reaches {Percent(top)} at epoch {line.Xs![at]}, then falls back",
            QuickBook.Figure("weight-decay").Caption.English);
        Assert.DoesNotContain("すべての重みが", QuickBook.Figure("weight-decay").Caption.Japanese);
        var memorized = QuickBook.Result("weight-decay").Report.Claims
            .Single(claim => claim.Statement.English.Contains("memorized", StringComparison.Ordinal)).Statement;
        Assert.EndsWith("(training accuracy below 99%)", memorized.English);
        Assert.EndsWith("（認識精度99%未満）", memorized.Japanese);
    }

    [Fact]
    public void A_loss_falls_if_it_falls_by_a_tenth()
    {
        var curves = QuickBook.Result("batch-norm").Trained;
        int Falls(int which) => curves.Where((_, i) => i % 2 == which).Select(curve => curve.Seeds[0])
            .Count(curve => curve.FinalLoss < 0.9 * curve.Losses[0]);
        var claims = QuickBook.Result("batch-norm").Report.Claims;
        Assert.Equal($"falls for: {Falls(0)} / {curves.Count / 2}", claims[0].Evidence.English);
        Assert.Equal($"without: {Falls(1)}; with: {Falls(0)}", claims[1].Evidence.English);
        Assert.All(claims.Take(2), claim => Assert.Contains("by at least a tenth", claim.Statement.English));
        Assert.All(claims.Take(2), claim => Assert.Contains("1割以上", claim.Statement.Japanese));
    }

    [Fact]
    public void Deviations_that_share_the_highest_accuracy_are_all_named()
    {
        Curves[] Pair(double with, double without) => [Made("with", with), Made("without", 0.1, without)];
        var caption = BatchNormExperiment.Caption(
            [Pair(0.45, double.NaN), Pair(1, 0.3), Pair(1, 0.1), Pair(0.42, 0.1)], [1, 0.01359, 0.007356, 0.0001]);
        Assert.Contains("and highest, at 100.0%, with 0.01359 and 0.007356.", caption.English);
        Assert.Contains("最も高いのは0.01359と0.007356での100.0%です。", caption.Japanese);
        Assert.Contains("a lone point or ends early, the network without it diverged (1 of 4)", caption.English);
        Assert.Contains("破線が点1つだけか途中で終わっている図では", caption.Japanese);
        var even = BatchNormExperiment.Caption([Pair(0.99, 0.1), Pair(1, 0.1)], [1, 0.1]);
        Assert.Contains("hardly matters", even.English);
    }

    [Fact]
    public void A_path_crosses_the_valley_where_the_figure_shows_it()
    {
        var figure = QuickBook.Figure("optimizer-paths", "paths");
        var paths = Panels<ContourChart>(figure).ToDictionary(panel => panel.Title, panel => panel.Paths[0]);
        int Crossings(string name) => paths[name].Ys.Zip(paths[name].Ys.Skip(1)).Count(step =>
            step.First * step.Second < 0 && Math.Max(Math.Abs(step.First), Math.Abs(step.Second)) >= 0.01);
        var claims = QuickBook.Result("optimizer-paths").Report.Claims;
        foreach (var name in paths.Keys.Where(name => name != "SGD"))
        {
            var numbers = $"{name}: {Crossings(name)}; SGD: {Crossings("SGD")}";
            Assert.Contains(claims, claim => claim.Evidence.English == numbers);
        }
        Assert.Equal(0, Crossings("RMSprop"));
        var grid = QuickBook.Figure("optimizer-paths", "grid");
        Assert.Equal(1e-4, ((MatrixChart)grid.Chart).Values.Min(row => row.Min()));
        Assert.Contains("below 0.0001 are drawn as 0.0001", grid.Caption.English);
    }

    [Fact]
    public void Rates_that_did_best_in_short_trials_are_not_called_the_best()
    {
        Curves[] curves =
            [Ending("S", 0.01, 0.23), Ending("M", 0.01, 0.081), Ending("G", 0.01, 0.067), Ending("A", 0.001, 0.061)];
        Curves[] tuned =
            [Ending("S", 0.3, 0.07), Ending("M", 0.1, 0.09), Ending("G", 0.01, 0.067), Ending("A", 0.003, 0.074)];
        var caption = OptimizersExperiment.TunedCaption(curves, tuned);
        Assert.Contains("The loss of Momentum and Adam ends no lower than with the book's rate.", caption.English);
        Assert.Contains("MomentumとAdamの損失は、本書の学習係数のときより小さくなっていません。", caption.Japanese);
        Assert.Contains("For SGD the rate is the largest tried.", caption.English);
        Assert.Contains("SGD is now less far behind the best", caption.English);
        var ahead = OptimizersExperiment.TunedCaption(curves, [Ending("S", 0.1, 0.05), .. tuned[1..]]);
        Assert.Contains("SGD now ends lowest", ahead.English);
        Assert.DoesNotContain("best rate", QuickBook.Figure("optimizers", "tuned").Chart.Title);
        // All rates that are tried, as multiples of the book's.
        var tried = QuickBook.Result("optimizers").Trained.Skip(4).Take(6)
            .Select(curve => curve.Variant.Configuration.Optimizer.LearningRate!.Value / 0.01);
        Assert.Equal([0.1, 0.3, 1, 3, 10, 30], tried.Select(factor => Math.Round(factor, 9)));
        var paragraph = QuickBook.Result("optimizers").Report.Parts.OfType<Paragraph>().Single().Text;
        Assert.Contains("All four run with a rate that somebody chose", paragraph.English);
        Assert.Contains("from a tenth of the book's to thirty times as much", paragraph.English);
        Assert.Contains("本書の値の0.1倍から30倍まで", paragraph.Japanese);
    }

    [Fact]
    public void Histograms_are_described_as_they_are_drawn()
    {
        Assert.Contains("in the leftmost bar, next to 0", QuickBook.Figure("activations", "relu-0.01").Caption.English);
        Assert.Contains("0 に最も近い左端の棒", QuickBook.Figure("activations", "relu-0.01").Caption.Japanese);
        var tanh = QuickBook.Figure("activations", "tanh-xavier");
        double[][] layers = [.. Panels<Histogram>(tanh).Select(panel => panel.Bins.Counts.ToArray())];
        double[] middles = [.. layers.Select(counts => counts[14] + counts[15])];
        Assert.Equal(middles.Order(), middles);
        Assert.All(layers.Zip(middles).Skip(1), layer => Assert.True(layer.Second > layer.First[0] + layer.First[^1]));
        Assert.Contains("and more so with every layer", tanh.Caption.English);
        Assert.DoesNotContain("bell", tanh.Caption.English);
        Assert.DoesNotContain("釣鐘", tanh.Caption.Japanese);
    }

    [Fact]
    public void Ridge_shrinks_the_large_weights_but_not_all()
    {
        var figure = QuickBook.Figure("norms", "paths");
        var ridge = Panels<LineChart>(figure)[0].Series;
        bool Grows(Series line, double by) => line.Ys.Max(Math.Abs) > Math.Abs(line.Ys[0]) + by;
        Assert.Contains(ridge, line => line.Name == "noise" && Grows(line, 0.05));
        Assert.DoesNotContain(ridge, line => line.Name != "noise" && Grows(line, 0));
        Assert.Contains("the large weights in proportion (those of the noise can even grow)", figure.Caption.English);
    }

    [Fact]
    public void A_gap_that_grows_is_larger()
    {
        var panels = Panels<LineChart>(QuickBook.Figure("overfitting"));
        // A28: a difference of what is shown.
        static decimal Shown(double share) => decimal.Parse(Percent(share)[..^1], CultureInfo.InvariantCulture);
        string[] gaps = [.. panels.Select(End).Select(
            end => (Shown(end.Training) - Shown(end.Test)).ToString("F1", CultureInfo.InvariantCulture))];
        var caption = QuickBook.Figure("overfitting").Caption;
        Assert.Contains($"With batch norm the gap is larger: {gaps[1]} instead of {gaps[0]} percentage points.",
            caption.English);
        Assert.Contains($"差が{gaps[0]}ポイントから{gaps[1]}ポイントに広がります", caption.Japanese);
        // Most unseen images are classified correctly.
        Assert.True(End(panels[0]).Test > 0.5);
        Assert.Contains("knows those images better than it knows digits", caption.English);
    }

    [Fact]
    public void Times_agree_with_their_quotient()
    {
        var result = QuickBook.Result("gradient-check");
        var text = result.Report.Parts.OfType<Paragraph>().Single().Text;
        var match = Regex.Match(text.English, "took (.*) ms, central differences (.*) ms: about (.*) times");
        double Value(int group) =>
            double.Parse(match.Groups[group].Value.Replace("\u2009", ""), CultureInfo.InvariantCulture);
        Assert.Equal(1, Value(2) / Value(1) / Value(3), 0.02);
        Assert.Equal($"times as fast: {match.Groups[3].Value}", result.Report.Claims[1].Evidence.English);
        Assert.Contains($"約 {match.Groups[3].Value} 倍", text.Japanese);
    }

    [Fact]
    public void Japanese_says_what_the_English_says()
    {
        LocalizedText[] learning =
        [
            .. from result in QuickBook.Results
               from claim in result.Report.Claims
               where claim.Statement.English.Contains("and the network still learns")
               select claim.Statement,
        ];
        Assert.True(learning.Length >= 4);
        Assert.All(learning,
            claim => Assert.Matches("し、しかも学習できている|なり、しかも学習できている", claim.Japanese));
        Assert.Contains("間違いがある兆候です", QuickBook.Figure("weight-init", "first-loss").Caption.Japanese);
        var captions = from result in QuickBook.Results
                       from figure in result.Report.Parts.OfType<Figure>()
                       select figure.Caption.In(Language.Japanese);
        Assert.All(captions, caption => Assert.DoesNotContain(": ", caption));
    }

    [Fact]
    public void Arrows_and_lines_leave_the_words_of_a_chart_alone()
    {
        // A cell's title has letters down to 3 below its base line; the tip of an arrow is 5 above the frame.
        var cut = new Histogram("layer 1", "x", Axis.Between("count", 0, 5)) { Bins = new([0, 1], [9]) };
        var cells = new SmallMultiples("All", [cut]);
        var title = Regex.Match(cells.ToSvg(400), "<text class='cell' x='0' y='(-[0-9]+)'>layer 1");
        Assert.True(int.Parse(title.Groups[1].Value, CultureInfo.InvariantCulture) + 3 < -5);
        string Label(params double[] line) => Regex.Match(
            new LineChart("Line", "x", Axis.Between("y", 0, 2))
            {
                Series = [new("", line)], References = [new(1, "here")],
            }.ToSvg(400), "<text class='(small halo[ a-z]*)' x='[0-9.]+' y='[0-9.]+'>here").Groups[1].Value;
        Assert.Equal("small halo end", Label(0, 0, 0, 0));
        // At the right end the line goes up and down through both places, at the left it is far away.
        Assert.Equal("small halo", Label(0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2));
    }

    [Fact]
    public void What_belongs_together_is_printed_together()
    {
        var page = new ExperimentPage(QuickBook.Settings, QuickBook.Results).Render();
        var print = page[page.IndexOf("@media print", StringComparison.Ordinal)..];
        Assert.Matches("[,}\n ]table,[^{]*\\{break-inside:avoid\\}", print);
        Assert.Matches("\\.question,[^{]*p:has\\(\\+\\.scroll\\)[^{]*\\{break-after:avoid\\}", print);
        // On a narrow page the heads of a table's columns wrap.
        Assert.Contains(".scroll th{white-space:normal}", page);
    }
}
