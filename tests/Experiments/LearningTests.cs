using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Pages;
using Functional.Tests.Data;

namespace Functional.Tests.Experiments;

/// <summary>Of networks that learned nothing no claim holds, and the page says that nothing can be judged.</summary>
public class LearningTests
{
    private static readonly DataSet Digits = DataSets.Load("digits");

    // Options that an experiment sets itself have no effect: weight-init and batch-norm initialize, optimizers have
    // rates of their own.
    [Theory]
    [InlineData("two-layer", "init", "zero")]
    [InlineData("two-layer", "learning-rate", "1e-9")]
    [InlineData("optimizers", "init", "zero")]
    [InlineData("optimizers", "accumulate", "100")]
    [InlineData("weight-init", "learning-rate", "1e-9")]
    [InlineData("batch-norm", "learning-rate", "1e-9")]
    [InlineData("overfitting", "init", "zero")]
    [InlineData("overfitting", "learning-rate", "1e-9")]
    [InlineData("weight-decay", "init", "zero")]
    [InlineData("weight-decay", "learning-rate", "1e-9")]
    [InlineData("dropout", "init", "zero")]
    [InlineData("dropout", "learning-rate", "1e-9")]
    [InlineData("augmentation", "init", "zero")]
    [InlineData("augmentation", "learning-rate", "1e-9")]
    [InlineData("hyperparameters", "init", "zero")]
    public void No_claim_holds_of_networks_that_learned_nothing(string experiment, string option, string value)
    {
        var settings = new LabSettings
        {
            Quick = true,
            Options = [KeyValuePair.Create("hidden", "20,20,20"), KeyValuePair.Create(option, value)],
        };
        var result = ExperimentRunner.Run(
            [Book.Experiments.Single(one => one.Name == experiment)], settings, Digits)[0];
        Assert.All(result.Report.Claims, claim => Assert.False(claim.Always, $"{claim.Statement}: {claim.Evidence}"));
        Assert.Contains(result.Report.Claims, claim => !claim.CanBeJudged);
        Assert.DoesNotContain("hardly overfits", $"{string.Join(' ', result.Report.Parts)}", StringComparison.Ordinal);
        Assert.Contains("<b aria-hidden=\"true\">?</b><strong>not judged, since the network did not learn</strong>",
            new ExperimentPage(settings, [result]).Render(), StringComparison.Ordinal);
        Assert.Contains("学習できていないので判定できない",
            new ExperimentPage(settings with { Language = Language.Japanese }, [result]).Render(),
            StringComparison.Ordinal);
    }

    // Of accuracy where it was measured, of the loss elsewhere; always against always the same answer.
    [Theory]
    [InlineData(new[] { 0.65, 0.65, 0.65, 0.65 }, 0.1, false)]
    [InlineData(new[] { 0.75, 0.75, 0.75, 0.75 }, 9.0, true)]
    [InlineData(new double[0], 0.65, false)]
    [InlineData(new double[0], 0.55, true)]
    [InlineData(new double[0], double.NaN, false)]
    public void What_learned_is_better_than_always_the_same_answer(double[] accuracies, double loss, bool expected)
    {
        int[] labels = [.. Enumerable.Range(0, 100).Select(i => i % 10 < 4 ? 1 : 0)];
        var table = SmallTables.Labeled(new double[100], labels, Classification.Numbered(2));
        using var session = new ExperimentSession(
            new LabSettings(), new(new DataSet(table, table)), 1, null, CancellationToken.None);
        var curve = new Curve([loss, loss],
            [.. accuracies.Select((share, i) => new AccuracyPoint(i, share, double.NaN, double.NaN))], [], "", 0);
        Assert.Equal(expected, Learning.HasLearned(new Lab(session, "test"), curve));
    }

    // Where one class has 19 of 20 samples there are no 10 points above it.
    [Theory]
    [InlineData(0.95, false)]
    [InlineData(1.0, true)]
    public void A1_what_learns_a_rare_class_has_learned(double accuracy, bool expected)
    {
        int[] labels = [.. Enumerable.Range(0, 100).Select(i => i % 20 == 0 ? 1 : 0)];
        var table = SmallTables.Labeled(new double[100], labels, Classification.Numbered(2));
        using var session = new ExperimentSession(
            new LabSettings(), new(new DataSet(table, table)), 1, null, CancellationToken.None);
        var curve = new Curve([1, 1], [new AccuracyPoint(1, accuracy, double.NaN, double.NaN)], [], "", 0);
        Assert.Equal(expected, Learning.HasLearned(new Lab(session, "test"), curve));
    }
}
