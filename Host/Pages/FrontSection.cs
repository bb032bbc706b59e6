using Functional.Host.Charts;
using Functional.Host.Experiments;
using Functional.Host.Search;

namespace Functional.Host.Pages;

/// <summary>Of a study with several aims: the trials that no other dominates, among all.</summary>
internal static class FrontSection
{
    private const int MostCommands = 20;

    // From here on, small values would lie on each other.
    private const double LogarithmicFrom = 10;

    /// <summary>The section.</summary>
    /// <param name="say">Gives a text in the page's language.</param>
    /// <param name="settings">The study's.</param>
    /// <param name="trials">Its trials, one of them complete.</param>
    /// <param name="measure">What the first aim's value is.</param>
    /// <param name="command">The command that repeats a trial, if there is one.</param>
    public static Markup Of(
        Func<LocalizedText, string> say, StudySettings settings, IReadOnlyList<Trial> trials, string measure,
        Func<Trial, string>? command)
    {
        var front = StudyResults.Front(settings, trials).ToArray();
        var others = StudyResults.Best(settings.Direction, trials).Except(front).ToArray();
        var (aims, space) = (settings.Aims, settings.Space.Hyperparameters);
        var heading = Say("Pareto front", "パレートフロント");
        var measured = aims.Where(aim => aim.IsMeasured).Select(aim => aim.Name).ToArray();
        return Page.Section(
            heading,
            Page.Paragraph(Say(
                $"No trial is at least as good as one of these {front.Length} in every aim, and better in one. " +
                    "Among them, a gain in one aim costs another. The other sections are about the first " +
                    $"aim alone, {aims[0].Name}." + (measured.Length == 0 ? ""
                        : $" The search didn't learn from {string.Join(", ", measured)}: another machine would " +
                            "measure other values."),
                $"この{front.Length}回の試行には、すべての目的で同等以上、かつ1つ以上の目的でより良い試行が" +
                    "ありません。1つの目的を良くするには、別の目的を犠牲にします。" +
                    $"ほかの節では、最初の目的（{aims[0].Name}）だけを見ます。" + (measured.Length == 0 ? ""
                        : $"{string.Join("、", measured)}は測定値で、マシンによって変わるので、" +
                            "サンプラーは学習に使いません。"))),
            Markup.Lines([.. Enumerable.Range(1, aims.Count - 1).Select(i => Page.Figure(say, Chart(i)))]),
            Page.Grid(
                heading,
                [Say("trial", "試行"), .. aims.Select(aim => aim.Name), .. space.Select(one => one.Name)],
                front.Select(trial => (Markup[])
                [
                    Markup.Of($"{trial.Number}"),
                    .. trial.Result!.Values!.Select(value => Markup.Of($"{StudyResults.OfAim(value)}")),
                    .. space.Select(one => trial.Configuration.Find(one.Name) is { } value
                        ? Markup.Of($"{StudyResults.Short(value)}") : Markup.Of($"-")),
                ])),
            command is null ? Markup.Empty : Markup.Lines(
                Page.Paragraph(Say(
                    "These commands train their networks again and save them, in the same order" +
                        (front.Length > MostCommands ? $"; the first {MostCommands}:" : ":"),
                    "次のコマンドは、表の順に同じネットワークをもう一度学習し、保存します" +
                        (front.Length > MostCommands ? $"（最初の{MostCommands}個）：" : "："))),
                Page.Code(string.Join("\n", front.Take(MostCommands).Select(command)))));

        ScatterChart Chart(int i)
        {
            var all = front.Concat(others).Select(trial => trial.Result!.Values![i]).ToArray();
            var isWide = all.Min() > 0 && all.Max() >= LogarithmicFrom * all.Min();
            return new(
                Say($"{measure} and {aims[i].Name}", $"{measure}と{aims[i].Name}"),
                isWide ? Axis.Log(aims[i].Name) : new Axis(aims[i].Name), measure)
            {
                // The last is drawn above the others.
                Series =
                [
                    Points(Say("other trials", "ほかの試行"), others) with { Color = 1 },
                    Points(Say("on the front", "フロント上"), front) with { Color = 0 },
                ],
            };

            Series Points(string name, Trial[] some) => new(
                name, [.. some.Select(trial => trial.Result!.Values![i])],
                [.. some.Select(trial => trial.Value!.Value)]);
        }

        string Say(string english, string japanese) => say((english, japanese));
    }
}
