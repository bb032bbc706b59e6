namespace Functional.Host.Charts;

/// <summary>
/// A matrix as cells, the deeper in color the larger the value, with the values written in where they fit.
/// </summary>
/// <param name="Title">What the chart shows.</param>
/// <param name="X">What the columns are; its categories name them.</param>
/// <param name="Y">What the rows are, the first on top; its categories name them.</param>
internal sealed record MatrixChart(string Title, Axis X, Axis Y) : Chart(Title)
{
    /// <summary>One list per row, one value per column; what is not a number stays an empty cell.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Values { get; init; } = [];

    /// <summary>
    /// How values turn into depth. Logarithmic (as ln(1 + v), or ln(1 + v - least) if the least is negative) keeps the
    /// few mistakes visible beside the many that are right.
    /// </summary>
    public Scaling Depth { get; init; }

    /// <summary>How many significant digits the written values have.</summary>
    public int Digits { get; init; } = 3;

    /// <summary>Whether a scale below says which color stands for which value, also where values are written in.
    /// </summary>
    public bool ShowScale { get; init; }

    /// <summary>A confusion matrix: rows are true classes, columns predicted ones.</summary>
    public static MatrixChart Confusion(
        string title, IReadOnlyList<string> classes, IReadOnlyList<IReadOnlyList<double>> counts,
        string predicted = "predicted class", string actual = "true class") =>
        new(title, new Axis(predicted) { Categories = classes }, new Axis(actual) { Categories = classes })
        {
            Values = counts,
            Depth = Scaling.Logarithmic,
            Digits = 9,
        };

    internal override Drawing Draw(double width)
    {
        int rows = Values.Count, columns = Values.Select(row => row.Count).DefaultIfEmpty(0).Max();
        if (columns == 0)
            return new(Svg.Text("no data", 0, 11, "muted"), 16, "Matrix without values.", 0);
        string[] rowNames = Names(Y, rows), columnNames = Names(X, columns);
        double left = 10 + Widest(rowNames), top = Frame.LabelLine + 4;
        var cellWidth = Math.Min((width - left - 4) / columns, 52);
        var cellHeight = Math.Min(Math.Max(width * 1.2 / rows, 2), Math.Min(cellWidth, 35));
        var bottom = rows * cellHeight;
        var (below, room) = ColumnNames(columnNames, cellWidth);
        var inside = Svg.Path(new PathData().Rectangle(-1, -1, columns * cellWidth, bottom), "grid")
            + Cells(cellWidth, cellHeight) + RowNames(rowNames, cellHeight) + below.At(0, bottom);
        var under = top + bottom + room + (X.Label.Length > 0 ? Frame.LabelLine + 4 : 4);
        var range = Range();
        var scaled = (ShowScale || !IsWritten(cellWidth, cellHeight)) && range.High > range.Low;
        var labels = Svg.Text(Y.Label, 0, 11, "muted")
            + Svg.Text(X.Label, left + columns * cellWidth / 2, top + bottom + room + 14, "muted middle")
            + (scaled ? ColorScale(range, Math.Min(columns * cellWidth, 260)).At(left, under + 4) : Markup.Empty);
        return new(labels + inside.At(left, top), under + (scaled ? 40 : 0),
            Summary(rowNames, columnNames), Values.Sum(row => row.Count(value => !double.IsFinite(value))));
    }

    private static Markup RowNames(string[] names, double height)
    {
        var every = Math.Max(1, (int)Math.Ceiling(14 / height));
        return Markup.Join(names.Index().Where(row => row.Index % every == 0).Select(row =>
            Svg.Text(row.Item, -6, (row.Index + 0.5) * height + 4, "muted end")));
    }

    // Names that are too long for their columns are slanted; where even these would meet, some are left out.
    private static (Markup Names, double Height) ColumnNames(string[] names, double width)
    {
        var widest = Widest(names);
        var slanted = widest + 4 > width && width >= 14 && names.Length > 1;
        var every = slanted ? 1 : Math.Max(1, (int)Math.Ceiling((widest + 4) / width));
        var columns =
            from column in names.Index()
            where column.Index % every == 0
            let x = (column.Index + 0.5) * width
            select slanted
                ? Markup.Of($"<g transform='rotate(-45)'>{Svg.Text(column.Item, 0, 0, "muted end")}</g>").At(x + 4, 13)
                : Svg.Text(column.Item, x, 16, "muted middle");
        return (Markup.Join(columns), slanted ? 16 + widest * Math.Sqrt(0.5) : Frame.TickLine);
    }

