using Functional.Host.Data;
using Functional.Host.Doctor;
using Functional.Host.Experiments;
using Functional.Host.Pages;
using Functional.Host.Runs;

namespace Functional.Tests.Doctor;

/// <summary>Causes that hide each other, several seeds, and advice that is followed.</summary>
public sealed class TreatmentTests
{
    private static readonly TrainConfiguration Slow = new()
    {
        Hidden = [16], Optimizer = new() { LearningRate = 1e-4 }, BatchSize = 32, Epochs = 10,
    };

    private static Examination Examined(TrainConfiguration configuration, DataSet data, int seeds = 1) =>
        Examination.Of(configuration, data, Environment.ProcessorCount, seeds);

    [Fact]
    public void Causes_that_hide_each_other_are_all_named()
    {
        // A penalty and a rate, neither of which helps without the other.
        var both = Slow with { L2 = 3 };
        var found = Examined(both, Flowers.Of(300)).Findings;
        Assert.Equal(
            [FindingKind.LearningRateTooLow, FindingKind.PenaltyTooStrong],
            found.Where(finding => finding.Gain > 0.3).Select(finding => finding.Kind).Order());
    }

    [Fact]
    public void Longer_and_shorter_steps_are_not_both_advised()
    {
        foreach (var rate in (double[])[1e-4, 1, 30])
        {
            var kinds = Examined(
                Slow with { Optimizer = new() { LearningRate = rate } }, Flowers.Of(300)).Findings
                .Select(finding => finding.Kind);
            Assert.False(kinds.Contains(FindingKind.LearningRateTooHigh)
                && kinds.Contains(FindingKind.LearningRateTooLow));
        }
    }

    [Fact]
    public void Nothing_is_advised_that_the_configuration_has()
    {
        var deep = Slow with
        {
            Hidden = [.. Enumerable.Repeat(5, 20)], Optimizer = new() { Name = "adam", LearningRate = 0.01 },
            BatchNorm = false, Initializer = Initializer.He,
        };
        Assert.All(Examined(deep, Flowers.Of(300)).Findings, finding =>
            Assert.DoesNotContain("--init he", finding.Advice, StringComparison.Ordinal));
    }

    [Fact]
    public void Frozen_layers_are_not_blamed()
    {
        var frozen = Slow with
        {
            Hidden = [20, 20], Initializer = Initializer.Constant(0.1),
            Optimizer = new() { LearningRate = 0.1, Groups = GroupText.Parse("affine1:frozen,affine2:frozen") },
        };
        Assert.DoesNotContain(
            Examined(frozen, Flowers.Of(300)).Findings, finding => finding.Layer is "affine1" or "affine2");
    }

    // Only everything at once helps, of which one change is enough. That is found with fewer seeds.
    [Fact]
    public void All_steps_are_means_of_the_same_seeds()
    {
        var alone = Slow with { BatchNorm = true, BatchSize = 1, Optimizer = new() { LearningRate = 0.1 } };
        var treatment = Treatment.Of(alone, Flowers.Of(90), Environment.ProcessorCount, seeds: 4);
        Assert.True(treatment.Steps.Count > 1);
        Assert.Equal(4, treatment.Seeds);
    }

    [Fact]
    public void Following_the_advice_ends_better_than_it_began()
    {
        var data = Flowers.Of(300);
        var treatment = Treatment.Of(Slow, data, Environment.ProcessorCount, seeds: 2);
        Assert.True(treatment.Steps.Count > 1);
        Assert.True(treatment.Steps[^1].Validation > 0.9, $"{treatment.Steps[^1]}");
        // Each change gains by what it was chosen by.
        Assert.All(treatment.Steps.Zip(treatment.Steps.Skip(1)), pair =>
            Assert.True(pair.Second.Validation >= pair.First.Validation, $"{pair}"));
        Assert.Equal(0.2, treatment.HeldOut);
        Assert.Equal(Slow.Validation, treatment.Configuration.Validation);
        Assert.StartsWith("functional train ", treatment.Command, StringComparison.Ordinal);
        Assert.Equal(
            string.Join('\n', treatment.Steps), string.Join('\n', Treatment.Of(Slow, data, 1, seeds: 2).Steps));
        var page = DoctorPage.Render(Slow, Examined(Slow, data), Language.English, treatment);
        Assert.All((string[])["Complaint", "Examination", "Result"], part => Assert.Contains($"<h2>{part}</h2>", page));
    }

    [Fact]
    public void Seeds_that_fail_are_a_finding()
    {
        var narrow = new TrainConfiguration
        {
            Samples = 1000, Hidden = [4, 4, 4], Optimizer = new() { Name = "adam", LearningRate = 0.01 }, Epochs = 30,
        };
        var examination = Examined(narrow, DataSets.Load("digits"), seeds: 5);
        Assert.Equal(5, examination.Seeds.Count);
        Assert.Contains(true, examination.Seeds.Select(seed => seed.Fails));
        Assert.Contains(FindingKind.SeedDependent, examination.Findings.Select(finding => finding.Kind));
    }

    [Theory]
    [InlineData(1e-4, FindingKind.LearningRateTooLow)]
    [InlineData(0.1, null)]
    public void Any_training_loop_can_be_examined(double rate, FindingKind? kind)
    {
        var data = Flowers.Of(300).Encode();
        var (training, test) = (data.Training.Batch(data.Training.All), data.Test.Batch(data.Test.All));
        var seeds = new SortedSet<long>();
        var found = Host.Doctor.Doctor.Examine((seed, change) =>
        {
            seeds.Add(seed);
            var start = Training.Start(
                Network.Create([4, 16, 3], Activation.Relu, Initializer.He, seed),
                Optimizer.Sgd(rate * change.LearningRate));
            var (state, losses) = (start, new List<double>());
            for (var step = 0; step < 300 * change.Steps; step++)
            {
                (state, var report) = Training.Step(state, training);
                losses.Add(report.Loss);
            }
            return new ObservedTraining(start, state, losses, training, test);
        }, seeds: 3);
        Assert.Equal([1, 2, 3], seeds);
        Assert.Equal(kind is null, found.All(finding => finding.Severity == Severity.Hint));
        if (kind is not null)
            Assert.StartsWith(
                $"{found[0].Severity}: {Finding.NameOf(kind.Value)}: with ", $"{found[0]}",
                StringComparison.OrdinalIgnoreCase);
        Assert.All(found, finding => Assert.DoesNotContain("--", $"{finding}", StringComparison.Ordinal));
    }
}
