namespace Functional.Host;

/// <summary>Shares as people read them.</summary>
internal static class Percentage
{
    /// <summary>A share of 1 with two decimals, as in <c>97.25%</c>.</summary>
    public static string Of(double share) => Invariant($"{100 * share:F2}%");
}
