namespace Functional.Host.Charts;

/// <summary>
/// Lines over a common x: losses, accuracies, norms. Points are drawn in order of x; a gap is where a value has no
/// place; names stand at the ends of the lines where they fit, and in a legend otherwise.
/// </summary>
/// <param name="Title">What the chart shows.</param>
/// <param name="X">The axis along the bottom.</param>
/// <param name="Y">The axis on the left.</param>
public sealed record LineChart(string Title, Axis X, Axis Y) : AxesChart(Title, X, Y)
{
    private const double MarkerSpacing = 84, ShownSingly = 13;

    /// <summary>The lines, the first one at the back.</summary>
    public IReadOnlyList<Series> Series { get; init; } = [];

    internal override (Extent X, Extent Y) Data()
    {
        var (x, y) = (Extent.Empty, Extent.Empty);
        foreach (var series in Series)
        {
            series.CheckLengths();
            x = x.Union(Extent.Of(series.Positions, X));
            foreach (var values in new[] { series.Ys, series.Low, series.High })
                y = values is null ? y : y.Union(Extent.Of(values, Y));
        }
        return (x, y);
    }

    internal override bool WholeX => Series.All(series => series.HasWholePositions);

    internal override IReadOnlyList<LegendKey> Keys =>
        [.. Series.Select((series, i) => new LegendKey(series.Name, StyleOf(i)))];

    internal override int LeftOut() => Series.Sum(series => series.CountWithoutPlace(X, Y));

    internal override IReadOnlyList<Point>? LineEnds(Plot plot)
    {
        var ends = Series.Select(series => Ordered(series)).Select(series => LastShown(series) is var last && last < 0
            ? (Point?)null : plot.At(series.Positions[last], series.Ys[last])).ToArray();
        return ends.All(end => end is not null) ? [.. ends.Select(end => end!.Value)] : null;
    }

    internal override bool Crosses(Plot plot, double left, double top, double right, double bottom) =>
        Series.Select(Ordered).Any(series => Enumerable.Range(1, Math.Max(0, series.Ys.Count - 1)).Any(i =>
        {
            double Along(int k) => X.CanShow(series.Positions[k]) ? plot.X.Map(series.Positions[k]) : double.NaN;
            double Up(int k) => Y.CanShow(series.Ys[k]) ? plot.Y.Map(series.Ys[k]) : double.NaN;
            double from = Along(i - 1), to = Along(i);
            if (!(to >= left && from <= right))
                return false;
            // The part of the segment that is above or below the rectangle.
            double At(double x) => to > from ? Up(i - 1) + (x - from) / (to - from) * (Up(i) - Up(i - 1)) : Up(i);
            double first = At(Math.Max(left, from)), last = At(Math.Min(right, to));
            return Math.Min(first, last) <= bottom && Math.Max(first, last) >= top;
        }));

    // Values that are infinite, too, and those that a logarithmic axis has no place for because they are 0 or less.
    internal override IEnumerable<(double X, bool Above, SeriesStyle Style)> Beyond(Plot plot)
    {
        for (var i = 0; i < Series.Count; i++)
        {
            var series = Ordered(Series[i]);
            var next = (Above: double.NegativeInfinity, Below: double.NegativeInfinity);
            for (var k = 0; k < series.Ys.Count; k++)
            {
                double x = series.Positions[k], y = series.Ys[k];
                if (!X.CanShow(x) || plot.X.Map(x) is var at && (at < -1 || at > plot.Width + 1))
                    continue;
                if (plot.Y.IsAbove(y) && at >= next.Above)
                {
                    yield return (at, true, StyleOf(i));
                    next.Above = at + MarkerSpacing;
                }
                else if (plot.Y.IsBelow(y) && at >= next.Below)
                {
                    yield return (at, false, StyleOf(i));
                    next.Below = at + MarkerSpacing;
                }
            }
        }
    }

    internal override Markup Marks(Plot plot) =>
        Markup.Join(Series.Select((series, i) => Band(Ordered(series), StyleOf(i), plot)))
        + Markup.Join(Series.Select((series, i) => Line(Ordered(series), i, plot)));

