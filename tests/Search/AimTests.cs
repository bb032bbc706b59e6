using System.Globalization;
using System.Text.Json;
using Functional.Host;
using Functional.Host.Search;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Search;

/// <summary>Searches with several aims.</summary>
public sealed class AimTests : IDisposable
{
    private static readonly SearchSpace Space = new(
        Hyperparameter.Uniform("x", -3, 3), Hyperparameter.Uniform("y", 0, 1));

    private static readonly StudySettings Settings = new(Space)
    {
        Aims =
        [
            new("gain", Direction.Maximize), new("cost", Direction.Minimize),
            new("time", Direction.Minimize, IsMeasured: true),
        ],
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Without the time, the front is where x is between -0.5 and 0.5, and y is 0.
    private static double Gain(Configuration configuration) =>
        -Math.Pow(configuration.Number("x") - 0.5, 2) - configuration.Number("y");

    private static double Cost(Configuration configuration) =>
        1e6 * Math.Pow(configuration.Number("x") + 0.5, 2) + configuration.Number("y");

    private static Trial Ended(int number, params double[] values) =>
        new(number, Space.At([0.5, 0.5]))
        {
            State = TrialState.Complete,
            Result = new TrialResult(TrialState.Complete, [], [], 0, values[0], Values: values),
        };

    [Theory]
    [InlineData("tpe", 48)]
    [InlineData("gp", 32)]
    public void Trials_are_the_same_for_any_number_of_workers_and_whatever_is_measured(string sampler, int trials)
    {
        var settings = Settings with { Sampler = Sampler.Parse(sampler) };
        var time = 0;
        Trial[] Tried(int workers)
        {
            using var study = Study.InMemory(settings);
            return [.. study.Run(
                (configuration, reporter) =>
                {
                    reporter.Record("cost", Cost(configuration));
                    reporter.Record("time", Interlocked.Increment(ref time) * 7 % 11);
                    return Gain(configuration);
                }, trials, workers)];
        }
        static string[] Described(Trial[] trials) =>
            [.. trials.Select(trial => $"{trial.Configuration} {string.Join(' ', trial.Result!.Values!.Take(2))}")];
        var alone = Tried(1);
        Assert.Equal(Described(alone), Described(Tried(2)));
        Assert.Equal(Described(alone), Described(Tried(8)));
        // It learns from both: most are near the front, a sixth of the space, and near both ends of it.
        double[] late = [.. alone.Skip(16).Select(trial => trial.Configuration.Number("x"))];
        Assert.InRange(late.Count(x => Math.Abs(x) < 0.7), late.Length / 2, late.Length);
        Assert.Contains(late, x => x is > -0.7 and < -0.2);
        Assert.Contains(late, x => x is > 0.2 and < 0.7);
    }

    [Fact]
    public void The_front_is_what_no_other_dominates()
    {
        var settings = Settings with { Aims = [.. Settings.Aims.Take(2)] };
        // Gain is to be large, cost small; 3 is as good as 1 and later, 4 is dominated by 2, 5 by 0 in cost alone.
        Trial[] trials =
            [Ended(0, 5, 50), Ended(1, 3, 10), Ended(2, 4, 20), Ended(3, 3, 10), Ended(4, 3.5, 25), Ended(5, 5, 51)];
        Assert.Equal([0, 2, 1], StudyResults.Front(settings, trials).Select(trial => trial.Number));
        Assert.Equal([0], StudyResults.Front(new StudySettings(Space), trials).Select(trial => trial.Number));
        Assert.Empty(StudyResults.Front(settings, []));
    }

    [Fact]
    public void Weights_differ_between_trials_and_the_better_has_the_better_value()
    {
        // Of three, each has another time, from which nothing is learned.
        Trial[] trials = [Ended(0, 5, 50, 1), Ended(1, 1, 10, 9), Ended(2, 1, 50, 0)];
        var weights = new HashSet<double>();
        for (var more = 0; more < 50; more++)
        {
            // A trial without a result changes the number, and so the weights, and no value.
            var seen = Scalarization.Of(Settings, [.. trials, .. Enumerable.Range(3, more).Select(
                number => new Trial(number, Space.At([0, 0])))]);
            var (left, right, worst) = (seen[0].Value!.Value, seen[1].Value!.Value, seen[2].Value!.Value);
            // Each of these two has the whole cost of one aim, and the two weights sum to 1.
            Assert.Equal(-1.05, left + right, 1e-12);
            Assert.InRange(worst, -1.05, Math.Min(left, right) - 1e-6);
            weights.Add(left);
        }
        Assert.Equal(50, weights.Count);
        // Both ends have their turn.
        Assert.InRange(weights.Min(), -1.05, -0.8);
        Assert.InRange(weights.Max(), -0.25, 0);
    }

    [Fact]
    public void What_several_aims_cannot_have_is_refused()
    {
        Refused("a pruner ends trials by one value, but there are 3 aims", Settings with { Pruner = Pruner.Median() });
        Refused("several seeds judge trials by one value, but there are 3 aims", Settings with { Seeds = 2 });
        Refused("several aims need", Settings with { Aims = [Settings.Aims[0]] });
        Refused("several aims need", Settings with { Aims = [Settings.Aims[0], new("gain", Direction.Minimize)] });
        Refused("the first aim is one to learn from", Settings with { Aims = [.. Settings.Aims.Reverse()] });

        static void Refused(string reason, StudySettings settings) => Assert.StartsWith(
            reason, Assert.Throws<ArgumentException>(() => Study.InMemory(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_study_keeps_its_aims_and_their_values()
    {
        var path = folder["study"];
        var settings = Settings with { Aims = [new("loss", Direction.Minimize), Settings.Aims[1]] };
        string[] found;
        using (var study = Study.Open(path, settings))
        {
            Assert.Equal(Direction.Minimize, study.Settings.Direction);
            var trials = study.Run(
                (configuration, reporter) =>
                {
                    if (reporter.Trial == 1)
                        return 3;
                    reporter.Record(reporter.Trial == 2 ? "gain" : "cost", reporter.Trial == 3 ? double.NaN : 4);
                    return reporter.Trial;
                }, 5);
            Assert.Equal(
                [null, "it has no value of cost", "the study has no aim 'gain' behind its first",
                    "the value of cost is NaN", null],
                trials.Select(trial => trial.Result!.Reason?.Split(" (")[0]));
            Assert.Equal([4, 4], trials[4].Result!.Values!);
            found = [.. study.FindFront().Select(trial => $"{trial}")];
            Assert.Equal([$"{trials[0]}"], found);
        }
        using (var again = Study.Open(path, settings))
            Assert.Equal(found, again.FindFront().Select(trial => $"{trial}"));
        Assert.Contains(
            "loss (minimize), cost (minimize)",
            Assert.Throws<UsageException>(() => Study.Open(path, Settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_without_a_value_for_each_aim_is_rejected()
    {
        var state = StudyState.Empty.After(StudyBegun.Of(Settings))
            .After(new TrialTaken(0, "worker", Space.At([0.5, 0.5]).Texts.ToDictionary()));
        StudyState After(double[]? values) => state.After(
            new TrialEnded(0, "worker", new TrialResult(TrialState.Complete, [], [], 0, 1, Values: values)));
        foreach (var values in new double[]?[] { null, [1, 2], [2, 2, 2], [1, double.NaN, 2] })
            Assert.Throws<UsageException>(() => After(values));
        Assert.Equal([1, 2, 3], After([1, 2, 3]).Trials[0].Result!.Values!);
    }

    [Theory]
    [InlineData("loss")]
    [InlineData("parameters,accuracy")]
    [InlineData("accuracy,loss,loss")]
    [InlineData("accuracy,")]
    [InlineData("")]
    public void Other_aims_are_refused(string text) => Assert.Equal(
        $"--aim: expected accuracy[,loss][,parameters][,seconds], found '{text}'",
        Assert.Throws<UsageException>(() => TrainingAims.Parse(text)).Message);

    [Fact]
    public void Accuracy_alone_is_what_a_search_has_anyway() => Assert.Empty(TrainingAims.Parse("accuracy"));

    [Fact]
    public void The_command_shows_the_front()
    {
        string[] search = ["search", "--samples", "100", "--epochs", "2", "--study", "aims", "--trials", "6", "--space",
            "hidden=3|12", "--space", "learning-rate=log:1e-2..1", "--sampler", "tpe", "--aim"];
        const string Aims = "accuracy,loss,parameters,seconds";
        foreach (var (options, line) in new[]
        {
            (new[] { Aims, "--pruner", "median" },
                "--aim: a pruner ends trials by one value, but there are 4 aims: search without one"),
            ([Aims, "--stop-when-regret", "1"],
                "--stop-when-regret: what is left to gain is a number for one aim, but there are 4"),
        })
        {
            var refused = FunctionalProgram.Run(folder.Path, [.. search, .. options]);
            Assert.Equal((2, $"functional: {line}\n"), (refused.ExitCode, refused.Error));
        }
        var ended = FunctionalProgram.Run(folder.Path, [.. search, Aims, "--json"]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var front = ended.Event("summary").GetProperty("front").EnumerateArray().ToArray();
        static double Of(JsonElement trial, string aim) => trial.GetProperty("values").GetProperty(aim).GetDouble();
        // What it says trains that network again, with that loss and so many parameters.
        var first = front[0];
        var trained = FunctionalProgram.Run(
            folder.Path, [.. first.GetProperty("command").GetString()!.Split(' ')[1..], "--json"]);
        Assert.Equal(Of(first, "accuracy"), trained.Event("summary").GetProperty("validationAccuracy").GetDouble());
        var units = int.Parse(
            first.GetProperty("parameters").GetProperty("hidden").GetString()!, CultureInfo.InvariantCulture);
        Assert.Equal((784 * units) + units + (units * 10) + 10, Of(first, "parameters"));
        Assert.InRange(Of(first, "loss"), 0.01, 10);
        Assert.InRange(Of(first, "seconds"), 1e-6, 100);
        var shown = FunctionalProgram.RunWith("LANG=ja_JP.UTF-8", folder.Path, ["search", "show", "aims"]);
        Assert.Contains($"パレートフロント：{front.Length}試行", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"{Of(first, "parameters"):N0}", shown.Output, StringComparison.Ordinal);
        var page = File.ReadAllText(folder["studies/aims/report.html"]);
        Charts.Accessibility.Check(page);
        Assert.Contains("フロント上", page, StringComparison.Ordinal);
    }
}
