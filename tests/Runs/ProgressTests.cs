using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Tests.Runs;

/// <summary>Runs as a library's user starts them.</summary>
public class ProgressTests
{
    private sealed class Told(Action<EpochReport> tell) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => tell(value);
    }

    [Fact]
    public void Each_epoch_is_told_and_cancelling_gives_the_state_so_far()
    {
        var run = new TrainingRun(new TrainConfiguration { Samples = 300, Epochs = 4 }, DataSets.Load("digits"));
        using var enough = new CancellationTokenSource();
        var epochs = new List<EpochReport>();
        var progress = new Told(epoch =>
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
}
