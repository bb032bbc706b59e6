using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Functional.Tests.Charts;

/// <summary>What accessibility checkers look for in a page, as far as that is possible without a browser.</summary>
public static class Accessibility
{
    /// <summary>Fails where a page has no language or title, headings out of order, a chart without role and name, a
    /// table's heading without text or scope, regions with the same name, or an id twice.</summary>
    public static void Check(string page)
    {
        Assert.Matches("^<!doctype html>\n<html lang=\"(en|ja)\">", page);
        Assert.Matches("<title>[^<]+</title>", page);
        var start = page.IndexOf("<main>", StringComparison.Ordinal);
        var main = XElement.Parse(
            page[start..(page.IndexOf("</main>", StringComparison.Ordinal) + 7)].Replace("<br>", "<br/>"));
        var all = main.Descendants().ToArray();
        IEnumerable<XElement> Named(string name) => all.Where(element => element.Name.LocalName == name);

        int[] headings = [.. all.Where(element => Regex.IsMatch(element.Name.LocalName, "^h[1-6]$"))
            .Select(element => element.Name.LocalName[1] - '0')];
        Assert.Equal(1, headings.Count(level => level == 1));
        Assert.Equal(1, headings[0]);
        Assert.All(headings.Zip(headings.Skip(1)), pair =>
            Assert.True(pair.Second <= pair.First + 1, $"h{pair.Second} follows h{pair.First}"));

        var ids = all.Attributes("id").Select(id => id.Value).ToArray();
        Assert.Equal(ids.Order(), ids.Distinct().Order());
        Assert.All(Named("svg").Where(chart => !chart.Ancestors().Any(above => above.Name.LocalName == "svg")), chart =>
        {
            Assert.Equal("img", chart.Attribute("role")?.Value);
            foreach (var attribute in (string[])["aria-labelledby", "aria-describedby"])
                Assert.NotEqual("", chart.Elements()
                    .Single(part => part.Attribute("id")?.Value == chart.Attribute(attribute)?.Value).Value.Trim());
        });
        Assert.All(Named("th"), heading =>
        {
            Assert.NotEqual("", heading.Value.Trim());
            Assert.Contains(heading.Attribute("scope")?.Value, (string[])["row", "col"]);
        });
        Assert.All(Named("a"), link => Assert.NotEqual("", link.Value.Trim()));
        var regions = all.Where(element => element.Attribute("role")?.Value == "region")
            .Select(region => region.Attribute("aria-label")?.Value ?? "").ToArray();
        Assert.DoesNotContain("", regions);
        Assert.Equal(regions.Order(), regions.Distinct().Order());
        // What scrolls can be scrolled without a mouse.
        Assert.All(all.Where(element =>
            (element.Name.LocalName, element.Attribute("class")?.Value) is ("pre", _) or ("div", "scroll" or "grid")),
            element => Assert.Equal("0", element.Attribute("tabindex")?.Value));
    }
}
