using System.Globalization;
using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>Points in the plane that are made: small data whose answer can be seen. The same name gives the same points
/// on every system.</summary>
internal static class PlaneData
{
    private const int Count = 500;
    private const double MostNoise = 1, Turns = 1.5;

    /// <summary>The standard deviation of the noise where a name has none.</summary>
    public const double UsualNoise = 0.03;

    private static readonly string[] Colors = ["blue", "orange", "green"];

    private static readonly Dictionary<string, (int Classes, Func<int, double, double, (double X, double Y)> Place)>
        Shapes = new()
        {
            ["circles"] = (2, (kind, u, v) => At(kind == 0 ? 0.5 * Math.Sqrt(u) : 0.7 + (0.3 * u), v)),
            ["spirals"] = (2, (kind, u, _) => At(0.1 + (0.9 * u), (Turns * u) + (0.5 * kind))),
            // Two opposite quarters each, with a gap between.
            ["xor"] = (2, (kind, u, v) => Quarter((2 * u) - 1, v) is var (x, y) && kind == 0 ? (x, y) : (x, -y)),
            ["blobs"] = (3, (kind, u, v) =>
                At(0.6, kind / 3.0) is var center && At(0.35 * u, v) is var (x, y) ? (center.X + x, center.Y + y)
                    : default),
        };

    /// <summary>The names of the shapes.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Shapes.Keys];

    /// <summary>How they are written, for messages.</summary>
    public const string Syntax = "NAME[:NOISE[:SEED]]";

    /// <summary>Whether a name is that of such data: a shape, then perhaps its noise and seed.</summary>
    public static bool IsOne(string name) => Shapes.ContainsKey(name.Split(':')[0]);

    /// <summary>The name of a shape with this noise and seed.</summary>
    public static string NameOf(string shape, double noise, long seed) =>
        Invariant($"{shape}:{noise:R}:{seed}");

    /// <summary>The points: as many of each class, a fifth of them for testing.</summary>
    /// <param name="name">As in <c>spirals</c>, <c>spirals:0.1</c> (the standard deviation of the noise in x and y) or
    /// <c>spirals:0.1:7</c> (the seed).</param>
    /// <exception cref="DataException">The noise is no number from 0 to 1, or the seed no integer.</exception>
    public static DataSet Load(string name)
    {
        var (shape, noise, seed) = Parse(name);
        var (classes, place) = Shapes[shape];
        var key = Key.OfSeed(seed);
        double[] uniforms = key.Child(0).Uniforms(2 * Count), normals = key.Child(1).Normals(2 * Count);
        double[] xs = new double[Count], ys = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            var (x, y) = place(i % classes, uniforms[2 * i], uniforms[(2 * i) + 1]);
            (xs[i], ys[i]) = (x + (noise * normals[2 * i]), y + (noise * normals[(2 * i) + 1]));
        }
        return Tables.Split(new DataPart(
            new Rows([new NumberColumn("x", xs), new NumberColumn("y", ys)]),
            new Classes(
                new Classification(Colors[..classes], "color"),
                [.. Enumerable.Range(0, Count).Select(i => i % classes)])));
    }

    /// <summary>What a name says.</summary>
    /// <exception cref="DataException">The noise is no number from 0 to 1, or the seed no integer.</exception>
    public static (string Shape, double Noise, long Seed) Parse(string name)
    {
        var parts = name.Split(':');
        double noise = UsualNoise;
        long seed = 1;
        if (parts.Length > 1 && !(double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out noise)
            && noise is >= 0 and <= MostNoise))
            throw Wrong(name, "a number from 0 to 1 as its noise", parts[1]);
        if (parts.Length > 2 && !long.TryParse(
            parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seed))
            throw Wrong(name, "an integer as its seed", parts[2]);
        return parts.Length <= 3 ? (parts[0], noise, seed) : throw Wrong(name, Syntax, name);
    }

    private static DataException Wrong(string name, string expected, string found) =>
        new(name, null, expected, $"'{found}'");

    private static (double X, double Y) At(double radius, double turns)
    {
        var angle = 2 * Math.PI * turns;
        return (radius * Elementary.Cos(angle), radius * Elementary.Sin(angle));
    }

    private static (double X, double Y) Quarter(double x, double v) =>
        (x + (x < 0 ? -Gap : Gap), (x < 0 ? -1 : 1) * (v + Gap));

    private const double Gap = 0.05;
}
