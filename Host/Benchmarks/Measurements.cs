using System.Text.Json.Serialization;

namespace Functional.Host.Benchmarks;

/// <summary>Something that was measured. Its properties are what <c>bench --json</c> writes.</summary>
/// <param name="Event">What programs know it by.</param>
internal abstract record Measurement([property: JsonIgnore] string Event)
{
    /// <summary>A row of the table for people: headings, which are the same for all of its kind, and cells.</summary>
    public abstract (string Heading, string Cell)[] Row();

    private protected static string Percent(double share) => Invariant($"{100 * share:F0}%");
}

/// <summary>How fast the processor multiplies and adds when nothing holds it up.</summary>
/// <param name="Type">float32 or double.</param>
/// <param name="Threads">How many threads did it together.</param>
/// <param name="Bits">The width of the vectors.</param>
/// <param name="Gflops">Operations in a nanosecond, a multiplication with its addition counted as two.</param>
internal sealed record Peak(string Type, int Threads, int Bits, double Gflops) : Measurement("peak")
{
    public override (string, string)[] Row() =>
    [
        ("fused multiply-adds", $"{Type}, {Bits}-bit vectors"), ("threads", $"{Threads}"),
        ("GFLOP/s", Invariant($"{Gflops:F1}")),
    ];
}

/// <summary>How fast memory is read and written, beyond all caches.</summary>
/// <param name="Pattern">read (a sum) or triad (a = b + s c).</param>
/// <param name="Threads">How many threads did it together.</param>
/// <param name="GbPerSecond">Gigabytes (1e9 bytes) read and written in a second.</param>
internal sealed record Bandwidth(
    string Pattern, int Threads, [property: JsonPropertyName("gb_per_s")] double GbPerSecond)
        : Measurement("bandwidth")
{
    public override (string, string)[] Row() =>
        [("memory", Pattern), ("threads", $"{Threads}"), ("GB/s", Invariant($"{GbPerSecond:F1}"))];
}

/// <summary>A matrix product, m x k times k x n.</summary>
/// <param name="M">Rows of the result.</param>
/// <param name="N">Columns of the result.</param>
/// <param name="K">The length of each sum.</param>
/// <param name="Transposes">NN, TN (the first operand is transposed) or NT (the second is).</param>
/// <param name="Type">float32 or double.</param>
/// <param name="Threads">How many threads were allowed.</param>
/// <param name="Us">Microseconds, into an array that is used again, as BLAS does it.</param>
/// <param name="Gflops">Operations in a nanosecond.</param>
/// <param name="ShareOfPeak">Of the peak with as many threads, 0 to 1.</param>
/// <param name="UsFresh">Microseconds into a fresh matrix, whose memory is in no cache.</param>
internal sealed record ProductTime(
    int M, int N, int K, string Transposes, string Type, int Threads, double Us, double Gflops,
    [property: JsonPropertyName("share_of_peak")] double ShareOfPeak,
    [property: JsonPropertyName("us_fresh")] double UsFresh) : Measurement("product")
{
    public override (string, string)[] Row() =>
    [
        ("product (m x n x k)", $"{M} x {N} x {K} {Transposes}{(Type == "double" ? " double" : "")}"),
        ("threads", $"{Threads}"), ("GFLOP/s", Invariant($"{Gflops:F1}")), ("of peak", Percent(ShareOfPeak)),
        ("us", Invariant($"{Us:F1}")), ("us fresh", Invariant($"{UsFresh:F1}")),
    ];
}

/// <summary>A training step: a mini-batch gathered from bytes, forward, backward, the update of every
/// parameter.</summary>
/// <param name="Workload">Its name.</param>
/// <param name="UsPerStep">Microseconds: the fastest of five blocks, with the better number of threads.</param>
/// <param name="Threads">The better number of threads.</param>
/// <param name="ShareOfPeak">The operations of its matrix products against the peak with as many threads, 0 to
/// 1.</param>
/// <param name="Gen2Collections">In the five blocks.</param>
/// <param name="GcPausedShare">Of the time of the five blocks, 0 to 1.</param>
/// <param name="KbPerStep">Kilobytes (1024 bytes) allocated by a step.</param>
/// <param name="Data">mnist, or random bytes where it is not found.</param>
internal sealed record StepTime(
    string Workload,
    [property: JsonPropertyName("us_per_step")] double UsPerStep,
    int Threads,
    [property: JsonPropertyName("share_of_peak")] double ShareOfPeak,
    [property: JsonPropertyName("gen2_collections")] int Gen2Collections,
    [property: JsonPropertyName("gc_paused_share")] double GcPausedShare,
    [property: JsonPropertyName("kb_per_step")] double KbPerStep,
    string Data) : Measurement("step")
{
    public override (string, string)[] Row() =>
    [
        ("training step", $"{Workload} ({Data})"), ("threads", $"{Threads}"),
        ("us/step", Invariant($"{UsPerStep:F1}")), ("of peak", Percent(ShareOfPeak)),
        ("KB/step", Invariant($"{KbPerStep:F0}")), ("gen 2", $"{Gen2Collections}"),
        ("GC pauses", Invariant($"{100 * GcPausedShare:F1}%")),
    ];
}

/// <summary>The accuracy of a network over images that are held as bytes.</summary>
/// <param name="Network">Its sizes.</param>
/// <param name="Images">How many there are.</param>
/// <param name="Threads">How many threads did it together.</param>
/// <param name="Ms">Milliseconds.</param>
/// <param name="ShareOfPeak">The operations of its matrix products against the peak with as many threads, 0 to
/// 1.</param>
internal sealed record EvaluationTime(
    string Network, int Images, int Threads, double Ms,
    [property: JsonPropertyName("share_of_peak")] double ShareOfPeak) : Measurement("evaluation")
{
    public override (string, string)[] Row() =>
    [
        ("accuracy", $"{Network}, {Images} images"), ("threads", $"{Threads}"), ("ms", Invariant($"{Ms:F1}")),
        ("of peak", Percent(ShareOfPeak)),
    ];
}
