using System.Globalization;
using System.Text.RegularExpressions;
using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Pages;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;
using Accessibility = Functional.Tests.Charts.Accessibility;

namespace Functional.Tests.Runs;

/// <summary>One sample forward and its gradient back, number by number.</summary>
public sealed class SampleTraceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("spirals", "relu", "8,8", 7)]
    [InlineData("blobs", "tanh", "3", 450)]
    [InlineData("xor", "gelu", "5,4,3", 0)]
    [InlineData("circles", "sigmoid", "none", 499)]
    public void Every_sum_is_the_librarys_own(string data, string activation, string hidden, int sample)
    {
        var configuration = TrainOptions.Change(PlaySettings.Usual, new Dictionary<string, string>
        {
            ["data"] = data, ["activation"] = activation, ["hidden"] = hidden, ["dropout"] = "0.2", ["l2"] = "0.01",
        });
        var run = new TrainingRun(configuration, configuration.LoadData());
        var state = run.At(60);
        var trace = new SampleTrace(run, state, sample);
        var numbers = trace.Steps.SelectMany(step => step.Numbers).ToArray();
        Assert.All(numbers, number => Assert.True(number.Agrees, $"{number.Name}: {number.Own}, {number.Library}"));
        // Each parameter has its derivative, and each unit its output.
        Assert.Equal(
            state.Network.Parameters().Length,
            trace.Steps.Where(step => step.Kind == TracedKind.Parameters).Sum(step => step.Numbers.Count));
        // The loss is the run's own, in its own precision.
        var part = trace.IsTest ? run.Encoded.Test : run.Encoded.Training;
        var batch = part.Batch([trace.IsTest ? sample - run.Data.Training.Count : sample]);
        var network = state.Network.WithPenalty(Penalty.None);
        var loss = trace.Steps.Single(step => step.Kind == TracedKind.Loss).Numbers[^1];
        Assert.Equal(("L", network.LossOf(batch)), (loss.Name, loss.Library), new Close(1e-5));
        // What is shown of a product's factors and of the product fits together.
        var page = TracePage.Render(trace, back: null, Language.English);
        Accessibility.Check(page);
        var products = Regex.Matches(page, "<span>(?:\\+ )?([−0-9.]+) × ([−0-9.]+) <i>= ([−0-9.]+)</i>");
        Assert.NotEmpty(products);
        Assert.All(products, product =>
        {
            double Number(int i) =>
                double.Parse(product.Groups[i].Value.Replace('−', '-'), CultureInfo.InvariantCulture);
            Assert.Equal(Number(1) * Number(2), Number(3), Math.Max(1e-12, 3e-4 * Math.Abs(Number(3))));
        });
        Assert.Contains($"All {numbers.Length:N0} numbers are the library", page, StringComparison.Ordinal);
        Accessibility.Check(TracePage.Render(trace, back: null, Language.Japanese));
    }

    [Fact]
    public void Scores_whose_exponentials_are_beyond_all_numbers_are_followed()
    {
        var configuration = PlaySettings.Usual with { Optimizer = new() { Name = "sgd", LearningRate = 1e4 } };
        var run = new TrainingRun(configuration, configuration.LoadData());
        var state = run.At(20);
        var most = 0.0;
        foreach (var sample in (int[])[3, 4, 5, 130, 255, 380, 405, 499])
        {
            var trace = new SampleTrace(run, state, sample);
            Assert.All(trace.Steps.SelectMany(step => step.Numbers), number => Assert.True(
                double.IsFinite(number.Own) && number.Agrees, $"{number.Name}: {number.Own}, {number.Library}"));
            var scores = trace.Steps.Last(step => step.Kind == TracedKind.Output).Numbers;
            most = Math.Max(most, scores.Max(score => Math.Abs(score.Own)));
            Assert.DoesNotContain(
                "not a number", TracePage.Render(trace, back: null, Language.English), StringComparison.Ordinal);
        }
        Assert.True(most > 710, $"exp({most}) is a number");
    }

    [Fact]
    public void A_wrong_number_would_be_seen() =>
        Assert.False(new TracedNumber("y1", [new("2 × 3", 6), new("1", 1)], 7.001).Agrees);

    [Fact]
    public void A_runs_folder_is_followed_by_a_command()
    {
        string[] train =
            ["train", "--data", "xor", "--hidden", "4", "--iterations", "20", "--out", "run", "--plain"];
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, train).ExitCode);
        var outcome = FunctionalProgram.Run(folder.Path, "trace", "run", "--sample", "3", "--step", "0");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var classes = DataSets.Load("xor").Training.Classes;
        Assert.Contains(
            $"Sample 3 ({classes.Classification.Names[classes.Labels[3]]}), after step 0.",
            File.ReadAllText(folder["run/trace.html"]), StringComparison.Ordinal);
        foreach (var (words, error) in ((string[], string)[])
        [
            (["--sample", "500"], "--sample: expected a sample from 0 to 499, found 500"),
            (["--step", "21"], "--step: expected a step from 0 to 20, found 21"),
        ])
            Assert.Equal(
                $"functional: {error}\n", FunctionalProgram.Run(folder.Path, ["trace", "run", .. words]).Error);
        var large = new TrainConfiguration { Samples = 20, Iterations = 1 };
        var run = new TrainingRun(large, large.LoadData());
        Assert.Equal(
            "a trace shows every product: of up to 2,000 parameters, and this network has 39,760",
            Assert.Throws<UsageException>(() => new SampleTrace(run, run.Start, 0)).Message);
        var normalized = large with { Data = "xor", BatchNorm = true };
        var other = new TrainingRun(normalized, normalized.LoadData());
        Assert.Contains("this network has more",
            Assert.Throws<UsageException>(() => new SampleTrace(other, other.Start, 0)).Message,
            StringComparison.Ordinal);
    }

    private sealed class Close(double share) : IEqualityComparer<(string, double)>
    {
        public bool Equals((string, double) x, (string, double) y) =>
            x.Item1 == y.Item1 && Math.Abs(x.Item2 - y.Item2) <= share * Math.Max(1, Math.Abs(x.Item2));

        public int GetHashCode((string, double) value) => 0;
    }
}
