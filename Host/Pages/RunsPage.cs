using Functional.Host.Charts;
using Functional.Host.Experiments;
using Functional.Host.Models;
using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>Several runs in one page: their results, the options in which they differ, and how they got there.
/// </summary>
internal sealed class RunsPage
{
    private const string None = "–";

    private readonly IReadOnlyList<RunRecord> records;
    private readonly IReadOnlyList<string> names;
    private readonly Language language;

    private RunsPage(IReadOnlyList<RunRecord> records, Language language) =>
        (this.records, names, this.language) = (records, Names(records), language);

    private string Say(LocalizedText text) => text.In(language);

    private string Say(string english, string japanese) => Say((english, japanese));

    /// <summary>The page.</summary>
    /// <param name="records">The runs.</param>
    /// <param name="link">The address of a run's own page, as seen from this one; null if there is none.</param>
    /// <param name="language">Of the page.</param>
    public static string Render(
        IReadOnlyList<RunRecord> records, Func<RunRecord, string?> link, Language language = Language.English) =>
        new RunsPage(records, language).Render(link);

    /// <summary>How several runs went, without the page around it.</summary>
    public static Markup Content(IReadOnlyList<RunRecord> records, Language language)
    {
        var page = new RunsPage(records, language);
        return Markup.Lines(
            page.Results(_ => null), page.Options(), page.Losses(), page.Validated(), page.Tested(),
            Page.Code(string.Join("\n\n", records.Zip(page.names, page.Command))));
    }

    private Markup Validated() => Accuracies(
        ("Validation", "検証データ"), ("on held-out samples", "学習に使わなかった検証データ"),
        epoch => epoch.Scores.Validation);

    private Markup Tested() => Accuracies(
        ("Test", "テストデータ"), ("on the test samples", "テストデータ"), epoch => epoch.Scores.Test);

    private string Render(Func<RunRecord, string?> link) => Page.In(
        language,
        Say($"{records.Count} runs side by side", $"{records.Count}個の実行の比較"),
        [
            Page.Paragraph(Opening()),
            Results(link),
            Options(),
            Losses(),
            Validated(),
            Tested(),
            Accuracies(
                ("Training", "訓練データ"), ("on the training samples", "訓練データ"), epoch => epoch.Scores.Training),
            Page.Section(
                Say("Reproducing these runs", "これらの学習の再現"),
                Page.Code(string.Join("\n\n", records.Zip(names, Command)))),
        ]);

    private string Command(RunRecord record, string name) =>
        $"# {name}\n" + (record.CommandAgain ?? "# " + Say(
            "no command gives it again: it was changed on the way", 
            "途中で変更されたため、再現するコマンドはありません"))
            + (record.Epochs is [.., var last] ? $"\n# {Say("digest", "ダイジェスト")} {last.Digest}" : "");

    private Markup Accuracies(
        (string English, string Japanese) part, (string English, string Japanese) where,
        Func<EpochReport, PartScore?> of)
    {
        // What isn't the same measure has no place on one axis.
        if (Scores().DistinctBy(score => score.Axis).ToArray() is not [var score])
            return Markup.Empty;
        var heading = Say($"{part.English} {score.ValueMeasure}", $"{part.Japanese}の{InJapanese(score.ValueMeasure)}");
        Series[] curves =
        [
            .. from run in records.Zip(names)
               where run.First.Epochs.Any(epoch => of(epoch) is not null)
               select new Series(
                   run.Second, [.. run.First.Epochs.Select(epoch => (double)epoch.Epoch)],
                   [.. run.First.Epochs.Select(epoch => of(epoch)?.Plotted ?? double.NaN)]),
        ];
        return curves.Length == 0 ? Markup.Empty : Page.Section(
            heading,
            Page.Paragraph(Say(
                $"After each epoch, {where.English}.", $"各エポックの後の、{where.Japanese}での値です。")),
            Page.Figure(Say, new LineChart(
                Say($"{heading} after each epoch", $"各エポック後の{heading}"), Say("epoch", "エポック"),
                Say(score.Axis, score.Errors is null ? "認識精度（%）" : score.Axis)) { Series = curves }));
    }

