using System.Xml.Linq;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Reporting;

namespace Functional.Tests.Experiments;

/// <summary>What the book says, in small passes over the embedded digits with two seeds.</summary>
public class BookTests
{
    private const string BatchNormGap = "With batch norm the gap between training and test accuracy is smaller";

    private static readonly LabSettings Quick = new() { Quick = true, Seeds = 2 };

    private static IReadOnlyList<ExperimentResult> Run(LabSettings settings, params string[] names) => ExperimentRunner.Run(
        [.. Book.Experiments.Where(experiment => names.Contains(experiment.Name))], settings, DataSets.Load("digits"));

    [Fact]
    public void Claims_hold_with_every_seed()
    {
        var results = Run(Quick, "layers", "optimizer-paths", "activations", "weight-init", "norms", "batch-norm", "weight-decay", "dropout");
        Assert.Equal(8, results.Count);
        Assert.Empty(from result in results
                     from claim in result.Findings.Claims
                     where !claim.Always
                     select $"{result.Experiment.Name}: {claim.Statement.English} ({claim.Evidence})");
    }

    [Fact]
    public void What_does_not_hold_on_the_digits_is_shown_as_such()
    {
        var results = Run(Quick with { Seeds = 1 }, "overfitting");
        Assert.False(results[0].Findings.Claims.Single(claim => claim.Statement.English == BatchNormGap).Always);
        Assert.Contains($"<strong>not held</strong>: {BatchNormGap}", new ExperimentPage(Quick, results).Render());
    }

    [Fact]
    public void A_page_is_well_formed_in_both_languages()
    {
        var settings = Quick with { Seeds = 1 };
        foreach (var language in Enum.GetValues<Language>())
        {
            var results = Run(settings with { Language = language }, "layers", "optimizer-paths", "norms");
            var page = new ExperimentPage(settings with { Language = language }, results).Render();
            var main = page[page.IndexOf("<main>", StringComparison.Ordinal)..(page.IndexOf("</main>", StringComparison.Ordinal) + 7)];
            var ids = XElement.Parse(main.Replace("<br>", "<br/>")).DescendantsAndSelf().Attributes("id").Select(id => id.Value).ToArray();
            Assert.Equal(ids.Length, ids.Distinct().Count());
        }
    }

    [Fact]
    public void Every_experiment_is_told_in_both_languages() => Assert.All(Book.Experiments, experiment =>
    {
        Assert.False(string.IsNullOrEmpty(experiment.Title.Japanese));
        Assert.False(string.IsNullOrEmpty(experiment.Question.Japanese));
    });
}