    private Extent Range() => Values.Aggregate(Extent.Empty, (extent, row) => extent.Union(Extent.Of(row, "")));

    private bool IsWritten(double width, double height) => height >= 15 && Values.All(row => row.All(value =>
        Typography.Width(Written(value), Typography.SmallSize) <= width - 2));

    // The colors side by side, with the values of the first, the middle and the last.
    private Markup ColorScale(Extent range, double width)
    {
        var step = width / Palette.Levels;
        double ValueAt(double share) => Depth == Scaling.Linear
            ? range.Low + share * (range.High - range.Low)
            : Low(range) + Elementary.Exp(share * Elementary.Log(1 + (range.High - Low(range)))) - 1;
        string Text(double share) => Typography.Value(ValueAt(share), 2);
        return Markup.Join(Enumerable.Range(0, Palette.Levels).Select(level =>
                Svg.Path(new PathData().Rectangle(level * step, 0, (level + 1) * step + 0.4, 12), $"level{level}")))
            + Svg.Path(new PathData().Rectangle(0, 0, width, 12), "axis")
            + Svg.Text(Text(0), 0, 26, "small muted") + Svg.Text(Text(0.5), width / 2, 26, "small muted middle") +
            Svg.Text(Text(1), width, 26, "small muted end");
    }

    private double Low(Extent range) =>
        Depth == Scaling.Logarithmic && range.Low >= 0 ? 0 : Math.Max(range.Low, -1e300);

    private Markup Cells(double width, double height)
    {
        var range = Range();
        var written = IsWritten(width, height);
        // Small cells overlap a little, or the paper would shine through.
        var gap = Math.Min(width, height) > 14 ? 1 : -0.4;
        var levels =
            from row in Enumerable.Range(0, Values.Count)
            from column in Enumerable.Range(0, Values[row].Count)
            where double.IsFinite(Values[row][column])
            group (row, column) by Palette.Level(DepthOf(Values[row][column], range));
        return Markup.Join(levels.OrderBy(level => level.Key).Select(level =>
        {
            var path = new PathData();
            foreach (var (row, column) in level)
                path.Rectangle(column * width, row * height, (column + 1) * width - gap, (row + 1) * height - gap);
            return Svg.Path(path, $"level{level.Key}") + Markup.Join(
                from cell in level
                where written
                select Svg.Text(Written(Values[cell.row][cell.column]), (cell.column + 0.5) * width,
                    (cell.row + 0.5) * height + 4, $"small middle on{level.Key}"));
        }));
    }

    // Nothing is what most cells of a confusion matrix hold, and reads best as nothing.
    private string Written(double value) =>
        value == 0 || !double.IsFinite(value) ? "" : Typography.Value(value, Digits);

    private double DepthOf(double value, Extent range)
    {
        var low = Low(range);
        double high = Math.Min(range.High, 1e300), at = Math.Clamp(value, -1e300, 1e300);
        if (high <= low)
            return 0.5;
        return Depth == Scaling.Linear
            ? (at / 2 - low / 2) / (high / 2 - low / 2)
            : Elementary.Log(1 + (at - low)) / Elementary.Log(1 + (high - low));
    }

    private string Summary(string[] rowNames, string[] columnNames)
    {
        var cells = (from row in Enumerable.Range(0, Values.Count)
                     from column in Enumerable.Range(0, Values[row].Count)
                     where double.IsFinite(Values[row][column])
                     orderby Values[row][column] descending
                     let value = Typography.Value(Values[row][column], Digits)
                     select $"{rowNames[row]}, {columnNames[column]}: {value}").ToArray();
        return $"Matrix with {rowNames.Length} rows ({Y.Label}) and {columnNames.Length} columns ({X.Label})."
            + (cells.Length == 0 ? "" : $" The largest values (row, column): {string.Join("; ", cells.Take(20))}.");
    }

    private static string[] Names(Axis axis, int count) =>
        [.. Enumerable.Range(0, count).Select(i => axis.Categories?.ElementAtOrDefault(i) ?? Typography.Number(i, 0))];

    private static double Widest(string[] names) => names.Max(name => Typography.Width(name, Typography.TextSize));
}
