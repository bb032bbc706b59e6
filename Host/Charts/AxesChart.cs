namespace Functional.Host.Charts;

/// <summary>A line across the plot to compare with, such as ln 10 for the loss of pure guessing.</summary>
/// <param name="Value">Where it crosses its axis.</param>
/// <param name="Label">What it stands for; may be empty.</param>
internal sealed record ReferenceLine(double Value, string Label)
{
    /// <summary>Whether it stands at a value of the x axis, rather than lies at one of the y axis.</summary>
    public bool Vertical { get; init; }
}

/// <summary>A chart in a frame of two axes. Such charts can share axes in <see cref="SmallMultiples"/>.</summary>
/// <param name="Title">What the chart shows.</param>
/// <param name="X">The axis along the bottom; a plain text stands for a linear axis with that label.</param>
/// <param name="Y">The axis on the left.</param>
public abstract record AxesChart(string Title, Axis X, Axis Y) : Chart(Title)
{
    /// <summary>The plot's height for a width of 1; by default about half, on narrow charts more.</summary>
    public double? Aspect { get; init; }

    /// <summary>Whether a unit is as long on both (linear) axes, so that a circle is round.</summary>
    public bool EqualUnits { get; init; }

    /// <summary>Lines to compare with.</summary>
    internal IReadOnlyList<ReferenceLine> References { get; init; } = [];

    /// <summary>The extent of what is drawn along x, and along y.</summary>
    internal abstract (Extent X, Extent Y) Data();

    /// <summary>The extent of points.</summary>
    /// <exception cref="ArgumentException">A series has not as many values along x as along y.</exception>
    private protected (Extent X, Extent Y) ExtentOf(IReadOnlyList<Series> all)
    {
        var (x, y) = (Extent.Empty, Extent.Empty);
        foreach (var series in all)
        {
            series.CheckLengths();
            x = x.Union(Extent.Of(series.Positions, X));
            y = y.Union(Extent.Of(series.Ys, Y));
        }
        return (x, y);
    }

    internal virtual (Ends X, Ends Y) Ends => (Charts.Ends.Near, Charts.Ends.Round);

    /// <summary>Whether the values along x are whole numbers, such as epochs, that ticks must not split.</summary>
    internal virtual bool WholeX => false;

    /// <summary>Whether marks outside the frame are cut off.</summary>
    internal virtual bool ClipsMarks => (X.Minimum ?? X.Maximum ?? Y.Minimum ?? Y.Maximum) is not null;

    /// <summary>What is drawn inside the frame, in the plot's coordinates.</summary>
    internal abstract Markup Marks(Plot plot);

    /// <summary>Arrows at the frame's upper and lower edge, for what lies beyond it: at a place along x, in a style.
    /// </summary>
    internal virtual IEnumerable<(double X, bool Above, SeriesStyle Style)> Beyond(Plot plot) => [];

    internal virtual IReadOnlyList<LegendKey> Keys => [];

    /// <summary>Where the lines end on the right, one per key, if a name there can stand for a legend.</summary>
    internal virtual IReadOnlyList<Point>? LineEnds(Plot plot) => null;

    /// <summary>Whether a line goes through a rectangle of the plot, where text would be hard to read.</summary>
    internal virtual bool Crosses(Plot plot, double left, double top, double right, double bottom) => false;

    internal abstract string Summary();

    internal abstract int LeftOut();

    internal (Extent X, Extent Y) DataAndReferences()
    {
        var (x, y) = Data();
        foreach (var reference in References)
            if (reference.Vertical)
                x = x.Union(Extent.Of([reference.Value], X));
            else
                y = y.Union(Extent.Of([reference.Value], Y));
        return (x, y);
    }

    internal Plot PlotOf((Extent X, Extent Y) data, double width, double height)
    {
        var x = X.Fit(data.X, 0, width, Math.Max(2, (int)(width / 70)), Ends.X);
        var y = Y.Fit(data.Y, height, 0, Math.Max(4, Frame.YTickCount(height)), Ends.Y);
        return new(width, height, x, y);
    }

