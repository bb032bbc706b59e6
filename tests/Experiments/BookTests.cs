using System.Text.RegularExpressions;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Pages;
using Functional.Tests.Charts;

namespace Functional.Tests.Experiments;

/// <summary>What the book says, in small passes over the embedded digits with three seeds.</summary>
public class BookTests
{
    // It is about time, which no test relies on.
    private const string Timed = "Backpropagation is more than a hundred times as fast";

    // Of all claims of all experiments: those that don't hold with all seeds, as they are shown, and the seeds with
    // which they do. In so few steps dropout and the search don't get far.
    private static readonly string[] NotHeld =
    [
        "≠ overfitting, With batch norm the gap between training and test accuracy is smaller: no seed",
        "? overfitting-causes, Many parameters cause overfitting: no seed",
        "≠ weight-decay, L2 0.1 helps on images not seen: no seed",
        "≠ weight-decay, L1 0.1, as strong as L2 0.1, makes the gap smaller: no seed",
        "? dropout, Dropout 0.15 makes the gap between training and test accuracy smaller: no seed",
        "? dropout, Dropout 0.2 makes the gap between training and test accuracy smaller: no seed",
        "≠ dropout, Dropout 0.15 gives a higher test accuracy than no dropout: no seed",
        "≠ dropout, Dropout 0.2 gives a higher test accuracy than no dropout: no seed",
        "≠ dropout, Dropout 0.2 with L1 0.005 is good at both: no seed",
        "✗ dropout-length, At epoch 100, before the book's run ends, the network with the book's dropout has "
            + "not yet learned its training samples, and the one without has: no seed",
        "✗ dropout-length, Over the last points, up to epoch 200, all three have learned their training samples (at "
            + "least 99%): no seed",
        "? dropout-length, By then inverted dropout 0.2 gives a higher test accuracy than no dropout: no seed",
        "? dropout-length, By then the book's form gives a higher test accuracy than no dropout, too: no seed",
        "✗ hyperparameters, The 2 best trials learn (validation accuracy of at least 50%), with learning rates above "
            + "0.001: no seed",
        "≠ convolution, More than 98% of the test images are classified correctly: no seed",
        "≠ deep-convolution, Six layers of filters read more of the test images than one: no seed",
        "≠ deep-convolution, More than 99% of the test images are classified correctly: no seed",
    ];

    private static readonly LabSettings Quick = QuickBook.ThreeSeeds;

    private static IReadOnlyList<ExperimentResult> Run(LabSettings settings, params string[] names) =>
        ExperimentRunner.Run(
        [.. Book.Experiments.Where(experiment => names.Contains(experiment.Name))], settings, DataSets.Load("digits"));

    [Fact]
    public void Claims_hold_with_every_seed_but_for_those_that_are_shown_as_not_held()
    {
        var results = QuickBook.ResultsOfThreeSeeds;
        Assert.All(results, result =>
            Assert.True(result.Report.Claims.Count >= 2, $"{result.Experiment.Name} claims next to nothing"));
        var claims = (from result in results from claim in result.Report.Claims select (
            result.Experiment.Name, Claim: claim)).ToArray();
        Assert.Contains(claims, one => one.Claim.Statement.English == Timed);
        // What isn't random has one answer.
        string[] certain = ["four-numbers", "adventurer", "optimizer-paths", "im2col"];
        Assert.All(claims.Where(one => certain.Contains(one.Name)), one => Assert.Single(one.Claim.Held));
        Assert.All(claims.Where(one => !certain.Contains(one.Name) && one.Claim.Held.Count != Quick.Seeds), one =>
            Assert.True(one.Name is "norms" or "ridge-limit" && one.Claim.Held.Count == 1, one.Name));
        var notHeld = claims.Where(one => !one.Claim.Always && one.Claim.Statement.English != Timed).ToArray();
        Assert.Equal(NotHeld, notHeld.Select(
            one => $"{Mark(one.Claim)} {one.Name}, {Beginning(one.Claim)}: {Seeds(one.Claim)}"));
        var page = new ExperimentPage(Quick, results).Render();
        Accessibility.Check(page);
        Assert.All(notHeld, one => Assert.Matches(
            $"<li class=\"{(one.Claim.ContradictsText ? "contradicted" : "failed")}\"><b aria-hidden=\"true\">"
            + $"{Regex.Escape(Mark(one.Claim))}</b><strong>[^<]+</strong>: {Regex.Escape(Beginning(one.Claim))}",
            page.Replace("&#39;", "'", StringComparison.Ordinal)));
    }

    private static string Mark(Claim claim) => claim.ContradictsText ? "≠" : claim.CanBeJudged ? "✗" : "?";

    // Up to what is explained behind it.
    private static string Beginning(Claim claim) =>
        Regex.Split(claim.Statement.English, ", and the network still|: (layers|test|training)")[0];

    private static string Seeds(Claim claim) => claim.Count == 0 ? "no seed"
        : $"seeds "
        + $"{string.Join(", ", claim.Held.Index().Where(held => held.Item).Select(held => held.Index + Quick.Seed))}";

    [Fact]
    public void A_page_is_accessible_in_both_languages()
    {
        var settings = QuickBook.Settings;
        foreach (var language in Enum.GetValues<Language>())
        {
            var results = Run(settings with { Language = language }, "layers", "optimizer-paths", "norms");
            var page = new ExperimentPage(settings with { Language = language }, results).Render();
            Accessibility.Check(page);
        }
    }

    [Fact]
    public void Every_experiment_is_written_in_both_languages() => Assert.All(Book.Experiments, experiment =>
    {
        Assert.False(string.IsNullOrEmpty(experiment.Title.Japanese));
        Assert.False(string.IsNullOrEmpty(experiment.Question.Japanese));
    });
}
