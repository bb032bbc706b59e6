namespace Functional.Host;

/// <summary>What is told when memory does not suffice.</summary>
internal static class Memory
{
    /// <summary>One line: for what, and how much there is.</summary>
    public static OperationFailedException Exhausted(string what) => new(Invariant(
        $"not enough memory for {what}: the program may use "
        + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e6:N0} MB "
        + $"and has {GC.GetTotalMemory(forceFullCollection: false) / 1e6:N0} MB in use"));

    /// <summary>Does something that may need more memory than there is.</summary>
    /// <param name="what">What needs it.</param>
    /// <param name="act">Needs it.</param>
    /// <param name="bytes">How much will be alive at once, if that is known. It is refused beforehand unless twice that
    /// is free, because garbage needs room, too: at the limit of a container the runtime itself can crash without an
    /// exception (.NET 10, large arrays in regions).</param>
    /// <exception cref="OperationFailedException">There is not enough; the message says for what.</exception>
    internal static T For<T>(Func<string> what, Func<T> act, double bytes = 0)
    {
        var free = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - GC.GetTotalMemory(forceFullCollection: false);
        if (2 * bytes > free)
            throw Exhausted(what());
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