    internal override string Summary() =>
        $"Lines of {Y.Label.OrElse("values")} over {X.Label.OrElse("their order")}. "
        + string.Join(" ", Series.Take(12).Select(Summary))
        + (Series.Count > 12 ? $" And {Series.Count - 12} more." : "");

    private string Summary(Series series)
    {
        var (low, high) = Extent.Of(series.Ys, Y);
        var (name, ordered) = (series.Name.OrElse("Values"), Ordered(series));
        var last = LastShown(ordered);
        return last < 0 ? $"{name}: no values."
            : $"{name}: {Typography.Number(series.Ys.Count, 0)} values from {Typography.Value(low)} to "
                + $"{Typography.Value(high)}, the last {Typography.Value(ordered.Ys[last])}"
                + (last < series.Ys.Count - 1 ? ", then none that can be shown." : ".");
    }

    private SeriesStyle StyleOf(int index) =>
        Series[index].StyleAt(index, marked: Series.Count > 1 && Series.All(series => series.Dash is null));

    private int LastShown(Series series)
    {
        var xs = series.Positions;
        var i = series.Ys.Count - 1;
        while (i >= 0 && !(X.CanShow(xs[i]) && Y.CanShow(series.Ys[i])))
            i--;
        return i;
    }

    private Markup Line(Series series, int index, Plot plot)
    {
        var style = StyleOf(index);
        var pieces = Thinning.Pieces(series.Positions, series.Ys, X, Y, plot);
        var path = new PathData();
        foreach (var piece in pieces)
            path.Polyline(piece);
        // A point without neighbors would hardly be seen.
        Point[] lone = [.. pieces.Where(piece => piece.Count == 1).Select(piece => piece[0])];
        return Svg.Path(path, style.LineClass)
            + (style with { Marker = Marker.Circle }).Marks(lone, 2)
            + style.Marks(Marked([.. pieces.SelectMany(piece => piece)], index, plot));
    }

    // Few points are all marked; of many, some, at other places than those of the series before.
    private List<Point> Marked(List<Point> points, int index, Plot plot)
    {
        if (points.Count * ShownSingly <= plot.Width || points.Count <= 2)
            return points;
        var chosen = new List<Point>();
        var spacing = Math.Min(MarkerSpacing, plot.Width / 2);
        var next = spacing * ((index + 0.5) / Math.Max(1, Series.Count));
        foreach (var point in points)
            if (point.X >= next)
            {
                chosen.Add(point);
                next += spacing * Math.Ceiling((point.X - next + 1) / spacing);
            }
        return chosen;
    }

    private Markup Band(Series series, SeriesStyle style, Plot plot)
    {
        if (series.Low is null || series.High is null)
            return Markup.Empty;
        // Both edges break where either has a gap, so that they have the same pieces.
        bool Both(int i) => Y.CanShow(series.Low[i]) && Y.CanShow(series.High[i]);
        double[] Edge(IReadOnlyList<double> values) => [.. values.Select((value, i) => Both(i) ? value : double.NaN)];
        var low = Thinning.Pieces(series.Positions, Edge(series.Low), X, Y, plot);
        var high = Thinning.Pieces(series.Positions, Edge(series.High), X, Y, plot);
        var path = new PathData();
        foreach (var (lower, upper) in low.Zip(high))
            path.Polyline(lower.Concat(upper.Reverse())).Close();
        return Svg.Path(path, $"area {style.ColorClass}");
    }

    private static Series Ordered(Series series)
    {
        if (series.Xs is not { } xs || IsSorted(xs))
            return series;
        int[] order = [.. Enumerable.Range(0, xs.Count).OrderBy(i => xs[i])];
        double[] Sorted(IReadOnlyList<double> values) => [.. order.Select(i => values[i])];
        return series with
        {
            Xs = Sorted(xs),
            Ys = Sorted(series.Ys),
            Low = series.Low is null ? null : Sorted(series.Low),
            High = series.High is null ? null : Sorted(series.High),
        };
    }

    private static bool IsSorted(IReadOnlyList<double> values)
    {
        for (var i = 1; i < values.Count; i++)
            if (values[i] < values[i - 1] || double.IsNaN(values[i]))
                return false;
        return true;
    }
}
