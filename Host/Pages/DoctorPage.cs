using Functional.Host.Charts;
using Functional.Host.Doctor;
using Functional.Host.Experiments;
using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>What the doctor found as a page that reads as a consultation: complaint, examination, findings with their
/// pictures and cures, and what following the advice brought.</summary>
internal static class DoctorPage
{
    /// <summary>The page.</summary>
    public static string Render(
        TrainConfiguration configuration, Examination examination, Language language = Language.English,
        Treatment? treatment = null)
    {
        string Say(LocalizedText text) => text.In(language);
        var isJapanese = language == Language.Japanese;
        var command = configuration.CommandLine()
            .Replace("functional train", "functional doctor", StringComparison.Ordinal);
        var title = examination.IsHealthy
            ? Say(("Nothing is wrong that keeps it from learning", "学習を妨げる問題は見つかりませんでした"))
            : Say(($"Most likely: {Words(examination.Findings[0])}",
                $"最も可能性の高い原因：{DoctorTexts.InJapanese(examination.Findings[0].Kind).Name}"));
        return Page.In(
            language, title,
            [
                Page.Section(Say(("Complaint", "訴え")),
                    Page.Paragraph(Say(Complaint(examination)))),
                Page.Section(Say(("Examination", "診察")),
                    [
                        Page.Paragraph(Say(Examined(examination))),
                        .. examination.Seeds.Count < 2 ? [] : (Markup[])[Seeds(examination, Say)],
                        Page.Paragraph(Say(("What was examined:", "調べた設定："))),
                        Page.Code(command),
                    ]),
                // Causes that help only together have one picture.
                .. examination.Findings.GroupBy(finding => finding.Evidence).SelectMany(same => same.Select(
                    (finding, i) => i == 0 ? finding : finding with { Picture = null }))
                    .Select(finding => isJapanese ? InJapanese(finding) : InEnglish(finding)),
                .. treatment is null ? [] : (Markup[])[Result(treatment, examination.IsOfQuantities, Say)],
            ]);
    }

    private static LocalizedText Complaint(Examination examination)
    {
        var (training, test) = (Percentage.Of(examination.TrainAccuracy), Percentage.Of(examination.TestAccuracy));
        return (
            Invariant($"After {examination.Steps:N0} of {Plural.Of(examination.Planned, "step")} the loss is ")
                + Invariant($"{examination.Loss:F3}, where guessing costs {examination.Chance:F3}; ")
                + (examination.IsOfQuantities
                    ? $"{training} of the variance of the training samples is explained, and {test} of that of "
                        + "the test samples."
                    : $"{training} of the training samples are classified correctly, and {test} of the test samples."),
            Invariant($"全{examination.Planned:N0}ステップのうち{examination.Steps:N0}ステップを試しました。")
                + Invariant($"損失は{examination.Loss:F3}（当てずっぽうなら{examination.Chance:F3}）、")
                + (examination.IsOfQuantities ? "説明できた分散の割合は" : "認識精度は")
                + $"訓練データで{training}、テストデータで{test}です。");
    }

    private static LocalizedText Examined(Examination examination)
    {
        var (seeds, found) = (examination.Seeds.Count, examination.Findings.Count);
        var hasTried = examination.HasExperimented;
        return (
            "The doctor looked at the data and at the layers before and after training"
                + (hasTried ? ", and repeated the run with other settings" : "")
                + (seeds < 2 ? "" : $", with {seeds} seeds") + ". "
                + (found == 0 ? "It found nothing."
                    : $"It found {Plural.Of(found, "thing")}, the most likely cause first."),
            $"データと、学習前後の各層を調べ{(hasTried ? "、設定を変えて学習を繰り返し" : "")}ました"
                + (seeds < 2 ? "。" : $"（シードは{seeds}個）。")
                + (found == 0 ? "問題は見つかりませんでした。"
                    : $"見つかったのは{found}件です。可能性の高い順に示します。"));
    }

    private static Markup Seeds(Examination examination, Func<LocalizedText, string> say) => Page.Grid(
        say(("Seeds", "シード")),
        [say(("seed", "シード")), say(("training", "訓練")), say(("test", "テスト")), ""],
        examination.Seeds.Select(seed => (IReadOnlyList<Markup>)
        [
            Markup.Of($"{seed.Seed}"), Markup.Of($"{Percentage.Of(seed.TrainAccuracy)}"),
            Markup.Of($"{Percentage.Of(seed.TestAccuracy)}"),
            Markup.Of($"{(seed.Fails ? say(("learns much less", "学習できていない")) : "")}"),
        ]));

