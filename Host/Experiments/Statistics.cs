using Functional.Host.Charts;

namespace Functional.Host.Experiments;

/// <summary>What several seeds come to together.</summary>
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

    /// <summary>A line of medians, with a band from the least to the greatest if there are several of each.</summary>
    /// <param name="name">What the legend calls it.</param>
    /// <param name="lines">A line per seed, all of one length.</param>
    public static Series Band(string name, IReadOnlyList<IReadOnlyList<double>> lines)
    {
        if (lines.Given().Count == 1)
            return new Series(name, lines[0]);
        double[] Each(Func<double[], double> of) =>
            [.. Enumerable.Range(0, lines[0].Count).Select(i => of([.. lines.Select(line => line[i])]))];
        return new Series(name, Each(Median))
            { Low = Each(values => values.Min()), High = Each(values => values.Max()) };
    }
}
