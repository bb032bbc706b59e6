
namespace Functional.Host.Data.Digits;

/// <summary>
/// A writer's hand: how wide and how slanted he writes, how far he turns the page, how he bends the paper, and how his
/// fingers tremble.
/// </summary>
/// <param name="Width">Width for a height of 1.</param>
/// <param name="Slant">How far the top leans to the right for a height of 1.</param>
/// <param name="Turn">Tangent of half the angle by which everything is rotated.</param>
/// <param name="Bend">Two standard normal numbers per term of the distortion.</param>
/// <param name="Tremor">Two standard normal numbers per waypoint.</param>
internal sealed record Hand(double Width, double Slant, double Turn, double[] Bend, double[] Tremor)
{
    private const double TremorDeviation = 0.028;
    private const double BendDeviation = 0.065;
    private const int Order = 4;

    /// <summary>A hand for forms of <paramref name="points"/> waypoints.</summary>
    public static Hand Of(Key key, int points)
    {
        var u = key.Child(0).Uniforms(3);
        return new Hand(
            Width: 0.58 + 0.32 * u[0],
            Slant: -0.1 + 0.5 * u[1],
            Turn: -0.05 + 0.1 * u[2],
            key.Child(1).Normals(2 * Order * Order),
            key.Child(2).Normals(2 * points));
    }

    /// <summary>The form as this hand writes it: about 2 high, around the origin.</summary>
    public Glyph Write(Glyph glyph) => glyph.Map((p, index) => Rotate(Lean(Distort(Shake(p, index)))));

    private Point Shake(Point p, int index) =>
        p + TremorDeviation * new Point(Tremor[2 * index], Tremor[2 * index + 1]);

    /// <summary>Adds products of Chebyshev polynomials up to the third degree, the higher the weaker.</summary>
    private Point Distort(Point p)
    {
        double[] x = Chebyshev(p.X), y = Chebyshev(p.Y);
        var moved = p;
        for (var i = 0; i < Order; i++)
        {
            for (var j = 0; j < Order; j++)
            {
                // The affine part is the hand's own: slant, and where and how large it writes.
                if (i + j < 2) continue;
                var term = 2 * (Order * i + j);
                moved += BendDeviation * x[i] * y[j] / (i + j - 1) * new Point(Bend[term], Bend[term + 1]);
            }
        }
        return moved;
    }

    private static double[] Chebyshev(double x)
    {
        x = Math.Clamp(x, -1, 1);
        return [1, x, 2 * x * x - 1, (4 * x * x - 3) * x];
    }

    private Point Lean(Point p) => new(Width * p.X - Slant * p.Y, p.Y);

    private Point Rotate(Point p)
    {
        // The rational points of the circle, since sine and cosine differ from system to system.
        var square = Turn * Turn;
        var (cosine, sine) = ((1 - square) / (1 + square), 2 * Turn / (1 + square));
        return new Point(cosine * p.X - sine * p.Y, sine * p.X + cosine * p.Y);
    }
}
