using Functional.Host;
using Functional.Host.Runs;

namespace Functional.Tests.Runs;

/// <summary>The options that say when a run is saved and when it ends, and what is kept of it.</summary>
public class SavingOptionsTests
{
    private static TrainConfiguration Parse(params (string Name, string Value)[] options) =>
        TrainOptions.Parse(options.Select(option => KeyValuePair.Create(option.Name, option.Value)),
            new TrainConfiguration());

    [Theory]
    [InlineData("1")]
    [InlineData("25")]
    [InlineData("10m")]
    [InlineData("0.5m")]
    [InlineData("1E-05m")]
    [InlineData("none")]
    public void Intervals_are_read_as_they_are_written(string text) =>
        Assert.Equal(text, CheckpointInterval.Parse(text).ToString());

    [Theory]
    [InlineData("checkpoint-every", "0")]
    [InlineData("checkpoint-every", "-1")]
    [InlineData("checkpoint-every", "1.5")]
    [InlineData("checkpoint-every", "m")]
    [InlineData("checkpoint-every", "0m")]
    [InlineData("checkpoint-every", "1e999m")]
    [InlineData("checkpoint-every", "10s")]
    [InlineData("average", "1")]
    [InlineData("average", "-0.1")]
    [InlineData("patience", "0")]
    [InlineData("patience", "3")]
    public void What_is_wrong_is_said_of_its_option(string name, string value)
    {
        var error = Assert.Throws<UsageException>(() => Parse((name, value)));
        Assert.StartsWith($"--{name}: ", TrainOptions.Line(error.Faults[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_schedule_that_depends_on_the_length_keeps_to_the_old_one_for_steps_that_were_taken()
    {
        var configuration = Parse(("schedule", "cosine"), ("iterations", "40"))
            with { Stages = [new Stage(10, 10), new Stage(20, 25)] };
        Assert.Equal(
            [10, 10, 25, 25, 40],
            from step in (int[])[0, 9, 10, 19, 20]
            select Enumerable.Range(1, 40)
                .First(steps => configuration.Optimizer.Create(steps).Equals(configuration.OptimizerAt(step, 40))));
        Assert.Equal([10, 20], Enumerable.Range(0, 40).Where(configuration.EndsStage));
    }
}
