using System.Globalization;

namespace Functional.Host.Charts;

/// <summary>The colors of one theme, as #rrggbb.</summary>
/// <param name="Paper">The background.</param>
/// <param name="Ink">Titles and names.</param>
/// <param name="Muted">The labels of axes and ticks.</param>
/// <param name="Line">Axes and frames.</param>
/// <param name="Grid">Grid lines, which only help the eye.</param>
/// <param name="Deep">What the darkest (or, in the dark, the brightest) cell of a matrix is filled with.</param>
/// <param name="Series">One per series, in order.</param>
internal sealed record Theme(
    string Paper, string Ink, string Muted, string Line, string Grid, string Deep, IReadOnlyList<string> Series);

/// <summary>
/// Colors that can be distinguished in both themes, also by color-blind people. The series follow the order of hues of
/// Okabe and Ito, "Color Universal Design" (2008): blue, orange, green, purple, ...; their exact values were chosen so
/// that each has at least 3:1 contrast with the paper while the closest two of the first four stay far apart under
/// simulated protanopia, deuteranopia and tritanopia (Machado, Oliveira, Fernandes 2009).
/// </summary>
internal static class Palette
{
    /// <summary>How many steps a ramp from the paper to the deepest color has.</summary>
    public const int Levels = 12;

    /// <summary>For a white page.</summary>
    public static Theme Light { get; } = new("#ffffff", "#1c2126", "#59626c", "#7b848e", "#e4e7eb", "#00407a",
        ["#005195", "#ef6416", "#008374", "#c35fbb", "#ac560f", "#5189f3", "#6c3f31", "#534767"]);

    /// <summary>For a dark page.</summary>
    public static Theme Dark { get; } = new("#14171b", "#e8ecf1", "#a3adb8", "#7f8994", "#2b3138", "#9fd0ff",
        ["#4e6cee", "#ff7220", "#34eda3", "#c094ba", "#fff03f", "#bff7ff", "#998dfa", "#bcc7e6"]);

    /// <summary>
    /// The fill of a level of the ramp: 0 is the paper itself, <see cref="Levels"/> - 1 the deepest color.
    /// </summary>
    public static string Ramp(Theme theme, int level)
    {
        var (paper, deep) = (Channels(theme.Paper), Channels(theme.Deep));
        return "#" + string.Concat(Enumerable.Range(0, 3).Select(i =>
            (paper[i] + (deep[i] - paper[i]) * level / (Levels - 1)).ToString("x2", CultureInfo.InvariantCulture)));
    }

    /// <summary>Black or white, whichever reads better on a level of the ramp: at least 4.5:1 on any color.</summary>
    public static string OnRamp(Theme theme, int level) =>
        Contrast("#000000", Ramp(theme, level)) >= Contrast("#ffffff", Ramp(theme, level)) ? "#000000" : "#ffffff";

    /// <summary>The level for a share from 0 to 1.</summary>
    internal static int Level(double share) => (int)Math.Round(Math.Clamp(share, 0, 1) * (Levels - 1));

    /// <summary>The contrast ratio of two colors, from 1 to 21. Source: WCAG 2.2, "contrast ratio".</summary>
    public static double Contrast(string first, string second)
    {
        double a = Luminance(first), b = Luminance(second);
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string color)
    {
        var linear = Channels(color).Select(channel => channel / 255.0)
            .Select(c => c <= 0.04045 ? c / 12.92 : Elementary.Exp(2.4 * Elementary.Log((c + 0.055) / 1.055)))
            .ToArray();
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    }

    private static int[] Channels(string color) =>
        [.. Enumerable.Range(0, 3).Select(i => Convert.ToInt32(color.Substring(1 + 2 * i, 2), 16))];
}
