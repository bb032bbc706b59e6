namespace Functional.Host.Charts;

/// <summary>Points in the plane, each series with a color and a marker of its own.</summary>
/// <param name="Title">What the chart shows.</param>
/// <param name="X">The axis along the bottom.</param>
/// <param name="Y">The axis on the left.</param>
public sealed record ScatterChart(string Title, Axis X, Axis Y) : AxesChart(Title, X, Y)
{
    private const int MostPoints = 4000;

    /// <summary>The points; of very many that lie on each other, one is drawn.</summary>
    public IReadOnlyList<Series> Series { get; init; } = [];

    /// <summary>Whether a dotted line goes where both axes have the same value.</summary>
    internal bool ShowDiagonal { get; init; }

    internal override (Ends X, Ends Y) Ends => (Charts.Ends.Round, Charts.Ends.Round);

    internal override (Extent X, Extent Y) Data() => ExtentOf(Series);

    internal override bool WholeX => Series.All(series => series.HasWholePositions);

    internal override IReadOnlyList<LegendKey> Keys =>
        [.. Series.Select((series, i) => new LegendKey(series.Name, StyleOf(i), Lined: false))];

    internal override int LeftOut() => Series.Sum(series => series.CountWithoutPlace(X, Y));

    internal override Markup Marks(Plot plot) => Markup.Join(Series.Select((series, i) =>
    {
        var points = Distinct(series, plot, MostPoints / Math.Max(1, Series.Count));
        return StyleOf(i).Marks(points, points.Count > 400 ? 2 : 3, " faint");
    })) + (ShowDiagonal ? Equal(plot) : Markup.Empty);

    private static Markup Equal(Plot plot)
    {
        var (low, high) = (Math.Max(plot.X.Low, plot.Y.Low), Math.Min(plot.X.High, plot.Y.High));
        return low >= high ? Markup.Empty : Svg.Path(new PathData()
            .Move(plot.X.Map(low), plot.Y.Map(low)).Line(plot.X.Map(high), plot.Y.Map(high)), "reference");
    }

    internal override string Summary() =>
        $"Points: {Y.Label.OrElse("values")} over {X.Label.OrElse("their order")}. "
        + string.Join(" ", Series.Take(12).Select(series =>
            $"{series.Name.OrElse("Points")}: {Typography.Number(series.Ys.Count, 0)}."));

    private SeriesStyle StyleOf(int index)
    {
        var style = Series[index].StyleAt(index, marked: true);
        return style.Marker == Marker.None ? style with { Marker = Marker.Circle } : style;
    }

    // One point per cell of a grid that is coarsened until there are few enough.
    private List<Point> Distinct(Series series, Plot plot, int most)
    {
        var (xs, ys) = (series.Positions, series.Ys);
        for (var cell = 0.25; ; cell *= 1.5)
        {
            var (taken, points) = (new HashSet<(int, int)>(), new List<Point>());
            for (var i = 0; i < ys.Count && points.Count <= most; i++)
                if (X.CanShow(xs[i]) && Y.CanShow(ys[i]) && plot.At(xs[i], ys[i]) is var point
                    && taken.Add(((int)Math.Floor(point.X / cell), (int)Math.Floor(point.Y / cell))))
                    points.Add(point);
            if (points.Count <= most)
                return points;
        }
    }
}
