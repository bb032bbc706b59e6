namespace Functional.Host.Charts;

/// <summary>How values are laid along an axis.</summary>
internal enum Scaling
{
    /// <summary>Equal differences are equally far apart.</summary>
    Linear,

    /// <summary>Equal ratios are equally far apart; only positive values can be shown.</summary>
    Logarithmic,
}

/// <summary>The least and the greatest of some values.</summary>
/// <param name="Low">The least; positive infinity where there are none.</param>
/// <param name="High">The greatest; negative infinity where there are none.</param>
internal readonly record struct Extent(double Low, double High)
{
    /// <summary>The extent of no values.</summary>
    public static Extent Empty { get; } = new(double.PositiveInfinity, double.NegativeInfinity);

    /// <summary>Whether there is no value in it.</summary>
    public bool IsEmpty => Low > High;

    /// <summary>The extent of the values that <paramref name="axis"/> can show.</summary>
    public static Extent Of(IReadOnlyList<double> values, Axis axis)
    {
        ArgumentNullException.ThrowIfNull(axis);
        var (low, high) = Empty;
        for (var i = 0; i < values.Given().Count; i++)
            if (values[i] is var value && axis.CanShow(value))
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
        return new(low, high);
    }

    /// <summary>The extent of both.</summary>
    public Extent Union(Extent other) => new(Math.Min(Low, other.Low), Math.Max(High, other.High));
}

/// <summary>From the values of a domain to coordinates on paper.</summary>
/// <param name="Scaling">Linear or logarithmic.</param>
/// <param name="Low">The domain's lower end; finite, below <paramref name="High"/>, positive if logarithmic.</param>
/// <param name="High">The domain's upper end.</param>
/// <param name="From">The coordinate of the lower end.</param>
/// <param name="To">The coordinate of the upper end; may be less than <paramref name="From"/>.</param>
internal readonly record struct Scale(Scaling Scaling, double Low, double High, double From, double To)
{
    // Far outside the paper, but still a coordinate that renderers compute with.
    private const double Far = 1e5;

    // Of the domain: ticks at its ends may be off by as much.
    private const double Rounding = 1e-9;

    /// <summary>
    /// The coordinate of a finite value (positive if logarithmic), also outside the domain; always finite.
    /// </summary>
    public double Map(double value) => Math.Clamp(From + (To - From) * Share(value), -Far, Far);

    /// <summary>How far along the domain a value is: 0 at the lower end, 1 at the upper.</summary>
    public double Share(double value) => Scaling == Scaling.Logarithmic
        ? (Elementary.Log(value) - Elementary.Log(Low)) / (Elementary.Log(High) - Elementary.Log(Low))
        : (value / 2 - Low / 2) / (High / 2 - Low / 2);

    /// <summary>The value that lies at a share of the domain.</summary>
    public double At(double share) => Scaling == Scaling.Logarithmic
        ? Elementary.Exp(Elementary.Log(Low) + share * (Elementary.Log(High) - Elementary.Log(Low)))
        : Low + share * (High - Low);

    /// <summary>Whether a value lies in the domain.</summary>
    public bool Contains(double value) => value >= Low && value <= High;

    /// <summary>Whether a value, which may be infinite, lies beyond the upper end by more than rounding.</summary>
    public bool IsAbove(double value) => value > High && !(Share(value) <= 1 + Rounding);

    /// <summary>Whether a value, which may be infinite or too small for a logarithmic axis, lies beyond the lower end
    /// by more than rounding.</summary>
    public bool IsBelow(double value) => value < Low && !(Share(value) >= -Rounding);
}
