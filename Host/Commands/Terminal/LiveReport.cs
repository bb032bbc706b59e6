using System.Diagnostics;
using System.Globalization;
using Functional.Host.Runs;
using Spectre.Console;

namespace Functional.Host.Commands;

/// <summary>A run on a terminal: a line per epoch, and below them a bar with loss, accuracy and speed.</summary>
public sealed class LiveReport : IRunObserver
{
    // What stands beside the bar: percentage, loss, accuracy and speed.
    private const int TextWidth = 56;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    private readonly IAnsiConsole console;
    private readonly PlainReport lines;
    private readonly ProgressTask bar;
    private readonly Stopwatch sinceShown = Stopwatch.StartNew();
    private double accuracy = double.NaN;
    private double lossSum;
    private int steps;
    private long sampleSum;

    private LiveReport(IAnsiConsole console, ProgressTask bar) =>
        (this.console, this.bar, lines) = (console, bar, new PlainReport(new ConsoleWriter(console)));

    /// <summary>Runs something with a live bar, which is gone when it ends.</summary>
    public static T Show<T>(IAnsiConsole console, Func<IRunObserver, T> run) =>
        console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(
            [
                .. IsNarrow(console) ? [] : (ProgressColumn[])[new ProgressBarColumn { Width = Math.Min(40, console.Profile.Width - TextWidth) }],
                new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left },
            ])
            .Start(context => run(new LiveReport(console, context.AddTask("starting"))));

    private static bool IsNarrow(IAnsiConsole console) => console.Profile.Width < TextWidth + 10;

    /// <inheritdoc/>
    public void Started(RunStart start)
    {
        lines.Started(start);
        (bar.MaxValue, bar.Value) = (start.Iterations, start.Step);
        sinceShown.Restart();
    }

    /// <inheritdoc/>
    public void Stepped(StepReport report, int samples)
    {
        (lossSum, steps, sampleSum) = (lossSum + report.Loss, steps + 1, sampleSum + samples);
        if (sinceShown.Elapsed < Refresh)
            return;
        bar.Value = report.Step;
        bar.Description = string.Create(CultureInfo.InvariantCulture,
            $"loss {lossSum / steps:F4}{(double.IsNaN(accuracy) ? "" : $"  test {Percentage.Of(accuracy)}")}{(IsNarrow(console) ? "" : Invariant($"  {sampleSum / sinceShown.Elapsed.TotalSeconds:N0} samples/s"))}");
        (lossSum, steps, sampleSum) = (0, 0, 0);
        sinceShown.Restart();
    }

    /// <inheritdoc/>
    public void EpochEnded(EpochReport epoch)
    {
        accuracy = epoch.TestAccuracy;
        lines.EpochEnded(epoch);
    }

    /// <inheritdoc/>
    public void Finished(RunSummary summary)
    {
        bar.Value = bar.MaxValue;
        lines.Finished(summary);
    }

    // Lines go through Spectre.Console, which keeps the bar below them.
    private sealed class ConsoleWriter(IAnsiConsole console) : StringWriter(CultureInfo.InvariantCulture)
    {
        public override void WriteLine(string? value) => console.Write(new WholeLine(value ?? ""));
    }
}
