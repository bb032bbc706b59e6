using Functional.Host.Charts;
using Functional.Host.Experiments;
using Functional.Host.Search;

namespace Functional.Host.Pages;

/// <summary>Of a study whose trials have several seeds: what each seed says of the best trials.</summary>
internal static class SeedSection
{
    private const int Most = 10;

    /// <summary>The section.</summary>
    /// <param name="say">Gives a text in the page's language.</param>
    /// <param name="settings">The study's.</param>
    /// <param name="trials">Its trials, one of them complete.</param>
    /// <param name="measure">What the objective's value is.</param>
    /// <param name="language">Of the page.</param>
    public static Markup Of(
        Func<LocalizedText, string> say, StudySettings settings, IReadOnlyList<Trial> trials, LocalizedText measure,
        Language language)
    {
        var best = StudyResults.Best(settings.Direction, trials).Take(Most).ToArray();
        var dropped = StudyResults.Dropped(trials).Count();
        var (runs, all) = StudyResults.Runs(settings, trials);
        var heading = Say("Every seed", "すべてのシード");
        string Name(Trial trial) => Invariant($"{trial.Number}");
        return Page.Section(
            heading,
            Page.Paragraph(Say(
                $"Each trial runs with the same {settings.Seeds} seeds, and its value is the mean, here with the " +
                    "standard deviation over seeds. " +
                    (settings.HasRace
                        ? $"{Plural.Of(dropped, "trial")} clearly worse than the best ended early, " +
                            Invariant($"so that {runs:N0} of {all:N0} runs were made. ")
                        : "") +
                    "The best trial's mean is likely to be a little too good, since the trial was chosen for it.",
                $"どの試行も同じ{settings.Seeds}個のシードで実行し、その平均が試行の値です。" +
                    "±はシード間の標準偏差です。" +
                    (settings.HasRace
                        ? $"最良の試行より明らかに悪い{dropped}回の試行は途中で打ち切ったので、" +
                            Invariant($"{all:N0}回のうち{runs:N0}回を実行しました。")
                        : "") +
                    "最良の試行は値で選んだので、その平均は実際より少し良く見えがちです。")),
            Page.Figure(say, new ScatterChart(
                Say("The best trials with every seed", "上位の試行のシードごとの値"),
                new Axis(Say("trial, the best first", "試行（良い順）")) { Categories = [.. best.Select(Name)] },
                measure.In(language))
            {
                Series =
                [
                    new Series(Say("a seed", "各シード"),
                        [.. best.SelectMany((trial, i) => trial.SeedValues.Select(_ => (double)i))],
                        [.. best.SelectMany(trial => trial.SeedValues)]),
                    new Series(Say("the mean", "平均"),
                        [.. best.Select((_, i) => (double)i)], [.. best.Select(trial => trial.Value!.Value)]),
                ],
            }),
            Page.Grid(
                heading,
                [Say("trial", "試行"), measure.In(language),
                    .. Enumerable.Range(0, settings.Seeds).Take(Most).Select(seed =>
                        Say($"seed {settings.Seed + seed}", $"シード{settings.Seed + seed}"))],
                best.Select(trial => (Markup[])
                [
                    Markup.Of($"{Name(trial)}"), Markup.Of($"{StudyResults.Spread(trial)}"),
                    .. trial.SeedValues.Take(Most).Select(value => Markup.Of($"{StudyResults.Short(value)}")),
                ])));

        string Say(string english, string japanese) => say((english, japanese));
    }
}
