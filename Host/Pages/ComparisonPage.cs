using System.Text;
using Functional.Host.Charts;
using Functional.Host.Comparisons;
using Functional.Host.Experiments;
using Functional.Host.Files;

namespace Functional.Host.Pages;

/// <summary>Settings that were compared with several seeds, as a page: which is better, every seed's scores, and the
/// differences.</summary>
internal sealed class ComparisonPage
{
    private const int MostCharts = 6;

    private const string ScoresFile = "scores.csv";

    private readonly Comparison comparison;
    private readonly IReadOnlyList<TrainedSetting> settings;
    private readonly IReadOnlyList<IReadOnlyList<TrainedOutcome>> outcomes;
    private readonly Language language;
    private readonly ComparisonTexts texts;

    /// <summary>What the page shows.</summary>
    /// <param name="comparison">The scores.</param>
    /// <param name="settings">What was compared.</param>
    /// <param name="outcomes">What each setting's runs came to.</param>
    /// <param name="by">The samples that scores are of.</param>
    /// <param name="language">Of the page.</param>
    public ComparisonPage(
        Comparison comparison, IReadOnlyList<TrainedSetting> settings,
        IReadOnlyList<IReadOnlyList<TrainedOutcome>> outcomes, ComparedBy by, Language language)
    {
        (this.comparison, this.settings, this.outcomes, this.language) = (comparison, settings, outcomes, language);
        texts = new ComparisonTexts(comparison, outcomes, by);
    }

    private string Say(LocalizedText text) => text.In(language);

    private string Say(string english, string japanese) => Say((english, japanese));

    /// <summary>Writes the page and the scores, and returns the page's path.</summary>
    /// <exception cref="OperationFailedException">The folder can't be written to.</exception>
    public string Write(string folder)
    {
        var page = Path.Combine(folder, Page.FileName);
        foreach (var (path, text) in new[] { (Path.Combine(folder, ScoresFile), Scores()), (page, Render()) })
            OutputFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        return page;
    }

    /// <summary>The page.</summary>
    public string Render() => Page.In(
        language,
        Say($"{settings.Count} settings compared by {texts.Measure.English}",
            $"{settings.Count}個の設定の比較：{texts.Measure.In(Language.Japanese)}"),
        [
            .. texts.Verdicts.Select(verdict => Page.Paragraph(Say(verdict))),
            Settings(),
            EverySeed(),
            Differences(),
            Method(),
            Commands(),
        ]);

    private Markup Settings()
    {
        var heading = Say("Settings", "設定");
        var columns = texts.Columns.ToArray();
        return Page.Section(heading, Page.Grid(
            heading,
            [Say("setting", "設定"), .. columns.Select(column => Say(column.Name)), Say("options", "オプション")],
            settings.Select((setting, i) => (Markup[])
            [
                Markup.Of($"{setting.Name}"), .. columns.Select(column => Markup.Of($"{column.Of(i)}")),
                setting.Text.Length == 0 ? Markup.Of($"{Say("no others", "なし")}")
                    : Markup.Of($"<code class=\"long\">{setting.Text}</code>"),
            ])));
    }

    private Markup EverySeed() => Page.Section(
        Say("Every seed", "すべてのシード"),
        Page.Paragraph(Say(
            "Points above each other have the same seed: the same split, the same order and, as far as the settings " +
                "allow, the same first weights.",
            "縦に並ぶ点は同じシードです。データの分け方と順序は同じで、設定が許すかぎり重みの初期値も同じです。")),
        Page.Figure(Say, new ScatterChart(
            Say($"{texts.Measure.English} with every seed", $"シードごとの{texts.Measure.In(Language.Japanese)}"),
            new Axis(Say("seed", "シード"))
            {
                Minimum = comparison.FirstSeed - 1,
                Maximum = comparison.FirstSeed + comparison.Scores.Max(scores => scores.Count),
            },
            texts.AreShares ? Say("accuracy, %", "認識精度（%）") : "R²")
        {
            Series = [.. settings.Select((setting, i) => new Series(
                setting.Name, [.. comparison.Scores[i].Select((_, seed) => (double)(comparison.FirstSeed + seed))],
                [.. comparison.Scores[i].Select(Scaled)]))],
        }));

    private double Scaled(double score) => texts.AreShares ? 100 * score : score;

