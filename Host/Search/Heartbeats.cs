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
    private readonly Dictionary<string, (long Sign, TimeSpan Since)> heard = [];

    /// <summary>Whether a worker was heard of in the last this many seconds.</summary>
    /// <param name="worker">Who.</param>
    /// <param name="sign">The sign of life: another one each time.</param>
    /// <param name="age">How old it is by the clocks.</param>
    /// <param name="lapse">Seconds.</param>
    public bool IsAlive(string worker, long sign, TimeSpan age, double lapse)
    {
        var now = watch.Elapsed;
        if (!heard.TryGetValue(worker, out var last))
            heard[worker] = last = (sign, age > TimeSpan.Zero ? now - age : now);
        else if (last.Sign != sign)
            heard[worker] = last = (sign, now);
        return (now - last.Since).TotalSeconds < lapse;
    }
}
