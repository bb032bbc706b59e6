namespace Functional.Host.Search;

/// <summary>The normal distribution with mean 0 and deviation 1, the same bits on every system.</summary>
internal static class NormalDistribution
{
    private const double LogRootTwoPi = 0.91893853320467274178;

    // Beyond it the upper tail is below half a unit in the last place of 1.
    private const double Far = 8.3;

    /// <summary>The logarithm of the density.</summary>
    public static double LogDensity(double x) => -0.5 * x * x - LogRootTwoPi;

    /// <summary>The share below x (not a number if x is none), to about 1e-15 absolute, by a series of positive terms:
    /// 1/2 + density(x) (x + x^3/3 + x^5/(3 5) + ...). Source: Marsaglia, Evaluating the Normal Distribution (J. Stat.
    /// Software 11, 2004).</summary>
    public static double Below(double x)
    {
        var distance = Math.Abs(x);
        if (!(distance <= Far))
            return double.IsNaN(x) ? x : x > 0 ? 1 : 0;
        var (term, sum) = (distance, distance);
        // Ends whatever the numbers are: nothing is greater than what is not a number.
        for (var n = 3; sum + term > sum; n += 2)
        {
            term *= x * x / n;
            sum += term;
        }
        return 0.5 + Math.CopySign(sum, x) * Elementary.Exp(LogDensity(x));
    }
}
