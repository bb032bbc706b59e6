namespace Functional.Host.Charts;

/// <summary>Names at the right ends of lines, which save the reader the way to a legend.</summary>
internal static class EndLabels
{
    private const double LineHeight = 15, FarthestMove = 16, Leader = 10;

    /// <summary>The room that the longest name needs on the right of the plot.</summary>
    public static double Room(IReadOnlyList<LegendKey> keys) => keys.All(key => key.Name.Length == 0)
        ? 0 : Leader + 4 + keys.Max(key => Typography.Width(key.Name, Typography.TextSize));

    /// <summary>The names, moved apart a little where they would overlap; null where that doesn't work out.</summary>
    public static Markup? Place(IReadOnlyList<LegendKey> keys, IReadOnlyList<Point>? ends, Plot plot)
    {
        bool AtTheEdge(Point end) => end.X >= plot.Width - 24 && end.X <= plot.Width + 1;
        if (ends is null || ends.Count != keys.Count || !ends.All(AtTheEdge))
            return null;
        var order = Enumerable.Range(0, keys.Count).Where(i => keys[i].Name.Length > 0)
            .OrderBy(i => ends[i].Y).ThenBy(i => i).ToArray();
        var wanted = order.Select(i => Math.Clamp(ends[i].Y, 0, plot.Height)).ToArray();
        var placed = Spread(wanted, plot.Height);
        if (placed.Zip(wanted).Any(pair => Math.Abs(pair.First - pair.Second) > FarthestMove))
            return null;
        return Markup.Join(order.Select((key, i) =>
            Svg.Path(new PathData().Move(ends[key].X, wanted[i]).Line(plot.Width + Leader - 1, placed[i]),
                $"thin {keys[key].Style.ColorClass}")
            + Svg.Text(keys[key].Name, plot.Width + Leader + 2, placed[i] + 4, "name")));
    }

    // Neighbors that are too close form a block, centered on where its members want to be; blocks that meet are joined.
    private static double[] Spread(double[] wanted, double height)
    {
        var blocks = new List<(double Sum, int Count)>();
        foreach (var y in wanted)
        {
            var block = (Sum: y, Count: 1);
            while (blocks.Count > 0 && Bottom(blocks[^1]) > Top(block))
            {
                var before = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
                block = (before.Sum + block.Sum, before.Count + block.Count);
            }
            blocks.Add(block);
        }
        return [.. from block in blocks
                   from i in Enumerable.Range(0, block.Count)
                   select Top(block) + (i + 0.5) * LineHeight];

        double Top((double Sum, int Count) block) =>
            Math.Clamp(block.Sum / block.Count - block.Count * LineHeight / 2, -LineHeight / 2,
                Math.Max(-LineHeight / 2, height + LineHeight / 2 - block.Count * LineHeight));
        double Bottom((double Sum, int Count) block) => Top(block) + block.Count * LineHeight;
    }
}
