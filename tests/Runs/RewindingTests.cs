using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Runs;

/// <summary>Any state of a run is had again, and so is the first at which a condition holds.</summary>
public sealed class RewindingTests : IDisposable
{
    private static readonly TrainConfiguration Configuration = new()
    {
        Epochs = 3, Samples = 200, BatchSize = 20, Hidden = [8], Dropout = 0.2, Optimizer = new() { Name = "adam" },
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Run(params string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);

    private static TrainingRun NewRun(TrainConfiguration configuration) =>
        new(configuration, DataSets.Load("digits"));

    [Fact]
    public void The_first_state_at_which_a_condition_holds_is_found_by_a_logarithm_of_looks()
    {
        var run = NewRun(Configuration);
        var states = run.Steps(run.Start).Select(step => step.After).Prepend(run.Start).ToArray();
        Assert.Equal(31, states.Length);
        Assert.All(states, state => Assert.Equal(StateDigest.Of(state), StateDigest.Of(run.At(state.Step))));
        for (var first = 0; first <= 31; first++)
        {
            var looks = 0;
            var found = run.First(state =>
            {
                looks++;
                return state.Step >= first;
            });
            Assert.Equal(first, found?.Step ?? 31);
            Assert.InRange(looks, 1, 2 + 5);
        }
        // Of what comes and goes, it is where it comes.
        Assert.Contains(run.First(state => state.Step is (>= 4 and < 9) or >= 21)!.Step, (int[])[4, 21]);
    }

    [Fact]
    public void A_run_that_diverges_ends_where_it_does()
    {
        var run = NewRun(Configuration with { Optimizer = new() { Name = "sgd", LearningRate = 1e30 } });
        var end = run.Steps(run.Start).Last();
        Assert.False(end.IsFinite);
        Assert.InRange(end.After.Step, 1, 29);
        var nan = RunCondition.Parse("nan");
        var expected = run.Steps(run.Start).First(step => nan.Holds(nan.Value(run, step.After, 1))).After;
        var found = run.First(state => nan.Holds(nan.Value(run, state, 1)));
        Assert.Equal((expected.Step, StateDigest.Of(expected)), (found!.Step, StateDigest.Of(found)));
        var fault = Assert.Throws<OperationFailedException>(() => run.At(30));
        Assert.Contains($"the loss of step {end.After.Step} is not finite", fault.Message, StringComparison.Ordinal);
        // NaN is worse than any loss.
        Assert.NotNull(run.First(state =>
            RunCondition.Parse("loss>1e30") is var above && above.Holds(above.Value(run, state, 1))));
    }

    [Fact]
    public void The_numbers_of_a_condition_are_those_of_the_run()
    {
        var run = NewRun(Configuration with { Validation = 0.2, L2 = 0.1 });
        var result = run.Run();
        double Value(string condition) => RunCondition.Parse(condition).Value(run, result.State, threads: 2);
        Assert.Equal(result.Summary.TrainAccuracy, Value("accuracy<90%"));
        Assert.Equal(result.Summary.ValidationAccuracy, Value("validation-accuracy<0.9"));
        Assert.Equal(result.Summary.TestAccuracy, Value("test-accuracy<0.9"));
        var all = run.Encoded.Test.Batch(run.Encoded.Test.All);
        Assert.Equal(
            result.State.Network.WithPenalty(Penalty.None).LossOf(all), Value("test-loss>1"), 1e-6);
        Assert.Equal(0, Value("nan"));
        Assert.InRange(Value("dead>0"), 0, 8);
        Assert.Equal(0.9, RunCondition.Parse("accuracy<90%").Limit);
    }

    [Theory]
    [InlineData("")]
    [InlineData("loss")]
    [InlineData("loss>")]
    [InlineData("loss>x")]
    [InlineData("loss>nan")]
    [InlineData("loss>9%")]
    [InlineData("dead<1")]
    [InlineData("test-dead>1")]
    [InlineData("other-loss>1")]
    [InlineData("loss=1")]
    public void What_is_no_condition_is_refused(string text) =>
        Assert.StartsWith(
            "--when: expected loss>X, ", Assert.Throws<UsageException>(() => RunCondition.Parse(text)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_recorded_run_is_bisected_and_opened()
    {
        Assert.Equal(0, Run(["train", .. Configuration.CommandLine().Split(' ').Skip(2), "--out", "run"]).ExitCode);
        var limit = RunCondition.Parse("test-loss<2.25");
        var run = TrainingRun.Open(folder["run"]);
        var found = Run("bisect", "run", "--when", "test-loss<2.25");
        var first = run.First(state => limit.Holds(limit.Value(run, state, 1)))!;
        Assert.InRange(first.Step, 2, 29);
        Assert.Equal((0, ""), (found.ExitCode, found.Error));
        Assert.Matches(
            $"^test-loss<2[.]25 begins to hold after step {first.Step} \\(epoch [123]\\)\n"
            + $"after step {first.Step - 1}: 2[.]2[0-9]+\nafter step {first.Step}: 2[.]2[0-9]+\n"
            + "looked at [2-7] of 31 states\n"
            + $"to look at it: functional live run --step {first.Step}\n"
            + $"to train so far: functional train .* --iterations {first.Step}\n"
            + $"to go on from before it: functional train --from run@{first.Step - 1}\n$", found.Output);
        var json = Run("bisect", "run", "--when", "test-loss<2.25", "--json").Event("bisection");
        Assert.Equal(first.Step, json.GetProperty("step").GetInt32());
        Assert.True(json.GetProperty("before").GetDouble() >= 2.25);
        Assert.True(json.GetProperty("value").GetDouble() < 2.25);

        Assert.StartsWith("loss>0.1 holds from the start, after step 0: 2",
            Run("bisect", "run", "--when", "loss>0.1").Output, StringComparison.Ordinal);
        var never = Run("bisect", "run", "--when", "nan", "--lang", "ja");
        Assert.Equal(1, never.ExitCode);
        Assert.StartsWith("nanは最後には成り立っていません。ステップ30の後：すべての数値は有限です\n", never.Output,
            StringComparison.Ordinal);
        Assert.StartsWith($"test-loss<2.25 holds from the start, after step {first.Step}: ",
            Run("bisect", "run", "--when", "test-loss<2.25", "--after", $"{first.Step}").Output,
            StringComparison.Ordinal);
        foreach (var (wrong, reason) in ((string[], string)[])
        [
            (["--when", "loss>1", "--until", "31"],
                "--after, --until: expected steps from 0 to 30, in order, found 0 and 31"),
            (["--when", "validation-loss>1"], "--when: the run has no validation samples"),
            (["--when", "r2>1"], "--when: the run learns classes, which have no r2; accuracy is theirs"),
        ])
        {
            var outcome = Run(["bisect", "run", .. wrong]);
            Assert.Equal((2, $"functional: {reason}\n"), (outcome.ExitCode, outcome.Error));
        }
        File.WriteAllText(folder["run/config.json"], File.ReadAllText(folder["run/config.json"])
            .Replace("\"dropout\": \"0.2\"", "\"dropout\": \"0.3\"", StringComparison.Ordinal));
        Assert.Contains(
            "config.json was changed", Assert.Throws<UsageException>(() => TrainingRun.Open(folder["run"])).Message,
            StringComparison.Ordinal);
    }
}
