using Functional.Host.Charts;
using Functional.Host.Experiments;
using Functional.Host.Search;

namespace Functional.Host.Pages;

/// <summary>A study as a page: the best trial, how soon it was found, how the best ones learn, and what each
/// hyperparameter does.</summary>
internal sealed class StudyPage
{
    private const int MostCurves = 20, MostFailures = 20, Highlighted = 10;

    private readonly StudySettings settings;
    private readonly IReadOnlyList<Trial> trials;
    private readonly LocalizedText measured;
    private readonly Language language;

    private StudyPage(
        StudySettings settings, IReadOnlyList<Trial> trials, LocalizedText measured, Language language) =>
        (this.settings, this.trials, this.measured, this.language) =
            (settings, Race.WithExpected(settings, trials), measured, language);

    // What the objective's value is, in the page's language.
    private string Measure => Say(measured);

    private string Say(LocalizedText text) => text.In(language);

    private string Say(string english, string japanese) => Say((english, japanese));

    /// <summary>The page.</summary>
    /// <param name="name">The study's.</param>
    /// <param name="settings">What it began with.</param>
    /// <param name="trials">Its trials so far.</param>
    /// <param name="measure">What the objective's value is, as in <c>validation accuracy</c>.</param>
    /// <param name="command">The command that repeats a trial, if there is one.</param>
    /// <param name="step">What an intermediate value is reported after, as in <c>epoch</c>.</param>
    /// <param name="regret">How much better than the best a configuration may be, if that was asked.</param>
    /// <param name="language">Of the page.</param>
    public static string Render(
        string name, StudySettings settings, IReadOnlyList<Trial> trials, LocalizedText measure,
        Func<Trial, string>? command = null, LocalizedText? step = null, double? regret = null,
        Language language = Language.English) =>
        new StudyPage(settings, trials, measure, language).Render(name, command, step ?? ("report", "報告"), regret);

    private string Render(string name, Func<Trial, string>? command, LocalizedText step, double? regret)
    {
        var best = StudyResults.Best(settings.Direction, trials).FirstOrDefault();
        var count = Plural.Of(trials.Count, "trial");
        var value = best is null ? "" : StudyResults.Short(best.Value!.Value);
        return Page.In(
            language,
            best is null
                ? Say($"{count}, none with a value yet", Invariant($"{trials.Count:N0}回の試行（まだ値はありません）"))
                : Say($"{value}: the best {Measure} of {count}",
                    Invariant($"{trials.Count:N0}回の試行での最高の{Measure}：{value}")),
            [
                Page.Paragraph(Opening(name)),
                .. best is null ? [] : (Markup[])
                [
                    settings.Aims.Count == 0 ? Markup.Empty
                        : FrontSection.Of(Say, settings, trials, Measure, command),
                    BestSection(best, command, regret),
                    .. settings.Seeds > 1 ? [SeedSection.Of(Say, settings, trials, measured, language)]
                        : (Markup[])[],
                    ProgressSection(),
                    CurveSection(Say(step)),
                    SliceSection(),
                    TogetherSection(),
                    .. Importance.Of(settings.Space, trials, settings.Direction).Any(share => share > 0)
                        ? [ImportanceSection()] : (Markup[])[],
                ],
                FailureSection(),
                SettingsSection(),
            ]);
    }

    private string Opening(string name)
    {
        var counts = trials.GroupBy(trial => trial.State).OrderBy(same => same.Key).ToArray();
        string Counted(Language language) => string.Join(language == Language.Japanese ? "、" : ", ", counts.Select(
            same => NameOf(same.Key) is var state && language == Language.Japanese
                ? Invariant($"{state.Japanese}{same.Count()}") : Invariant($"{same.Count()} {state.English}")));
        var end = settings.Pruner == Pruner.None && StudyResults.Dropped(trials).Any()
            ? ("and those that were clearly worse than the best were dropped before all seeds had run.",
                "最良の試行より明らかに悪い試行は、全シードを実行する前に打ち切りました。")
            : settings.Pruner != Pruner.None
            ? ($"and the {settings.Pruner} pruner stopped those that did worse than others.",
                $"他より悪い試行は{settings.Pruner}プルーナーが打ち切りました。")
            : trials.All(trial => trial.Result is not null)
            ? ("and each ran to its end.", "どの試行も最後まで実行しました。")
            : ("and none is stopped before its end.", "どの試行も途中では打ち切りません。");
        return Say(
            $"The study {name} has {Plural.Of(trials.Count, "trial")}: {Counted(Language.English)}. " +
                $"The {settings.Sampler} sampler chose their hyperparameters, {end.Item1}",
            Invariant($"探索{name}の試行は{trials.Count:N0}回です（{Counted(Language.Japanese)}）。") +
                $"ハイパーパラメータは{settings.Sampler}サンプラーが選び、{end.Item2}");
    }

