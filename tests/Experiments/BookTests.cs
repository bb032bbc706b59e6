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

    // Of all claims of all experiments: those that don't hold, and the seeds with which they do. On MNIST in full, the
    // first of them and that dropout does better.
    private static readonly string[] NotHeld =
    [
        "overfitting, With batch norm the gap between training and test accuracy is smaller, and the network still "
        + "learns (training accuracy of at least 50%): no seed",
        "dropout, Dropout 0.15 makes the gap between training and test accuracy smaller, and the network still "
        + "learns (training accuracy of at least 50%): no seed",
        "dropout, Dropout 0.2 makes the gap between training and test accuracy smaller, and the network still learns "
        + "(training accuracy of at least 50%): no seed",
        "dropout, Dropout 0.2 gives a higher test accuracy than no dropout: no seed",
        // With so few epochs no trial gets as far.
        "hyperparameters, The 2 best trials learn (validation accuracy of at least 50%), with learning rates above "
            + "0.001: no seed",
    ];

    private static readonly LabSettings Quick = new() { Quick = true, Seeds = 3 };

    private static IReadOnlyList<ExperimentResult> Run(LabSettings settings, params string[] names) =>
        ExperimentRunner.Run(
        [.. Book.Experiments.Where(experiment => names.Contains(experiment.Name))], settings, DataSets.Load("digits"));

    [Fact]
    public void Claims_hold_with_every_seed_but_for_those_that_are_shown_as_not_held()
    {
        var results = ExperimentRunner.Run(Book.Experiments, Quick, DataSets.Load("digits"));
        Assert.All(results, result =>
            Assert.True(result.Report.Claims.Count >= 2, $"{result.Experiment.Name} claims next to nothing"));
        var claims = (from result in results from claim in result.Report.Claims select (
            result.Experiment.Name, Claim: claim)).ToArray();
        Assert.Contains(claims, one => one.Claim.Statement.English == Timed);
        Assert.All(claims, one => Assert.Equal(Quick.Seeds, one.Claim.Held.Count));
        var notHeld = claims.Where(one => !one.Claim.Always && one.Claim.Statement.English != Timed).ToArray();
        Assert.Equal(NotHeld, notHeld.Select(one => $"{one.Name}, {one.Claim.Statement.English}: {Seeds(one.Claim)}"));
        var page = new ExperimentPage(Quick, results).Render();
        Accessibility.Check(page);
        Assert.All(notHeld, one => Assert.Contains(
            $"<li class=\"failed\"><b aria-hidden=\"true\">✗</b><strong>held with "
            + $"{(one.Claim.Count == 0 ? "none of 3 seeds" : $"{one.Claim.Count} of 3 seeds only")}</strong>: "
            + $"{one.Claim.Statement.English}", page));
    }

    private static string Seeds(Claim claim) => claim.Count == 0 ? "no seed"
        : $"seeds "
        + $"{string.Join(", ", claim.Held.Index().Where(held => held.Item).Select(held => held.Index + Quick.Seed))}";

    [Fact]
    public void A_page_is_accessible_in_both_languages()
    {
        var settings = Quick with { Seeds = 1 };
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
