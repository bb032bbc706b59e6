using Functional.Host.Search;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;
using Xunit.Abstractions;

namespace Functional.Tests.Search;

/// <summary>Trials that run with several seeds, and are dropped after some of them.</summary>
public sealed class RaceTests(ITestOutputHelper output) : IDisposable
{
    private static readonly SearchSpace Space = new(
        Hyperparameter.Uniform("height", 0, 1), Hyperparameter.Choice("kind", "a", "b"));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // What a seed does to all trials, and what it does to one.
    private static double Value(Configuration configuration, long seed)
    {
        var height = configuration.Number("height");
        var own = Key.OfSeed(seed).Child((int)(1e6 * height)).Normals(1)[0];
        return height + (0.3 * Key.OfSeed(seed).Normals(1)[0]) + (0.05 * own);
    }

    [Theory]
    [InlineData("random", "none")]
    [InlineData("gp", "none")]
    [InlineData("tpe", "median:3")]
    public async Task The_result_is_the_same_for_any_number_of_workers(string sampler, string pruner)
    {
        var settings = new StudySettings(Space)
        {
            Sampler = Sampler.Parse(sampler), Pruner = Pruner.Parse(pruner), Seed = 7, Seeds = 4, Round = 5,
        };
        var alone = await Tried(1, 1);
        Assert.Equal(15, alone.Length);
        Assert.Contains(alone, trial => trial.Contains("after 2 of 4 seeds", StringComparison.Ordinal));
        Assert.Equal(pruner != "none",
            alone.Any(trial => trial.Contains("worse than others in report", StringComparison.Ordinal)));
        Assert.Equal(alone, await Tried(1, 8));
        Assert.Equal(alone, await Tried(2, 3));

        async Task<string[]> Tried(int processes, int workers)
        {
            var path = folder[$"{processes}-{workers}"];
            var runs = Enumerable.Range(0, processes).Select(_ => Task.Factory.StartNew(() =>
            {
                using var study = Study.Open(path, settings);
                return study.Run((configuration, reporter) =>
                {
                    Thread.Sleep(Random.Shared.Next(2));
                    var value = Value(configuration, reporter.Seed);
                    reporter.Report(value / 2);
                    reporter.Report(value);
                    return value;
                }, trials: 15, workers);
            }, TaskCreationOptions.LongRunning)).ToArray();
            await Task.WhenAll(runs);
            return [.. runs[0].Result.Select(trial => $"{trial.Number} {trial.Configuration} {trial.State} "
                + $"{trial.Value:R} {string.Join(' ', trial.SeedValues)} {string.Join(' ', trial.Result!.Curve)} "
                + trial.Result.Reason)];
        }
    }

    [Fact]
    public void All_trials_have_the_same_seeds_and_a_seed_that_has_run_is_not_run_again()
    {
        var settings = new StudySettings(Space) { Seed = 5, Seeds = 3, Round = 3 };
        var (calls, keys) = (new List<(int, long)>(), new HashSet<string>());
        using var cancellation = new CancellationTokenSource();
        double Run(Configuration configuration, TrialReporter reporter)
        {
            calls.Add((reporter.Trial, reporter.Seed));
            keys.Add($"{reporter.Seed} {reporter.Key}");
            // In the second trial's second seed.
            if (calls.Count == 5)
                cancellation.Cancel();
            reporter.Report(1);
            return Value(configuration, reporter.Seed);
        }
        using (var study = Study.Open(folder["study"], settings))
            study.Run(Run, trials: 3, cancellation: cancellation.Token);
        using (var study = Study.Open(folder["study"], settings))
        {
            var trials = study.Run(Run, trials: 3);
            Assert.All(trials, trial =>
            {
                Assert.Equal(new[] { 5L, 6, 7 }.Select(seed => Value(trial.Configuration, seed)), trial.SeedValues);
                Assert.Equal(trial.SeedValues.Average(), trial.Value!.Value, 1e-12);
            });
        }
        Assert.Equal(
            [(0, 5), (0, 6), (0, 7), (1, 5), (1, 6), (1, 6), (1, 7), (2, 5), (2, 6), (2, 7)], calls);
        Assert.Equal(3, keys.Count);
    }