    private static (string English, string Japanese) NameOf(TrialState state) => (StudyResults.Name(state), state switch
    {
        TrialState.Complete => "完了",
        TrialState.Pruned => "打ち切り",
        TrialState.Failed => "失敗",
        TrialState.Running => "実行中",
        _ => "待機中",
    });

    private Markup BestSection(Trial best, Func<Trial, string>? command, double? regret)
    {
        var some = settings.Constants.ContainsKey("samples");
        return Page.Section(
            Say("The best trial", "最良の試行"),
            Page.Table(
            [
                (Say("trial", "試行"), Invariant($"{best.Number}")),
                (Measure, StudyResults.Spread(best)),
                .. best.Configuration.Texts.Select(pair => (pair.Key, pair.Value)),
            ]),
            regret is { } left ? Page.Paragraph(Say(
                $"By a model of the values, no configuration of this space is better than it by more than " +
                    $"{StudyResults.Short(left)} (regret), if values are as smooth as they look." +
                    (best.Deviation is { } deviation
                        ? $" The standard error of its mean is {Error(deviation)}." : ""),
                $"値のモデルによると、この空間の設定でこれより{StudyResults.Short(left)}を超えて良いものはありません" +
                    "（リグレット。値の変化が見かけどおり滑らかな場合）。" +
                    (best.Deviation is { } spread ? $"平均の標準誤差は{Error(spread)}です。" : "")))
                : Markup.Empty,
            StudyResults.Overtaken(settings.Direction, trials, best) is { } pruned
                ? Page.Paragraph(Say(
                    $"{StudyResults.Gentler(pruned)}.",
                    $"試行{pruned.Number}は{StudyResults.Short(pruned.Value!.Value)}に達していましたが、" +
                        "打ち切られました。緩いプルーナーなら、もっと良い設定が見つかるかもしれません。"))
                : Markup.Empty,
            Markup.Lines([.. StudyResults.AtEdge(settings.Space, best).Select(one => Page.Paragraph(Say(
                $"{StudyResults.Wider(one, best)}.",
                $"{one.Name}の{StudyResults.Short(best.Configuration.Find(one.Name)!.Value)}は" +
                    $"範囲（{one.Domain}）の端です。範囲を広げると、もっと良い値が見つかるかもしれません。")))]),
            command is null ? Markup.Empty : Markup.Lines(
                Page.Paragraph(Say(
                    "This command trains the same network again" +
                        (settings.Seeds > 1 ? " with the first of its seeds" : "") + " and saves it" +
                        $"{(some ? "; without --samples it trains on all samples" : "")}:",
                    $"次のコマンドは同じネットワークを{(settings.Seeds > 1 ? "最初のシードで" : "")}もう一度学習し、" +
                        "保存します" +
                        $"{(some ? "（--samplesを除くと全サンプルで学習します）" : "")}：")),
                Page.Code(command(best))));
    }

    private string Error(double deviation) => StudyResults.Short(deviation / Math.Sqrt(settings.Seeds));

    private Markup ProgressSection()
    {
        var (numbers, values, soFar) = (new List<double>(), new List<double>(), double.NaN);
        foreach (var trial in trials.Where(trial => trial.State == TrialState.Complete))
        {
            var value = trial.Value!.Value;
            // A step: what was best until here, then what is.
            if (values.Count > 0)
                Add(trial.Number, soFar);
            if (double.IsNaN(soFar) || settings.Direction.Score(value) > settings.Direction.Score(soFar))
                Add(trial.Number, soFar = value);
        }
        if (values.Count > 0)
            Add(trials[^1].Number, soFar);
        return Page.Section(
            Say("Best value so far", "それまでの最良の値"),
            Page.Paragraph(Say(
                "The best value among the trials up to each. Where the line has been flat for a long time, more " +
                    "trials of this kind will hardly help.",
                "各試行までの最良の値です。線が長く平らなら、同じ種類の試行を増やしても、ほとんど改善しません。")),
            Page.Figure(Say, new LineChart(
                Say("Best value so far", "それまでの最良の値"), Say("trial", "試行"), AxisOf(Measure, values))
            {
                Series = [new Series("", numbers, values)],
            }));

        void Add(int number, double value)
        {
            numbers.Add(number);
            values.Add(value);
        }
    }

