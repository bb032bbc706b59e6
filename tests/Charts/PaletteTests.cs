using Functional.Host.Charts;
using Xunit;

namespace Functional.Tests.Charts;

public class PaletteTests
{
    // Full dichromacy in linear RGB. Source: Machado, Oliveira, Fernandes (2009), severity 1.
    private static readonly double[][][] Visions =
    [
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ];

    public static TheoryData<string> Themes => ["light", "dark"];

    [Fact]
    public void Contrast_is_that_of_the_standard()
    {
        Assert.Equal(21, Palette.Contrast("#000000", "#ffffff"), 1e-9);
        Assert.Equal(4.54, Palette.Contrast("#767676", "#ffffff"), 0.01);
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public void Text_has_four_and_a_half_and_graphics_have_three_to_one(string name)
    {
        var theme = Theme(name);
        Assert.All([theme.Ink, theme.Muted], color => Assert.InRange(Palette.Contrast(color, theme.Paper), 4.5, 21));
        Assert.All([theme.Line, .. theme.Series], color => Assert.InRange(Palette.Contrast(color, theme.Paper), 3, 21));
        Assert.All(Enumerable.Range(0, Palette.Levels), level =>
            Assert.InRange(Palette.Contrast(Palette.OnRamp(theme, level), Palette.Ramp(theme, level)), 4.5, 21));
        Assert.Equal(theme.Paper, Palette.Ramp(theme, 0));
        Assert.Equal(theme.Deep, Palette.Ramp(theme, Palette.Levels - 1));
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public void Color_blind_people_can_distinguish_the_series(string name)
    {
        var colors = Theme(name).Series;
        double Closest(int count) => (
            from vision in Visions
            from i in Enumerable.Range(0, count)
            from j in Enumerable.Range(0, i)
            select Distance(Perceived(colors[i], vision), Perceived(colors[j], vision))).Min();
        Assert.InRange(Closest(4), 0.1, 1);
        Assert.InRange(Closest(colors.Count), 0.065, 1);
    }

    [Fact]
    public void The_style_sheet_has_both_themes_and_every_color()
    {
        foreach (var theme in new[] { Palette.Light, Palette.Dark })
            Assert.All([theme.Paper, theme.Ink, theme.Muted, theme.Line, theme.Grid, theme.Deep, .. theme.Series],
                color => Assert.Contains(color, Stylesheet.Text, StringComparison.Ordinal));
        Assert.Contains("prefers-color-scheme:dark", Stylesheet.Text, StringComparison.Ordinal);
        Assert.Contains("[data-theme=dark]", Stylesheet.Text, StringComparison.Ordinal);
        Assert.Equal(Stylesheet.Text.Count(letter => letter == '{'), Stylesheet.Text.Count(letter => letter == '}'));
    }

    private static Theme Theme(string name) => name == "light" ? Palette.Light : Palette.Dark;

    // OKLab. Source: Ottosson, "A perceptual color space for image processing" (2020).
    private static double[] Perceived(string color, double[][] vision)
    {
        double[] linear = [.. Enumerable.Range(0, 3)
            .Select(i => Convert.ToInt32(color.Substring(1 + 2 * i, 2), 16) / 255.0)
            .Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4))];
        var seen = Times(vision, linear).Select(c => Math.Clamp(c, 0, 1)).ToArray();
        var cones = Times([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005]], seen).Select(Math.Cbrt).ToArray();
        return Times([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660]], cones);
    }

    private static double[] Times(double[][] matrix, double[] vector) =>
        [.. matrix.Select(row => row.Zip(vector, (a, b) => a * b).Sum())];

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
}
