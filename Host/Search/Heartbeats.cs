using System.Diagnostics;

namespace Functional.Host.Search;

/// <summary>
/// Which workers live, as one process sees it: those whose signs of life change. How long one has not changed is told
/// by this process's own watch, which never goes back, so that a clock that is set makes nobody immortal. Only of a
/// worker that is seen for the first time the clocks tell how long it has been silent, unless they say that it spoke in
/// the future.</summary>
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
