namespace Functional.Host.Data.Digits;

/// <summary>A pen and the pressure on it.</summary>
/// <param name="Radius">Half the width of its line under even pressure, in pixels.</param>
/// <param name="Pressure">Three standard normal numbers: how the pressure changes along a stroke.</param>
/// <param name="Softness">How wide the edge of the ink is, in pixels.</param>
/// <param name="Darkness">The ink of a full line, from 0 to 1.</param>
/// <param name="Gap">Where on each stroke, from 0 to 1, the ink nearly fails, if it does.</param>
internal sealed record Pen(double Radius, double[] Pressure, double Softness, double Darkness, double? Gap)
{
    private const int StepsPerSpan = 10;

    /// <summary>
    /// A pen for a digit of some height in pixels: small ones are written with finer pens, or their loops would close.
    /// </summary>
    public static Pen Of(Key key, double height)
    {
        var u = key.Child(0).Uniforms(5);
        return new Pen(
            Radius: (0.05 + 0.05 * u[0]) * height,
            key.Child(1).Normals(3),
            Softness: 0.9 + 0.7 * u[1],
            Darkness: 0.88 + 0.12 * u[2],
            Gap: u[3] < 0.06 ? 0.15 + 0.7 * u[4] : null);
    }

    /// <summary>The ink of a form, given in pixels, on a square page: from 0 (none) to 1, row by row.</summary>
    public double[] Draw(Glyph glyph, int side)
    {
        var ink = new double[side * side];
        foreach (var stroke in glyph.Strokes)
        {
            var path = Path(stroke);
            for (var i = 1; i < path.Count; i++)
            {
                Spread(ink, side, path[i - 1], path[i], RadiusAt((i - 0.5) / (path.Count - 1)));
            }
        }
        return ink;
    }

    /// <summary>A Catmull-Rom spline through the waypoints, broken at corners, as points close to each other.</summary>
    private static List<Point> Path(Waypoint[] stroke)
    {
        var path = new List<Point> { stroke[0].At };
        for (var i = 0; i + 1 < stroke.Length; i++)
        {
            Point from = stroke[i].At, to = stroke[i + 1].At;
            var before = i == 0 || stroke[i].Corner ? from : stroke[i - 1].At;
            var after = i + 2 == stroke.Length || stroke[i + 1].Corner ? to : stroke[i + 2].At;
            for (var step = 1; step <= StepsPerSpan; step++)
            {
                var t = (double)step / StepsPerSpan;
                path.Add(0.5 * (t * (-1 + t * (2 - t)) * before + (2 + t * t * (3 * t - 5)) * from
                    + t * (1 + t * (4 - 3 * t)) * to + t * t * (t - 1) * after));
            }
        }
        return path;
    }

    private double RadiusAt(double share)
    {
        var x = 2 * share - 1;
        var pressure = 1 + 0.16 * Pressure[0] * x + 0.1 * Pressure[1] * (2 * x * x - 1)
            + 0.08 * Pressure[2] * (4 * x * x - 3) * x;
        var flow = Gap is { } gap && Math.Abs(share - gap) < 0.03 ? 0.25 : 1;
        return flow * Radius * Math.Clamp(pressure, 0.55, 1.45);
    }

    /// <summary>
    /// Inks every pixel by its distance to a piece of the path; where pieces overlap, the darker one counts.
    /// </summary>
    private void Spread(double[] ink, int side, Point from, Point to, double radius)
    {
        var reach = radius + Softness;
        var along = to - from;
        var square = along.X * along.X + along.Y * along.Y;
        // A line narrower than a pixel can't be as dark as a full one.
        var darkness = Darkness * Math.Min(1, radius + 0.4);
        int left = Within(Math.Min(from.X, to.X) - reach), right = Within(Math.Max(from.X, to.X) + reach);
        int top = Within(Math.Min(from.Y, to.Y) - reach), bottom = Within(Math.Max(from.Y, to.Y) + reach);
        for (var y = top; y <= bottom; y++)
        {
            for (var x = left; x <= right; x++)
            {
                var offset = new Point(x + 0.5, y + 0.5) - from;
                var share = square > 0 ? Math.Clamp((offset.X * along.X + offset.Y * along.Y) / square, 0, 1) : 0;
                var away = offset - share * along;
                var distance = Math.Sqrt(away.X * away.X + away.Y * away.Y);
                var edge = Math.Clamp((radius - distance) / Softness + 0.5, 0, 1);
                ink[y * side + x] = Math.Max(ink[y * side + x], darkness * edge * edge * (3 - 2 * edge));
            }
        }

        int Within(double position) => (int)Math.Floor(Math.Clamp(position, 0, side - 1));
    }
}
