using System.Numerics;

namespace Functional.Host;

/// <summary>Numbers of things.</summary>
internal static class Plural
{
    /// <summary>As in <c>1 step</c> and <c>2,000 steps</c>.</summary>
    public static string Of(long count, string one) => Of(count, one, one + "s");

    /// <summary>As in <c>1 class</c> and <c>2 classes</c>.</summary>
    public static string Of(long count, string one, string several) =>
        Invariant($"{count:N0} {(count == 1 ? one : several)}");

    /// <summary>As in <c>1 byte</c> and <c>2000 bytes</c>: a number that is compared with one in a file.</summary>
    public static string Plain<T>(T count, string one) where T : INumberBase<T> =>
        Invariant($"{count} {one}{(count == T.One ? "" : "s")}");
}
