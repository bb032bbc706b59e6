namespace Functional.Host.Comparisons;

/// <summary>A range of values, both ends belonging to it.</summary>
/// <param name="Low">The lower end; may be infinite.</param>
/// <param name="High">The upper end; may be infinite.</param>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>A range around its middle.</summary>
    /// <param name="middle">The middle.</param>
    /// <param name="half">Half of its length, from 0 on.</param>
    internal static Interval Around(double middle, double half) => new(middle - half, middle + half);

    /// <summary>Whether all of it is below 0.</summary>
    public bool IsBelowZero => High < 0;

    /// <summary>Whether all of it is above 0.</summary>
    public bool IsAboveZero => Low > 0;
}