    [Fact]
    public void A_trial_fails_with_any_seed_and_the_best_has_all_of_them()
    {
        using var study = Study.InMemory(new StudySettings(Space) { Seeds = 3, Round = 4 });
        var trials = study.Run((configuration, reporter) => (reporter.Trial, reporter.Seed) switch
        {
            (1, 2) => double.NaN,
            // With two seeds it is ahead of all, and with three it is not.
            (2, < 3) => 9,
            (2, 3) => -30,
            _ => reporter.Trial < 4 ? 1 + (0.01 * reporter.Trial * reporter.Seed) : -100,
        }, trials: 8);
        Assert.Equal("with seed 2: the value is NaN", trials[1].Result!.Reason);
        Assert.Equal((3, 3), (study.FindBest()!.Number, study.FindBest()!.SeedValues.Count));
        Assert.All(trials.Skip(4), trial =>
        {
            Assert.Equal((TrialState.Pruned, -100.0, 2), (trial.State, trial.Value!.Value, trial.SeedValues.Count));
            Assert.Equal("clearly worse than trial 3 after 2 of 3 seeds", trial.Result!.Reason);
        });
        Assert.Null(StudyResults.Overtaken(Direction.Maximize, trials, study.FindBest()!));
    }

    [Theory]
    [InlineData(Direction.Maximize)]
    [InlineData(Direction.Minimize)]
    public void Of_a_dropped_trial_samplers_learn_what_it_would_have_with_all_seeds(Direction direction)
    {
        var settings = new StudySettings(Space) { Seeds = 3, Round = 3, Direction = direction };
        using var study = Study.InMemory(settings);
        // The last seed adds 30 to every trial.
        var trials = study.Run((_, reporter) => direction.Score(
            (reporter.Trial < 3 ? reporter.Trial : -5) + (0.001 * reporter.Trial * reporter.Seed))
            + (reporter.Seed == 3 ? 30 : 0), trials: 5);
        Assert.All(trials.Skip(3), trial => Assert.Equal(2, trial.SeedValues.Count));
        var expected = Race.WithExpected(settings, trials);
        Assert.Equal(trials.Take(3), expected.Take(3));
        Assert.All(expected.Skip(3), trial => Assert.Equal(10 + direction.Score(-5), trial.Value!.Value, 0.02));
        Assert.All(trials.Skip(3), trial => Assert.Equal(direction.Score(-5), trial.Value!.Value, 0.02));
    }

