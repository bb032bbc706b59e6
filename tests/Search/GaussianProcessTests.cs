using Functional.Host.Search;

namespace Functional.Tests.Search;

/// <summary>The Gaussian process of searches, by what is known of it.</summary>
public sealed class GaussianProcessTests
{
    private static readonly GaussianProcess.Encoding Encoding = new([false, true, false]);

    private static readonly SearchSpace Space = new(
        Hyperparameter.LogUniform("rate", 1e-6, 1), Hyperparameter.Choice("kind", "a", "b", "c"),
        Hyperparameter.UniformInteger("units", 1, 9), Hyperparameter.Uniform("share", 0, 1).When("kind", "b", "c"));

    // The third dimension has no value where the second is the first of its three choices.
    private static double[][] Points(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            var u = Key.OfSeed(5).Child(i).Uniforms(3);
            var choice = (int)(3 * u[1]);
            return (double[])[u[0], (choice + 0.5) / 3, choice == 0 ? double.NaN : u[2]];
        }),
    ];

    // Smooth in the first dimension, a step in the second, and nothing in the third.
    private static double Value(double[] point) => Math.Sin(4 * point[0]) - 0.6 + (point[1] > 0.6 ? 0.5 : 0);

    [Fact]
    public void Its_plausibility_has_the_slopes_that_it_says()
    {
        var points = Points(15);
        var targets = Array.ConvertAll(points, Value);
        double[] logs = [-1.2, 0.3, 0.1, -3];
        var (_, slopes) = GaussianProcess.PlausibilityAt(Encoding, points, targets, logs);
        const double step = 1e-5;
        double At(int i, double offset) => GaussianProcess.PlausibilityAt(
            Encoding, points, targets, [.. logs.Select((log, j) => i == j ? log + offset : log)]).Log;
        Assert.All(slopes.Index(), slope =>
            Assert.Equal((At(slope.Index, step) - At(slope.Index, -step)) / (2 * step), slope.Item, 1e-6));
    }

    [Fact]
    public void It_knows_a_function_where_it_has_seen_it_and_that_it_doesnt_elsewhere()
    {
        var all = Points(60);
        var process = GaussianProcess.Fit(Encoding, all[..40], Array.ConvertAll(all[..40], Value));
        Assert.All(all, point => Assert.Equal(Value(point), process.At(point).Mean, 0.05));
        Assert.All(all[..40], point => Assert.InRange(process.At(point).Deviation, 0, 0.05));
        // Far from all points there are of one kind.
        var near = all.Where(point => point[0] < 0.4).ToArray();
        var half = GaussianProcess.Fit(Encoding, near, Array.ConvertAll(near, Value));
        Assert.True(half.At([1, 0.5, 0.5]).Deviation > 10 * half.At([0.2, 0.5, 0.5]).Deviation);
        // What it believes of a point changes nothing but how sure it is.
        double[] asked = [0.9, 0.5, 0.5];
        var (before, after) = (half.At(asked), half.Believing([asked]).At(asked));
        Assert.Equal(before.Mean, after.Mean, 1e-6);
        Assert.True(after.Deviation < 0.3 * before.Deviation);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-5.99)]
    [InlineData(-6.01)]
    [InlineData(-30)]
    public void The_expected_improvement_is_its_integral(double z)
    {
        // exp(-z t - t^2/2) t from 0 on, times the density at z, by the midpoint rule.
        const double step = 1e-4;
        var end = Math.Max(0, z) + 12;
        var sum = 0.0;
        for (var t = step / 2; t < end; t += step)
            sum += t * Math.Exp((z * t) - (t * t / 2)) * step;
        var expected = Math.Log(sum) + NormalDistribution.LogDensity(z);
        Assert.Equal(expected + Math.Log(3), GaussianProcessSampler.LogImprovement(3 * z, 3), 2e-3);
    }

    [Fact]
    public void It_finds_more_than_random_points_where_choices_decide_what_there_is()
    {
        static double Value(Configuration configuration, TrialReporter reporter)
        {
            var rate = Math.Log10(configuration.Number("rate")) + 2;
            var kind = configuration.Choice("kind");
            return reporter.Trial == 3 ? double.NaN
                : (rate * rate) + (0.1 * Math.Pow(configuration.Integer("units") - 6, 2))
                    + (kind == "a" ? 1.5 : Math.Pow(configuration.Number("share") - (kind == "b" ? 0.2 : 0.8), 2))
                    + (kind == "c" ? 1 : 0);
        }
        double Least(Sampler sampler, long seed)
        {
            using var study = Study.InMemory(new StudySettings(Space)
            {
                Sampler = sampler, Direction = Direction.Minimize, Seed = seed,
            });
            study.Run(Value, trials: 40);
            return study.FindBest()!.Value!.Value;
        }
        double Mean(Sampler sampler) => Enumerable.Range(1, 3).Average(seed => Least(sampler, seed));
        Assert.InRange(Mean(Sampler.GaussianProcess), 0, 0.5 * Mean(Sampler.Random));
    }

    [Fact]
    public void It_tries_nothing_twice_as_long_as_there_is_something_else()
    {
        var space = new SearchSpace(
            Hyperparameter.Choice("kind", "a", "b", "c"), Hyperparameter.UniformInteger("units", 1, 8));
        using var study = Study.InMemory(new StudySettings(space) { Sampler = Sampler.GaussianProcess, Seed = 3 });
        var trials = study.Run((configuration, _) => -Math.Abs(configuration.Integer("units") - 3), trials: 30);
        // Those that a model chose; the points before it may be the same.
        var first = trials.Take(8).Select(trial => trial.Configuration).ToHashSet();
        var chosen = trials.Skip(8).Take(24 - first.Count).Select(trial => trial.Configuration).ToArray();
        Assert.Equal(24, first.Concat(chosen).Distinct().Count());
    }

    [Theory]
    [InlineData(12, true)]
    [InlineData(12, false)]
    [InlineData(310, false)]
    public void Values_that_are_all_the_same_and_very_many_results_are_no_obstacle(int count, bool isSame)
    {
        var trials = Enumerable.Range(0, count).Select(i =>
            new Trial(i, Space.At(Key.OfSeed(1).Child(i).Uniforms(4)))
            {
                State = TrialState.Complete,
                Result = new TrialResult(TrialState.Complete, [], [], 0, isSame ? 0.1 : i % 7),
            }).ToArray();
        Configuration Suggested() =>
            new GaussianProcessSampler().Suggest(Space, Key.OfSeed(2), trials, Direction.Maximize);
        Assert.Equal(Suggested(), Suggested());
    }
}
