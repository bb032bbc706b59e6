using System.Diagnostics;
using System.Globalization;
using Functional.Host.Runs;
using Spectre.Console;

namespace Functional.Host.Commands;

/// <summary>A run on a terminal: a line per epoch, and below them a bar with loss, accuracy and speed.</summary>
internal sealed class LiveReport : IRunObserver
{
    private const int LongestBar = 40, ShortestBar = 5;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    private readonly IAnsiConsole console;
    private readonly PlainReport lines;
    private readonly ProgressTask bar;
    private readonly Stopwatch sinceShown = Stopwatch.StartNew();
    private string? accuracy;
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
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context => run(new LiveReport(console, context.AddTask("starting"))));

    public void Started(RunStart start)
    {
        lines.Started(start);
        (bar.MaxValue, bar.Value) = (start.PlannedSteps, start.Step);
        sinceShown.Restart();
    }

    public void Stepped(StepReport report, int samples)
    {
        (lossSum, steps, sampleSum) = (lossSum + report.Loss, steps + 1, sampleSum + samples);
        if (sinceShown.Elapsed < Refresh)
            return;
        bar.Value = report.Step;
        bar.Description = Bar(
            Invariant($"{report.Step / bar.MaxValue,4:0%} loss {lossSum / steps:F4}")
                + (accuracy is null ? "" : $"  test {accuracy}"),
            Invariant($"  {sampleSum / sinceShown.Elapsed.TotalSeconds:N0} samples/s"));
        (lossSum, steps, sampleSum) = (0, 0, 0);
        sinceShown.Restart();
    }

    public void EpochEnded(EpochReport epoch)
    {
        accuracy = epoch.Scores.Test.Text;
        lines.EpochEnded(epoch);
    }

    public void Finished(RunSummary summary)
    {
        bar.Value = bar.MaxValue;
        lines.Finished(summary);
    }

    // As much as there is room for, even if the terminal was made narrower on the way: a row that wraps would be left
    // behind.
    private string Bar(string text, string speed)
    {
        var room = console.Profile.Width - 1 - text.Length;
        if (room >= speed.Length)
            (text, room) = (text + speed, room - speed.Length);
        var length = Math.Min(LongestBar, room - 1);
        if (length < ShortestBar)
            return Markup.Escape(text[..Math.Min(text.Length, Math.Max(1, console.Profile.Width - 1))]);
        var done = (int)Math.Clamp(length * bar.Value / bar.MaxValue, 0, length);
        return $"[yellow]{new string('━', done)}[/][grey]{new string('━', length - done)}[/] {Markup.Escape(text)}";
    }

    // Lines go through Spectre.Console, which keeps the bar below them.
    private sealed class ConsoleWriter(IAnsiConsole console) : StringWriter(CultureInfo.InvariantCulture)
    {
        public override void WriteLine(string? value) => console.Write(new WholeLine(value ?? ""));
    }
}
