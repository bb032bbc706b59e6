using System.Diagnostics;
using Functional.Host.Experiments;
using Spectre.Console;

namespace Functional.Host.Commands;

/// <summary>Experiments as lines: one when each is done, with how many of its claims held.</summary>
internal sealed class ExperimentLines(Action<string> write, Language language) : IExperimentProgress
{
    private readonly Stopwatch watch = Stopwatch.StartNew();

    public void Planned(string experiment, long steps) { }

    public void Advanced(string experiment, long steps) { }

    public void Finished(ExperimentResult result)
    {
        var claims = result.Report.Claims;
        var held = claims.Count(claim => claim.Always);
        LocalizedText verdict =
            ($"{held} of {claims.Count} claims held", $"{claims.Count}個の主張のうち{held}個が成立");
        var line = Invariant($"{result.Experiment.Name,-18} {watch.Elapsed.TotalSeconds,6:F1} s  ")
            + verdict.In(language);
        lock (watch)
            write(line);
    }
}

/// <summary>Experiments on a terminal: a line when each is done, and one bar for all that is left.</summary>
internal sealed class LiveExperiments : IExperimentProgress
{
    // Percentage, time left, and the name of an experiment.
    private const int TextWidth = 38;

    private readonly ExperimentLines lines;
    private readonly IAnsiConsole console;
    private readonly ProgressTask bar;
    private readonly ProgressBarColumn column;
    private readonly SortedDictionary<string, long> left = [];
    private long planned, done;

    private LiveExperiments(IAnsiConsole console, ProgressBarColumn column, ProgressTask bar, Language language)
    {
        (this.console, this.column, this.bar) = (console, column, bar);
        lines = new ExperimentLines(line => console.Write(new WholeLine(line)), language);
        Fit();
    }

    /// <summary>Runs something with a live bar, which is gone when it ends.</summary>
    public static T Show<T>(IAnsiConsole console, Language language, Func<IExperimentProgress, T> run)
    {
        var column = new ProgressBarColumn();
        return console.Progress()
            .AutoClear(true)
            .Columns(
                column, new PercentageColumn(), new RemainingTimeColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context => run(new LiveExperiments(console, column, context.AddTask(
                new LocalizedText("starting", "開始").In(language)), language)));
    }

    public void Planned(string experiment, long steps)
    {
        lock (left)
        {
            left[experiment] = left.GetValueOrDefault(experiment) + steps;
            bar.MaxValue = planned += steps;
        }
    }

    public void Advanced(string experiment, long steps)
    {
        lock (left)
        {
            bar.Value = done += steps;
            Fit();
            if ((left[experiment] -= steps) <= 0)
                left.Remove(experiment);
            // One name always fits, whatever the terminal's width.
            bar.Description = left.Keys.FirstOrDefault() + (left.Count > 1 ? $" +{left.Count - 1}" : "");
        }
    }

    public void Finished(ExperimentResult result) => lines.Finished(result);

    // The terminal may have been made narrower: a row that wraps would be left behind.
    private void Fit() => column.Width = Math.Clamp(console.Profile.Width - TextWidth, 5, 40);
}