    private static Markup InJapanese(Finding finding)
    {
        var (name, meaning) = DoctorTexts.InJapanese(finding.Kind);
        var where = string.IsNullOrEmpty(finding.Layer) ? "" : $"、{finding.Layer}";
        return Page.Section(
            $"{name}（{DoctorTexts.InJapanese(finding.Severity)}{where}）",
            Page.Paragraph($"所見：{meaning}{finding.Evidence}。"), Page.Paragraph($"処方：{finding.Advice}。"),
            Page.Paragraph($"英語での名前：{finding.Name}"),
            finding.Picture is null ? Markup.Empty : Page.Figure(finding.Picture));
    }

    private static Markup InEnglish(Finding finding)
    {
        var layer = string.IsNullOrEmpty(finding.Layer) ? "" : $", {finding.Layer}";
        return Page.Section(
            $"{Capitalized(Words(finding))} ({finding.Severity.ToString().ToLowerInvariant()}{layer})",
            Page.Paragraph($"Finding: {finding.Evidence}."),
            Page.Paragraph($"Cure: {finding.Advice}."),
            finding.Picture is null ? Markup.Empty : Page.Figure(finding.Picture));
    }

    private static Markup Result(Treatment treatment, bool ofQuantities, Func<LocalizedText, string> say)
    {
        string Name(TreatmentStep step) => step.Change ?? say(("unchanged", "変更前"));
        var isHeldOut = treatment.HeldOut > 0;
        var hasGained = treatment.Steps.Count > 1 || treatment.Steps[0].Change is not null;
        return Page.Section(say(("Result", "結果")),
            [
                Page.Paragraph(hasGained
                    ? say((
                        "The doctor followed its advice, one change after another, as long as the network did better "
                            + (isHeldOut ? "on validation samples. "
                                : "on test samples, because there are too few others. ")
                            + (treatment.Seeds == 1 ? "" : $"These are means of {treatment.Seeds} seeds, the same "
                            + "ones each time. ") + (isHeldOut ? "Test samples decide nothing."
                                : "On new samples it may do less well."),
                        (isHeldOut ? "検証データ" : "サンプルが少ないため、テストデータ")
                            + "で良くなる限り、処方を1つずつ試しました。"
                            + (treatment.Seeds == 1 ? "" : $"数値は同じ{treatment.Seeds}個のシードの平均です。")
                            + (isHeldOut ? "テストデータは選択に使っていません。"
                                : "新しいデータでは、これより悪いことがあります。")))
                    : say((
                        $"No change helps on {(isHeldOut ? "validation" : "test")} samples.",
                        $"{(isHeldOut ? "検証" : "テスト")}データで良くなる変更はありませんでした。"))),
                Page.Grid(
                    say(("What each change brought", "変更ごとの結果")),
                    [say(("change", "変更")), say(("training", "訓練")), say(("validation", "検証")),
                        say(("test", "テスト"))],
                    treatment.Steps.Select(step => (IReadOnlyList<Markup>)
                    [
                        Markup.Of($"<span class=\"long\">{Name(step)}</span>"),
                        Markup.Of($"{Percentage.Of(step.Training)}"), Markup.Of($"{Percentage.Of(step.Validation)}"),
                        Markup.Of($"{Percentage.Of(step.Test)}"),
                    ])),
                .. !hasGained ? [] : (Markup[])
                [
                    Page.Titled(say, new BarChart(
                        say((
                            ofQuantities ? $"Variance of {(isHeldOut ? "validation" : "test")} samples explained"
                                : isHeldOut ? "Validation accuracy" : "Test accuracy",
                            (isHeldOut ? "検証データ" : "テストデータ")
                                + (ofQuantities ? "の分散のうち説明できた割合" : "の認識精度"))), "%")
                    {
                        Bars = [.. treatment.Steps.Select((step, i) => (
                            i == 0 ? Name(step) : Invariant($"{i}"), 100 * step.Validation))],
                    }),
                    Page.Code(treatment.Command),
                ],
            ]);
    }

    private static string Words(Finding finding) => finding.Name.Replace('-', ' ');

    private static string Capitalized(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