    internal Markup Inside(Plot plot, bool empty)
    {
        var beyond = Beyond(plot).ToArray();
        return (empty
                ? Svg.Text(
                    beyond is [var first, ..] ? first.Above ? "no finite values" : "no values above 0" : "no data",
                    plot.Width / 2, plot.Height / 2 + 4, "muted middle")
                : Frame.Clipped(Marks(plot), plot, ClipsMarks) +
                    Markup.Join(References.Select(reference => Line(reference, plot))))
            + Markup.Join(beyond.Select(arrow => Frame.Arrow(plot, arrow.X, arrow.Above, arrow.Style)));
    }

    internal override Drawing Draw(double width)
    {
        var data = DataAndReferences();
        var above = Y.Label.Length > 0 ? Frame.LabelLine + 5 : 8;
        var height = Math.Round(width * (Aspect ?? (width < 500 ? 0.62 : 0.46)));
        double left = 40;
        Plot Within(double right) => Sized(PlotOf(data, Math.Max(40, width - left - right), height));
        double LeftRoom() => Frame.LabelRoom(Frame.YTicks(Y, Within(Frame.Overhang).Y));
        left = LeftRoom();
        // With equal units the height, and so the ticks and the room for them, depend on the room that they leave.
        left = Math.Max(left, LeftRoom());

        var names = EndLabels.Room(Keys);
        var plot = Within(Math.Max(names, Frame.Overhang));
        var labels = names > width * 0.24 ? null : EndLabels.Place(Keys, LineEnds(plot), plot);
        var legend = Drawing.Empty;
        if (labels is null)
        {
            plot = Within(Frame.Overhang);
            legend = Heading.Legend(Keys, width);
        }
        var xTicks = Frame.XTicks(X, plot.X, plot.Width, WholeX);
        var yTicks = Frame.YTicks(Y, plot.Y);
        var frame = Frame.Axes(plot, xTicks, yTicks)
            + Frame.XLabels(plot, xTicks, Frame.Overhang) + Frame.YLabels(plot, yTicks)
            + Inside(plot, data.X.IsEmpty || data.Y.IsEmpty) + (labels ?? Markup.Empty)
            + Svg.Text(X.Label, plot.Width / 2, plot.Height + Frame.TickLine + 15, "muted middle");
        var yLabel = Svg.Text(Y.Label, 0, legend.Height + 11, "muted");
        return new(legend.Body + yLabel + frame.At(left, legend.Height + above),
            legend.Height + above + plot.Height + Frame.TickLine + (X.Label.Length > 0 ? Frame.LabelLine + 4 : 4),
            Summary(), LeftOut());
    }

    private Plot Sized(Plot plot)
    {
        if (!EqualUnits)
            return plot;
        var height = Math.Clamp(plot.Width * plot.Units, 60, plot.Width * 1.3);
        return plot with { Height = height, Y = plot.Y with { From = height } };
    }

    private Markup Line(ReferenceLine reference, Plot plot)
    {
        var scale = reference.Vertical ? plot.X : plot.Y;
        if (!double.IsFinite(reference.Value) || !scale.Contains(reference.Value))
            return Markup.Empty;
        var at = scale.Map(reference.Value);
        return reference.Vertical
            ? Svg.Path(new PathData().Move(at, 0).Line(at, plot.Height), "reference")
                + Svg.Text(reference.Label, at + 4, 11, "small halo")
            : Svg.Path(new PathData().Move(0, at).Line(plot.Width, at), "reference") + Named(reference.Label, at, plot);
    }

    // At the right or left end, above or below the line: the first place within the frame that no line goes through.
    private Markup Named(string label, double at, Plot plot)
    {
        const double above = 4, below = 12, margin = 4;
        var width = Typography.Width(label, Typography.SmallSize) + margin;
        (bool Right, double Y)[] places =
        [
            .. from end in (bool[])[true, false]
               from baseline in (double[])[at - above, at + below]
               where baseline - below >= 0 && baseline <= plot.Height
               select (end, baseline),
        ];
        bool Free((bool Right, double Y) place) => place.Right
            ? !Crosses(plot, plot.Width - width, place.Y - Typography.SmallSize, plot.Width, place.Y + 2)
            : !Crosses(plot, 0, place.Y - Typography.SmallSize, width, place.Y + 2);
        var (right, y) = places.Where(Free).Append(places.FirstOrDefault((true, at + below))).First();
        return Svg.Text(label, right ? plot.Width - margin : margin, y, right ? "small halo end" : "small halo");
    }
}
