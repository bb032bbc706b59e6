namespace Functional.Host.Charts;

/// <summary>One thing that was set or measured in every trial.</summary>
/// <param name="Axis">Its name and scale; categories if the values are choices 0, 1, 2, ...</param>
/// <param name="Values">One per trial; not a number where a trial had none.</param>
internal sealed record Dimension(Axis Axis, IReadOnlyList<double> Values);

/// <summary>
/// Trials as lines across one axis per dimension, the better in the last dimension the deeper in color and the nearer
/// to the top, the best set off. Axes stand side by side on a wide page and lie one below the other on a narrow one.
/// </summary>
/// <param name="Title">What the chart shows.</param>
/// <param name="Dimensions">The axes in order; the last one ranks the trials.</param>
internal sealed record ParallelCoordinates(string Title, IReadOnlyList<Dimension> Dimensions) : Chart(Title)
{
    private const double Tall = 300, Step = 86, Side = 60;

    /// <summary>Whether smaller values in the last dimension are the better ones, as with a loss.</summary>
    public bool LessIsBetter { get; init; }

    /// <summary>How many of the best are set off by color and width.</summary>
    public int Highlighted { get; init; } = 10;

    /// <summary>How many lines are drawn at most: the best of all.</summary>
    public int MostTrials { get; init; } = 500;

    internal override Drawing Draw(double width)
    {
        if (Dimensions.Count == 0)
            return new(Markup.Empty, 4, "No dimensions.", 0);
        var trials = Dimensions[0].Values.Count;
        if (Dimensions.FirstOrDefault(dimension => dimension.Values.Count != trials) is { } odd)
            throw new ArgumentException(
                $"dimension '{odd.Axis.Label}' has {odd.Values.Count} values, but the first has {trials}");
        var vertical = width >= 500;
        var scales = Dimensions.Select(dimension => dimension.Axis.Fit(
            Extent.Of(dimension.Values, dimension.Axis), vertical ? Tall : 0, vertical ? 0 : width - 40)).ToArray();
        var side = vertical ? Side : 20;
        var step = vertical ? (width - 2 * side) / Math.Max(1, Dimensions.Count - 1) : Step;
        Point Place(int dimension, double value) => vertical
            ? new(dimension * step, scales[dimension].Map(value)) : new(scales[dimension].Map(value), dimension * step);

        int[] ranked = [.. Ranked(trials)];
        var lines = Markup.Join(ranked.Select((trial, rank) => Line(trial, rank, ranked.Length, Place)));
        var axes = Markup.Join(Dimensions.Select((dimension, i) => vertical
            ? Vertical(dimension.Axis, scales[i], step).At(i * step, 0)
            : Horizontal(dimension.Axis, scales[i], width - 40).At(0, i * step)));
        double above = vertical ? 22 + 14 * Dimensions.Max(dimension => LinesOf(dimension.Axis, step).Count) : 24;
        var height = above + (vertical ? Tall + 12 : Step * (Dimensions.Count - 1) + 26);
        return new((lines + axes).At(side, above), height, Summary(trials),
            Dimensions.Sum(dimension => dimension.Values.Count(value => !dimension.Axis.CanShow(value))));
    }

    // The best last, so that they lie on top; those without a value first.
    private IEnumerable<int> Ranked(int trials)
    {
        var scores = Dimensions[^1].Values;
        double Rank(int trial) => !Dimensions[^1].Axis.CanShow(scores[trial]) ? double.NegativeInfinity
            : LessIsBetter ? -scores[trial] : scores[trial];
        return Enumerable.Range(0, trials).OrderBy(Rank).ThenByDescending(trial => trial).TakeLast(MostTrials);
    }

    private Markup Line(int trial, int rank, int count, Func<int, double, Point> place)
    {
        var best = rank >= count - Highlighted && count > Highlighted;
        var style = best ? $"line {SeriesStyle.Of(1).ColorClass}" : $"trace{Palette.Level(0.2 + 0.6 * rank / count)}";
        var path = new PathData();
        var gap = true;
        for (var i = 0; i < Dimensions.Count; i++)
        {
            if (!Dimensions[i].Axis.CanShow(Dimensions[i].Values[trial]))
            {
                gap = true;
                continue;
            }
            var (x, y) = place(i, Dimensions[i].Values[trial]);
            _ = gap ? path.Move(x, y) : path.Line(x, y);
            gap = false;
        }
        return Svg.Path(path, style);
    }

    private static Markup Vertical(Axis axis, Scale scale, double step) =>
        Svg.Path(new PathData().Move(0, 0).Line(0, Tall), "axis")
        + Markup.Join(LinesOf(axis, step).Reverse().Select((line, i) => Svg.Text(line, 0, -14 - 14 * i, "middle")))
        + Markup.Join(Labelled(axis, Frame.YTicks(axis, scale)).Select(tick =>
            Svg.Path(new PathData().Move(-4, scale.Map(tick.Value)).Line(0, scale.Map(tick.Value)), "axis")
            + Svg.Text(Typography.Fit(tick.Label, Typography.SmallSize, step - 12), -7, scale.Map(tick.Value) + 4,
                "small muted end halo")));

    private static IReadOnlyList<string> LinesOf(Axis axis, double step) =>
        Typography.Wrap(axis.Label, Typography.TextSize, Math.Min(step, 2 * Side) - 8);

    private static Markup Horizontal(Axis axis, Scale scale, double width) =>
        Svg.Path(new PathData().Move(0, 0).Line(width, 0), "axis") + Svg.Text(axis.Label, -16, -9, "halo")
        + Markup.Join(Labelled(axis, Frame.XTicks(axis, scale, width, whole: false)).Select(tick =>
            Svg.Path(new PathData().Move(scale.Map(tick.Value), 0).Line(scale.Map(tick.Value), 4), "axis")
            + Svg.Text(tick.Label, scale.Map(tick.Value), 16, "small muted middle halo")));

    private static IEnumerable<Tick> Labelled(Axis axis, IEnumerable<Tick> ticks) =>
        ticks.Where(tick => tick.Label.Length > 0 && axis.CanShow(tick.Value));

    private string Summary(int trials)
    {
        var axes = string.Join(", ", Dimensions.Select(dimension => dimension.Axis.Label));
        var best = Ranked(trials).LastOrDefault(-1);
        var summary = $"Parallel coordinates of {trials} trials over {axes}.";
        return best < 0 ? summary : $"{summary} The best: " + string.Join(", ",
            Dimensions.Select(dimension => $"{dimension.Axis.Label} {Named(dimension, dimension.Values[best])}")) + ".";
    }

    private static string Named(Dimension dimension, double value) =>
        dimension.Axis.Categories is { } names && value >= 0 && value < names.Count
            ? names[(int)value] : Typography.Value(value);
}
