using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Tests.Runs;

/// <summary>Runs as a library's user starts them.</summary>
public class ProgressTests
{
    private sealed class Relay(Action<EpochReport> relay) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => relay(value);
    }

    [Fact]
    public void Each_epoch_is_reported_and_cancelling_gives_the_state_so_far()
    {
        var run = new TrainingRun(new TrainConfiguration { Samples = 300, Epochs = 4 }, DataSets.Load("digits"));
        using var enough = new CancellationTokenSource();
        var epochs = new List<EpochReport>();
        var progress = new Relay(epoch =>
        {
            epochs.Add(epoch);
            if (epochs.Count == 2)
                enough.Cancel();
        });
        var result = run.Run(progress, threads: 1, enough.Token);
        Assert.True(result.Summary.Interrupted);
        Assert.InRange(result.State.Step, 2 * run.StepsPerEpoch, 2 * run.StepsPerEpoch + 1);
        Assert.Equal(4, run.Run().Epochs.Count);
    }

    [Fact]
    public void An_action_has_received_every_epoch_when_the_run_ends()
    {
        var run = new TrainingRun(new TrainConfiguration { Samples = 300, Epochs = 4 }, DataSets.Load("digits"));
        var epochs = new List<EpochReport>();
        var result = run.Run(epochs.Add, threads: 1);
        Assert.Equal(result.Epochs, epochs);
    }

    // Where the last step of the run was taken, too: it is not done before it is evaluated.
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void An_evaluation_that_takes_long_is_abandoned_and_made_on_resume(int steps)
    {
        using var free = new ManualResetEventSlim(true);
        var slow = Activation.Custom(
            new CustomActivation("slow", x => x * (free.Wait(Timeout.Infinite) ? 1 : 0), _ => 1));
        var configuration = new TrainConfiguration { Samples = 300, BatchSize = 100, Epochs = 1 };
        var data = DataSets.Load("digits");
        var plain = new TrainingRun(configuration, data);
        var run = new TrainingRun(configuration, data, plain.ModelOf(Network.Create<float>(
            [plain.Start.Network.Inputs, 5, 10], slow, Initializer.He, seed: 1)));
        var whole = run.Run().Summary;
        using var cancellation = new CancellationTokenSource();
        var result = run.Run(new At(steps, () =>
        {
            free.Reset();
            cancellation.Cancel();
        }), threads: 1, folder: null, cancellation.Token, abandonsEvaluation: true);
        free.Set();
        Assert.Equal((steps, true, null), (result.State.Step, result.Summary.Interrupted, result.Summary.TestAccuracy));
        Assert.Empty(result.Epochs);
        var resumed = run.Run(
            new Observers(), threads: 1, folder: null, CancellationToken.None,
            new RunProgress(result.State, result.Losses, result.Epochs)).Summary;
        Assert.Equal(whole with { Seconds = 0 }, resumed with { Seconds = 0 });
    }

    private sealed class At(int step, Action act) : IRunObserver
    {
        public bool LooksAt(int at) => at == step;

        public void Stepped(StepReport report, int samples)
        {
            if (report.Step == step)
                act();
        }
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_configuration_that_can_not_be_is_refused_before_anything_is_done(
        TrainConfiguration configuration, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(
            () => new TrainingRun(configuration, DataSets.Load("digits"))).Message);

    public static TheoryData<TrainConfiguration, string> Wrong => new()
    {
        { new() { Optimizer = new() { Name = "adm" } },
            "Optimizer: 'adm' is not an optimizer: sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, amsgrad, "
            + "adamw, nadam, radam, adabelief, lamb, lion" },
        { new() { Patience = 3 },
            "Patience: there is no validation accuracy to wait for without a share of the samples for validation" },
        { new() { Epochs = 0 }, "Epochs: at least 1 is needed, not 0" },
        { new() { Optimizer = new() { LearningRate = -1 } },
            "LearningRate: the learning rate must be finite and not negative, but is -1" },
        { new() { Optimizer = new() { Groups = [new("affine9", 0, null)] } },
            "Groups: no parameter is like 'affine9'; there are affine1.weight, affine1.bias, affine2.weight, "
            + "affine2.bias" },
        { new() { Dropout = 1 }, "Dropout: a share from 0 to below 1 is needed, not 1" },
    };
}
