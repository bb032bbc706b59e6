using Functional.Host.Comparisons;

namespace Functional.Tests.Comparisons;

/// <summary>How often comparisons find a difference: at most as often as they say where there is none, and often where
/// there is one.</summary>
public class ErrorRateTests
{
    private const int Repetitions = 2_000;

    // Three standard deviations of a share of 5% over the repetitions.
    private const double Most = Comparison.ErrorRate + 3 * 0.0049;

    /// <summary>The noise of a seed, from numbers that are normally and uniformly distributed.</summary>
    public static TheoryData<string> Noises => [.. All.Keys];

    private static readonly Dictionary<string, Func<double, double, double>> All = new()
    {
        ["normal"] = (normal, _) => normal,
        ["uniform"] = (_, uniform) => uniform,
        ["skewed, now and then far off"] = (_, uniform) => -Math.Log(1 - uniform),
        ["accuracy on 2,000 samples"] = (normal, _) => Math.Round(2_000 * (0.95 + 0.004 * normal)) / 2_000,
        ["accuracy on 100 samples"] = (normal, _) => Math.Round(100 * (0.95 + 0.01 * normal)) / 100,
        ["one run in ten fails"] = (normal, uniform) => (uniform < 0.1 ? 0.1 : 0.95) + 0.004 * normal,
    };

    [Theory]
    [MemberData(nameof(Noises))]
    public void What_is_the_same_is_seldom_found_different(string noise)
    {
        foreach (var seeds in (int[])[2, 3, 5, 10, 20])
            Assert.InRange(Found(All[noise], seeds, settings: 2, effect: 0, stopEarly: false), 0, Most);
    }

    [Theory]
    [MemberData(nameof(Noises))]
    public void Who_looks_after_every_seed_is_seldom_misled(string noise) =>
        Assert.InRange(Found(All[noise], 40, settings: 2, effect: 0, stopEarly: true), 0, Most);

    [Fact]
    public void Among_several_settings_that_are_the_same_none_is_found_better()
    {
        Assert.InRange(Found(All["normal"], 10, settings: 4, effect: 0, stopEarly: false), 0, Most);
        Assert.InRange(Found(All["normal"], 20, settings: 4, effect: 0, stopEarly: true), 0, Most);
    }

    [Fact]
    public void Without_allowing_for_looks_one_would_be_misled()
    {
        // The reason for the sequential test: the usual interval, looked at after each of 40 seeds.
        var misled = Enumerable.Range(0, Repetitions).Count(repetition =>
        {
            var first = Scores(All["normal"], repetition, setting: 0, 40, effect: 0);
            var second = Scores(All["normal"], repetition, setting: 1, 40, effect: 0);
            return Enumerable.Range(3, 38).Any(n =>
                PairedDifference.Of(first[..n], second[..n]).Verdict != Verdict.Undecided);
        });
        Assert.InRange(misled, 0.15 * Repetitions, Repetitions);
    }

    [Fact]
    public void Seeds_to_decide_are_about_as_many_as_it_takes()
    {
        // An effect of one standard deviation of the differences, which is √2 of a score's.
        var unit = PairedDifference.Of([0, 0, 0], [0, 1, 2]);
        Assert.Equal(1, unit.Mean / unit.Deviation, 1e-12);
        Assert.Equal(10, unit.SeedsToDecide);
        Assert.InRange(Found(All["normal"], 10, settings: 2, effect: Math.Sqrt(2), stopEarly: false), 0.77, 0.83);
        Assert.Null(PairedDifference.Of([0, 0], [1, -1]).SeedsToDecide);
    }

    [Theory]
    [InlineData(1, 0.9)]
    [InlineData(2, 0.99)]
    public void A_large_difference_is_found_early(double effect, double share) =>
        Assert.InRange(
            Found(All["normal"], 30, settings: 2, effect * Math.Sqrt(2), stopEarly: true), share, 1);

    // The share of comparisons that find any difference. The effect is that of the last setting.
    private static double Found(
        Func<double, double, double> noise, int seeds, int settings, double effect, bool stopEarly) =>
        Enumerable.Range(0, Repetitions).AsParallel().Count(repetition =>
        {
            var scores = Enumerable.Range(0, settings).Select(setting =>
                Scores(noise, repetition, setting, seeds, setting == settings - 1 ? effect : 0)).ToArray();
            return Comparison.Of([.. scores.Select((_, i) => $"{i}")], scores, stopEarly).Pairs
                .Any(pair => pair.Difference.Verdict is Verdict.FirstIsBetter or Verdict.SecondIsBetter);
        }) / (double)Repetitions;

    private static double[] Scores(
        Func<double, double, double> noise, int repetition, int setting, int seeds, double effect)
    {
        var key = Key.OfSeed(repetition).Child(setting);
        return [.. key.Child(0).Normals(seeds).Zip(key.Child(1).Uniforms(seeds), noise).Select(one => one + effect)];
    }
}
