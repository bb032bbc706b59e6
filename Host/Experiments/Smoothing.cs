namespace Functional.Host.Experiments;

/// <summary>Smooth curves out of noisy ones.</summary>
public static class Smoothing
{
    private const int Length = 11;
    private const double Beta = 2;
    private static readonly double[] Window = KaiserWindow();

    /// <summary>
    /// Weighted means over a Kaiser window of 11 values with beta 2; beyond its ends the curve is mirrored.
    /// Source: Deep Learning from Scratch, 6.1.8 (the program's <c>smooth_curve</c>).
    /// </summary>
    public static IReadOnlyList<double> Kaiser(IReadOnlyList<double> values)
    {
        var count = values.Given().Count;
        // The book mirrors at the first value, and behind the last.
        double At(int i) => values[Math.Clamp(i < 0 ? -i : i >= count ? 2 * count - 1 - i : i, 0, count - 1)];
        return [.. Enumerable.Range(0, count).Select(i =>
            Enumerable.Range(0, Length).Sum(k => Window[k] * At(i + k - Length / 2)))];
    }

    private static double[] KaiserWindow()
    {
        double[] window = [.. Enumerable.Range(0, Length).Select(k =>
        {
            var x = 2.0 * k / (Length - 1) - 1;
            return Bessel(Beta * Math.Sqrt(1 - x * x));
        })];
        var sum = window.Sum();
        return [.. window.Select(weight => weight / sum)];
    }

    // The modified Bessel function of order 0, by its power series.
    private static double Bessel(double x)
    {
        double sum = 1, term = 1;
        for (var k = 1; k <= 20; k++)
        {
            term *= x / (2 * k);
            sum += term * term;
        }
        return sum;
    }
}
