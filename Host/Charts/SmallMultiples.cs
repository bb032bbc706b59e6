namespace Functional.Host.Charts;

/// <summary>
/// Many small charts of the same kind of thing in a grid, each under its own title, with one legend and, where axes are
/// shared, one scale for all, so that they can be compared at a glance.
/// </summary>
/// <param name="Title">What the charts show together.</param>
/// <param name="Charts">The charts, row by row.</param>
public sealed record SmallMultiples(string Title, IReadOnlyList<AxesChart> Charts) : Chart(Title)
{
    // Between a cell's title and its frame there is room for the arrows of what lies beyond.
    private const double Gap = 18, CellTitle = 22;

    /// <summary>
    /// How many stand side by side on a wide page; by default three to five, so that the last row is as full as can be.
    /// </summary>
    public int? Columns { get; init; }

    /// <summary>Whether all have the same scale along x, labelled below the lowest only.</summary>
    public bool ShareX { get; init; } = true;

    /// <summary>Whether all have the same scale along y, labelled on the left only.</summary>
    public bool ShareY { get; init; } = true;

    /// <summary>The height of a cell's plot for a width of 1; by default 3/4, or what equal units ask for.</summary>
    public double? CellAspect { get; init; }

    internal override Drawing Draw(double width)
    {
        if (Charts.Count == 0)
            return new(Markup.Empty, 4, "No charts.", 0);
        var extents = Charts.Select(chart => chart.DataAndReferences()).ToArray();
        var columns = ColumnsFor(width);
        // The labels on the left take some of the width, and only with the cells' size known are they known.
        var grid = new Grid(this, extents, columns, (width - Gap * columns) / columns);
        grid = grid with { CellWidth = Math.Max(30, (width - columns * Gap + Gap - grid.Rooms.Sum() - 6) / columns) };

        var legend = Heading.Legend(Charts.SelectMany(chart => chart.Keys), width);
        var common = CommonLabels();
        var top = legend.Height + (common.Y.Length > 0 ? Frame.LabelLine + 4 : 2);
        var bottom = top + grid.Height + (common.X.Length > 0 ? Frame.LabelLine : 0);
        var labels = Svg.Text(common.Y, 0, legend.Height + 11, "muted")
            + Svg.Text(common.X, (width + grid.Rooms[0]) / 2, bottom - 4, "muted middle");
        var summaries = Charts.Take(24).Select(chart => $"{chart.Title}: {chart.Summary()}");
        return new(legend.Body + labels + grid.Draw(common).At(0, top), bottom + 4,
            $"{Charts.Count} charts. {string.Join(" ", summaries)}",
            Charts.Sum(chart => chart.LeftOut()));
    }

    private int ColumnsFor(double width)
    {
        if (width < 500)
            return NarrowColumns(width);
        if (Columns is { } set)
            return Math.Clamp(set, 1, Charts.Count);
        const int least = 3, most = 5;
        return Charts.Count <= least ? Charts.Count : Enumerable.Range(least, most - least + 1)
            .OrderBy(columns => (columns - Charts.Count % columns) % columns)
            .ThenByDescending(columns => columns).First();
    }

    // As many as leave room for their titles; paths need more than lines do.
    private int NarrowColumns(double width)
    {
        var widest = Charts.Max(chart => Typography.Width(chart.Title, Typography.TextSize * Typography.Bold));
        var most = Charts.Count is 2 or 4 || width < 350 || Charts[0] is ContourChart ? 2 : 3;
        return Enumerable.Range(1, Math.Min(Charts.Count, most))
            .LastOrDefault(columns => widest <= (width - 40) / columns, 1);
    }

    // A label that all charts have is written once.
    private (string X, string Y) CommonLabels() => (
        Charts.All(chart => chart.X.Label == Charts[0].X.Label) ? Charts[0].X.Label : "",
        Charts.All(chart => chart.Y.Label == Charts[0].Y.Label) ? Charts[0].Y.Label : "");

    private sealed record Grid(SmallMultiples All, (Extent X, Extent Y)[] Extents, int Columns, double CellWidth)
    {
        private (Extent X, Extent Y) Union { get; } =
            Extents.Aggregate((all, one) => (all.X.Union(one.X), all.Y.Union(one.Y)));

        private double PlotHeight => Math.Max(56, Math.Round(CellWidth * (All.CellAspect ?? (
            All.Charts.All(chart => chart.EqualUnits) ? Math.Min(All.Charts[0].PlotOf(Union, 1, 1).Units, 2) : 0.75))));

        private int Count => All.Charts.Count;

        private bool OwnLabelsX => !All.ShareX && All.Charts.Any(chart => chart.X.Label != All.Charts[0].X.Label);

        private bool OwnLabelsY => !All.ShareY && All.Charts.Any(chart => chart.Y.Label != All.Charts[0].Y.Label);

        private double Above => CellTitle + (OwnLabelsY ? Frame.LabelLine - 2 : 0);

        private double RowHeight => Above + PlotHeight + Gap - 4
            + (All.ShareX ? 0 : Frame.TickLine) + (OwnLabelsX ? Frame.LabelLine : 0);

        public double Height =>
            (Count + Columns - 1) / Columns * RowHeight - Gap + 8 + (All.ShareX ? Frame.TickLine : 0);

        /// <summary>The room left of each column for the labels of its ticks.</summary>
        public double[] Rooms => [.. Enumerable.Range(0, Columns).Select(column => column > 0 && All.ShareY ? 0
            : Enumerable.Range(0, Count).Where(i => i % Columns == column)
                .Max(i => Frame.LabelRoom(Frame.YTicks(All.Charts[i].Y, PlotOf(i).Y))))];

        public Markup Draw((string X, string Y) common)
        {
            var rooms = Rooms;
            return Markup.Join(Enumerable.Range(0, Count).Select(i => Cell(i, common)
                .At(rooms.Take(i % Columns + 1).Sum() + i % Columns * (CellWidth + Gap),
                    i / Columns * RowHeight + Above)));
        }

        private Plot PlotOf(int i) => All.Charts[i].PlotOf(
            (All.ShareX ? Union.X : Extents[i].X, All.ShareY ? Union.Y : Extents[i].Y), CellWidth, PlotHeight);

        private Markup Cell(int i, (string X, string Y) common)
        {
            var (chart, plot) = (All.Charts[i], PlotOf(i));
            var xTicks = Frame.XTicks(chart.X, plot.X, plot.Width, chart.WholeX);
            var title = Typography.Fit(chart.Title, Typography.TextSize * Typography.Bold, CellWidth + Gap / 2);
            var yTicks = Frame.YTicks(chart.Y, plot.Y);
            bool lowest = i + Columns >= Count, leftmost = i % Columns == 0;
            return Svg.Text(title, 0, 12 - Above, "cell") + Frame.Axes(plot, xTicks, yTicks)
                + (!All.ShareX || lowest ? Frame.XLabels(plot, xTicks, Frame.CellOverhang) : Markup.Empty)
                + (!All.ShareY || leftmost ? Frame.YLabels(plot, yTicks) : Markup.Empty)
                + Svg.Text(common.X.Length == 0 && OwnLabelsX ? chart.X.Label : "",
                    plot.Width / 2, plot.Height + Frame.TickLine + 13, "small muted middle")
                + Svg.Text(common.Y.Length == 0 && OwnLabelsY ? chart.Y.Label : "", 0, -9, "small muted")
                + chart.Inside(plot, Extents[i].X.IsEmpty || Extents[i].Y.IsEmpty);
        }
    }
}
