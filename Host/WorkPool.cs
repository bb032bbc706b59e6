namespace Functional.Host;

/// <summary>
/// Pieces of work on a number of threads, one thread each, the longest first, so that no core is left alone with a long
/// one at the end. Which thread does what changes no result: pieces share nothing.
/// </summary>
internal sealed class WorkPool : IDisposable
{
    private readonly PriorityQueue<IWork, (double Order, long Number)> queue = new();
    private readonly Thread[] threads;
    private long count;
    private bool closed;
    private volatile int idle;

    /// <summary>Starts the threads.</summary>
    /// <param name="workers">At least 1.</param>
    public WorkPool(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        threads = [.. Enumerable.Range(0, workers)
            .Select(i => new Thread(Work) { IsBackground = true, Name = $"worker {i + 1}" })];
        foreach (var thread in threads)
            thread.Start();
    }

    /// <summary>How many pieces can be done at the same time.</summary>
    public int Workers => threads.Length;

    /// <summary>How many threads have nothing to do.</summary>
    public int Idle => idle;

    /// <summary>Work to be done when there is time.</summary>
    /// <param name="cost">About how long it takes, in any unit that all agree on.</param>
    /// <param name="body">Depends on nothing that others change.</param>
    public Work<T> Submit<T>(double cost, Func<T> body) => Enqueue(-cost, body);

    /// <summary>A part of a piece of work that its own thread can also do: it goes before all that was
    /// submitted.</summary>
    public Work<T> Offer<T>(Func<T> body) => Enqueue(double.NegativeInfinity, body);

    /// <summary>Ends the threads when they have done what they are doing.</summary>
    public void Dispose()
    {
        lock (queue)
        {
            closed = true;
            queue.Clear();
            Monitor.PulseAll(queue);
        }
    }

    private Work<T> Enqueue<T>(double order, Func<T> body)
    {
        var work = new Work<T>(body);
        lock (queue)
        {
            queue.Enqueue(work, (order, count++));
            Monitor.Pulse(queue);
        }
        return work;
    }

    private void Work() => Threads.Use(1, () =>
    {
        while (Next() is { } work)
            work.Begin();
        return 0;
    });

    private IWork? Next()
    {
        lock (queue)
        {
            idle++;
            while (queue.Count == 0 && !closed)
                Monitor.Wait(queue);
            idle--;
            return closed ? null : queue.Dequeue();
        }
    }
}

internal interface IWork
{
    void Begin();
}

/// <summary>A piece of work that is waiting, being done, or done.</summary>
internal sealed class Work<T> : IWork
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<T>? body;

    internal Work(Func<T> body) => this.body = body;

    /// <summary>Its result, waited for; what it has thrown is thrown here.</summary>
    public T Result => completion.Task.GetAwaiter().GetResult();

    /// <summary>Does it now, unless somebody has begun with it.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref body, null) is not { } mine)
            return;
        try
        {
            completion.SetResult(mine());
        }
        catch (Exception e)
        {
            completion.SetException(e);
        }
    }
}
