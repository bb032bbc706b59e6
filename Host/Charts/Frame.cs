namespace Functional.Host.Charts;

/// <summary>The rectangle of a plot, from (0, 0) at its upper left, and the scales of its two axes.</summary>
internal readonly record struct Plot(double Width, double Height, Scale X, Scale Y)
{
    /// <summary>How much longer the domain of y is than that of x.</summary>
    public double Units => (Y.High - Y.Low) / (X.High - X.Low);

    public Point At(double x, double y) => new(X.Map(x), Y.Map(y));
}

/// <summary>Axes, grid and labels around a plot.</summary>
internal static class Frame
{
    public const double TickLength = 4, TickLine = 20, LabelLine = 18, Edge = 3;

    /// <summary>How far a tick's label may stick out beyond the plot: alone, and beside a neighbor.</summary>
    public const double Overhang = 22, CellOverhang = 2;

    /// <summary>Grid, axes and ticks, in the plot's own coordinates.</summary>
    public static Markup Axes(Plot plot, IReadOnlyList<Tick> xTicks, IReadOnlyList<Tick> yTicks)
    {
        var (grid, axes) = (new PathData(), new PathData());
        axes.Move(0, 0).Line(0, plot.Height).Line(plot.Width, plot.Height);
        foreach (var tick in xTicks)
        {
            var x = plot.X.Map(tick.Value);
            if (tick.Label.Length > 0)
                grid.Move(x, 0).Line(x, plot.Height);
            axes.Move(x, plot.Height).Line(x, plot.Height + (tick.Label.Length > 0 ? TickLength : TickLength / 2));
        }
        foreach (var tick in yTicks)
        {
            var y = plot.Y.Map(tick.Value);
            if (tick.Label.Length > 0)
                grid.Move(0, y).Line(plot.Width, y);
            axes.Move(-(tick.Label.Length > 0 ? TickLength : TickLength / 2), y).Line(0, y);
        }
        return Svg.Path(grid, "grid") + Svg.Path(axes, "axis");
    }

    /// <summary>As many ticks as their labels have room for.</summary>
    public static IReadOnlyList<Tick> XTicks(Axis axis, Scale scale, double width, bool whole)
    {
        if (axis.Categories is { } names)
            return Thinned(names, scale, width);
        for (var count = Math.Clamp((int)(width / 60), 2, 10); ; count--)
        {
            var ticks = Ticks.Of(scale, count, whole);
            if (count <= 1 || HaveRoom(ticks, scale, width))
                return ticks;
        }
    }

    /// <summary>About how many ticks a vertical axis takes.</summary>
    public static int YTickCount(double height) => Math.Clamp((int)(height / 58), 2, 6);

    public static IReadOnlyList<Tick> YTicks(Axis axis, Scale scale) => axis.Categories is { } names
        ? [.. names.Select((name, i) => new Tick(i, name))]
        : Ticks.Of(scale, YTickCount(Math.Abs(scale.To - scale.From)));

    /// <summary>The room left of a plot that these tick labels need.</summary>
    public static double LabelRoom(IEnumerable<Tick> ticks) =>
        Math.Ceiling(TickLength + 6 + ticks.Select(Width).DefaultIfEmpty(0).Max());

    /// <summary>The marks, cut off at the plot's edges if the axes are set to show only a part.</summary>
    public static Markup Clipped(Markup marks, Plot plot, bool clip)
    {
        double width = plot.Width + 2 * Edge, height = plot.Height + 2 * Edge;
        return !clip || marks.Text.Length == 0 ? marks
            : Markup.Of($"<svg x='{-Edge}' y='{-Edge}' width='{width}' height='{height}' ")
                + Markup.Of($"viewBox='{-Edge} {-Edge} {width} {height}'>{marks}</svg>");
    }

    /// <summary>An arrow out of the plot, just beyond its upper or lower edge.</summary>
    public static Markup Arrow(Plot plot, double x, bool above, SeriesStyle style)
    {
        double tip = above ? -5 : plot.Height + 5, end = above ? -1 : plot.Height + 1;
        return Svg.Path(
            new PathData().Move(x - 2.5, end).Line(x, tip).Line(x + 2.5, end).Close(),
            $"mark {style.ColorClass} beyond");
    }

    /// <summary>What the ticks along the bottom say; the outermost may stick out beyond the plot by so much.</summary>
    public static Markup XLabels(Plot plot, IEnumerable<Tick> ticks, double overhang) =>
        Markup.Join(ticks.Select(tick => Svg.Text(
            tick.Label, Place(tick, plot.X, plot.Width, overhang).Center, plot.Height + 17, "muted middle")));

    /// <summary>What the ticks on the left say.</summary>
    public static Markup YLabels(Plot plot, IEnumerable<Tick> ticks) => Markup.Join(ticks.Select(tick =>
        Svg.Text(tick.Label, -TickLength - 3, plot.Y.Map(tick.Value) + 4, "muted end")));

    // The outermost labels stay near the plot, so that those of neighboring plots don't meet.
    private static (double Center, double Left, double Right) Place(
        Tick tick, Scale scale, double width, double overhang)
    {
        double half = Width(tick) / 2, first = Math.Min(half - overhang, width / 2);
        var center = Math.Clamp(scale.Map(tick.Value), first, width - first);
        return (center, center - half, center + half);
    }

    private static bool HaveRoom(IReadOnlyList<Tick> ticks, Scale scale, double width)
    {
        var places = ticks.Where(tick => tick.Label.Length > 0)
            .Select(tick => Place(tick, scale, width, CellOverhang)).ToArray();
        return places.Zip(places.Skip(1)).All(pair => pair.Second.Left - pair.First.Right >= 8);
    }

    private static Tick[] Thinned(IReadOnlyList<string> names, Scale scale, double width)
    {
        for (var every = 1; ; every++)
        {
            var ticks = names.Select((name, i) => new Tick(i, name)).Where(tick => tick.Value % every == 0).ToArray();
            if (every >= names.Count || HaveRoom(ticks, scale, width))
                return ticks;
        }
    }

    private static double Width(Tick tick) => Typography.Width(tick.Label, Typography.TextSize);
}
