using Functional.Host;
using Functional.Host.Comparisons;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Comparisons;

/// <summary>Settings with the same seeds: by hand, from C#, and on the command line.</summary>
public class ComparisonTests
{
    [Fact]
    public void Differences_are_those_of_a_paired_t_test()
    {
        // Student's sleep data (1908): the additional hours of ten patients with two drugs. R's t.test(paired = TRUE)
        // gives t = 4.0621 on 9 degrees of freedom, p = 0.002833, and the interval 0.7001142 to 2.4598858.
        double[] first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
            second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        var difference = PairedDifference.Of(first, second);
        Assert.Equal(1.58, difference.Mean, 1e-12);
        Assert.Equal(0.7001142, difference.Interval.Low, 1e-7);
        Assert.Equal(2.4598858, difference.Interval.High, 1e-7);
        Assert.Equal(1 - 0.002833 / 2, difference.ProbabilityOfBetter, 1e-6);
        Assert.Equal((9, 1, Verdict.SecondIsBetter), (difference.Wins, difference.Ties, difference.Verdict));
        Assert.Equal(Verdict.FirstIsBetter, PairedDifference.Of(second, first).Verdict);
        var bootstrap = difference.Bootstrap();
        Assert.InRange(bootstrap.Low, 0.8, 1.1);
        Assert.InRange(bootstrap.High, 2.2, 2.5);
        // With the freedom to stop at any time, more is needed.
        var anytime = PairedDifference.Of(first, second, anytime: true).Interval;
        Assert.True(anytime.Low < difference.Interval.Low && anytime.High > difference.Interval.High);
    }

    [Theory]
    [InlineData(3, 15, 0.0074)]
    [InlineData(5, 5, 1.0)]
    [InlineData(0, 0, 1.0)]
    [InlineData(15, 3, 0.0074)]
    public void McNemars_mid_p_is_that_of_the_binomial_distribution(int first, int second, double p) =>
        // 2 (C(18,0) + C(18,1) + C(18,2) + C(18,3)) / 2^18 - C(18,3) / 2^18 = 1160 / 2^18 = 0.0044 ...
        Assert.Equal(first == second ? p : (2 * (1 + 18 + 153 + 816) - 816) / Math.Pow(2, 18),
            new SampleAgreement(100, first, second, 7).PValue, 1e-12);

    [Fact]
    public void What_two_networks_classify_is_counted_sample_by_sample() =>
        Assert.Equal(new SampleAgreement(1, 2, 1, 1), SampleAgreement.Of(
            [true, true, true, false, false], [true, false, false, true, false]));

    [Fact]
    public void Equal_differences_say_something_only_from_six_on()
    {
        double[] Ones(int count) => [.. Enumerable.Repeat(0.01, count)];
        Assert.Equal(Verdict.Undecided, PairedDifference.Of(new double[5], Ones(5)).Verdict);
        Assert.Equal(Verdict.SecondIsBetter, PairedDifference.Of(new double[6], Ones(6)).Verdict);
        Assert.Equal(Verdict.Identical, PairedDifference.Of(Ones(3), Ones(3)).Verdict);
    }

    // Subtracted, shares of samples that differ by as much are not equal to the last bit.
    [Theory]
    [InlineData(new double[] { 0, 0, 0 }, new[] { 0.1, 0.1, 0.1 })]
    [InlineData(new[] { 0.92, 0.93 }, new[] { 0.93, 0.94 })]
    public void Differences_that_are_equal_but_for_rounding_are_equal(double[] first, double[] second)
    {
        foreach (var anytime in (bool[])[false, true])
        {
            var difference = PairedDifference.Of(first, second, anytime: anytime);
            Assert.Equal((Verdict.Undecided, 0.0, 6), (
                difference.Verdict, difference.Deviation, difference.SeedsToDecide!.Value));
            Assert.Equal(new Interval(double.NegativeInfinity, double.PositiveInfinity), difference.Interval);
        }
    }

    [Fact]
    public void Whoever_may_stop_early_needs_more_seeds()
    {
        double[] ones = [.. Key.OfSeed(1).Normals(20)],
            twos = [.. ones.Zip(Key.OfSeed(2).Normals(20), (x, y) => x + y + 0.4)];
        int Needed(bool anytime) => PairedDifference.Of(ones, twos, anytime: anytime).SeedsToDecide!.Value;
        Assert.InRange(Needed(true), 1.3 * Needed(false), 4.0 * Needed(false));
    }

