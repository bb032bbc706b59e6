namespace Functional.Host.Charts;

/// <summary>A plane in regions, such as those of the classes that a network tells apart, with points on it.</summary>
/// <param name="Title">What the chart shows.</param>
/// <param name="X">The axis along the bottom, over the whole width of the regions.</param>
/// <param name="Y">The axis on the left, likewise.</param>
internal sealed record RegionChart(string Title, Axis X, Axis Y) : AxesChart(Title, X, Y)
{
    /// <summary>The regions; without them there are only points.</summary>
    public Shading? Regions { get; init; }

    /// <summary>The points.</summary>
    public IReadOnlyList<Series> Points { get; init; } = [];

    internal override (Ends X, Ends Y) Ends => (Charts.Ends.Exact, Charts.Ends.Exact);

    internal override (Extent X, Extent Y) Data() => ExtentOf(Points);

    internal override bool ClipsMarks => true;

    internal override IReadOnlyList<LegendKey> Keys =>
        [.. Points.Select((series, i) => new LegendKey(series.Name, StyleOf(i), Lined: false))];

    internal override int LeftOut() => Points.Sum(series => series.CountWithoutPlace(X, Y));

    // A page finds the place of a click by the rectangle.
    internal override Markup Marks(Plot plot) =>
        (Regions?.Marks(plot.Width, plot.Height) ?? Markup.Empty)
        + Markup.Of($"<rect class='plane' width='{plot.Width}' height='{plot.Height}' fill='none' ")
        + Markup.Of($"data-left='{Exact(plot.X.Low)}' data-right='{Exact(plot.X.High)}' ")
        + Markup.Of($"data-bottom='{Exact(plot.Y.Low)}' data-top='{Exact(plot.Y.High)}'/>")
        + Markup.Join(Points.Select((series, i) => StyleOf(i).Marks(
            [
                .. Enumerable.Range(0, series.Ys.Count)
                    .Where(k => X.CanShow(series.Positions[k]) && Y.CanShow(series.Ys[k]))
                    .Select(k => plot.At(series.Positions[k], series.Ys[k])),
            ], 2.6)));

    internal override string Summary() =>
        $"Points: {Y.Label.OrElse("values")} over {X.Label.OrElse("their order")}. "
        + string.Join(" ", Points.Take(12).Select(series =>
            $"{series.Name.OrElse("Points")}: {Typography.Number(series.Ys.Count, 0)}."));

    private SeriesStyle StyleOf(int index) => Points[index].StyleAt(index, marked: true);

    private static string Exact(double value) => Invariant($"{value:R}");
}

/// <summary>A function of two variables as a square of colors.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Cells">Its cells.</param>
internal sealed record ShadedSquare(string Title, Shading Cells) : Chart(Title)
{
    internal override Drawing Draw(double width) => new(
        Cells.Marks(width, width) + Svg.Path(new PathData().Rectangle(1, 1, width - 1, width - 1), "axis"),
        width, Title, 0);
}

/// <summary>Cells of equal size in colors of the palette, from left to right and from the bottom up.</summary>
/// <param name="Columns">How many stand side by side.</param>
/// <param name="Colors">Of each cell its color, row by row; negative where it has none.</param>
/// <param name="Depths">Of each cell how deep its color is, from 0 (none) to 1.</param>
internal sealed record Shading(int Columns, IReadOnlyList<int> Colors, IReadOnlyList<double> Depths)
{
    // A tenth of opacity each.
    private const int Levels = 5;

    /// <summary>The cells in a rectangle of this size: one path for each color and depth.</summary>
    public Markup Marks(double width, double height)
    {
        var rows = Colors.Count / Columns;
        var paths = new SortedDictionary<(int Color, int Level), PathData>();
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < Columns;)
            {
                var (look, start) = (LookOf((row * Columns) + column), column);
                while (column < Columns && LookOf((row * Columns) + column) == look)
                    column++;
                if (look.Color < 0 || look.Level == 0)
                    continue;
                if (!paths.TryGetValue(look, out var path))
                    paths[look] = path = new PathData();
                path.Rectangle(
                    start * width / Columns, height - ((row + 1) * height / rows),
                    column * width / Columns, height - (row * height / rows));
            }
        return Markup.Join(paths.Select(each => Markup.Of(
            $"<path class='bar {new SeriesStyle(each.Key.Color, Dash.Solid, Marker.None).ColorClass}' ")
            + Markup.Of($"fill-opacity='{each.Key.Level * 0.1}' shape-rendering='crispEdges' ")
            + Markup.Of($"d='{each.Value.ToString()}'/>")));
    }

    private (int Color, int Level) LookOf(int cell) =>
        (Colors[cell], (int)Math.Round(Levels * Math.Clamp(double.IsFinite(Depths[cell]) ? Depths[cell] : 0, 0, 1)));
}
