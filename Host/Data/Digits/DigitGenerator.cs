namespace Functional.Host.Data.Digits;

/// <summary>
/// Draws a digit as a pen would: a form is chosen, a hand writes it, a pen inks it, the paper adds its grain. The same
/// key and label give the same bytes on every system: nothing is used but sums, products, quotients and square roots.
/// </summary>
internal static class DigitGenerator
{
    /// <summary>Rows, and columns, of an image.</summary>
    public const int Side = 28;

    /// <summary>Pixels of an image.</summary>
    public const int Pixels = Side * Side;

    /// <summary>Rows and columns at each edge that stay empty.</summary>
    public const int Margin = 1;

    private const double Faintest = 0.03;

    /// <summary>
    /// An image of the digit <paramref name="label"/> (0 to 9): 28 x 28 bytes, row by row, 0 for paper and 255 for the
    /// darkest ink.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The label is not a digit.</exception>
    public static byte[] Draw(Key key, int label)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(label, 9);
        var u = key.Child(0).Uniforms(3);
        var (first, second) = Alphabet.Habit(label, u[0]);
        var form = Glyph.Blend(first, second, 1.3 * u[1] - 0.15);
        var height = 14.5 + 5.5 * u[2];
        var written = Hand.Of(key.Child(1), form.Count).Write(form);
        var pen = Pen.Of(key.Child(2), height);
        var placed = Place(written, height, Margin + 1 + 1.6 * pen.Radius, key.Child(3));
        return Grain(pen.Draw(placed, Side), key.Child(4));
    }

    /// <summary>To pixels: as high as asked for if there is room, somewhere near the center, off the edges.</summary>
    private static Glyph Place(Glyph glyph, double height, double edge, Key key)
    {
        var points = glyph.Strokes.SelectMany(stroke => stroke, (_, waypoint) => waypoint.At).ToArray();
        double left = points.Min(p => p.X), right = points.Max(p => p.X);
        double top = points.Min(p => p.Y), bottom = points.Max(p => p.Y);
        var room = Side - 2 * edge;
        var scale = Math.Min(Math.Min(height, room) / (bottom - top), room / (right - left));
        var middle = new Point((left + right) / 2, (top + bottom) / 2);
        var u = key.Uniforms(2);
        var page = new Point(
            Side / 2 + Shift(u[0], room - scale * (right - left)),
            Side / 2 + Shift(u[1], room - scale * (bottom - top)));
        return glyph.Map((p, _) => page + scale * (p - middle));

        static double Shift(double share, double free) => (share - 0.5) * Math.Min(4.3, free);
    }

    /// <summary>To bytes, with the grain of the paper in the ink and a few faint specks beside it.</summary>
    private static byte[] Grain(double[] ink, Key key)
    {
        var dirt = key.Child(0).Uniforms(1)[0];
        var grain = key.Child(1).Uniforms(Pixels);
        var clean = 1 - 0.005 * dirt * dirt;
        var image = new byte[Pixels];
        for (var i = 0; i < Pixels; i++)
        {
            var (row, column) = (i / Side, i % Side);
            if (Math.Min(row, column) < Margin || Math.Max(row, column) >= Side - Margin) continue;
            var speck = grain[i] < clean ? 0 : Faintest + 0.4 * (1 - grain[i]) / (1 - clean);
            var value = Math.Max(speck, ink[i] * (1 - 0.12 * grain[i]));
            // What can't be seen is exactly paper, so that the files are small.
            image[i] = value < Faintest ? (byte)0 : (byte)(255 * value + 0.5);
        }
        return image;
    }
}
