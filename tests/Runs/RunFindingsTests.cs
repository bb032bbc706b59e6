using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Models;
using Functional.Host.Runs;
using Functional.Tests.Data;

namespace Functional.Tests.Runs;

/// <summary>What a reader of Host/Runs found wrong, each by its number.</summary>
public class RunFindingsTests
{
    private static readonly DataSet Digits = DataSets.Load("digits");

    private static readonly TrainConfiguration Short =
        new() { Samples = 60, BatchSize = 20, Hidden = [4], Iterations = 3, Validation = 0.2 };

    private static Loss Scaled(double factor) => Loss.Custom(new CustomLoss("scaled", (y, t) => (
        factor * (y - t).PointwisePower(2).RowSums().Sum() / y.ColumnCount, 2 * factor / y.ColumnCount * (y - t))));

    private static Activation Times(double factor) =>
        Activation.Custom(new CustomActivation("times", x => factor * x, _ => factor));

    [Fact]
    public void A1_A_command_says_that_a_custom_loss_or_activation_is_none_of_its_own()
    {
        var loss = Short with { Loss = Scaled(1) };
        Assert.Contains(" --loss scaled ", loss.CommandLine(), StringComparison.Ordinal);
        Assert.EndsWith("  # no command runs this: it has a custom loss", loss.CommandLine(), StringComparison.Ordinal);
        Assert.EndsWith(
            "it has a custom loss and activation", $"{loss with { Activation = Times(2) }}", StringComparison.Ordinal);
        Assert.DoesNotContain("#", Short.CommandLine(), StringComparison.Ordinal);
        Assert.StartsWith(
            "expected cross-entropy", Assert.Throws<UsageException>(() => LossText.Parse("scaled")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A1_Custom_functions_of_the_same_name_are_trained_each_by_itself()
    {
        using var session = new ExperimentSession(new LabSettings(), new(Digits), 1, null, CancellationToken.None);
        double[] Losses(TrainConfiguration configuration) =>
            [.. session.Train("custom", new Variant("variant", configuration)).Result.Losses];
        foreach (var (one, other) in new[]
        {
            (Short with { Loss = Scaled(1) }, Short with { Loss = Scaled(2) }),
            (Short with { Activation = Times(1) }, Short with { Activation = Times(2) }),
        })
        {
            Assert.NotEqual(Losses(one), Losses(other));
            Assert.Equal(new TrainingRun(one, Digits).Run().Losses, Losses(one));
            Assert.Equal(new TrainingRun(other, Digits).Run().Losses, Losses(other));
        }
    }

    [Theory]
    [InlineData(0.1, 0)]
    [InlineData(0, 1e-7)]
    [InlineData(double.NaN, 0)]
    public void A2_A_loss_whose_numbers_would_be_dropped_is_refused(double smoothing, double epsilon)
    {
        var fault = Assert.Single((Short with { Loss = Loss.SoftmaxCrossEntropy(smoothing, epsilon) }).Faults());
        Assert.Equal("Loss", fault.Field);
        Assert.Contains("LabelSmoothing", fault.Message, StringComparison.Ordinal);
        Assert.Empty((Short with { Loss = Loss.SoftmaxCrossEntropy(), LabelSmoothing = 0.1 }).Faults());
    }

    [Theory]
    [InlineData(0.5, 0, double.NaN, 0.4, 0.3)]
    [InlineData(0.5, 1, double.NaN, 0.6, double.NaN)]
    [InlineData(null, 0, double.NaN, double.NaN)]
    [InlineData(null, 0, 0.7)]
    public void A3_NaN_is_no_improvement(double? before, int waited, params double[] scores)
    {
        var after = scores.Aggregate(new EarlyStopping(before, 0), (validation, score) => validation.Next(score));
        double[] numbers = [.. scores.Where(double.IsFinite).Append(before ?? double.NegativeInfinity)];
        double? best = numbers.Max() is var most && double.IsFinite(most) ? most : null;
        Assert.Equal(best, after.Best);
        Assert.Equal(waited == 0 && before is not null ? scores.Length : waited, after.Waited);
    }

    [Fact]
    public void A4_A_trial_is_scored_on_as_many_training_as_validation_samples()
    {
        var run = new TrainingRun(Short, Digits) { IsTrial = true };
        var result = run.Run();
        int[] some = [.. run.Split.Training.Take(run.Split.Validation.Length)];
        Assert.Equal(12, some.Length);
        Assert.Equal(
            Evaluation.Accuracy(result.State.Network, run.Encoded.Training, some, threads: 1),
            result.Summary.TrainAccuracy);
        Assert.Equal("", result.Summary.Digest);
        Assert.NotEqual("", new TrainingRun(Short, Digits).Run().Summary.Digest);
    }

    [Fact]
    public void A6_The_loop_writes_nothing_and_the_observer_has_the_last_good_state()
    {
        using var folder = new TemporaryFolder();
        var observer = new LastGood();
        var configuration = Short with { BatchSize = 30, Hidden = [50], Samples = 200, Iterations = 33 };
        var run = new TrainingRun(TrainOptions.Set(configuration, "learning-rate", "1e30"), Digits);
        var message = Assert.Throws<OperationFailedException>(
            () => run.Run(observer, threads: 1, folder.Path, CancellationToken.None)).Message;
        Assert.Contains(folder["last-good.safetensors"], message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        Assert.Empty(Diagnostics.NumericFaults(observer.State!.Training));
    }

    private sealed class LastGood : IRunObserver
    {
        public RunState? State { get; private set; }

        public void Diverged(RunState lastGood) => State = lastGood;
    }
}
