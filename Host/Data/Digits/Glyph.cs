using System.Globalization;

namespace Functional.Host.Data.Digits;

/// <summary>A place on the paper: x to the right, y downward.</summary>
internal readonly record struct Point(double X, double Y)
{
    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);

    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y);

    public static Point operator *(double factor, Point a) => new(factor * a.X, factor * a.Y);
}

/// <summary>A point that the pen passes through; at a corner it turns sharply, elsewhere smoothly.</summary>
internal readonly record struct Waypoint(Point At, bool Corner);

/// <summary>One way to write a digit: strokes, each a path through waypoints, in the square from -1 to 1.</summary>
internal sealed record Glyph(Waypoint[][] Strokes)
{
    /// <summary>How many waypoints there are in all strokes.</summary>
    public int Count => Strokes.Sum(stroke => stroke.Length);

    /// <summary>
    /// From text: points <c>x y</c> from 0 to 100 with commas between them, a <c>*</c> after a corner, and <c>/</c>
    /// between strokes.
    /// </summary>
    public static Glyph Parse(string text) =>
        new([.. text.Split('/').Select(stroke => stroke.Split(',').Select(ParseWaypoint).ToArray())]);

    /// <summary>Moves every waypoint; the function also gets its position among all of them.</summary>
    public Glyph Map(Func<Point, int, Point> move)
    {
        var index = 0;
        return new([.. Strokes.Select(stroke => stroke.Select(p => p with { At = move(p.At, index++) }).ToArray())]);
    }

    /// <summary>
    /// Between two forms of the same structure, or beyond them where <paramref name="share"/> is outside [0, 1].
    /// </summary>
    public static Glyph Blend(Glyph first, Glyph second, double share)
    {
        var others = second.Strokes.SelectMany(stroke => stroke).ToArray();
        return first.Map((p, index) => p + share * (others[index].At - p));
    }

    private static Waypoint ParseWaypoint(string text)
    {
        var numbers = text.Trim(' ', '*').Split(' ')
            .Select(number => (int.Parse(number, CultureInfo.InvariantCulture) - 50) / 50.0).ToArray();
        return new Waypoint(new Point(numbers[0], numbers[1]), text.Contains('*'));
    }
}
