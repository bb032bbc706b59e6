using System.Runtime.ExceptionServices;

namespace Functional.Host.Doctor;

/// <summary>Runs that don't depend on each other, some at the same time, each on one thread.</summary>
internal static class SideBySide
{
    /// <summary>What they return, in order.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static T[] Of<T>(int count, int threads, Func<int, T> run, CancellationToken cancellation)
    {
        var results = new T[count];
        try
        {
            Parallel.For(
                0, count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
                i => results[i] = Threads.Use(1, () => run(i)));
        }
        // What one of them throws is what the caller gets, as from a loop.
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }
        return results;
    }
}
