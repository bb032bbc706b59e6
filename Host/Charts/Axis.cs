namespace Functional.Host.Charts;

/// <summary>Where an axis ends whose ends aren't set.</summary>
internal enum Ends
{
    /// <summary>With the data.</summary>
    Exact,

    /// <summary>At the next tick, if the data all but reach it: at 2000 for iterations 0 to 1999.</summary>
    Near,

    /// <summary>At the next tick.</summary>
    Round,
}

/// <summary>What an axis shows and how. A plain text stands for a linear axis with that label.</summary>
/// <param name="Label">What is measured, with its unit if it has one; may be empty.</param>
public sealed record Axis(string Label)
{
    private const double NearEnough = 0.03;

    /// <summary>Linear or logarithmic.</summary>
    internal Scaling Scaling { get; init; }

    /// <summary>
    /// The domain's lower end; by default what the data asks for. Ignored if the axis cannot show it.
    /// </summary>
    public double? Minimum { get; init; }

    /// <summary>
    /// The domain's upper end; by default what the data asks for. Ignored if the axis cannot show it.
    /// </summary>
    public double? Maximum { get; init; }

    /// <summary>Names for the values 0, 1, 2, ..., shown instead of the numbers.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>An axis with a label and nothing else said.</summary>
    public static implicit operator Axis(string label) => new(label);

    /// <summary>A logarithmic axis.</summary>
    public static Axis Log(string label) => new(label) { Scaling = Scaling.Logarithmic };

    /// <summary>A linear axis with set ends.</summary>
    public static Axis Between(string label, double minimum, double maximum) =>
        new(label) { Minimum = minimum, Maximum = maximum };

    /// <summary>
    /// Whether a value has a place on such an axis: at most 10³⁰⁰ in size, and above 10⁻³⁰⁰ if it is logarithmic.
    /// </summary>
    public bool CanShow(double value) => Math.Abs(value) <= 1e300 && (Scaling == Scaling.Linear || value >= 1e-300);

    /// <summary>
    /// The scale for data of this extent: set ends hold; free ends are the data's, or moved out to the next ticks (from
    /// zero, where the data come near it) as <paramref name="ends"/> says. Never degenerate: a lone value gets room on
    /// both sides.
    /// </summary>
    internal Scale Fit(Extent data, double from, double to, int tickCount = 5, Ends ends = Ends.Exact)
    {
        if (Categories is { Count: > 0 } names)
            return new(Scaling.Linear, -0.5, names.Count - 0.5, from, to);
        if (data.IsEmpty || !CanShow(data.Low) || !CanShow(data.High))
            data = Scaling == Scaling.Linear ? new(0, 1) : new(1, 10);
        double? least = Minimum is { } low && CanShow(low) ? low : null;
        double? most = Maximum is { } high && CanShow(high) ? high : null;
        var (start, end) = Spread(least ?? data.Low, most ?? data.High, least, most);
        if (ends == Ends.Round && Scaling == Scaling.Linear && least is null && start >= 0 && start < 0.4 * end)
            start = 0;
        var scale = new Scale(Scaling, start, end, from, to);
        var (roundLow, roundHigh) = Ticks.RoundEnds(scale, tickCount);
        // Over the longer domain steps may be longer too, and the ends are to be ticks of those.
        (roundLow, roundHigh) = Ticks.RoundEnds(scale with { Low = roundLow, High = roundHigh }, tickCount);
        bool Moves(double end, double rounded) =>
            ends == Ends.Round || (ends == Ends.Near && Math.Abs(scale.Share(rounded) - scale.Share(end)) < NearEnough);
        return scale with
        {
            Low = least is null && Moves(start, roundLow) ? roundLow : start,
            High = most is null && Moves(end, roundHigh) ? roundHigh : end,
        };
    }

    private (double, double) Spread(double low, double high, double? least, double? most)
    {
        var magnitude = Math.Max(Math.Abs(low), Math.Abs(high));
        if (Scaling == Scaling.Logarithmic)
        {
            if (high > low * (1 + 1e-9))
                return (low, high);
            return most is null ? (least ?? low / 3, Math.Max(low, high) * 3) : (high / 3, high);
        }
        if (high - low > magnitude * 1e-12 && high - low > 1e-290)
            return (low, high);
        var room = magnitude > 1e-290 ? magnitude / 10 : 1;
        return most is null ? (least ?? low - room, Math.Max(low, high) + room) : (high - room, high);
    }
}