    // The book's figure of section 6.5.2.
    private Markup CurveSection(string step)
    {
        // Pruned trials have a place among them by the last value that they reached.
        var shown = StudyResults.Ranked(settings.Direction, trials)
            .Where(trial => trial.Result!.Curve.Count > 1).Take(MostCurves).ToArray();
        if (shown.Length == 0)
            return Markup.Empty;
        var isTrained = shown.Any(trial => trial.Result!.TrainingCurve.Count > 0);
        var isPruned = shown.Any(trial => trial.State == TrialState.Pruned && trial.SeedResults.Count == 0);
        return Page.Section(
            Say($"Learning curves of the best {Plural.Of(shown.Length, "trial")}",
                $"上位{shown.Length}回の試行の学習曲線"),
            Page.Paragraph(Say(
                $"The {Measure} after each {step}" +
                    $"{(isTrained ? ", solid, and the same on as many training samples, dashed" : "")}." +
                    (settings.Seeds > 1 ? " They are means over the seeds that a trial has run with." : "") +
                    (isPruned ? " Lines of pruned trials end early." : ""),
                $"各{step}後の{Measure}です{(isTrained ? "（実線）。破線は同じ数の訓練データでの値です" : "")}。" +
                    (settings.Seeds > 1 ? "どれも、実行したシードの平均です。" : "") +
                    (isPruned ? "打ち切った試行の線は途中で終わります。" : ""))),
            Page.Figure(Say, new SmallMultiples(
                Say("Learning curves", "学習曲線"), [.. shown.Select(Chart)]) { Columns = 5 }));

        LineChart Chart(Trial trial, int rank)
        {
            var value = StudyResults.Short(trial.Value!.Value);
            var (validated, trained) = (trial.Result!.Curve, trial.Result.TrainingCurve);
            return new(
                Say(Invariant($"{rank + 1}: trial {trial.Number}, {value}"),
                    Invariant($"{rank + 1}：試行{trial.Number}、{value}")),
                step,
                AxisOf(isTrained ? Unvalidated() : Measure, [.. validated, .. trained]))
            {
                Series =
                [
                    Curve(isTrained ? Say(Terms.Validation) : "", validated, Dash.Solid, 0),
                    .. isTrained ? [Curve(Say(Terms.Training), trained, Dash.Dashed, 1)] : (Series[])[],
                ],
            };
        }

        string Unvalidated() => Measure.Replace("validation ", "", StringComparison.Ordinal)
            .Replace("検証データの", "", StringComparison.Ordinal);

        static Series Curve(string name, IReadOnlyList<double> values, Dash dash, int color) =>
            new(name, [.. Enumerable.Range(1, values.Count).Select(step => (double)step)], values)
            {
                Dash = dash, Color = color,
            };
    }

    private Markup SliceSection()
    {
        var isPruned = trials.Any(trial => trial.State == TrialState.Pruned);
        return Page.Section(
            Say("Effect of each hyperparameter", "各ハイパーパラメータの影響"),
            Page.Paragraph(Say(
                "One point per trial, on the hyperparameter's own scale. Where good trials cluster is where to " +
                    "search next.",
                "1回の試行が1点です。横軸はハイパーパラメータの値です。" +
                    "良い試行の集まる範囲が、次に探索する範囲です。")),
            Page.Figure(Say, new SmallMultiples(
                Say("Slices", "各ハイパーパラメータの影響"), [.. settings.Space.Hyperparameters.Select(Chart)])
            {
                ShareX = false, Columns = Math.Min(3, settings.Space.Count),
            }));

        ScatterChart Chart(Hyperparameter one) => new(
            one.Name, AxisOf(one), AxisOf(Measure, trials.Select(trial => trial.Value ?? 0)))
        {
            Series =
            [
                Points(isPruned ? Say(NameOf(TrialState.Complete)) : "", one, TrialState.Complete),
                .. isPruned ? [Points(Say(NameOf(TrialState.Pruned)), one, TrialState.Pruned)] : (Series[])[],
            ],
        };

        Series Points(string name, Hyperparameter one, TrialState state)
        {
            var some = trials.Where(trial => trial.State == state).ToArray();
            return new(name, Values(one, some), [.. some.Select(trial => trial.Value ?? double.NaN)]);
        }
    }

