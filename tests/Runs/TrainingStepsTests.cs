using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Doctor;
using Functional.Host.Experiments;
using Functional.Host.Runs;

namespace Functional.Tests.Runs;

/// <summary>The one training loop, over which runs, experiments and the doctor fold.</summary>
public class TrainingStepsTests
{
    private static readonly DataSet Digits = DataSets.Load("digits");

    private static TrainConfiguration Configure(params (string Name, string Value)[] options) => TrainOptions.Parse(
        options.Append(("samples", "200")).Append(("iterations", "33"))
            .Select(option => KeyValuePair.Create(option.Item1, option.Item2)),
        new TrainConfiguration { BatchSize = 30 });

    public static TheoryData<TrainConfiguration> Configurations =>
    [
        Configure(),
        Configure(("dropout", "0.5"), ("batch-norm", "true"), ("optimizer", "adam"), ("accumulate", "2")),
        Configure(("augment", "shift:2,noise"), ("sampling", "replacement"), ("average", "0.9"),
            ("schedule", "one-cycle")),
        Configure(("optimizer", "lion"), ("sampling", "distinct"), ("schedule", "cosine"))
            with { Stages = [new Stage(9, 12), new Stage(20, 21)] },
    ];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Runs_experiments_and_the_doctor_take_the_same_steps(TrainConfiguration configuration)
    {
        var run = new TrainingRun(configuration, Digits);
        TrainingStep[] steps = [.. run.Steps(run.Start)];
        double[] losses = [.. steps.Select(step => step.Report.Loss)];
        Assert.Equal(33, losses.Length);
        var result = run.Run();
        Assert.Equal(losses, result.Losses);
        Assert.Equal(result.Summary.Digest, steps[^1].After.Network.Digest());
        Assert.Equal(losses, TrialRun.Run(configuration, Digits).Losses);
        using var session = new ExperimentSession(
            new LabSettings(), new(Digits), workers: 2, null, CancellationToken.None);
        var curve = session.Train("steps", new Variant("variant", configuration)).Result;
        Assert.Equal(losses, curve.Losses);
        Assert.Equal(result.Summary.Digest, curve.Digest);
        // Any state is a place to go on from, and a batch can be made again.
        foreach (var step in steps.Where((_, i) => i % 8 == 0))
        {
            Assert.Equal(losses[step.Before.Step..], run.Steps(step.Before).Select(later => later.Report.Loss));
            Assert.Equal((step.Report, step.BatchSize), (step.Before.Next(step.Batch).Report, step.Batch().Samples));
        }
    }

    [Fact]
    public void The_first_loss_that_is_not_finite_is_the_last()
    {
        var configuration = Configure(("learning-rate", "1e30"));
        var run = new TrainingRun(configuration, Digits);
        TrainingStep[] steps = [.. run.Steps(run.Start)];
        Assert.False(steps[^1].IsFinite);
        Assert.All(steps[..^1], step => Assert.True(step.IsFinite));
        Assert.Contains($"in step {steps.Length}:", Assert.Throws<OperationFailedException>(() => run.Run()).Message,
            StringComparison.Ordinal);
        Assert.Equal(steps.Length - 1, TrialRun.Run(configuration, Digits).Losses.Count);
    }

    [Theory]
    [InlineData(2, new[] { 0.1, 0.3, 0.3, 0.2 }, 4)]
    [InlineData(2, new[] { 0.1, 0.3, 0.3, 0.4, 0.4 }, null)]
    [InlineData(1, new[] { 0.1, 0.1 }, 2)]
    [InlineData(3, new[] { 0.5, 0.4, 0.4 }, null)]
    public void Patience_counts_epochs_since_the_first_best(int patience, double[] accuracies, int? end)
    {
        EpochReport[] epochs = [.. accuracies.Select(
            (accuracy, i) => new EpochReport(i + 1, i + 1, 0, 0, accuracy, 0, 0, ""))];
        Assert.Equal(end, EarlyStopping.EndOf(epochs, patience));
    }

    [Fact]
    public void A_step_that_takes_long_is_left_behind()
    {
        using var cancellation = new CancellationTokenSource();
        using var release = new ManualResetEventSlim();
        IEnumerable<int> Steps()
        {
            yield return 1;
            Thread.Sleep(60);
            yield return 2;
            cancellation.Cancel();
            release.Wait(CancellationToken.None);
            yield return 3;
        }
        Assert.Equal([1, 2], Steps().Abandonable(_ => 1, 1, cancellation.Token));
        release.Set();
        // Without a cancellation none is.
        Assert.Equal([1, 2, 3], Steps().Abandonable(_ => 1, 1, CancellationToken.None));
    }

    [Fact]
    public void Wherever_steps_are_taken_what_they_raise_is_raised()
    {
        using var cancellation = new CancellationTokenSource();
        static IEnumerable<int> Steps(int from)
        {
            if (from == 0)
                throw new OperationFailedException("it failed");
            yield return 1;
        }
        Assert.Throws<OperationFailedException>(() => Steps(0).Abandonable(_ => 1, 1, cancellation.Token).ToArray());
    }
}
