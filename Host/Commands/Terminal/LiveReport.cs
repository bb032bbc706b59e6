using System.Diagnostics;
using System.Globalization;
using Functional.Host.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary>A run on a terminal: a line per epoch, and below them a bar with loss, accuracy and speed.</summary>
/// <remarks>Spectre.Console's own progress bar keeps the width that it began with: after a terminal was made narrower
/// each of its rows would be two.</remarks>
internal sealed class LiveReport : IRunObserver
{
    private const int LongestBar = 40, ShortestBar = 5;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    // From the start of the row, which is the bar's, to the end of the screen.
    private static readonly ControlCode Erase = new("\r\u001B[J");

    private readonly IAnsiConsole console;
    private readonly PlainReport lines;
    private readonly Stopwatch sinceShown = Stopwatch.StartNew();
    private string text = "", speed = "";
    private string? accuracy;
    private double lossSum, share;
    private int steps, planned;
    private long sampleSum;

    private LiveReport(IAnsiConsole console) =>
        (this.console, lines) = (console, new PlainReport(new LinesAbove(this)));

    /// <summary>Runs something with a live bar, which is gone when it ends.</summary>
    public static T Show<T>(IAnsiConsole console, Func<IRunObserver, T> run)
    {
        try
        {
            return run(new LiveReport(console));
        }
        finally
        {
            console.Write(Erase);
        }
    }

    public void Started(RunStart start)
    {
        planned = start.PlannedSteps;
        lines.Started(start);
        sinceShown.Restart();
    }

    public void Stepped(StepReport report, int samples)
    {
        (lossSum, steps, sampleSum) = (lossSum + report.Loss, steps + 1, sampleSum + samples);
        if (sinceShown.Elapsed < Refresh)
            return;
        share = (double)report.Step / planned;
        text = Say(
            Invariant($"{share,4:0%} loss {lossSum / steps:F4}") + (accuracy is null ? "" : $"  test {accuracy}"));
        speed = Say(Invariant($"  {sampleSum / sinceShown.Elapsed.TotalSeconds:N0} samples/s"));
        console.Write(Erase);
        DrawBar();
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
        (text, speed) = ("", "");
        lines.Finished(summary);
    }

    // As much as there is room for now: a row that wraps would be left behind.
    private void DrawBar()
    {
        if (text == "")
            return;
        var (shown, room) = (text, console.Profile.Width - 1 - JapaneseHelp.Width(text));
        if (room >= JapaneseHelp.Width(speed))
            (shown, room) = (text + speed, room - JapaneseHelp.Width(speed));
        var length = Math.Min(LongestBar, room - 1);
        var done = (int)Math.Clamp(length * share, 0, Math.Max(0, length));
        console.Markup(length < ShortestBar
            ? Markup.Escape(Segment.Truncate(new Segment(shown), Math.Max(1, console.Profile.Width - 1))?.Text ?? "")
            : $"[yellow]{new string('━', done)}[/][grey]{new string('━', length - done)}[/] "
                + Markup.Escape(shown));
    }

    // A line takes the bar's place, and the bar follows below it. Where it is longer than the terminal is wide, the
    // terminal itself goes on in the next row: so a command or a digest is still one line when it is copied.
    private sealed class LinesAbove(LiveReport report) : StringWriter(CultureInfo.InvariantCulture)
    {
        public override void WriteLine(string? value)
        {
            report.console.Write(Erase);
            report.console.Write(new ControlCode(Visible.Line(value ?? "") + Environment.NewLine));
            report.DrawBar();
        }
    }
}
