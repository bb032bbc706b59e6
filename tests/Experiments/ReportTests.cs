using System.Text.RegularExpressions;
using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Pages;
using Functional.Host.Runs;
using Functional.Tests.Charts;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;
using Functional.Tests.Doctor;

namespace Functional.Tests.Experiments;

/// <summary>Pages of runs, of several runs and of experiments: what stands on them, and that it is so.</summary>
public sealed partial class ReportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static string Page(
        TrainConfiguration configuration, DataSet data, bool watch = false, Language language = Language.English)
    {
        var run = new TrainingRun(configuration, data);
        var watcher = new Watcher(run);
        var result = run.Run(watch ? new Observers(watcher) : new Observers(), threads: 1, folder: null,
            CancellationToken.None);
        var page = RunPage.Render(
            run, result, RunEvaluation.TestScores(run, result, 1), seen: watch ? watcher.Seen : null,
            language: language);
        Accessibility.Check(page);
        return page;
    }

    private static readonly TrainConfiguration Dead =
        new() { Data = "digits", Samples = 300, Hidden = [10, 8], Initializer = Initializer.Zero, Iterations = 300 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_runs_page_is_Japanese_throughout(bool isDead)
    {
        var configuration = new TrainConfiguration { Data = "digits", Samples = 300, Hidden = [10], Iterations = 30 };
        var page = Page(
            isDead ? Dead : configuration, DataSets.Load("digits"), watch: true, language: Language.Japanese);
        Assert.Contains("<html lang=\"ja\">", page);
        Assert.Contains("<h2>混同行列</h2>", page);
        // What is left in English is of the configuration: its table, commands and the network's own description.
        var text = Tag().Replace(
            Configured().Replace(page[page.IndexOf("<main>", StringComparison.Ordinal)..], ""), "\n");
        Assert.Empty(EnglishWords().Matches(text).Select(match => match.Value));
    }

    [GeneratedRegex("<pre.*?</pre>|<td>.*?</td>|<h1>Functional: ", RegexOptions.Singleline)]
    private static partial Regex Configured();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("[A-Za-z]+ (the|of|is|are|a|in|to|each|and|that|was|no|it|for)\\b[^\n]*|[Ll]oss|[Ss]tep|[Ee]poch")]
    private static partial Regex EnglishWords();

    [Fact]
    public void A4_what_leaves_the_frame_is_marked()
    {
        int Arrows(Chart chart) => Arrow().Count(chart.ToSvg());
        LineChart Loss(Axis y, params double[] values) =>
            new("Loss", "step", y) { Series = [new("SGD", [1, 1, 1]), new("Adam", values)] };
        Assert.Equal(0, Arrows(Loss(Axis.Between("loss", 0, 2), 1, 2, 1)));
        Assert.Equal(1, Arrows(Loss(Axis.Between("loss", 0, 2), 1, 2.1, 1)));
        Assert.Equal(2, Arrows(Loss(Axis.Between("loss", 0, 2), 1, 3, -1)));
        // What a logarithmic axis has no place for, and what isn't a finite number.
        Assert.Equal(1, Arrows(Loss(Axis.Log("loss"), 1, 0, 1)));
        Assert.Equal(1, Arrows(Loss("loss", 1, double.PositiveInfinity, 1)));
        Assert.Equal(2, Arrows(new Histogram(
            "Bars", "x", Axis.Between("count", 0, 5)) { Bins = new([0, 1, 2, 3], [9, 5, 6]) }));
    }

    [Fact]
    public void A4_a_heat_map_has_a_color_scale()
    {
        var chart = new MatrixChart("Heights", "x", "y") { Values = [[0.25, 4], [7.5, 1]], ShowScale = true };
        Assert.Matches(">0.25</text>.*>3.9</text>.*>7.5</text></g></svg>$|>0.25</text>.*>7.5</text>", chart.ToSvg(400));
        // Where the values don't fit into their cells, colors alone would say nothing.
        var many = new MatrixChart(
            "Many", "x", "y") { Values =
                [.. Enumerable.Range(0, 40)
                    .Select(i => (double[])[.. Enumerable.Range(0, 40).Select(j => i * 1000.5 + j)])] };
        Assert.Contains("class='small muted end'", many.ToSvg(400), StringComparison.Ordinal);
    }

    [Fact]
    public void A5_a_failed_claim_shows_the_numbers_of_the_seed_that_it_failed_with()
    {
        var claim = new Claim("Above 1", [true, false, true], ["first: 2", "second: 0.5", "third: 3"]);
        Assert.Equal("second: 0.5", claim.Evidence.English);
        Assert.Equal("first: 2", (claim with { Held = [true, true, true] }).Evidence.English);
    }

    [Fact]
    public void A5_no_evidence_is_an_inequality()
    {
        var results = ExperimentRunner.Run(
            [.. Book.Experiments.Where(
                experiment => experiment.Name is "optimizer-paths" or "norms" or "layers" or "overfitting")],
            new LabSettings { Quick = true }, DataSets.Load("digits"));
        var all = results.SelectMany(result => result.Report.Claims).SelectMany(claim => claim.Numbers);
        Assert.All(all, numbers =>
        {
            Assert.Matches("^[^<>]*: [^<>]*$", numbers.English);
            Assert.Matches("^[^<>]*：[^<>]*$", numbers.Japanese);
        });
    }

    [Fact]
    public void A6_numbers_of_tables_do_not_break_and_stand_under_their_heads()
    {
        var results = ExperimentRunner.Run([Book.Experiments[0]], new LabSettings(), DataSets.Load("digits"));
        var page = new ExperimentPage(new LabSettings(), results).Render();
        Assert.Matches(@"\.number\{[^}]*text-align:right;white-space:nowrap", page);
        Assert.Contains("<th scope=\"col\" class=\"number\">0</th>", page, StringComparison.Ordinal);
        Assert.Contains("@media print", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A7_a_dead_network_is_seen_on_its_page()
    {
        var page = Page(Dead, DataSets.Load("digits"), watch: true);
        // Units that are all off: 100% on an axis of percents, a bar at 0, and zeros on the lower edge of logarithmic
        // axes.
        Assert.Contains("relu1, step 1<", page, StringComparison.Ordinal);
        Assert.Contains("relu2, step 299<", page, StringComparison.Ordinal);
        Assert.True(Arrow().Count(page) >= 4);
        var dead = page[page.IndexOf(">Dead units or saturated outputs</text>", StringComparison.Ordinal)..page.IndexOf(
            ">Effective rank of activations</text>", StringComparison.Ordinal)];
        Assert.Contains(">100</text>", dead, StringComparison.Ordinal);
        Assert.DoesNotContain("−1", dead, StringComparison.Ordinal);
        Assert.Contains(">no values above 0</text>", page, StringComparison.Ordinal);
        Assert.Contains(">Effective rank of activations</text>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A8_the_page_of_a_failed_run_says_so()
    {
        var page = Page(Dead, DataSets.Load("digits"));
        Assert.Contains("no better than guessing", page, StringComparison.Ordinal);
        Assert.Contains("functional doctor", page, StringComparison.Ordinal);
        Assert.DoesNotContain("fell", page, StringComparison.Ordinal);
        Assert.DoesNotContain("rose", page, StringComparison.Ordinal);
        // An axis of at least a point: no tick with two decimals.
        Assert.DoesNotMatch(@">\d+\.\d\d</text>",
            page[page.IndexOf("<h2>Accuracy", StringComparison.Ordinal)..page.IndexOf(
                "<h2>Weights", StringComparison.Ordinal)]);
        Assert.DoesNotContain("no better than guessing",
            Page(Dead with { Initializer = Initializer.He, Iterations = 200 }, DataSets.Load("digits")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A9_runs_on_different_data_are_not_ranked()
    {
        foreach (var name in (string[])["a", "b"])
            Assert.Equal(0, FunctionalProgram.Run(
                folder.Path, ["train", "--samples", "200", "--epochs", name == "a" ? "1" : "2", "--out",
                    name]).ExitCode);
        RunRecord[] records = [RunRecord.Read(folder["a"]), RunRecord.Read(folder["b"])];
        var page = RunsPage.Render(records, _ => null);
        Assert.Contains("Best on the test samples", page, StringComparison.Ordinal);
        // No column without a value, and whole digests beside the commands.
        Assert.DoesNotContain("best validation", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<td>–</td>", page, StringComparison.Ordinal);
        Assert.Contains($"# digest {records[0].Epochs[^1].Digest}", page, StringComparison.Ordinal);
        File.WriteAllText(folder["b/config.json"],
            Regex.Replace(File.ReadAllText(folder["b/config.json"]), "\"data\": *\"digits\"",
                "\"data\": \"elsewhere\""));
        var mixed = RunsPage.Render([records[0], RunRecord.Read(folder["b"])], _ => null);
        Assert.DoesNotContain("Best on the test samples", mixed, StringComparison.Ordinal);
        Assert.Contains("different data", mixed, StringComparison.Ordinal);
    }

    [Fact]
    public void A13_classes_have_their_names_in_the_confusion_matrix()
    {
        var page = Page(new() { Data = "flowers", Hidden = [10], Iterations = 200, BatchSize = 20, Validation = 0.2 },
            Flowers.Of(200));
        var matrix = page[page.IndexOf("<h2>Confusion matrix", StringComparison.Ordinal)..];
        foreach (var text in (string[])[">setosa<", ">versicolor<", ">virginica<", ">true class<", ">predicted class<"])
            Assert.Contains(text, matrix, StringComparison.Ordinal);
        Assert.Contains(
            "Each column of numbers was scaled to mean 0 and standard deviation 1", page, StringComparison.Ordinal);
        Assert.Contains("Validation accuracy was best after epoch", page, StringComparison.Ordinal);
    }

    [GeneratedRegex("class='mark series\\d+ beyond'")]
    private static partial Regex Arrow();
}
