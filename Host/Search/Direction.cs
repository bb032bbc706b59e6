namespace Functional.Host.Search;

/// <summary>Which values are better.</summary>
public enum Direction
{
    /// <summary>Large ones, as of an accuracy.</summary>
    Maximize,

    /// <summary>Small ones, as of a loss.</summary>
    Minimize,
}

/// <summary>Values of either direction, compared in one way.</summary>
internal static class Directions
{
    /// <summary>The value or its opposite: the larger, the better.</summary>
    public static double Score(this Direction direction, double value) =>
        direction == Direction.Maximize ? value : -value;
}
