using System.Diagnostics;

namespace Functional.Host.Search;

/// <summary>
/// Which workers are alive, as one process sees it: those whose heartbeats change. How long one has not changed is
/// measured by this process's own stopwatch, which never goes back, so that setting a clock keeps no worker alive. Only
/// for a worker that is seen for the first time do the clocks say how long it has been silent, unless its heartbeat is
/// in the future.</summary>
internal sealed class Heartbeats
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly Dictionary<string, (long Heartbeat, TimeSpan Since)> last = [];

    /// <summary>Whether a worker was heard of in the last this many seconds.</summary>
    /// <param name="worker">The worker's name.</param>
    /// <param name="heartbeat">Its last heartbeat: another number each time.</param>
    /// <param name="age">The age of that heartbeat by the clocks.</param>
    /// <param name="timeout">In seconds.</param>
    public bool IsAlive(string worker, long heartbeat, TimeSpan age, double timeout)
    {
        var now = watch.Elapsed;
        if (!last.TryGetValue(worker, out var known))
            last[worker] = known = (heartbeat, age > TimeSpan.Zero ? now - age : now);
        else if (known.Heartbeat != heartbeat)
            last[worker] = known = (heartbeat, now);
        return (now - known.Since).TotalSeconds < timeout;
    }
}
