using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Functional.Host.Runs;

/// <summary>Work that is abandoned if it goes on long after its cancellation.</summary>
internal static class Abandoning
{
    // A thread of its own costs a step some microseconds.
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(50);

    // How long a step may go on once it is no longer wanted.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(400);

    /// <summary>The same stretches, but where steps take long a stretch is abandoned soon after the cancellation: it
    /// changes nothing, and the state before it is as good as ever. (Its thread ends with the stretch, or with the
    /// process.)</summary>
    /// <param name="stretches">Each is computed when it is asked for.</param>
    /// <param name="steps">How many steps a stretch has.</param>
    /// <param name="threads">How many a step may use.</param>
    /// <param name="cancellation">Ends the steps if one of them takes too long.</param>
    public static IEnumerable<T> Abandonable<T>(
        this IEnumerable<T> stretches, Func<T, int> steps, int threads, CancellationToken cancellation)
    {
        var stretch = stretches.GetEnumerator();
        // Nobody knows how long the first takes.
        var isLong = true;
        while (true)
        {
            var start = Stopwatch.GetTimestamp();
            if (!(isLong
                ? TryCompute(stretch.MoveNext, threads, cancellation, out var isThere) && isThere
                : stretch.MoveNext()))
                yield break;
            isLong = Stopwatch.GetElapsedTime(start) > Long * steps(stretch.Current);
            yield return stretch.Current;
        }
    }

    /// <summary>Computes something, but abandons it if it takes long after the cancellation.</summary>
    /// <param name="compute">Changes nothing.</param>
    /// <param name="threads">How many it may use.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="result">What was computed.</param>
    /// <returns>Whether it was.</returns>
    public static bool TryCompute<T>(
        Func<T> compute, int threads, CancellationToken cancellation, [MaybeNullWhen(false)] out T result)
    {
        result = default;
        if (!cancellation.CanBeCanceled)
        {
            result = compute();
            return true;
        }
        var task = Task.Factory.StartNew(
            () => Threads.Use(threads, compute), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        WaitHandle done = ((IAsyncResult)task).AsyncWaitHandle;
        if (WaitHandle.WaitAny([done, cancellation.WaitHandle]) != 0 && !done.WaitOne(Grace))
            return false;
        result = task.GetAwaiter().GetResult();
        return true;
    }
}
