using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Functional.Tests.Charts;

/// <summary>Takes an SVG apart again.</summary>
public static partial class SvgReading
{
    /// <summary>The elements of a name, whatever their namespace.</summary>
    public static IEnumerable<XElement> Find(this XElement root, string name, string? ofClass = null) =>
        root.Descendants().Where(element => element.Name.LocalName == name
            && (ofClass is null || ((string?)element.Attribute("class") ?? "").Split(' ').Contains(ofClass)));

    /// <summary>An attribute as a number; 0 where it isn't there.</summary>
    public static double Number(this XElement element, string attribute) =>
        element.Attribute(attribute) is { } found ? double.Parse(found.Value, CultureInfo.InvariantCulture) : 0;

    /// <summary>The corners of a path of m, l and z, absolute; one list per piece.</summary>
    public static IReadOnlyList<IReadOnlyList<(double X, double Y)>> Pieces(string path)
    {
        var pieces = new List<List<(double X, double Y)>>();
        var (at, start) = ((X: 0.0, Y: 0.0), (X: 0.0, Y: 0.0));
        foreach (Match command in Command().Matches(path))
        {
            var numbers = Coordinate().Matches(command.Groups[2].Value)
                .Select(number => double.Parse(number.Value, CultureInfo.InvariantCulture)).ToArray();
            if (command.Groups[1].Value == "z")
                at = start;
            for (var i = 0; i + 1 < numbers.Length; i += 2)
            {
                at = (at.X + numbers[i], at.Y + numbers[i + 1]);
                if (command.Groups[1].Value == "m" && i == 0)
                {
                    pieces.Add([]);
                    start = at;
                }
                pieces[^1].Add(at);
            }
        }
        return pieces;
    }

    /// <summary>How far an element is moved by those around it (translations only).</summary>
    public static (double X, double Y) Offset(this XElement element)
    {
        var (x, y) = (0.0, 0.0);
        foreach (var outer in element.Ancestors())
            if (Translation().Match((string?)outer.Attribute("transform") ?? "") is { Success: true } moved)
            {
                x += double.Parse(moved.Groups[1].Value, CultureInfo.InvariantCulture);
                y += double.Parse(moved.Groups[2].Value, CultureInfo.InvariantCulture);
            }
        return (x, y);
    }

    [GeneratedRegex("([mlza])([^mlza]*)")]
    private static partial Regex Command();

    [GeneratedRegex(@"-?(\d+\.?\d*|\.\d+)")]
    private static partial Regex Coordinate();

    [GeneratedRegex(@"translate\((\S+) (\S+)\)")]
    private static partial Regex Translation();
}
