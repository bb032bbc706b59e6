namespace Functional.Host.Charts;

/// <summary>A function of two variables as contour lines, with the way down as arrows and paths across it.</summary>
/// <param name="Title">What the chart shows.</param>
/// <param name="X">The axis along the bottom.</param>
/// <param name="Y">The axis on the left.</param>
public sealed record ContourChart(string Title, Axis X, Axis Y) : AxesChart(Title, X, Y)
{
    private const double ArrowSpacing = 34;

    /// <summary>The function; without one there are only paths.</summary>
    public Field? Field { get; init; }

    /// <summary>The values that the contour lines have; by default those of <see cref="Field.Levels"/>.</summary>
    public IReadOnlyList<double>? Levels { get; init; }

    /// <summary>Whether arrows show the direction of steepest descent, the longer the steeper.</summary>
    public bool ShowDescent { get; init; }

    /// <summary>Paths of points in their own order, such as an optimizer's steps, each step marked.</summary>
    public IReadOnlyList<Series> Paths { get; init; } = [];

    internal override (Ends X, Ends Y) Ends => (Charts.Ends.Exact, Charts.Ends.Exact);

    internal override (Extent X, Extent Y) Data()
    {
        Field?.CheckShape();
        // The function's rectangle is the picture; a path that leaves it doesn't shrink it.
        if (Field is { Xs.Count: > 0, Ys.Count: > 0 })
            return (Extent.Of(Field.Xs, X), Extent.Of(Field.Ys, Y));
        var (x, y) = (Extent.Empty, Extent.Empty);
        foreach (var path in Paths)
            (x, y) = (x.Union(Extent.Of(path.Positions, X)), y.Union(Extent.Of(path.Ys, Y)));
        return (x, y);
    }

    internal override bool ClipsMarks => true;

    internal override IReadOnlyList<LegendKey> Keys =>
        [.. Paths.Select((path, i) => new LegendKey(path.Name, StyleOf(i)))];

    internal override int LeftOut() => Paths.Sum(path => path.CountWithoutPlace(X, Y));

    internal override Markup Marks(Plot plot) =>
        (Field is null ? Markup.Empty : Contours(Field, plot) + (ShowDescent ? Arrows(Field, plot) : Markup.Empty))
        + Markup.Join(Paths.Select((path, i) => Path(path, StyleOf(i), plot)));

    internal override string Summary() =>
        $"Contour lines over {X.Label.OrElse("x")} and {Y.Label.OrElse("y")}. "
        + string.Join(" ", Paths.Take(12).Select(Summary));

    private static string Summary(Series path)
    {
        string Place(int i) => $"({Typography.Value(path.Positions[i])}, {Typography.Value(path.Ys[i])})";
        var name = path.Name.OrElse("A path");
        var last = path.Ys.Count - 1;
        return last < 0 ? $"{name}: no points." : $"{name}: {last + 1} points from {Place(0)} to {Place(last)}.";
    }

    private SeriesStyle StyleOf(int index) => Paths[index].StyleAt(index, marked: true);

    private Markup Contours(Field field, Plot plot)
    {
        var path = new PathData();
        foreach (var level in Levels ?? field.Levels())
            foreach (var line in field.Contour(level))
                path.Polyline(line.Where(at => X.CanShow(at.X) && Y.CanShow(at.Y)).Select(at => plot.At(at.X, at.Y)));
        return Svg.Path(path, "contour");
    }

    private Markup Arrows(Field field, Plot plot)
    {
        var arrows = (
            from row in Nearest(field.Ys, Y, plot.Y)
            from column in Nearest(field.Xs, X, plot.X)
            let gradient = field.Gradient(column, row)
            // How far the point moves on paper, which is not the same along both axes.
            let x = -gradient.X * (plot.X.To - plot.X.From) / (plot.X.High - plot.X.Low)
            let y = -gradient.Y * (plot.Y.To - plot.Y.From) / (plot.Y.High - plot.Y.Low)
            let size = Math.Sqrt(x * x + y * y)
            where double.IsFinite(size) && size > 0
            select (At: plot.At(field.Xs[column], field.Ys[row]), X: x / size, Y: y / size, Size: size)).ToArray();
        var path = new PathData();
        var longest = arrows.Select(arrow => arrow.Size).DefaultIfEmpty(1).Max();
        foreach (var (at, x, y, size) in arrows)
            Arrow(path, at, x, y, ArrowSpacing * 0.8 * Math.Sqrt(size / longest));
        return Svg.Path(path, "arrow");
    }

    private static void Arrow(PathData path, Point at, double x, double y, double length)
    {
        double headX = at.X + x * length / 2, headY = at.Y + y * length / 2, barb = Math.Min(4, length / 2);
        path.Move(at.X - x * length / 2, at.Y - y * length / 2).Line(headX, headY)
            .Move(headX - barb * (x + y / 2), headY - barb * (y - x / 2)).Line(headX, headY)
            .Line(headX - barb * (x - y / 2), headY - barb * (y + x / 2));
    }

    private static IEnumerable<int> Nearest(IReadOnlyList<double> positions, Axis axis, Scale scale)
    {
        var length = Math.Abs(scale.To - scale.From);
        var count = Math.Max(2, (int)(length / ArrowSpacing));
        return positions.Count < 2 ? [] : Enumerable.Range(0, count).Select(i => scale.At((i + 0.5) / count))
            .Select(wanted => Enumerable.Range(0, positions.Count).MinBy(k => Math.Abs(positions[k] - wanted)))
            .Where(k => axis.CanShow(positions[k])).Distinct();
    }

    private Markup Path(Series path, SeriesStyle style, Plot plot)
    {
        path.CheckLengths();
        var (xs, ys) = (path.Positions, path.Ys);
        Point[] points = [.. Enumerable.Range(0, ys.Count)
            .Where(i => X.CanShow(xs[i]) && Y.CanShow(ys[i])).Select(i => plot.At(xs[i], ys[i]))];
        return Svg.Path(new PathData().Polyline(points), style.LineClass) + style.Marks(points, 2.4);
    }
}
