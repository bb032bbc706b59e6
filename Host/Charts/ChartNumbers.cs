using System.Globalization;
using System.Text;

namespace Functional.Host.Charts;

/// <summary>The numbers behind a chart, as CSV with a header: so that they can be looked at, and drawn again, with
/// other tools.</summary>
internal static class ChartNumbers
{
    /// <summary>The CSV, lines ended by a line feed, numbers in the fewest digits that give the same bits back.
    /// </summary>
    public static string Csv(Chart chart)
    {
        var rows = Rows(chart).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
            text.AppendJoin(',', row.Select(Cell)).Append('\n');
        return text.ToString();
    }

    private static IEnumerable<object[]> Rows(Chart chart) => chart switch
    {
        SmallMultiples multiples => Several(multiples),
        LineChart lines =>
            [["series", lines.X.Label, lines.Y.Label, "low", "high"], .. lines.Series.SelectMany(Points)],
        ScatterChart scatter =>
            [["series", scatter.X.Label, scatter.Y.Label, "low", "high"], .. scatter.Series.SelectMany(Points)],
        ContourChart contour =>
            [["path", contour.X.Label, contour.Y.Label, "low", "high"], .. contour.Paths.SelectMany(Points)],
        Histogram histogram =>
        [
            ["from", "to", histogram.Y.Label],
            .. histogram.Bins.Counts.Select(
                (count, i) => (object[])[histogram.Bins.Edges[i], histogram.Bins.Edges[i + 1], count]),
        ],
        BarChart bars => [["name", bars.Label], .. bars.Bars.Select(bar => (object[])[bar.Name, bar.Value])],
        MatrixChart matrix =>
        [
            [matrix.Y.Label, matrix.X.Label, "value"],
            .. matrix.Values.SelectMany(
                (row, i) => row.Select((value, j) => (object[])[Name(matrix.Y, i), Name(matrix.X, j), value])),
        ],
        ParallelCoordinates parallel =>
        [
            [.. parallel.Dimensions.Select(dimension => dimension.Axis.Label)],
            .. Enumerable.Range(
                0, parallel.Dimensions.Select(dimension => dimension.Values.Count).DefaultIfEmpty(0).Max())
                .Select(i => parallel.Dimensions.Select(dimension => (object)dimension.Values[i]).ToArray()),
        ],
        ChainChart chain =>
        [
            ["step", chain.Sides.Forward, chain.Sides.Backward],
            .. chain.Links.Select(link => (object[])[link.Name, link.Forward, link.Backward]),
        ],
        ImageGrid images =>
        [
            ["image", "row", "pixels"],
            .. images.Pictures.SelectMany((picture, i) => Enumerable.Range(0, picture.Height).Select(row => (object[])
                [
                    i + 1.0, row + 1.0,
                    string.Join(' ', picture.Pixels.Slice(row * picture.Width, picture.Width).ToArray()),
                ])),
        ],
        _ => [[chart.Title]],
    };

    // The charts of one grid are of one kind; a column that not all of them call the same is called by its axis.
    private static IEnumerable<object[]> Several(SmallMultiples multiples) =>
    [
        .. multiples.Charts.Take(1).Select(first => (object[])
        [
            "chart", .. Rows(first).First().Select((name, i) =>
                multiples.Charts.All(chart => name.Equals(Rows(chart).First()[i])) ? name
                    : name.Equals(first.X.Label) ? "x"
                    : "y"),
        ]),
        .. multiples.Charts.SelectMany(chart => Rows(chart).Skip(1).Select(row => (object[])[chart.Title, .. row])),
    ];

    private static IEnumerable<object[]> Points(Series series) => series.Ys.Select((y, i) => (object[])
    [
        series.Name, series.Positions[i], y,
        series.Low is { } low ? low[i] : "", series.High is { } high ? high[i] : "",
    ]);

    private static object Name(Axis axis, int i) => axis.Categories?.ElementAtOrDefault(i) ?? (object)(double)i;

    private static string Cell(object value)
    {
        var text = value is double number ? number.ToString("R", CultureInfo.InvariantCulture) : (string)value;
        return text.AsSpan().IndexOfAny("\",\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";
    }
}