    [Theory]
    [InlineData("\"seed\",\"trial\":0(.*)\"seed\":1", "\"seed\",\"trial\":0$1\"seed\":2")]
    [InlineData("\"state\":\"complete\"(.*)\"value\":0\\.", "\"state\":\"complete\"$1\"value\":1.")]
    public void A_record_that_no_race_leaves_is_rejected(string before, string after)
    {
        var settings = new StudySettings(Space) { Seeds = 2 };
        using (var study = Study.Open(folder["study"], settings))
            study.Run((configuration, reporter) => 0.25 * reporter.Seed, trials: 2);
        Journals.Change(folder["study/journal.jsonl"], before, after);
        var error = Assert.ThrowsAny<Exception>(() => Study.Open(folder["study"], settings));
        Assert.Contains("can't follow", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<int, string> Noises()
    {
        var data = new TheoryData<int, string>();
        foreach (var seeds in (int[])[3, 5, 10])
            foreach (var noise in (string[])["normal", "skewed", "few samples", "unequal"])
                data.Add(seeds, noise);
        return data;
    }

    // Trials are about as good as the best: the hard case. Of those that would be better than it with all seeds,
    // how many are dropped?
    [Theory, MemberData(nameof(Noises))]
    public void Few_trials_are_dropped_that_would_have_become_the_best(int seeds, string noise)
    {
        const int Studies = 400, Others = 16, New = 8;
        var settings = new StudySettings(Space) { Seeds = seeds };
        var configuration = Space.At([0.5, 0.5]);
        var (better, dropped) = (0, 0);
        foreach (var repetition in Enumerable.Range(0, Studies))
        {
            var key = Key.OfSeed(20 + seeds).Child(repetition);
            Trial Complete(int number) => Raced(number, [.. Values(key, number)]) with { State = TrialState.Complete };
            Trial[] seen = [.. Enumerable.Range(0, Others).Select(Complete)];
            var best = StudyResults.Best(settings.Direction, seen).First();
            foreach (var trial in Enumerable.Range(Others, New).Select(Complete))
                if (trial.Value > best.Value)
                {
                    better++;
                    dropped += Enumerable.Range(1, seeds - 1).Any(runs =>
                        Race.End(settings, seen, Raced(trial.Number, [.. trial.SeedValues.Take(runs)])) is not null)
                        ? 1 : 0;
                }
        }
        // Five percent, and three standard deviations of tolerance.
        var (share, tolerance) = ((double)dropped / better, 3 * Math.Sqrt(0.05 * 0.95 / better));
        output.WriteLine($"{seeds} seeds, {noise}: {dropped} of {better} ({100 * share:F1}%)");
        Assert.True(better > 80);
        Assert.InRange(share, 0, 0.05 + tolerance);

        Trial Raced(int number, double[] values) => new(number, configuration)
        {
            SeedResults = [.. values.Select(value => new SeedResult(value, [], [], 0))],
            Result = new TrialResult(TrialState.Complete, [], [], 0, values.Average()),
        };

        IEnumerable<double> Values(Key key, int number)
        {
            var own = key.Child(number);
            var level = 0.9 + (0.003 * own.Child(0).Normals(1)[0]);
            for (var seed = 0; seed < seeds; seed++)
            {
                var common = 0.01 * key.Child(1000 + seed).Normals(1)[0];
                var (normal, uniform) = (own.Child(1 + seed).Normals(1)[0], own.Child(1 + seed).Uniforms(1)[0]);
                yield return noise switch
                {
                    "skewed" => level + common + (0.005 * Math.Log(1 - uniform)),
                    "few samples" => Math.Round(100 * (level + common + (0.005 * normal))) / 100,
                    // Every third setting has three times the noise.
                    "unequal" => level + common + (0.004 * (number % 3 == 0 ? 3 : 1) * normal),
                    _ => level + common + (0.005 * normal),
                };
            }
        }
    }

    [Fact]
    public void A_trials_run_with_a_seed_is_that_of_train_and_the_page_shows_each()
    {
        string[] small = ["--samples", "200", "--hidden", "10", "--epochs", "2", ];
        var outcome = FunctionalProgram.Run(folder.Path,
            ["search", .. small, "--seed", "3", "--seeds", "4", "--round", "4", "--space",
                "learning-rate=log:1e-5..1", "--trials", "12", "--study", "x", "--json"]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var best = outcome.Event("summary").GetProperty("best");
        var values = best.GetProperty("seedValues").EnumerateArray().Select(value => value.GetDouble()).ToArray();
        var rate = best.GetProperty("parameters").GetProperty("learning-rate").GetRawText();
        var trained = FunctionalProgram.Run(folder.Path,
            ["train", .. small, "--validation", "0.2", "--learning-rate", rate, "--seed", "5", "--json"]);
        Assert.Equal(values[2], trained.Event("summary").GetProperty("validationAccuracy").GetDouble());
        Assert.Equal(values.Average(), best.GetProperty("value").GetDouble(), 1e-12);
        Assert.InRange(outcome.Event("summary").GetProperty("dropped").GetInt32(), 1, 8);
        var page = File.ReadAllText(folder["studies/x/report.html"]);
        Charts.Accessibility.Check(page);
        Assert.Contains("Every seed", page, StringComparison.Ordinal);

        var shown = FunctionalProgram.RunWith(
            "LANG=ja_JP.UTF-8", folder.Path, "search", "--study", "x", "--trials", "12");
        Assert.Equal((0, ""), (shown.ExitCode, shown.Error));
        Assert.Contains("各試行を4個のシードで実行。", shown.Output, StringComparison.Ordinal);
        Assert.Matches("\n[0-9]+試行を途中で打ち切り、48回のうち[0-9]+回を実行しました\n", shown.Output);
        Assert.DoesNotMatch("runs were made|that is its run", shown.Output);
    }
}
