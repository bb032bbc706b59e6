using System.Diagnostics;

namespace Functional.Host.Runs;

/// <summary>Steps that nobody has to wait for.</summary>
internal static class LongSteps
{
    // A thread of its own costs a step some microseconds.
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(50);

    // How long a step may go on once it is no longer wanted.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    /// <summary>The same steps, but one that takes long is left behind soon after the cancellation: it changes nothing,
    /// and the state before it is as good as ever. (Its thread ends with the step, or with the process.)</summary>
    /// <param name="steps">Each is computed when it is asked for.</param>
    /// <param name="threads">How many a step may use.</param>
    /// <param name="cancellation">Ends the steps if one of them takes too long.</param>
    public static IEnumerable<T> LeftBehind<T>(
        this IEnumerable<T> steps, int threads, CancellationToken cancellation)
    {
        var step = steps.GetEnumerator();
        // Nobody knows how long the first takes.
        var isLong = cancellation.CanBeCanceled;
        while (true)
        {
            var start = Stopwatch.GetTimestamp();
            if (isLong)
            {
                var next = Task.Factory.StartNew(
                    () => Threads.Use(threads, step.MoveNext), CancellationToken.None,
                    TaskCreationOptions.LongRunning, TaskScheduler.Default);
                if (!IsDone(next, cancellation) || !next.GetAwaiter().GetResult())
                    yield break;
            }
            else if (!step.MoveNext())
                yield break;
            isLong = cancellation.CanBeCanceled && Stopwatch.GetElapsedTime(start) > Long;
            yield return step.Current;
        }
    }

    private static bool IsDone(Task next, CancellationToken cancellation)
    {
        WaitHandle done = ((IAsyncResult)next).AsyncWaitHandle;
        return WaitHandle.WaitAny([done, cancellation.WaitHandle]) == 0 || done.WaitOne(Grace);
    }
}