    private Markup Differences() => Page.Section(
        Say("Differences", "差"),
        [
            Page.Paragraph(Say(
                "The mean with its interval, and the difference with every seed. Where the interval has no 0 in it, " +
                    "one setting is better beyond the noise of seeds.",
                "差の平均とその区間、シードごとの差です。区間に0が含まれなければ、差はシードのノイズを超えています。")),
            .. comparison.Pairs.SelectMany((pair, i) => (Markup[])
            [
                i < MostCharts ? Page.Titled(Say, Chart(pair)) : Markup.Of($"<h3>{NameOf(pair)}</h3>"),
                Page.Table(texts.Details(pair).Select(row => (Say(row.Name), Say(row.Text)))),
            ]),
        ]);

    private string NameOf(ComparedPair pair) =>
        $"{comparison.Names[pair.Second]} − {comparison.Names[pair.First]}";

    private LineChart Chart(ComparedPair pair)
    {
        var difference = pair.Difference;
        double[] seeds = [.. difference.Values.Select((_, seed) => (double)(comparison.FirstSeed + seed))];
        double[] Level(double value) => [.. seeds.Select(_ => Scaled(value))];
        var isKnown = double.IsFinite(difference.Interval.Low);
        return new LineChart(
            NameOf(pair), Say("seed", "シード"),
            texts.AreShares ? Say("percentage points", "ポイント") : "R²")
        {
            Series =
            [
                new Series(
                    isKnown ? Say("mean and interval", "平均と区間") : Say("mean", "平均"), seeds,
                    Level(difference.Mean))
                {
                    Low = isKnown ? Level(difference.Interval.Low) : null,
                    High = isKnown ? Level(difference.Interval.High) : null,
                },
                new Series(Say("each seed", "各シード"), seeds, [.. difference.Values.Select(Scaled)])
                    { Marker = Marker.Circle, Dash = Dash.Dotted },
                new Series(Say("no difference", "差なし"), seeds, Level(0)) { Dash = Dash.Dashed },
            ],
        };
    }

    private Markup Method()
    {
        var (pairs, count) = (comparison.Pairs, comparison.Scores.Max(scores => scores.Count));
        var anytime = pairs[0].Difference.IsAnytime;
        return Page.Section(
            Say("What the intervals mean", "区間の意味"),
            Page.Paragraph(
                Say($"The true mean difference over all seeds is in {(pairs.Count == 1 ? "the interval" :
                        "all intervals at once")} in at least 95 of 100 such comparisons. ",
                    $"すべてのシードでの真の平均差は、このような比較100回のうち少なくとも95回、" +
                    $"{(pairs.Count == 1 ? "区間" : "すべての区間に同時")}に含まれます。")
                + (anytime
                    ? Say("The comparison could stop after any seed; the intervals allow for that. " +
                            $"It took {count} of {comparison.PlannedSeeds} seeds. ",
                        "この比較はどのシードの後でも終わることができ、区間はそれを考慮しています。" +
                        $"{comparison.PlannedSeeds}個のうち{count}個のシードで終わりました。")
                    : "")
                + Say("It is about other seeds on the same data. Other data of the same kind would have noise of " +
                    "their own: with few test samples it may be larger than that of the seeds.",
                    "これは同じデータでの別のシードについての区間です。同種の別のデータにはそれ自身のノイズがあり、" +
                    "テストデータが少なければシードのノイズより大きいことがあります。")));
    }

    private Markup Commands() => Page.Section(
        Say("Reproducing one of the runs", "学習の再現"),
        Page.Code(string.Join("\n\n", settings.Select((setting, i) =>
            $"# {setting.Name}, {Say("seed", "シード")} {comparison.FirstSeed}\n"
            + (setting.Configuration with { Seed = comparison.FirstSeed }).CommandLine()
            + $"\n# {Say("digest", "ダイジェスト")} {outcomes[i][0].Digest}"))),
        Page.Paragraph(Say($"Every score is in {ScoresFile}.", $"すべての値は{ScoresFile}にあります。")));

    private string Scores() => "setting,seed,score,seconds,diverged,digest\n" + string.Concat(
        from setting in settings.Index()
        from outcome in outcomes[setting.Index].Index()
        select Invariant($"{setting.Item.Name},{comparison.FirstSeed + outcome.Index},{outcome.Item.Score.Value:R},")
            + Invariant($"{outcome.Item.Seconds:0.000},{(outcome.Item.Diverged ? "true" : "false")},")
            + $"{outcome.Item.Digest}\n");
}
