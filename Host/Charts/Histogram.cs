namespace Functional.Host.Charts;

/// <summary>Counts of values between edges.</summary>
/// <param name="Edges">One more than there are counts, ascending.</param>
/// <param name="Counts">How many values (or what share) lie between two edges.</param>
/// <param name="LeftOut">How many values lay outside or were not numbers.</param>
public sealed record Bins(IReadOnlyList<double> Edges, IReadOnlyList<double> Counts, int LeftOut = 0)
{
    /// <summary>
    /// Counts values in a number of bins of equal width from <paramref name="low"/> to <paramref name="high"/>, both by
    /// default those of the finite values. A value on an edge belongs to the bin above it, on the last edge to the last
    /// bin.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is not at least one bin.</exception>
    public static Bins Of(IReadOnlyList<double> values, int count = 30, double? low = null, double? high = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var scale = (new Axis("") { Minimum = low, Maximum = high })
            .Fit(Extent.Of(values.Given(), new Axis("")), 0, count);
        double[] edges = [.. Enumerable.Range(0, count + 1).Select(i => scale.At((double)i / count))];
        var counts = new double[count];
        var leftOut = 0;
        foreach (var value in values)
            if (scale.Contains(value))
                counts[BinOf(value, Math.Clamp((int)scale.Map(value), 0, count - 1))]++;
            else
                leftOut++;
        return new(edges, counts, leftOut);

        // The quotient may be off by a rounding error; the edges decide.
        int BinOf(double value, int guess) => guess > 0 && value < edges[guess] ? guess - 1
            : guess < count - 1 && value >= edges[guess + 1] ? guess + 1 : guess;
    }
}

/// <summary>How often which values occur, as bars between edges.</summary>
/// <param name="Title">What the chart shows.</param>
/// <param name="X">The axis of the values.</param>
/// <param name="Y">The axis of the counts.</param>
public sealed record Histogram(string Title, Axis X, Axis Y) : AxesChart(Title, X, Y)
{
    /// <summary>The counts.</summary>
    public Bins Bins { get; init; } = new([], []);

    /// <summary>Which color of the palette, from 0.</summary>
    public int Color { get; init; }

    private const double LeastBar = 1.5;

    internal override (Extent X, Extent Y) Data()
    {
        if (Bins.Counts.Count > 0 && Bins.Edges.Count != Bins.Counts.Count + 1)
            throw new ArgumentException(
                $"histogram '{Title}': {Bins.Counts.Count} counts need one edge more, not {Bins.Edges.Count}",
                nameof(Bins));
        var counts = Extent.Of(Bins.Counts, Y);
        var fromZero = Y.Scaling == Scaling.Linear && !counts.IsEmpty;
        return (Extent.Of(Bins.Edges, X), fromZero ? counts.Union(new(0, 0)) : counts);
    }

    internal override (Ends X, Ends Y) Ends => (Charts.Ends.Exact, Charts.Ends.Round);

    internal override Markup Marks(Plot plot)
    {
        var path = new PathData();
        for (var i = 0; i < Bins.Counts.Count; i++)
        {
            var (left, right, count) = (Bins.Edges[i], Bins.Edges[i + 1], Bins.Counts[i]);
            if (count == 0 || !X.CanShow(left) || !X.CanShow(right) || !Y.CanShow(count))
                continue;
            double start = plot.X.Map(left), end = plot.X.Map(right), top = plot.Y.Map(count);
            var floor = Y.Scaling == Scaling.Linear ? plot.Y.Map(0) : plot.Height;
            var gap = Math.Clamp((end - start) * 0.12, 0, 1);
            // What all values share would be a bar without a width.
            var widen = Math.Max(0, LeastBar - (end - start)) / 2;
            path.Rectangle(start + gap / 2 - widen, ClipsMarks ? Math.Max(top, 0) : top, end - gap / 2 + widen, floor);
        }
        return Svg.Path(path, $"bar {SeriesStyle.Of(Color).ColorClass}");
    }

    internal override IEnumerable<(double X, bool Above, SeriesStyle Style)> Beyond(Plot plot) =>
        from i in Enumerable.Range(0, Bins.Counts.Count)
        where plot.Y.IsAbove(Bins.Counts[i])
        select (plot.X.Map(Bins.Edges[i] / 2 + Bins.Edges[i + 1] / 2), true, SeriesStyle.Of(Color));

    internal override int LeftOut() => Bins.LeftOut;

    internal override string Summary()
    {
        if (!Bins.Counts.Any(count => count > 0))
            return "Histogram without values.";
        var fullest = Enumerable.Range(0, Bins.Counts.Count).MaxBy(i => Bins.Counts[i]);
        return $"Histogram of {X.Label.OrElse("values")} in {Bins.Counts.Count} bins from {
            Typography.Value(Bins.Edges[0])} to {Typography.Value(Bins.Edges[^1])}; the fullest, from {
            Typography.Value(Bins.Edges[fullest])} to {Typography.Value(Bins.Edges[fullest + 1])}, holds {
            Typography.Value(Bins.Counts[fullest])} of {Typography.Value(Bins.Counts.Where(double.IsFinite).Sum())}.";
    }
}
