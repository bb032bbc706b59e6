using System.Diagnostics;

namespace Functional.Host.Benchmarks;

/// <summary>How long something takes that is done again and again.</summary>
/// <param name="Seconds">For one call, in the fastest block.</param>
/// <param name="Gen2Collections">In all blocks.</param>
/// <param name="GcPausedShare">Of the time of all blocks, 0 to 1.</param>
/// <param name="BytesPerCall">Allocated, by all threads.</param>
internal readonly record struct Timing(double Seconds, int Gen2Collections, double GcPausedShare, double BytesPerCall)
{
    // Shorter than the turns that the system gives to others: some of many such blocks are left alone.
    private const double ShortBlock = 1e-3;
    private const int FewestBlocks = 5;
    private const double SecondsBetweenLooks = 20e-6;

    /// <summary>The fastest of many short blocks, for work that is always the same.</summary>
    /// <param name="seconds">For all blocks together; half of that is for warming up.</param>
    /// <param name="action">What is measured.</param>
    public static double Fastest(double seconds, Action action) =>
        Measure(seconds, (int)Math.Ceiling(seconds / ShortBlock), action).Seconds;

    /// <summary>Measures in blocks of equal length, after warming up.</summary>
    /// <param name="seconds">For all blocks together; half of that is for warming up.</param>
    /// <param name="blocks">At least 1; fewer, but at least five, if a call takes longer than a block.</param>
    /// <param name="action">What is measured.</param>
    public static Timing Measure(double seconds, int blocks, Action action) =>
        Measure(seconds, blocks, SecondsBetweenLooks, count =>
        {
            for (var i = 0; i < count; i++)
                action();
        });

    /// <summary>The same for calls that are made together.</summary>
    /// <param name="seconds">For all blocks together; half of that is for warming up.</param>
    /// <param name="blocks">At least 1; fewer, but at least five, if a call takes longer than a block.</param>
    /// <param name="together">About how long those take that are made together.</param>
    /// <param name="calls">Makes the given number of calls.</param>
    public static Timing Measure(double seconds, int blocks, double together, Action<int> calls)
    {
        var between = CallsWithin(together, seconds / 2, calls);
        // What was measured before leaves no garbage to this.
        GC.Collect();
        var (gen2, paused, allocated) =
            (GC.CollectionCount(2), GC.GetTotalPauseDuration(), GC.GetTotalAllocatedBytes(precise: true));
        var (fastest, elapsed, made) = (double.PositiveInfinity, 0.0, 0L);
        for (var block = 0; block < blocks && (block < FewestBlocks || elapsed < seconds); block++)
        {
            var (taken, count) = Block(seconds / blocks, between, calls);
            fastest = Math.Min(fastest, taken / count);
            elapsed += taken;
            made += count;
        }
        return new Timing(
            fastest,
            GC.CollectionCount(2) - gen2,
            (GC.GetTotalPauseDuration() - paused).TotalSeconds / elapsed,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / made);
    }

    // Looking at the clock takes as long as a tenth of the shortest calls. Calls that are made together may take less
    // time each, so their number grows by steps.
    private static int CallsWithin(double together, double seconds, Action<int> calls)
    {
        var (start, count) = (Stopwatch.GetTimestamp(), 1);
        while (true)
        {
            var before = Stopwatch.GetTimestamp();
            calls(count);
            var fitting = together * count / Stopwatch.GetElapsedTime(before).TotalSeconds;
            if (Stopwatch.GetElapsedTime(start).TotalSeconds >= seconds)
                return (int)Math.Clamp(fitting, 1, 2L * count);
            count = (int)Math.Clamp(fitting, 1, 2L * count);
        }
    }

    private static (double Seconds, long Calls) Block(double seconds, int together, Action<int> calls)
    {
        var start = Stopwatch.GetTimestamp();
        var made = 0L;
        double elapsed;
        do
        {
            calls(together);
            made += together;
            elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        while (elapsed < seconds);
        return (elapsed, made);
    }
}
