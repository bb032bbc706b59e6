using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Runs;

/// <summary>Forks of runs that diverged, stopped early, or were forks themselves.</summary>
public sealed class ForkFindingsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Four steps to an epoch.
    private static TrainConfiguration Small => new()
    {
        Samples = 100, BatchSize = 20, Validation = 0.2, Hidden = [8], Activation = Activation.Sigmoid,
        Initializer = Initializer.Xavier, Epochs = 6, Optimizer = new() { LearningRate = 0.5 },
    };

    private static TrainingRun Run(TrainConfiguration configuration) => new(configuration, DataSets.Load("digits"));

    private Outcome Command(string words) => FunctionalProgram.Run(folder.Path, words.Split(' '));

    [Theory]
    [InlineData(0.9, 0.999)]
    [InlineData(0.999, 0.9)]
    public void An_average_with_another_share_is_at_first_what_it_was(double before, double now)
    {
        TrainConfiguration With(double share) =>
            Small with { Optimizer = new() { LearningRate = 0.5, Average = share } };
        var run = Run(With(before));
        Assert.Equal(4, run.StepsPerEpoch);
        var (old, begun) = (run.At(9).Training, run.Fork(9, With(now)).Start.Training);
        var (mean, same) = (
            Training.Averaged(old).Parameters().ToVector(), Training.Averaged(begun).Parameters().ToVector());
        Assert.True((mean - same).AbsoluteMaximum() <= 1e-5 * mean.AbsoluteMaximum());
    }

    [Fact]
    public void A_fork_of_a_fork_keeps_the_best_network_of_the_first_run()
    {
        const string options = "--samples 100 --batch-size 20 --validation 0.2 --hidden 8 --activation sigmoid "
            + "--init xavier --epochs 6";
        Assert.Equal(0, Command($"train {options} --learning-rate 0.5 --out a").ExitCode);
        Assert.Equal(0, Command("train --from a@10 --learning-rate 300 --out b").ExitCode);
        var (a, b) = (TrainingRun.Open(folder["a"]), TrainingRun.Open(folder["b"]));
        var best = a.Fork(10, a.Configuration).Start.Best!;
        var again = b.Fork(15, b.Configuration).Start.Best!;
        Assert.True(best.Step <= 8);
        Assert.Equal((best.Step, best.Network.Digest()), (again.Step, again.Network.Digest()));
    }

    [Fact]
    public void A_run_that_diverged_is_forked_beyond_its_newest_checkpoint_with_all_losses()
    {
        Assert.Equal(1, Command(
            "train --samples 100 --batch-size 20 --hidden 8 --learning-rate 1e30 --epochs 6 --out a").ExitCode);
        var run = TrainingRun.Open(folder["a"]);
        var nan = Command("bisect a --when nan");
        Assert.Equal(0, nan.ExitCode);
        // The page goes as far as checkpoints do.
        Assert.DoesNotContain("to look at it", nan.Output, StringComparison.Ordinal);
        var step = run.First(state => state.Network.Parameters().ToVector().Any(x => !float.IsFinite(x)))!.Step - 1;
        Assert.True(step > 0);
        var fork = run.Fork(step, run.Configuration with { Optimizer = new() { LearningRate = 0 } });
        Assert.Equal(step, fork.Beginning.Losses.Count);
    }

    [Fact]
    public void What_would_stop_at_once_or_lose_its_schedule_is_refused()
    {
        var patient = Small with { Patience = 1, Epochs = 50, Optimizer = new() { LearningRate = 1e-9 } };
        var run = Run(patient);
        var stopped = run.Run().State.Step;
        Assert.True(stopped < run.PlannedSteps);
        Assert.Contains("Patience: ", Assert.Throws<UsageException>(() => run.Fork(stopped, patient)).Message,
            StringComparison.Ordinal);
        Assert.Equal(stopped, run.Fork(stopped, patient with { Patience = null }).Start.Step);

        var scheduled = Small with { Optimizer = new() { LearningRate = 0.5, Schedule = RunSchedule.Cosine() } };
        Assert.Contains("Accumulate: ", Assert.Throws<UsageException>(() => Run(scheduled).Fork(
            9, scheduled with { Optimizer = scheduled.Optimizer with { Accumulate = 4 } })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_moment_of_a_fork_has_no_command_that_trains_so_far()
    {
        Assert.Equal(0, Command("train --samples 100 --batch-size 20 --hidden 8 --epochs 3 --out a").ExitCode);
        Assert.Equal(0, Command("train --from a@6 --learning-rate 0.2 --out b").ExitCode);
        var held = Command("bisect b --when loss>0");
        Assert.Equal(0, held.ExitCode);
        Assert.DoesNotContain("to train so far", held.Output, StringComparison.Ordinal);
        Assert.Contains("to look at it: functional live b --step 6\n", held.Output, StringComparison.Ordinal);
    }
}
