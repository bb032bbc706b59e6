namespace Functional.Host.Charts;

/// <summary>The same chart with other words: in another language.</summary>
internal static class ChartTexts
{
    /// <summary>Replaces every text of a chart, numbers left as they are.</summary>
    /// <param name="chart">The chart.</param>
    /// <param name="say">Given a text, the text in its place.</param>
    public static Chart In(this Chart chart, Func<string, string> say)
    {
        Axis Of(Axis axis) => axis with
        {
            Label = say(axis.Label), Categories = axis.Categories is { } names ? [.. names.Select(say)] : null,
        };
        Series[] Named(IEnumerable<Series> series) => [.. series.Select(one => one with { Name = say(one.Name) })];
        ReferenceLine[] Labelled(IEnumerable<ReferenceLine> references) =>
            [.. references.Select(one => one with { Label = say(one.Label) })];
        var said = chart switch
        {
            SmallMultiples all => all with { Charts = [.. all.Charts.Select(one => (AxesChart)one.In(say))] },
            LineChart lines => lines with { Series = Named(lines.Series) },
            ScatterChart scatter => scatter with { Series = Named(scatter.Series) },
            ContourChart contour => contour with { Paths = Named(contour.Paths) },
            BarChart bars =>
                bars with { Label = say(bars.Label), Bars = [.. bars.Bars.Select(bar => (say(bar.Name), bar.Value))] },
            MatrixChart matrix => matrix with { X = Of(matrix.X), Y = Of(matrix.Y) },
            ParallelCoordinates parallel => parallel with
            {
                Dimensions = [.. parallel.Dimensions.Select(dimension => dimension with { Axis = Of(dimension.Axis) })],
            },
            ChainChart chain => chain with
            {
                Sides = (say(chain.Sides.Forward), say(chain.Sides.Backward)),
                Links =
                [
                    .. chain.Links.Select(link => new ChainLink(say(link.Name), say(link.Forward), say(link.Backward))),
                ],
            },
            ImageGrid images => images with
            {
                Pictures = [.. images.Pictures.Select(picture => picture with { Caption = say(picture.Caption) })],
            },
            _ => chart,
        };
        return (said is AxesChart framed
            ? framed with { X = Of(framed.X), Y = Of(framed.Y), References = Labelled(framed.References) }
            : said) with { Title = say(chart.Title) };
    }
}
