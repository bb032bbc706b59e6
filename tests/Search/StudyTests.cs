using Functional.Host;
using Functional.Host.Commands;
using Functional.Host.Search;
using Functional.Tests.Data;

namespace Functional.Tests.Search;

/// <summary>Searches from C#: any function of a configuration.</summary>
public sealed class StudyTests : IDisposable
{
    private static readonly SearchSpace Space = new(
        Hyperparameter.LogUniform("rate", 1e-6, 1), Hyperparameter.UniformInteger("units", 1, 9),
        Hyperparameter.Choice("kind", "a", "b"),
        Hyperparameter.Uniform("share", 0, 1).When("kind", "b"));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static double Value(Configuration configuration, TrialReporter reporter) =>
        configuration.Integer("units") - configuration.Number("rate")
            + (configuration.Choice("kind") == "b" ? configuration.Number("share") : 0);

    [Theory]
    [InlineData("random", "none")]
    [InlineData("sobol", "none")]
    [InlineData("grid:3", "none")]
    [InlineData("tpe", "none")]
    [InlineData("tpe", "median:3")]
    [InlineData("gp", "none")]
    [InlineData("random", "asha")]
    public async Task The_result_is_the_same_for_any_number_of_workers(string sampler, string pruner)
    {
        var settings = new StudySettings(Space)
        {
            Sampler = Sampler.Parse(sampler), Pruner = Pruner.Parse(pruner), Seed = 7, Round = 5,
        };
        var alone = await Tried(1, 1);
        Assert.Equal(30, alone.Length);
        Assert.Equal(pruner != "none", alone.Any(trial => trial.Contains("Pruned", StringComparison.Ordinal)));
        Assert.Equal(alone, await Tried(1, 2));
        Assert.Equal(alone, await Tried(1, 8));
        Assert.Equal(alone, await Tried(2, 3));

        // Each process's worth of workers opens the journal by itself. Who ends first is left to chance.
        async Task<string[]> Tried(int processes, int workers)
        {
            var path = folder[$"{processes}-{workers}"];
            var runs = Enumerable.Range(0, processes).Select(_ => Task.Factory.StartNew(() =>
            {
                using var study = Study.Open(path, settings);
                return study.Run((configuration, reporter) =>
                {
                    for (var share = 1; share <= 3; share++)
                    {
                        Thread.Sleep(Random.Shared.Next(2));
                        reporter.Report(share * Value(configuration, reporter) / 3);
                    }
                    return Value(configuration, reporter);
                }, trials: 30, workers);
            }, TaskCreationOptions.LongRunning)).ToArray();
            await Task.WhenAll(runs);
            return [.. runs[0].Result.Select(trial => $"{trial.Number} {trial.Configuration} {trial.State} "
                + $"{trial.Result!.Curve.Count} {trial.Value:R} {trial.Result.Reason}")];
        }
    }

    [Fact]
    public void A_trial_waits_for_the_rounds_before_it_and_not_for_its_own()
    {
        // Of each round, the first trial ends last.
        var settings = new StudySettings(Space) { Sampler = Sampler.Tpe, Round = 3 };
        using var study = Study.InMemory(settings);
        var ends = new List<int>();
        study.Run((_, reporter) =>
        {
            SpinWait.SpinUntil(() => Ended() >= (reporter.Trial / 3 * 3) + (reporter.Trial % 3 == 0 ? 2 : 0));
            lock (ends)
                ends.Add(reporter.Trial / 3);
            return 1;
        }, trials: 9, workers: 8);
        Assert.Equal([0, 0, 0, 1, 1, 1, 2, 2, 2], ends);

        int Ended()
        {
            lock (ends)
                return ends.Count;
        }
    }

    [Fact]
    public void A_grid_has_each_value_with_each_and_ends()
    {
        using var study = Study.InMemory(new StudySettings(Space) { Sampler = Sampler.Grid(3) });
        var trials = study.Run(Value, trials: 1000, workers: 2);
        // 3 rates x 3 numbers of units x (a, or b with 3 shares).
        Assert.Equal(36, trials.Count);
        Assert.Equal(36, trials.Select(trial => trial.Configuration).Distinct().Count());
        var best = study.FindBest()!.Configuration;
        Assert.Equal((9, 1.0), (best.Integer("units"), best.Number("share")));
    }

