using MathNet.Numerics.Distributions;

namespace Functional.Host.Comparisons;

/// <summary>Which samples two networks classify correctly, with one seed.</summary>
/// <param name="Both">How many both do.</param>
/// <param name="OnlyFirst">How many the first alone does.</param>
/// <param name="OnlySecond">How many the second alone does.</param>
/// <param name="Neither">How many neither does.</param>
internal sealed record SampleAgreement(int Both, int OnlyFirst, int OnlySecond, int Neither)
{
    /// <summary>Counts samples.</summary>
    /// <param name="first">Whether the first network is right, for each sample.</param>
    /// <param name="second">The same of the second.</param>
    public static SampleAgreement Of(bool[] first, bool[] second)
    {
        int Count(bool one, bool other) => first.Zip(second).Count(pair => pair == (one, other));
        return new(Count(true, true), Count(true, false), Count(false, true), Count(false, false));
    }

    /// <summary>McNemar's test of these two networks: how probable so uneven a split of the samples that only one
    /// gets right is, if neither network were better. By the binomial distribution, with half the probability of what
    /// was found (mid-p).</summary>
    /// <remarks>McNemar (1947); Fagerland, Lydersen and Laake, The McNemar test for binary matched-pairs data (2013).
    /// </remarks>
    public double PValue
    {
        get
        {
            var (few, all) = (Math.Min(OnlyFirst, OnlySecond), OnlyFirst + OnlySecond);
            return all == 0 ? 1 : Math.Min(
                1, 2 * Binomial.CDF(0.5, all, few) - Binomial.PMF(0.5, all, few));
        }
    }
}
