using System.Globalization;
using System.Numerics;

namespace Functional.Host.Data;

/// <summary>Integers of a column beyond 2^53, where double precision no longer distinguishes each from the
/// next.</summary>
internal sealed class LargeIntegers
{
    /// <summary>What a column should hold.</summary>
    public const string Expected =
        "integers that double precision can distinguish, as it can up to 2^53 (subtract the least from all)";

    internal const double AllExact = 1L << 53;

    private readonly Dictionary<double, BigInteger> seen = [];

    /// <summary>What is wrong with a number of the column: that an earlier integer of it, not the same, is the same
    /// number in double precision. Null if nothing is.</summary>
    /// <param name="number">The number as it was read.</param>
    /// <param name="text">As it was written.</param>
    public string? Fault(double number, string text)
    {
        if (Math.Abs(number) < AllExact
            || !BigInteger.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var integer)
            || seen.TryAdd(number, integer))
            return null;
        var other = seen[number];
        return other == integer ? null : $"{integer}, which would be the same number as {other}";
    }

    /// <summary>Goes on with those of later rows.</summary>
    /// <returns>Whether double precision distinguishes them all.</returns>
    public bool Append(LargeIntegers next) => next.seen.All(pair =>
        seen.TryAdd(pair.Key, pair.Value) || seen[pair.Key] == pair.Value);
}
