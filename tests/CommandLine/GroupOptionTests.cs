using System.Text.Json;
using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Runs;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>Groups of parameters, look-ahead, noise and averages on the command line.</summary>
public sealed class GroupOptionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static TrainConfiguration Parse(string name, string value) =>
        TrainOptions.Parse([KeyValuePair.Create(name, value)], new TrainConfiguration());

    [Theory]
    [InlineData("affine1:frozen", null)]
    [InlineData("affine1:learning-rate=0", "affine1:frozen")]
    [InlineData("affine1:frozen,biases:weight-decay=0,*.weight:learning-rate=0.01:weight-decay=1E-05", null)]
    [InlineData("a:weight-decay=0.1:learning-rate=2,b:frozen", "a:learning-rate=2:weight-decay=0.1,b:frozen")]
    [InlineData("none", "")]
    public void Groups_are_text(string text, string? written)
    {
        var configuration = Parse("groups", text);
        Assert.Equal(written ?? text, GroupText.Of(configuration.Optimizer.Groups));
        Assert.Equal(configuration.Optimizer.Groups, configuration.Optimizer.Create(10).Groups);
    }

    [Theory]
    [InlineData("affine1", "expected PATTERN:frozen, PATTERN:learning-rate=RATE or PATTERN:weight-decay=RATE, several "
        + "with commas between, found 'affine1'")]
    [InlineData(":frozen", "found ':frozen'")]
    [InlineData("", "found ''")]
    [InlineData("a:frozen,", "found ''")]
    [InlineData("a:frozen:learning-rate=1", "found 'a:frozen:learning-rate=1'")]
    [InlineData("a:rate=1", "found 'a:rate=1'")]
    [InlineData("a:learning-rate=x", "expected a number, found 'x'")]
    [InlineData("a:learning-rate=-1", "the learning rate of a must be finite and not negative, but is -1")]
    [InlineData("a:weight-decay=NaN", "expected a number, found 'NaN'")]
    [InlineData("a:frozen,a:weight-decay=1", "there are 2 groups of a")]
    public void What_is_not_a_group_is_refused(string text, string message)
    {
        var found = Assert.Throws<UsageException>(() => Parse("groups", text)).Message;
        Assert.StartsWith("Groups: ", found, StringComparison.Ordinal);
        Assert.Contains(message, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("look-ahead", "0", "LookAhead: the number of steps to look ahead must be at least 1, but is 0")]
    [InlineData("look-ahead", "5:2", "LookAhead: the share of a look ahead must be above 0 and at most 1, but is 2")]
    [InlineData("look-ahead", "5:0.5:1", "LookAhead: expected STEPS or STEPS:SHARE, as in 5:0.5, or none, found "
        + "'5:0.5:1'")]
    [InlineData("noise", "-1", "Noise: the noise's scale must be finite and not negative, but is -1")]
    [InlineData("average", "1", "Average: the decay of an average must be at least 0 and below 1, but is 1")]
    public void Wrong_numbers_name_their_option(string name, string value, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Parse(name, value)).Message);

    [Fact]
    public void A_pattern_that_picks_nothing_is_named_with_its_option()
    {
        var outcome = FunctionalProgram.Run(folder.Path, "train", "--groups", "affine7:frozen", "--out", "run");
        Assert.Equal((2, "functional: --groups: no parameter is like 'affine7'; there are affine1.weight, "
            + "affine1.bias, affine2.weight, affine2.bias\n"), (outcome.ExitCode, outcome.Error));
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void A_run_with_groups_freezes_resumes_verifies_and_can_be_run_again()
    {
        string[] options = ["--optimizer", "nadam", "--groups", "affine1:frozen,biases:learning-rate=0.01",
            "--look-ahead", "5:0.5", "--noise", "0.001", "--average", "0.9", "--weight-decay", "0.1"];
        string[] all = ["train", "--samples", "300", "--epochs", "4", .. options];
        var whole = FunctionalProgram.Run(folder.Path, [.. all, "--json", "--out", "run"]);
        Assert.Equal((0, ""), (whole.ExitCode, whole.Error));
        var written = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(folder["run/config.json"]))
            .GetProperty("options");
        Assert.Equal("affine1:frozen,biases:learning-rate=0.01", written.GetProperty("groups").GetString());
        Assert.Contains("affine1 frozen; biases learning rate 0.01",
            File.ReadAllText(folder["run/report.html"]), StringComparison.Ordinal);
        var start = new TrainingRun(new TrainConfiguration(), DataSets.Load("digits")).Start.Network;
        var end = Model.Load<float>(folder["run/model.safetensors"]).Network;
        Assert.Equal(start.Parameters()["affine1.weight"].Values, end.Parameters()["affine1.weight"].Values);
        Assert.NotEqual(start.Parameters()["affine2.weight"].Values, end.Parameters()["affine2.weight"].Values);
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "verify", "run").ExitCode);
        string Digest(Outcome outcome) => outcome.Event("summary").GetProperty("digest").GetString()!;
        FunctionalProgram.Run(
            folder.Path, ["train", "--samples", "300", "--epochs", "2", .. options, "--out", "part"]);
        var resumed = FunctionalProgram.Run(folder.Path, "train", "--resume", "part", "--epochs", "4", "--json");
        Assert.Equal(Digest(whole), Digest(resumed));
    }
}
