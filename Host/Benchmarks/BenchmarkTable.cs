using System.Globalization;
using Functional.Host.Charts;

namespace Functional.Host.Benchmarks;

/// <summary>Measurements as a table, whose columns are named whenever the kind of measurement changes.</summary>
internal sealed class BenchmarkTable(TextWriter output)
{
    private string? kind;

    /// <summary>Adds a line.</summary>
    public void Write(Measurement measurement)
    {
        if (kind != measurement.Event)
        {
            if (kind is not null)
                output.WriteLine();
            kind = measurement.Event;
            output.WriteLine(Heading(measurement));
        }
        output.WriteLine(Line(measurement));
    }

    private static string Heading(Measurement measurement) => measurement switch
    {
        Peak => "fused multiply-adds        threads    GFLOP/s",
        Bandwidth => "memory                     threads       GB/s",
        ProductTime => "product (m x n x k)        threads    GFLOP/s    of peak           us     us fresh",
        StepTime => "training step              threads    us/step    of peak      KB/step    gen 2    GC pauses",
        EvaluationTime => "accuracy                   threads         ms    of peak",
        _ => throw new ArgumentException($"there is no table of {measurement.Event}", nameof(measurement)),
    };

    private static string Line(Measurement measurement) => measurement switch
    {
        Peak x => Row($"{x.Type}, {x.Bits}-bit vectors", x.Threads, $"{x.Gflops,11:F1}"),
        Bandwidth x => Row(x.Pattern, x.Threads, $"{x.GbPerSecond,11:F1}"),
        ProductTime x => Row(
            $"{x.M} x {x.N} x {x.K} {x.Transposes}{(x.Type == "double" ? " double" : "")}", x.Threads,
            $"{x.Gflops,11:F1}{100 * x.ShareOfPeak,10:F0}%{x.Us,13:F1}{x.UsFresh,13:F1}"),
        StepTime x => Row(
            $"{x.Workload} ({x.Data})", x.Threads,
            $"{x.UsPerStep,11:F1}{100 * x.ShareOfPeak,10:F0}%{x.KbPerStep,13:F0}",
            $"{x.Gen2Collections,9}{100 * x.GcPausedShare,12:F1}%"),
        EvaluationTime x =>
            Row($"{x.Network}, {x.Images} images", x.Threads, $"{x.Ms,11:F1}{100 * x.ShareOfPeak,10:F0}%"),
        _ => throw new ArgumentException($"there is no table of {measurement.Event}", nameof(measurement)),
    };

    private static string Row(string name, int threads, params FormattableString[] numbers) =>
        $"{name,-27}{threads,7}{string.Concat(numbers.Select(part => part.ToString(CultureInfo.InvariantCulture)))}";
}
