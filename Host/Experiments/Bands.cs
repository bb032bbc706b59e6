using Functional.Host.Charts;

namespace Functional.Host.Experiments;

/// <summary>Lines of several seeds as one.</summary>
internal static class Bands
{
    /// <summary>A line of medians, with a band from the least to the greatest if there are several of each.</summary>
    /// <param name="name">What the legend calls it.</param>
    /// <param name="lines">A line per seed, all of one length.</param>
    public static Series Of(string name, IReadOnlyList<IReadOnlyList<double>> lines)
    {
        if (lines.Given().Count == 1)
            return new Series(name, lines[0]);
        double[] Each(Func<double[], double> of) =>
            [.. Enumerable.Range(0, lines[0].Count).Select(i => of([.. lines.Select(line => line[i])]))];
        return new Series(name, Each(Statistics.Median))
            { Low = Each(values => values.Min()), High = Each(values => values.Max()) };
    }
}
