using System.Text.Json;
using Functional.Host;
using Functional.Host.Runs;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

public sealed class OptimizerOptionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static TrainConfiguration Parse(params (string Name, string Value)[] options) =>
        TrainOptions.Parse(options.Select(option => KeyValuePair.Create(option.Name, option.Value)),
            new TrainConfiguration());

    public static TheoryData<string> Names => [.. OptimizerSettings.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_optimizer_learns_to_read_digits_by_default(string name)
    {
        var outcome = FunctionalProgram.Run(folder.Path, ["train", "--optimizer", name, "--json"]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.True(outcome.Event("summary").GetProperty("testAccuracy").GetDouble() > 0.95);
    }

    [Fact]
    public void The_options_make_the_optimizer() => Assert.Equal(
        Optimizer.Adam(0.002, 0.8, 0.99, 1e-8).WithWeightDecay(0.1).With(Schedule.Cosine(20).AfterWarmUp(5))
            .WithClipNorm(1).WithClipValue(0.5).WithAccumulation(4).WithProximalL1(1e-5),
        Parse(
            ("optimizer", "adam"), ("learning-rate", "0.002"), ("beta1", "0.8"), ("beta2", "0.99"), ("epsilon", "1e-8"),
            ("weight-decay", "0.1"), ("schedule", "warmup:5+cosine"), ("clip-norm", "1"), ("clip-value", "0.5"),
            ("accumulate", "4"), ("proximal-l1", "1e-5")).Optimizer.Create(steps: 100));

    [Theory]
    [InlineData("constant", 0, 1)]
    [InlineData("step:10:0.5", 20, 0.25)]
    [InlineData("exponential:0.5", 3, 0.125)]
    [InlineData("cosine", 100, 0)]
    [InlineData("cosine:0.1", 100, 0.1)]
    [InlineData("one-cycle", 30, 1)]
    [InlineData("warmup:4", 1, 0.4)]
    [InlineData("warmup:10+step:5:0.5", 15, 0.5)]
    public void A_schedule_is_text(string text, int step, double factor) =>
        Assert.Equal(factor, RunSchedule.Parse(text).Over(100).Factor(step), 1e-12);

    [Theory]
    [InlineData("cosines")]
    [InlineData("cosine+warmup:5")]
    [InlineData("warmup:5+cosine+cosine")]
    [InlineData("step:5")]
    [InlineData("exponential:x")]
    public void What_is_not_a_schedule_is_refused(string text) =>
        Assert.Contains("Schedule: expected", Assert.Throws<UsageException>(() => Parse(("schedule", text))).Message);

    [Fact]
    public void Everything_wrong_names_its_option() => Assert.Equal(
        """
        Momentum: adam has no such number; it belongs to momentum and nesterov
        LearningRate: the learning rate must be finite and not negative, but is -1
        Beta1: beta1 must be at least 0 and below 1, but is 1
        Epsilon: epsilon must be finite and above 0, but is 0
        Schedule: the schedule's factor must be finite and not negative, but is -2
        Accumulate: the number of gradients to accumulate for a step must be at least 1, but is 0
        ClipValue: the clip value must be above 0, but is 0
        ClipNorm: the clip norm must be above 0, but is -1
        WeightDecay: the weight decay must be finite and not negative, but is -3
        ProximalL1: the proximal L1 rate must be finite and not negative, but is -4
        """,
        Assert.Throws<UsageException>(() => Parse(
            ("optimizer", "adam"), ("learning-rate", "-1"), ("beta1", "1"), ("epsilon", "0"), ("momentum", "0.5"),
            ("schedule", "exponential:-2"), ("accumulate", "0"), ("clip-value", "0"), ("clip-norm", "-1"),
            ("weight-decay", "-3"), ("proximal-l1", "-4"))).Message);

    [Fact]
    public void A_run_can_be_repeated_from_what_it_leaves()
    {
        string[] options = ["--optimizer", "adadelta", "--decay", "0.9", "--schedule", "warmup:3+one-cycle",
            "--accumulate", "2"];
        var first = FunctionalProgram.Run(
            folder.Path, ["train", "--samples", "500", "--epochs", "2", "--json", "--out", "run", .. options]);
        var written = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(folder["run/config.json"]))
            .GetProperty("options");
        Assert.Equal("1E-06", written.GetProperty("epsilon").GetString());
        var printed = Parse([.. written.EnumerateObject().Select(option => (option.Name, option.Value.GetString()!))]);
        Assert.Equal(
            "functional train --samples 500 --optimizer adadelta --decay 0.9 --schedule warmup:3+one-cycle "
            + "--accumulate 2 --epochs 2",
            printed.CommandLine());
        var second = FunctionalProgram.Run(folder.Path, [.. printed.CommandLine().Split(' ')[1..], "--json"]);
        Assert.Equal(
            first.Event("summary").GetProperty("digest").GetString(),
            second.Event("summary").GetProperty("digest").GetString());
    }
}
