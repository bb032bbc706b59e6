namespace Functional.Host.Charts;

/// <summary>How a line is broken.</summary>
public enum Dash
{
    /// <summary>Not at all.</summary>
    Solid,

    /// <summary>Into dashes.</summary>
    Dashed,

    /// <summary>Into dots.</summary>
    Dotted,

    /// <summary>Into dashes and dots by turns.</summary>
    DashDotted,
}

/// <summary>The shape that marks a point.</summary>
public enum Marker
{
    /// <summary>No mark.</summary>
    None,

    /// <summary>A disk.</summary>
    Circle,

    /// <summary>A square on its side.</summary>
    Square,

    /// <summary>A triangle that points up.</summary>
    Triangle,

    /// <summary>A square on its corner.</summary>
    Diamond,

    /// <summary>An x.</summary>
    Cross,

    /// <summary>A triangle that points down.</summary>
    TriangleDown,

    /// <summary>A plus sign.</summary>
    Plus,

    /// <summary>Two triangles that meet at their tips.</summary>
    Hourglass,
}

/// <summary>
/// What distinguishes one series from the others: color, and dash or marker, so that it is never color alone.
/// </summary>
internal readonly record struct SeriesStyle(int Color, Dash Dash, Marker Marker)
{
    private const int Markers = (int)Marker.Hourglass;

    /// <summary>The style of the i-th of several series. Where colors come round again, dashes change.</summary>
    public static SeriesStyle Of(int index) =>
        new(index, (Dash)(index / Palette.Light.Series.Count % 4), (Marker)(index % Markers + 1));

    public string ColorClass => $"series{Color % Palette.Light.Series.Count}";

    public string LineClass => $"line {ColorClass}" + (Dash == Dash.Solid ? "" : $" dash{(int)Dash}");

    /// <summary>All marks of one series as one path.</summary>
    public Markup Marks(IReadOnlyList<Point> points, double size = 3, string extraClass = "")
    {
        if (Marker == Marker.None || points.Count == 0)
            return Markup.Empty;
        var path = new PathData();
        foreach (var point in points)
            Trace(path, point, size);
        return Svg.Path(path, $"mark {ColorClass}{extraClass}");
    }

    private void Trace(PathData path, Point at, double r)
    {
        var (x, y) = at;
        _ = Marker switch
        {
            Marker.Circle => path.Circle(x, y, r),
            Marker.Square => path.Rectangle(x - r, y - r, x + r, y + r),
            Marker.Triangle => path.Move(x, y - r * 1.2).Line(x + r * 1.2, y + r).Line(x - r * 1.2, y + r).Close(),
            Marker.TriangleDown => path.Move(x, y + r * 1.2).Line(x + r * 1.2, y - r).Line(x - r * 1.2, y - r).Close(),
            Marker.Diamond => path.Move(x, y - r * 1.3).Line(x + r * 1.3, y).Line(x, y + r * 1.3)
                .Line(x - r * 1.3, y).Close(),
            Marker.Cross => path.Move(x - r, y - r).Line(x + r, y + r).Move(x + r, y - r).Line(x - r, y + r),
            Marker.Plus => path.Move(x - r * 1.3, y).Line(x + r * 1.3, y).Move(x, y - r * 1.3).Line(x, y + r * 1.3),
            _ => path.Move(x - r, y - r).Line(x + r, y - r).Line(x - r, y + r).Line(x + r, y + r).Close(),
        };
    }
}
