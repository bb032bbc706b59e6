namespace Functional.Host.Charts;

/// <summary>A step of a computation.</summary>
/// <param name="Name">What it is, as in <c>affine1</c>; empty for what goes in first or comes out last.</param>
/// <param name="Forward">What comes out of it.</param>
/// <param name="Backward">What comes back to it: the gradient of what came out.</param>
internal sealed record ChainLink(string Name, string Forward, string Backward);

/// <summary>A computation as a chain of boxes from top to bottom: what goes forward on the left, what comes back on the
/// right.</summary>
/// <param name="Title">What the chart shows.</param>
internal sealed record ChainChart(string Title) : Chart(Title)
{
    private const double Box = 30, Step = 78, Side = 13, Head = 5;

    /// <summary>The steps, the first on top; the first is what goes in, and needs no name of a computation.</summary>
    public IReadOnlyList<ChainLink> Links { get; init; } = [];

    /// <summary>What the left side is, and the right.</summary>
    public (string Forward, string Backward) Sides { get; init; } = ("forward", "backward");

    internal override Drawing Draw(double width)
    {
        var widest = Links.Select(link => Typography.Width(link.Name, Typography.TextSize * Typography.Bold))
            .DefaultIfEmpty(0).Max();
        var half = Math.Min(90, Math.Max(width * 0.17, widest / 2 + 6));
        double center = width / 2, top = Frame.LabelLine + 10;
        var room = center - Side - 12;
        var marks = new List<Markup>
        {
            Svg.Text(Sides.Forward, center - Side - 10, 12, "end muted"),
            Svg.Text(Sides.Backward, center + Side + 10, 12, "muted"),
        };
        PathData boxes = new(), forward = new(), backward = new();
        foreach (var (i, link) in Links.Index())
        {
            var y = top + i * Step;
            boxes.Rectangle(center - half, y, center + half, y + Box);
            marks.Add(Svg.Text(
                Typography.Fit(link.Name, Typography.TextSize * Typography.Bold, 2 * half - 8), center, y + 19,
                "cell middle"));
            if (i + 1 == Links.Count)
                break;
            Arrow(forward, center - Side, y + Box + 3, y + Step - 3);
            Arrow(backward, center + Side, y + Step - 3, y + Box + 3);
            marks.Add(Lines(link.Forward, room, center - Side - 10, y + Box, "end"));
            marks.Add(Lines(link.Backward, room, center + Side + 10, y + Box, ""));
        }
        return new(
            Svg.Path(boxes, "axis") + Svg.Path(forward, "line series0") + Svg.Path(backward, "line series1") +
                Markup.Join(marks),
            top + Math.Max(0, Links.Count - 1) * Step + Box + 6,
            $"A chain of {Links.Count}: {string.Join("; ", Links.Select(link =>
                $"{link.Name}, {Sides.Forward} {link.Forward}, {Sides.Backward} {link.Backward}"))}.",
            0);
    }

    private static Markup Lines(string text, double room, double x, double y, string classes)
    {
        var lines = Typography.Wrap(text, Typography.TextSize, room);
        var first = y + (Step - Box) / 2 + 4 - (lines.Count - 1) * 7.5;
        return Markup.Join(lines.Select((line, i) => Svg.Text(line, x, first + i * 15, classes)));
    }

    private static void Arrow(PathData path, double x, double from, double to)
    {
        var barb = from < to ? -Head : Head;
        path.Move(x, from).Line(x, to).Move(x - Head + 1, to + barb).Line(x, to).Line(x + Head - 1, to + barb);
    }
}
