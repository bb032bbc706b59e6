using System.Diagnostics;
using System.Xml.Linq;
using Functional.Host.Charts;
using Xunit;

namespace Functional.Tests.Charts;

public class KindTests
{
    [Fact]
    public void A_million_points_keep_their_extremes_and_take_little_room()
    {
        var ys = new double[1_000_000];
        for (var i = 0; i < ys.Length; i++)
            ys[i] = 0.5 + 0.1 * Math.Sin(i);
        (ys[123_456], ys[654_321]) = (1, 0);
        var chart = new LineChart("Long", "iteration", Axis.Between("loss", 0, 1)) { Series = [new("", ys)] };
        var clock = Stopwatch.StartNew();
        var text = chart.ToSvg();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
        Assert.True(text.Length < 200_000, $"{text.Length} characters");

        var line = Assert.Single(SvgReading.Pieces(Line(text).Attribute("d")!.Value));
        var height = PlotHeight(text);
        Assert.Equal(0, line.Min(point => point.Y), 0.11);
        Assert.Equal(height, line.Max(point => point.Y), 0.11);
        Assert.True(line.MinBy(point => point.Y).X < line.MaxBy(point => point.Y).X);
    }

    [Fact]
    public void A_million_points_in_the_plane_take_little_room()
    {
        var xs = Enumerable.Range(0, 1_000_000).Select(i => Math.Sin(i * 1.1) * i).ToArray();
        var ys = Enumerable.Range(0, 1_000_000).Select(i => Math.Cos(i * 1.3) * i).ToArray();
        var text = new ScatterChart("Many", "x", "y") { Series = [new("", xs, ys)] }.ToSvg();
        Assert.InRange(text.Length, 20_000, 200_000);
    }

    [Fact]
    public void Lines_break_where_values_are_missing_and_lone_points_are_dots()
    {
        var series = new Series("", [1, 2, double.NaN, 3, double.PositiveInfinity, 2, 1]);
        var text = new LineChart("Gaps", "x", "y") { Series = [series] }.ToSvg();
        Assert.Equal([2, 1, 2], SvgReading.Pieces(Line(text).Attribute("d")!.Value).Select(piece => piece.Count));
        // The lone point, and an arrow to what is infinite.
        Assert.Equal(["mark series0", "mark series0 beyond"],
            XElement.Parse(text).Find("path", "mark").Select(mark => mark.Attribute("class")!.Value));
    }

    [Theory]
    [InlineData(-5, -3, -1)]
    [InlineData(0.8 - 1e-16, 0.9, 1)]
    [InlineData(-1e-3, -1e-5, 0)]
    [InlineData(-7e20, 0, 7e20)]
    public void S1_What_lies_on_the_end_of_an_axis_gets_no_arrow(double first, double second, double third) =>
        Assert.Empty(Beyond(new LineChart("", "x", "y") { Series = [new("", [first, second, third])] }));