    private Markup TogetherSection()
    {
        var valued = trials.Where(trial => trial.Value is not null).ToArray();
        Dimension[] dimensions =
        [
            .. settings.Space.Hyperparameters.Select(one => new Dimension(AxisOf(one), Values(one, valued))),
            new Dimension(Measure, [.. valued.Select(trial => trial.Value!.Value)]),
        ];
        return Page.Section(
            Say("Hyperparameters together", "ハイパーパラメータの組み合わせ"),
            Page.Paragraph(Say(
                "One line per trial, through its hyperparameters to its value." +
                    (valued.Length > Highlighted ? $" The {Highlighted} best are highlighted." : ""),
                "1回の試行が1本の線で、ハイパーパラメータの値を通って試行の値に至ります。" +
                    (valued.Length > Highlighted ? $"上位{Highlighted}本を強調しています。" : ""))),
            Page.Figure(Say, new ParallelCoordinates(Say("Parallel coordinates", "平行座標"), dimensions)
            {
                LessIsBetter = settings.Direction == Direction.Minimize, Highlighted = Highlighted,
            }));
    }

    private Markup ImportanceSection()
    {
        var importance = Importance.Of(settings.Space, trials, settings.Direction);
        var bars = settings.Space.Hyperparameters.Zip(importance, (one, share) => (one.Name, 100 * share));
        return Page.Section(
            Say("Importance", "重要度"),
            Page.Paragraph(Say(
                "How much each hyperparameter, by itself, decides whether a trial is among the best quarter " +
                    "(PED-ANOVA). With few trials this is a rough guess.",
                "試行が上位4分の1に入るかどうかを、各ハイパーパラメータが単独でどれだけ決めるか（PED-ANOVA）です。" +
                    "試行が少ないと、おおまかな推定になります。")),
            Page.Figure(Say, new BarChart(Say("Importance", "重要度"), Say("importance, %", "重要度（%）"))
            {
                Bars = [.. bars.OrderByDescending(bar => bar.Item2)],
            }));
    }

    private Markup FailureSection()
    {
        var failed = trials.Where(trial => trial.State == TrialState.Failed).ToArray();
        var isMany = failed.Length > MostFailures;
        return failed.Length == 0 ? Markup.Empty : Page.Section(
            Say("Failed trials", "失敗した試行"),
            Page.Paragraph(Say(
                $"{Plural.Of(failed.Length, "trial")} ended without a value" +
                    $"{(isMany ? $"; the first {MostFailures}" : "")}:",
                $"{failed.Length}回の試行は値なしで終わりました{(isMany ? $"（最初の{MostFailures}回）" : "")}：")),
            Page.Table(failed.Take(MostFailures).Select(trial => (
                Say(Invariant($"trial {trial.Number}"), Invariant($"試行{trial.Number}")),
                $"{trial.Result!.Reason} ({StudyResults.Short(trial.Configuration)})"))));
    }

    private Markup SettingsSection() => Page.Section(
        Say("Settings", "設定"),
        Page.Table(
        [
            .. settings.Space.Hyperparameters.Select(one => ("space", one.ToString())),
            .. settings.Texts.Where(pair => pair.Key != "space").Select(pair => (pair.Key, pair.Value)),
            (Say("version", "バージョン"), ProgramInfo.Version),
        ]));

    private static Axis AxisOf(Hyperparameter one) => new(one.Name)
    {
        Scaling = one.Domain is RangeDomain { Logarithmic: true } ? Scaling.Logarithmic : Scaling.Linear,
        Categories = (one.Domain as ChoiceDomain)?.Values,
    };

    // R² has no least value: one trial that went far wrong would leave no room for the others.
    private static Axis AxisOf(string measure, IEnumerable<double> values) =>
        measure.EndsWith("R²", StringComparison.Ordinal) && values.Any(value => value < -1)
            ? new Axis(measure) { Minimum = -1 } : new Axis(measure);

    private static double[] Values(Hyperparameter one, IReadOnlyList<Trial> trials) =>
    [
        .. trials.Select(trial => trial.Configuration.Find(one.Name) is not { } value
            ? double.NaN : value.Number ?? ((ChoiceDomain)one.Domain).IndexOf(value)),
    ];
}
