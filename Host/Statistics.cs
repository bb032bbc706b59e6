namespace Functional.Host;

/// <summary>What several numbers come to together.</summary>
internal static class Statistics
{
    /// <summary>The middle value, or the mean of the two in the middle; NaN counts as larger than all.</summary>
    public static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Given().OrderBy(value => double.IsNaN(value) ? 1 : 0).ThenBy(value => value)];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The mean, in the order of the values.</summary>
    public static double Mean(IReadOnlyList<double> values) => values.Given().Sum() / values.Count;

    /// <summary>The deviation from the mean, over n.</summary>
    public static double Deviation(IReadOnlyList<double> values)
    {
        var mean = Mean(values.Given());
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / values.Count);
    }

    /// <summary>The sample standard deviation (over n - 1); NaN of a single value.</summary>
    public static double SampleDeviation(IReadOnlyList<double> values) => values.Given().Count < 2 ? double.NaN
        : Deviation(values) * Math.Sqrt(values.Count / (values.Count - 1.0));
}