    [Fact]
    public void Arrows_show_what_is_beyond_the_frame_and_nothing_else()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var key = Key.OfSeed(seed);
            var size = Math.Pow(10, key.Child(0).Integers(1, 40)[0] - 20);
            var middle = 100 * size * (key.Child(1).Uniforms(1)[0] - 0.5);
            double[] ys = [.. key.Child(2).Normals(12).Select(y => middle + y * size)];
            // An axis that fits its data shows them all.
            Assert.Empty(Beyond(new LineChart("", "x", "y") { Series = [new("", ys)] }));
            var logarithmic = new LineChart("", "x", Axis.Log("y")) { Series = [new("", [.. ys.Select(Math.Abs)])] };
            Assert.Empty(Beyond(logarithmic));
            var (low, high) = (middle - size, middle + size / 2);
            LineChart Between(double sign, double from, double to) => new("", "x", Axis.Between("y", from, to))
                { Series = [new("", [.. ys.Select(y => sign * y)])] };
            var arrows = Beyond(Between(1, low, high));
            Assert.Equal(ys.Any(y => y > high), arrows.Any(arrow => arrow.Above));
            Assert.Equal(ys.Any(y => y < low), arrows.Any(arrow => !arrow.Above));
            Assert.Equal(
                arrows.Select(arrow => (arrow.X, !arrow.Above)),
                Beyond(Between(-1, -high, -low)).Select(arrow => (arrow.X, arrow.Above)));
        }
    }

    private static (double X, bool Above, SeriesStyle Style)[] Beyond(LineChart chart) =>
        [.. chart.Beyond(chart.PlotOf(chart.Data(), 640, 300))];

    [Fact]
    public void Points_are_joined_in_order_of_X()
    {
        string Of(double[] xs, double[] ys) => new LineChart("", "x", "y") { Series = [new("", xs, ys)] }.ToSvg();
        Assert.Equal(Of([1, 2, 3], [5, 7, 6]), Of([3, 1, 2], [6, 5, 7]));
    }

    [Fact]
    public void Series_differ_by_more_than_color()
    {
        var many = XElement.Parse(Examples.All["lines, thirty"]().ToSvg());
        var looks = many.Find("text", "name").Select(name => name.ElementsBeforeSelf().TakeLast(2).ToArray())
            .Select(swatch => (Line: (string?)swatch[0].Attribute("class"), Mark: (string?)swatch[1].Attribute("d")))
            .ToArray();
        Assert.Equal(30, looks.Length);
        Assert.Equal(30, looks.Distinct().Count());
        Assert.Equal(8, looks.Take(8).Select(style => style.Mark).Distinct().Count());
    }

    [Fact]
    public void Names_stand_at_the_ends_of_lines_where_they_fit_and_in_a_legend_otherwise()
    {
        LineChart Ending(double first, double second) => new("", "x", "y")
        { Series = [new("first", [0, first]), new("second", [0, second])] };
        Assert.Equal(2, XElement.Parse(Ending(1, 5).ToSvg()).Find("path", "thin").Count());
        var crowded = new LineChart("", "x", "y")
        { Series = [.. Enumerable.Range(0, 6).Select(i => new Series($"series {i}", [i, 1]))] };
        Assert.Empty(XElement.Parse(crowded.ToSvg()).Find("path", "thin"));
        Assert.Equal(6, XElement.Parse(crowded.ToSvg()).Find("text", "name").Count());
    }

    [Fact]
    public void The_contour_of_a_cone_is_one_closed_circle()
    {
        var chart = new ContourChart("Cone", "x", "y")
        {
            EqualUnits = true,
            Field = Field.Of((x, y) => Math.Sqrt(x * x + y * y), (-2, 2), (-2, 2)),
            Levels = [1],
        };
        var path = XElement.Parse(chart.ToSvg()).Find("path", "contour").Single().Attribute("d")!.Value;
        var circle = Assert.Single(SvgReading.Pieces(path));
        var (middleX, middleY) = (circle.Skip(1).Average(point => point.X), circle.Skip(1).Average(point => point.Y));
        var radii = circle.Select(point => double.Hypot(point.X - middleX, point.Y - middleY)).ToArray();
        Assert.Equal(circle[0].X, circle[^1].X, 0.01);
        Assert.Equal(circle[0].Y, circle[^1].Y, 0.01);
        Assert.InRange(radii.Max() / radii.Min(), 1, 1.01);
    }

    [Fact]
    public void Contours_of_a_bowl_are_evenly_apart()
    {
        var levels = Field.Of((x, y) => x * x + y * y, (-1, 1), (-1, 1), 21).Levels(5);
        var radii = levels.Select(Math.Sqrt).ToArray();
        Assert.All(radii.Zip(radii.Skip(1)), pair => Assert.Equal(Math.Sqrt(2) / 5, pair.Second - pair.First, 1e-9));
    }

    [Fact]
    public void Bins_count_every_number_once()
    {
        var bins = Bins.Of([0, 0.5, 1, 1, 1.5, 2, double.NaN, 7], 2, low: 0, high: 2);
        Assert.Equal([0, 1, 2], bins.Edges);
        Assert.Equal([2, 4], bins.Counts);
        Assert.Equal(2, bins.LeftOut);
        var tenths = Bins.Of([.. Enumerable.Range(0, 11).Select(i => i / 10.0)], 10, 0, 1);
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 1, 2], tenths.Counts);
    }

    [Fact]
    public void Small_multiples_share_their_axes()
    {
        LineChart Of(double high) => new($"to {high}", "x", "y") { Series = [new("", [0, high])] };
        SmallMultiples Both(bool share) => new("", [Of(1), Of(100)]) { ShareY = share };
        int Labels(bool share, string label) => XElement.Parse(Both(share).ToSvg())
            .Find("text", "end").Count(text => text.Value == label);
        Assert.Equal((1, 0), (Labels(true, "100"), Labels(true, "1.0")));
        Assert.Equal((1, 1), (Labels(false, "100"), Labels(false, "1.0")));
    }

    [Fact]
    public void A_confusion_matrix_writes_its_counts_in_full()
    {
        var chart = MatrixChart.Confusion("", ["cat", "dog"], [[12345, 0], [3, 980]]);
        Assert.Equal(["3", "980", "12\u2009345"],
            XElement.Parse(chart.ToSvg()).Find("text", "small").Select(text => text.Value));
    }

    private static XElement Line(string svg) => XElement.Parse(svg).Find("path", "line").Single();

    private static double PlotHeight(string svg) => SvgReading.Pieces(
        XElement.Parse(svg).Find("path", "axis").First().Attribute("d")!.Value)[0].Max(point => point.Y);
}