    private static string InJapanese(string measure) => measure == "accuracy" ? "認識精度" : measure;

    /// <summary>The shortest names that distinguish the folders: the last parts of their paths, or whole paths.
    /// </summary>
    internal static IReadOnlyList<string> Names(IReadOnlyList<RunRecord> records)
    {
        string[] names =
        [
            .. from record in records
               select Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(record.Folder))),
        ];
        return names.Distinct().Count() == names.Length ? names : [.. records.Select(record => record.Folder)];
    }

    /// <summary>The options of training in which runs differ, each with its value in each run.</summary>
    internal static IEnumerable<(string Option, IReadOnlyList<string?> Values)> Differing(
        IReadOnlyList<RunRecord> records) =>
        from option in TrainOptions.All
        let values = records.Select(record => option.Get(record.Configuration)).ToArray()
        where values.Distinct().Count() > 1
        select (option.Name, (IReadOnlyList<string?>)values);

    // How the runs did that have finished an epoch.
    private IEnumerable<PartScore> Scores() =>
        from record in records where record.Epochs.Count > 0 select record.Epochs[^1].Scores.Test;

    private string Opening()
    {
        // Choosing by test accuracy leaves no unseen samples.
        var validated = records.All(record => record.Best is not null);
        var measured = records.Zip(names).Where(run => run.First.Epochs.Count > 0).ToArray();
        if (measured.Length == 0)
            return Say("None of them has finished an epoch yet.", "まだ1エポックを終えた実行はありません。");
        // Shares of different samples can't be compared.
        var data = measured.Select(run => (run.First.Configuration.Data, run.First.Configuration.Label)).Distinct();
        if (data.Count() > 1)
            return Say(
                "These runs were trained and tested on different data, so their accuracies and losses can't be " +
                    "compared with each other.",
                "これらの実行はデータが異なるため、認識精度や損失を互いに比べることはできません。");
        if (Scores().DistinctBy(score => score.Measure).Count() > 1)
            return Say(
                "Some of these runs learned classes and others a quantity, so their results can't be compared " +
                    "with each other.",
                "クラスを学習した実行と数量を学習した実行があるため、結果を互いに比べることはできません。");
        var greatest = measured.Select(run => Measure(run.First)).MaxBy(score => score.Value);
        string[] first =
            [.. measured.Where(run => Measure(run.First).Value == greatest.Value).Select(run => run.Second)];
        var best = string.Join(Say(" and ", "と"), first);
        var shown = greatest.Errors is null
            ? Say($"{greatest.Text} classified correctly", $"認識精度{greatest.Text}")
            : $"{greatest.ValueMeasure} {greatest.ValueText}";
        return validated
            ? Say($"Best on the samples that were held out from training for such comparisons: {best}, with {shown}.",
                $"比較のために分けておいた検証データで最も良いのは{best}です（{shown}）。")
            : Say($"Best on the test samples: {best}, with {shown}. To choose between " +
                    "runs, train them with --validation: samples that were used for the choice can't measure how " +
                    "well it does on unseen ones.",
                $"テストデータで最も良いのは{best}です（{shown}）。" +
                    "実行を選ぶには--validationをつけて学習してください。" +
                    "選ぶために使ったデータでは、未知のデータでの良さを測れません。");

        PartScore Measure(RunRecord record) =>
            validated ? record.Best!.Scores.Validation!.Value : record.Epochs[^1].Scores.Test;
    }

    private Markup Results(Func<RunRecord, string?> link)
    {
        var measures = Scores().Select(score => (score.Measure, score.ValueMeasure)).Distinct().ToArray();
        var isOne = measures.Length < 2;
        var (measure, compared) = measures is [var one]
            ? (Say($" {one.Measure}", $"の{InJapanese(one.Measure)}"),
                Say($" {one.ValueMeasure}", $"の{InJapanese(one.ValueMeasure)}")) : ("", "");
        var status = Say("status", "状態");
        (string Header, Func<RunRecord, string> Cell)[] columns =
        [
            (status, record => Say(StatusOf(record.Status))),
            (Say("epochs", "エポック"), Last(epoch => $"{epoch.Epoch}")),
            (Say("steps", "ステップ"), Last(epoch => Invariant($"{epoch.Step:N0}"))),
            (Say("loss", "損失"), Last(epoch => Invariant($"{epoch.Loss:F4}"))),
            (Say("training", "訓練") + measure, Last(epoch => Shown(epoch.Scores.Training))),
            (Say("validation", "検証") + measure, Last(epoch => Shown(epoch.Scores.Validation))),
            (Say("best validation", "検証の最高") + compared,
                record => record.Best is not { Scores.Validation: { } score } best ? None
                : $"{score.ValueText}{(isOne ? "" : $" {score.ValueMeasure}")} "
                    + $"({Say("epoch ", "エポック")}{best.Epoch})"),
            (Say("test", "テスト") + measure, Last(epoch => Shown(epoch.Scores.Test))),
            (Say("seconds", "秒"), Last(epoch => Invariant($"{epoch.Seconds:F1}"))),
        ];
        // Columns that say nothing of any run only make the table wider.
        var shown = columns.Where(column => records.Any(record => column.Header == status
            ? record.Status != RunStatus.Finished : column.Cell(record) != None)).ToArray();
        return Page.Section(Say("Results", "結果"), Page.Grid(
            Say("Results", "結果"), [Say("run", "実行"), .. shown.Select(column => column.Header)],
            records.Zip(names).Select(run => (Markup[])
            [
                link(run.First) is { } address
                    ? Markup.Of($"<a href=\"{address}\">{run.Second}</a>") : Markup.Of($"{run.Second}"),
                .. shown.Select(column => Markup.Of($"{column.Cell(run.First)}")),
            ])));

        static Func<RunRecord, string> Last(Func<EpochReport, string> text) =>
            record => record.Epochs is [.., var last] ? text(last) : None;

        string Shown(PartScore? score) =>
            score is not { } known ? None : isOne ? known.Text : $"{known.Text} {known.Measure}";
    }

    private static (string English, string Japanese) StatusOf(RunStatus status) =>
        ($"{status}".ToLowerInvariant(), status switch
        {
            RunStatus.Finished => "完了", RunStatus.Running => "実行中", RunStatus.Diverged => "発散", _ => "未完了",
        });

    private Markup Options()
    {
        var rows = Differing(records).Select(option => (Markup[])
        [
            Markup.Of($"{option.Option}"), .. option.Values.Select(value => Markup.Of($"{value ?? None}")),
        ]).ToArray();
        var heading = Say("Options that differ", "異なるオプション");
        return Page.Section(heading, rows.Length == 0
            ? Page.Paragraph(Say(
                "None: the digests should be the same.", "ありません。ダイジェストは同じはずです。"))
            : Page.Grid(heading, [Say("option", "オプション"), .. names], rows));
    }

    private Markup Losses() => Page.Section(
        Say("Loss", "損失"),
        Page.Paragraph(Say(
            "The mean loss of some steps at a time, each before its update. It includes regularization penalties: " +
                "compare it only where those are the same.",
            "何ステップかごとの平均損失（更新前）です。正則化のペナルティを含むので、" +
                "それが同じ実行だけを比べてください。")),
        Page.Figure(Say, new LineChart(
            Say("Loss over the steps", "損失の推移"), Say("step", "ステップ"), Say("loss", "損失"))
        {
            Series =
            [
                .. from run in records.Zip(names)
                   where run.First.Losses.Count > 0
                   select RunPage.LossCurve(run.Second, run.First.Losses).Curve,
            ],
        }));
}
