using MathNet.Numerics.Distributions;

namespace Functional.Host.Comparisons;

/// <summary>What the compared runs show.</summary>
public enum Verdict
{
    /// <summary>The difference may be noise.</summary>
    Undecided,

    /// <summary>The first has the larger scores.</summary>
    FirstIsBetter,

    /// <summary>The second has the larger scores.</summary>
    SecondIsBetter,

    /// <summary>Both have the same scores with every seed.</summary>
    Identical,
}

/// <summary>
/// The second of two settings minus the first, seed by seed. Two runs with one seed have the same split, order and
/// first weights as far as their settings allow, so that much of the noise of seeds is in both and cancels.
/// </summary>
public sealed record PairedDifference
{
    private const int Resamples = 10_000, MostSeeds = 10_000;

    // The least number of equal signs that a sign test takes for more than chance (2^(1-n) below 5%).
    private const int FewestEqual = 6;

    // Scores that are shares of samples differ in their last bits when they are subtracted.
    private const double Rounding = 1e-12;

    private readonly bool areEqual;

    private PairedDifference(double[] values, double largest, double confidence, bool anytime)
    {
        (Values, Confidence, IsAnytime) = (values, confidence, anytime);
        Mean = Statistics.Mean(values);
        areEqual = values.Max() - values.Min() <= Rounding * largest;
        Deviation = areEqual ? 0 : Statistics.SampleDeviation(values);
    }

    /// <summary>Compares scores that belong together: one pair for each seed.</summary>
    /// <param name="first">The first setting's scores; larger is better.</param>
    /// <param name="second">The second's, as many.</param>
    /// <param name="confidence">How often such an interval has the true difference in it.</param>
    /// <param name="anytime">Whether one has looked at the difference after each pair, and may have stopped because of
    /// what one saw: <see cref="Interval"/> and <see cref="Verdict"/> then allow for it.</param>
    /// <exception cref="ArgumentException">There are not two pairs, scores aren't finite, or the confidence is not
    /// between 0 and 1.</exception>
    public static PairedDifference Of(
        IReadOnlyList<double> first, IReadOnlyList<double> second, double confidence = 0.95, bool anytime = false)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (second.Count != first.Count)
            throw new ArgumentException($"expected {first.Count} scores, one for each of the first setting's, "
                + $"found {second.Count}", nameof(second));
        if (first.Count < 2)
            throw new ArgumentException($"expected at least two scores, found {first.Count}", nameof(first));
        if (!(confidence > 0 && confidence < 1))
            throw new ArgumentOutOfRangeException(
                nameof(confidence), confidence, "expected a number above 0 and below 1");
        foreach (var (scores, name) in new[] { (first, nameof(first)), (second, nameof(second)) })
            if (scores.Index().FirstOrDefault(score => !double.IsFinite(score.Item), (-1, 0)) is (>= 0, _) wrong)
                throw new ArgumentException($"expected finite scores, found {wrong.Item2} at {wrong.Item1}", name);
        return new PairedDifference(
            [.. first.Zip(second, (a, b) => b - a)], first.Concat(second).Max(Math.Abs), confidence, anytime);
    }

    /// <summary>Differences that were taken before, at least two.</summary>
    internal static PairedDifference OfDifferences(IReadOnlyList<double> values) =>
        new([.. values], values.Max(Math.Abs), 0.95, anytime: false);

    /// <summary>The second's score minus the first's, with each seed.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>How often <see cref="Interval"/> has the true difference in it: 0.95 for 95%.</summary>
    public double Confidence { get; }

    /// <summary>Whether the interval allows for looking after each seed.</summary>
    public bool IsAnytime { get; }

    /// <summary>The mean difference.</summary>
    public double Mean { get; }

    /// <summary>The sample standard deviation of the differences (over n - 1).</summary>
    public double Deviation { get; }

    /// <summary>What the true mean difference is in: Student's t interval or, if the comparison could have been
    /// stopped at any time, <see cref="SequentialTest"/>'s. Infinite where nothing can be said yet: equal differences
    /// say nothing about their spread, but have equal signs.</summary>
    public Interval Interval => !areEqual
        ? Comparisons.Interval.Around(Mean, HalfWidth(Values.Count) * StandardError)
        : Mean == 0 || Values.Count >= FewestEqual ? new(Mean, Mean)
        : new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>The same by the bootstrap: the middle part of the means of 10,000 samples of as many pairs, drawn with
    /// replacement. It needs no normal distribution, but with few seeds it is too short.</summary>
    /// <remarks>Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.</remarks>
    public Interval Bootstrap()
    {
        var draws = Key.OfSeed(0).Integers(Resamples * Values.Count, Values.Count);
        double[] means =
            [.. draws.Chunk(Values.Count).Select(sample => sample.Sum(i => Values[i]) / Values.Count)];
        Array.Sort(means);
        double At(double share) => means[(int)Math.Round(share * (Resamples - 1))];
        return new Interval(At((1 - Confidence) / 2), At((1 + Confidence) / 2));
    }

    /// <summary>The probability that the second is better on average, for someone who knows nothing but these
    /// differences (a flat prior): the part of a t distribution around the mean that is above 0.</summary>
    public double ProbabilityOfBetter => Above(StandardError);

    /// <summary>The probability that the second has the larger score with one more seed.</summary>
    public double ProbabilityWithNextSeed => Above(Math.Sqrt(Deviation * Deviation + StandardError * StandardError));

    /// <summary>The number of seeds with which the second has the larger score.</summary>
    public int Wins => Values.Count(value => value > 0);

    /// <summary>The number of seeds with which both have the same score.</summary>
    public int Ties => Values.Count(value => value == 0);

    /// <summary>What the differences say.</summary>
    public Verdict Verdict
    {
        get
        {
            if (Ties == Values.Count)
                return Verdict.Identical;
            var interval = Interval;
            return interval.IsAboveZero ? Verdict.SecondIsBetter : interval.IsBelowZero ? Verdict.FirstIsBetter
                : Verdict.Undecided;
        }
    }

    /// <summary>The fewest seeds, from 2 on, that would show a difference of this size with this spread in 4 of 5
    /// comparisons; null if 10,000 are too few. What is measured with few seeds is only roughly the true
    /// difference, and so is this number. Of equal differences it is the number that can be told from chance by their
    /// signs.</summary>
    public int? SeedsToDecide
    {
        get
        {
            if (Mean == 0)
                return null;
            if (areEqual)
                return FewestEqual;
            bool Decides(int seeds) =>
                (HalfWidth(seeds) + Quantile(seeds, 0.8)) * Deviation / Math.Sqrt(seeds) <= Math.Abs(Mean);
            var (low, high) = (1, MostSeeds);
            if (!Decides(high))
                return null;
            while (high - low > 1)
                (low, high) = Decides((low + high) / 2) ? (low, (low + high) / 2) : ((low + high) / 2, high);
            return high;
        }
    }

    // In standard errors.
    private double HalfWidth(int seeds) => IsAnytime
        ? SequentialTest.HalfWidth(seeds, 1 - Confidence) : Quantile(seeds, (1 + Confidence) / 2);

    private double StandardError => Deviation / Math.Sqrt(Values.Count);

    private double Above(double scale) =>
        scale > 0 ? StudentT.CDF(0, 1, Values.Count - 1, Mean / scale) : Mean > 0 ? 1 : Mean < 0 ? 0 : 0.5;

    private static double Quantile(int seeds, double share) => StudentT.InvCDF(0, 1, seeds - 1, share);
}