    [Theory]
    [InlineData("grid:3", 38)]
    [InlineData("gp", 20)]
    public void A_study_begins_with_the_configurations_that_are_given(string sampler, int count)
    {
        var first = Array.ConvertAll(
            ["units=4 kind=b rate=0.5 share=0.25", "rate=1e-6 units=1 kind=a"],
            text => SpaceText.ParseConfiguration(Space, text));
        var settings = new StudySettings(Space) { Sampler = Sampler.Parse(sampler), First = first };
        using (var study = Study.Open(folder["study"], settings))
            study.Run(Value, trials: 1);
        using var again = Study.Open(folder["study"], settings);
        var trials = again.Run(Value, trials: count + (sampler == "gp" ? 0 : 100), workers: 3);
        Assert.Equal(count, trials.Count);
        Assert.Equal(first, trials.Take(2).Select(trial => trial.Configuration));
        Assert.Equal(first, again.Settings.First);
        // A grid misses none of its points.
        if (sampler != "gp")
            Assert.Equal(Space.Grid(3), trials.Skip(2).Select(trial => trial.Configuration));
        Assert.Throws<UsageException>(() => Study.Open(folder["study"], settings with { First = [first[1]] }));
        Assert.Throws<ArgumentException>(() => Study.InMemory(settings with
        {
            First = [new Configuration([KeyValuePair.Create("rate", (HyperparameterValue)0.5)])],
        }));
    }

    [Theory]
    [InlineData(0.5, 5, 0.5, "")]
    [InlineData(1e-6, 5, 0.01, "rate share")]
    [InlineData(0.9, 9, 0.5, "rate units")]
    public void A_best_value_at_the_edge_of_its_range_is_said(double rate, int units, double share, string edges)
    {
        var texts = new Dictionary<string, string>
        {
            ["rate"] = $"{rate}", ["units"] = $"{units}", ["kind"] = "b", ["share"] = $"{share}",
        };
        var best = new Trial(0, Space.Read(texts)!);
        Assert.Equal(edges, string.Join(' ', StudyResults.AtEdge(Space, best).Select(one => one.Name)));
    }

    [Theory]
    [InlineData(Direction.Maximize)]
    [InlineData(Direction.Minimize)]
    public void Of_equal_trials_the_first_is_best_whichever_ends_first(Direction direction)
    {
        using var study = Study.InMemory(new StudySettings(Space) { Direction = direction });
        var trials = study.Run((_, _) => 0.5, trials: 4);
        using var output = new StringWriter();
        var lines = new StudyLines(output, study.Settings, json: false);
        foreach (var trial in trials.OrderByDescending(trial => trial.Number))
            lines.Ended(trial);
        Assert.EndsWith($"best 0.5 (trial 0){Environment.NewLine}", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, study.FindBest()!.Number);
    }

    [Fact]
    public void A_trial_that_fails_is_recorded_and_others_go_on()
    {
        var settings = new StudySettings(Space) { Direction = Direction.Minimize };
        using (var study = Study.Open(folder["study"], settings))
            study.Run((_, reporter) => reporter.Trial switch
            {
                1 => throw new InvalidOperationException("out of luck"),
                2 => double.NaN,
                3 => Reported(reporter, 1, double.PositiveInfinity),
                _ => reporter.Trial,
            }, trials: 6, workers: 2);
        using var again = Study.Open(folder["study"], settings);
        Assert.Equal(
            ["", "out of luck", "the value is NaN", "the value became Infinity in report 2", "", ""],
            again.ReadTrials().Select(trial => trial.Result!.Reason ?? ""));
        Assert.Equal(3, again.ReadTrials().Count(trial => trial.State == TrialState.Failed));
        Assert.Equal(0, again.FindBest()!.Number);
    }

