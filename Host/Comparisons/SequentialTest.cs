namespace Functional.Host.Comparisons;

/// <summary>
/// A t test that may be looked at after every pair: the probability that it ever finds a difference where there is none
/// is at most the error rate, however often one looks and whenever one stops. Its evidence is a Bayes factor: how much
/// more probable the differences are with an effect (mean over standard deviation) drawn from a standard normal
/// distribution than with none. Under no effect this factor is a martingale, and it exceeds 1/a with a probability of
/// at most a (Ville's inequality).
/// </summary>
/// <remarks>Rouder et al., Bayesian t tests for accepting and rejecting the null hypothesis (2009), equation 1 with a
/// fixed scale; Lai, On confidence sequences (1976). It holds for normally distributed differences; docs/comparing.md
/// has the error rates that were measured with others.</remarks>
internal static class SequentialTest
{
    /// <summary>How many standard errors the interval extends to each side of the mean; infinite for so few pairs that
    /// nothing can be said yet.</summary>
    /// <param name="pairs">At least 2.</param>
    /// <param name="error">The error rate.</param>
    public static double HalfWidth(int pairs, double error)
    {
        // The factor of t is ((1 + x) / (1 + x/r))^(n/2) / sqrt(r), with x = t² / (n - 1) and r = 1 + n. Solved for
        // where it is 1 / error.
        var r = 1.0 + pairs;
        var root = Elementary.Exp(2.0 / pairs * Elementary.Log(Math.Sqrt(r) / error));
        return root >= r ? double.PositiveInfinity : Math.Sqrt((pairs - 1) * (root - 1) / (1 - root / r));
    }
}