    [Fact]
    public void Scores_that_are_there_already_are_checked_before_any_is_compared()
    {
        double[][] scores = [[1, 2, double.NaN], [1, 2, 3]];
        Assert.StartsWith("a: expected finite scores", Assert.Throws<ArgumentException>(
            "scores", () => Comparison.Of(["a", "b"], scores, stopEarly: true)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("names", () => Comparison.Of(["a", "a"], [[1, 2], [1, 3]]));
        Assert.Equal("b - a: 0 (0 to 0)", $"{Comparison.Of(["a", "b"], [[1, 1], [1, 1]], stopEarly: true)}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Any_function_of_a_seed_can_be_compared_with_the_same_result_on_any_number_of_threads(int workers)
    {
        var calls = 0;
        double Score(long seed, double effect)
        {
            Interlocked.Increment(ref calls);
            return Key.OfSeed(seed).Normals(1)[0] + effect + 0.1 * Key.OfSeed(seed).Child(1).Normals(1)[0] * effect;
        }
        ComparedSetting[] settings =
        [
            new("without", seed => Score(seed, 0)), new("a little", seed => Score(seed, 0.05)),
            new("much", seed => Score(seed, 3)),
        ];
        var all = Comparison.Run(settings, seeds: 8, firstSeed: 5, workers: workers);
        Assert.Equal(24, calls);
        Assert.All(all.Scores, scores => Assert.Equal(8, scores.Count));
        Assert.Equal(Score(5, 3), all.Scores[2][0]);
        // The noise of seeds is in all, and cancels: effects far below it are seen.
        Assert.All(all.Pairs, pair => Assert.Equal(Verdict.SecondIsBetter, pair.Difference.Verdict));
        Assert.All(all.Pairs, pair => Assert.Equal(1 - 0.05 / 3, pair.Difference.Confidence));
        calls = 0;
        var race = Comparison.Run(settings, seeds: 1000, firstSeed: 5, stopEarly: true, workers: workers);
        Assert.True(race.StoppedEarly);
        Assert.Equal([6, 6, 6], race.Scores.Select(scores => scores.Count));
        // Some were under way when it was decided.
        Assert.InRange(calls, 18, 18 + 3 * (workers + 1));
        Assert.Equal(all.Scores[1].Take(6), race.Scores[1]);
    }

    [Fact]
    public void What_can_not_be_compared_is_reported()
    {
        ComparedSetting one = new("one", seed => seed), nan = new("nan", _ => double.NaN);
        Assert.Equal("settings", Assert.Throws<ArgumentException>(() => Comparison.Run([one])).ParamName);
        Assert.Equal("settings", Assert.Throws<ArgumentException>(() => Comparison.Run([one, one])).ParamName);
        Assert.Equal("settings", Assert.Throws<ArgumentException>(() => Comparison.Run([one, null!])).ParamName);
        Assert.Equal("settings", Assert.Throws<ArgumentNullException>(() => Comparison.Run(null!)).ParamName);
        Assert.Equal("seeds",
            Assert.Throws<ArgumentOutOfRangeException>(() => Comparison.Run([one, nan], seeds: 1)).ParamName);
        Assert.Equal("nan with seed 1: expected a finite score, found NaN",
            Assert.Throws<OperationFailedException>(() => Comparison.Run([one, nan], workers: 1)).Message);
        Assert.Equal("second", Assert.Throws<ArgumentException>(() => PairedDifference.Of([1, 2], [1])).ParamName);
        Assert.Equal("first", Assert.Throws<ArgumentException>(() => PairedDifference.Of([1], [1])).ParamName);
        Assert.Equal("second",
            Assert.Throws<ArgumentException>(() => PairedDifference.Of([1, 2], [1, double.NaN])).ParamName);
        Assert.Equal("confidence", Assert.Throws<ArgumentOutOfRangeException>(
            () => PairedDifference.Of([1, 2], [1, 2], confidence: 1)).ParamName);
        Assert.Equal("scores", Assert.Throws<ArgumentException>(() => Comparison.Of(["a", "b"], [[1, 2]])).ParamName);
        Assert.Equal("scores",
            Assert.Throws<ArgumentException>(() => Comparison.Of(["a", "b"], [[1, 2], [1, 2, 3]])).ParamName);
        using var ended = new CancellationTokenSource();
        ended.Cancel();
        Assert.Throws<OperationCanceledException>(() => Comparison.Run([one, nan], cancellation: ended.Token));
    }
}