    [Fact]
    public void A_study_continues_where_it_was_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var settings = new StudySettings(Space);
        var calls = 0;
        double Counted(Configuration configuration, TrialReporter reporter)
        {
            if (Interlocked.Increment(ref calls) == 4)
                cancellation.Cancel();
            return Reported(reporter, Value(configuration, reporter));
        }
        using (var study = Study.Open(folder["study"], settings))
        {
            var first = study.Run(Counted, trials: 9, cancellation: cancellation.Token);
            Assert.Equal([.. Enumerable.Repeat(TrialState.Complete, 3), TrialState.Waiting],
                first.Select(trial => trial.State));
        }
        using var again = Study.Open(folder["study"], settings);
        Assert.All(again.Run(Counted, trials: 9), trial => Assert.Equal(TrialState.Complete, trial.State));
        // The fourth was begun twice.
        Assert.Equal(10, calls);
    }

    [Fact]
    public void A_study_is_not_continued_with_other_settings()
    {
        var settings = new StudySettings(Space);
        Study.Open(folder["study"], settings).Dispose();
        var error = Assert.Throws<UsageException>(
            () => Study.Open(folder["study"], settings with { Seed = 2, Sampler = Sampler.Tpe }));
        Assert.Equal(
            [
                $"sampler: {folder["study"]} was begun with 'random', not 'tpe'; choose another study, or leave it out",
                $"seed: {folder["study"]} was begun with '1', not '2'; choose another study, or leave it out",
            ],
            error.Message.Split('\n'));
    }

    [Theory]
    [InlineData("median:2", 4)]
    [InlineData("asha:1:2", 3)]
    public void A_pruner_ends_trials_that_do_worse(string pruner, int complete)
    {
        // Trial k has the value 8 - k in every step: each is worse than all before.
        using var study = Study.InMemory(new StudySettings(Space) { Pruner = Pruner.Parse(pruner), Round = 1 });
        var trials = study.Run((_, reporter) =>
            Reported(reporter, [.. Enumerable.Repeat(8.0 - reporter.Trial, 4)]), trials: 8);
        Assert.InRange(trials.Count(trial => trial.State == TrialState.Complete), 1, complete);
        Assert.All(trials.Where(trial => trial.State != TrialState.Complete), trial =>
        {
            Assert.Equal(TrialState.Pruned, trial.State);
            Assert.Equal(8.0 - trial.Number, trial.Value);
            Assert.InRange(trial.Result!.Curve.Count, 1, 3);
        });
        Assert.Equal(0, study.FindBest()!.Number);
    }

    [Fact]
    public void No_trial_begins_after_the_time_limit()
    {
        using var study = Study.InMemory(new StudySettings(Space));
        var trials = study.Run((_, _) =>
        {
            Thread.Sleep(200);
            return 1;
        }, trials: 1000, limit: TimeSpan.FromSeconds(1));
        Assert.InRange(trials.Count, 1, 10);
        Assert.All(trials, trial => Assert.Equal(TrialState.Complete, trial.State));
    }

    [Fact]
    public async Task A_trial_of_a_silent_worker_is_given_out_again_and_its_first_result_counts()
    {
        var settings = new StudySettings(Space) { HeartbeatTimeout = 0.2 };
        using var first = Study.Open(folder["study"], settings);
        using var second = Study.Open(folder["study"], settings);
        using var release = new ManualResetEventSlim();
        var slow = Task.Factory.StartNew(() => first.Run((_, _) =>
        {
            release.Wait();
            return 1;
        }, trials: 1), TaskCreationOptions.LongRunning);
        while (first.ReadTrials().Count == 0)
            Thread.Sleep(5);
        // As if its beats didn't come through.
        var workers = folder["study/workers"];
        var stolen = Task.Factory.StartNew(() => second.Run((_, _) => 2, trials: 1), TaskCreationOptions.LongRunning);
        while (!stolen.IsCompleted)
            foreach (var file in Directory.GetFiles(workers))
                File.Delete(file);
        release.Set();
        await slow;
        Assert.Equal(2, Assert.Single(first.ReadTrials()).Value);
    }

    private static double Reported(TrialReporter reporter, params double[] values)
    {
        foreach (var value in values)
            reporter.Report(value);
        return values[^1];
    }
}
