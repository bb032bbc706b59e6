namespace Functional.Host;

/// <summary>The message when memory does not suffice.</summary>
internal static class Memory
{
    // Below it the runtime crashes without a word: .NET 10 with limits of 16 to 38 MB in 39 of 55 short runs, with 39
    // to 148 MB in none of 62.
    private const double LeastLimit = 40 << 20;

    /// <summary>One line: for what, and how much there is.</summary>
    public static OperationFailedException Exhausted(string what) => new(Invariant(
        $"not enough memory for {what}: the program may use "
        + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e6:N0} MB "
        + $"and has {GC.GetTotalMemory(forceFullCollection: false) / 1e6:N0} MB in use"));

    /// <summary>Refuses what can't fit before it begins: systems promise more than they have, and at the limit of a
    /// container the runtime itself can crash without an exception (.NET 10, large arrays in regions).</summary>
    /// <exception cref="OperationFailedException">Less is free; the message says for what.</exception>
    internal static void Require(Func<string> what, double bytes)
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (limit < LeastLimit || bytes > limit - GC.GetTotalMemory(forceFullCollection: false))
            throw Exhausted(what());
    }

    /// <summary>Does something that may need more memory than there is.</summary>
    /// <exception cref="OperationFailedException">There is not enough; the message says for what.</exception>
    internal static T For<T>(Func<string> what, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (
            e is OutOfMemoryException or AggregateException { InnerException: OutOfMemoryException })
        {
            throw Exhausted(what());
        }
    }
}
