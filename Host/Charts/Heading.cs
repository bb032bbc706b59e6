namespace Functional.Host.Charts;

/// <summary>What a legend says of a series, and how its sample looks.</summary>
internal readonly record struct LegendKey(string Name, SeriesStyle Style, bool Lined = true);

/// <summary>Title and legend above a plot.</summary>
internal static class Heading
{
    private const double TitleLine = 20, LegendLine = 20, Sample = 24, Gap = 18;

    public static Drawing Title(string title, double width)
    {
        var lines = Typography.Wrap(title, Typography.TitleSize * Typography.Bold, width);
        return new(Markup.Join(lines.Select((line, i) => Svg.Text(line, 0, 16 + i * TitleLine, "title"))),
            lines.Count * TitleLine + 6, "", 0);
    }

    /// <summary>The keys with a name, in rows.</summary>
    public static Drawing Legend(IEnumerable<LegendKey> keys, double width)
    {
        double x = 0, y = 0;
        var entries = new List<Markup>();
        foreach (var key in keys.Where(key => key.Name.Length > 0).Distinct())
        {
            var name = Typography.Fit(key.Name, Typography.TextSize, width - Sample - 6);
            var size = Sample + 6 + Typography.Width(name, Typography.TextSize);
            if (x > 0 && x + size > width)
                (x, y) = (0, y + LegendLine);
            entries.Add((Swatch(key) + Svg.Text(name, Sample + 6, 12, "name")).At(x, y));
            x += size + Gap;
        }
        return entries.Count == 0 ? Drawing.Empty : new(Markup.Join(entries), y + LegendLine + 4, "", 0);
    }

    private static Markup Swatch(LegendKey key)
    {
        var line = key.Lined ? new PathData().Move(1, 8).Line(Sample - 1, 8) : new PathData();
        return Svg.Path(line, key.Style.LineClass) + key.Style.Marks([new(Sample / 2, 8)]);
    }
}
