using System.Xml.Linq;
using Functional.Host.Charts;
using Xunit;

namespace Functional.Tests.Charts;

public class ChartTests
{
    private static readonly double[] Widths = [Chart.WideWidth, Chart.NarrowWidth, 200, 1600];

    [Theory]
    [MemberData(nameof(Examples.Names), MemberType = typeof(Examples))]
    public void Every_chart_is_well_formed_and_named_for_screen_readers(string name)
    {
        foreach (var width in Widths)
        {
            var chart = Examples.All[name]();
            var svg = XElement.Parse(chart.ToSvg(width));
            var ids = svg.DescendantsAndSelf().Attributes("id").Select(id => id.Value).ToArray();
            Assert.Equal("img", (string?)svg.Attribute("role"));
            Assert.Equal([svg.Attribute("aria-labelledby")!.Value, svg.Attribute("aria-describedby")!.Value], ids);
            var title = XElement.Parse($"<a>{Markup.Escape(chart.Title)}</a>").Value;
            Assert.Equal(title, svg.Find("title").Single().Value);
            Assert.NotEmpty(svg.Find("desc").Single().Value);
        }
    }

    [Theory]
    [MemberData(nameof(Examples.Names), MemberType = typeof(Examples))]
    public void Every_coordinate_is_a_number_near_the_paper(string name)
    {
        foreach (var width in Widths)
        {
            var svg = XElement.Parse(Examples.All[name]().ToSvg(width));
            foreach (var path in svg.Find("path"))
                foreach (var (x, y) in SvgReading.Pieces(path.Attribute("d")!.Value).SelectMany(piece => piece))
                    Assert.True(Math.Abs(x) <= 1.1e5 && Math.Abs(y) <= 1.1e5, $"({x}, {y})");
            var numbers = svg.DescendantsAndSelf().Attributes()
                .Where(attribute => attribute.Name.LocalName is "x" or "y" or "width" or "height")
                .Select(attribute => attribute.Parent!.Number(attribute.Name.LocalName));
            Assert.All(numbers, number => Assert.InRange(number, -500, 5000));
        }
    }

    [Theory]
    [MemberData(nameof(Examples.Names), MemberType = typeof(Examples))]
    public void The_same_chart_gives_the_same_text(string name)
    {
        Assert.Equal(Examples.All[name]().ToHtml(), Examples.All[name]().ToHtml());
        Assert.Equal(Examples.All[name]().ToStandaloneSvg(), Examples.All[name]().ToStandaloneSvg());
    }

    [Theory]
    [MemberData(nameof(Examples.Names), MemberType = typeof(Examples))]
    public void No_text_is_cut_off_at_the_edges(string name)
    {
        if (name.Contains("wild", StringComparison.Ordinal))
            return;
        foreach (var width in (double[])[Chart.WideWidth, Chart.NarrowWidth])
        {
            var svg = XElement.Parse(Examples.All[name]().ToSvg(width));
            foreach (var text in svg.Find("text"))
            {
                var classes = ((string?)text.Attribute("class") ?? "").Split(' ');
                double size = classes.Contains("title") ? 15 : classes.Contains("small") ? 11 : 12;
                var length = Typography.Width(text.Value, size);
                var start = text.Offset().X + text.Number("x")
                    - (classes.Contains("end") ? length : classes.Contains("middle") ? length / 2 : 0);
                Assert.True(start >= -5 && start + length <= width + 5, $"'{text.Value}' at {start}, {length} wide");
                Assert.InRange(text.Offset().Y + text.Number("y"), 8, svg.Number("height"));
            }
        }
    }

    [Fact]
    public void Ids_differ_between_charts_and_between_their_forms()
    {
        var page = XElement.Parse($"<p>{string.Concat(Examples.All.Values.Select(chart => chart().ToHtml()))}</p>");
        var ids = page.Descendants().Attributes("id").Select(id => id.Value).ToArray();
        Assert.Equal(4 * Examples.All.Count, ids.Length);
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void A_file_carries_its_style_and_a_picture_in_a_page_does_not()
    {
        var chart = Examples.All["lines"]();
        var file = XDocument.Parse(chart.ToStandaloneSvg());
        Assert.Equal(Stylesheet.Standalone, file.Root!.Find("style").Single().Value);
        Assert.Empty(XElement.Parse(chart.ToHtml()).Find("style"));
    }

    // rsvg-convert and Inkscape leave out a line whose color is a variable.
    [Fact]
    public void A_file_has_colors_for_programs_that_know_no_variables()
    {
        var plain = System.Text.RegularExpressions.Regex.Replace(Stylesheet.Standalone, "[a-z-]+:var\\([^)]*\\);?", "");
        foreach (var (i, color) in Palette.Light.Series.Index())
            Assert.Contains($".line.series{i},.thin.series{i},.mark.series{i}{{stroke:{color}}}", plain);
        Assert.Contains($".chart .grid{{stroke:{Palette.Light.Grid}}}", plain);
        // Of equal weight, so that a browser takes what comes later: the theme's.
        Assert.All(
            System.Text.RegularExpressions.Regex.Matches(
                Stylesheet.Standalone[..Stylesheet.Standalone.IndexOf(Stylesheet.Text, StringComparison.Ordinal)],
                "[^{},\\n]+(?=[{,])").Select(selector => selector.Value),
            selector => Assert.Equal(2, selector.Count(letter => letter == '.')));
    }

    [Fact]
    public void A_description_is_taken_as_it_is_and_what_was_left_out_is_added()
    {
        var series = new Series("a", [1, -1, 0, double.NaN, 2]);
        var chart = new LineChart("Loss", "iteration", Axis.Log("loss")) { Series = [series] };
        string Description(Chart of) => XElement.Parse(of.ToSvg()).Find("desc").Single().Value;
        Assert.Equal("It falls. 3 values have no place on these axes and are left out.",
            Description(chart with { Description = "It falls." }));
        Assert.StartsWith("Lines of loss over iteration. a: 5 values from 1 to 2, the last 2.", Description(chart));
    }

    [Fact]
    public void A_hidden_title_is_still_read_out()
    {
        var svg = XElement.Parse((Examples.All["lines"]() with { ShowTitle = false }).ToSvg());
        Assert.Empty(svg.Find("text", "title"));
        Assert.Equal("Loss", svg.Find("title").Single().Value);
    }

    [Fact]
    public void Contradictions_are_named()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Examples.All["lines"]().ToSvg(199));
        var unequal = new LineChart("", "", "") { Series = [new("loss", [1, 2, 3], [1, 2])] };
        var named = Assert.Throws<ArgumentException>(() => unequal.ToSvg());
        Assert.Equal("series 'loss' has 2 Ys, but 3 Xs (Parameter 'Xs')", named.Message);
        Assert.Throws<ArgumentException>(() => new Histogram("", "", "") { Bins = new([1, 2], [1, 2]) }.ToSvg());
        var field = new Field([1, 2], [1], [[1]]);
        Assert.Throws<ArgumentException>(() => new ContourChart("", "", "") { Field = field }.ToSvg());
        Assert.Throws<ArgumentException>(() => new ParallelCoordinates("", [new("a", [1]), new("b", [])]).ToSvg());
        Assert.Throws<ArgumentException>(() => new ImageGrid("", [new(2, 2, new byte[3])]).ToSvg());
    }
}
