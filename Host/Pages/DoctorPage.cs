using Functional.Host.Charts;
using Functional.Host.Doctor;
using Functional.Host.Experiments;
using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>What the doctor found as a page, with a picture for each finding.</summary>
internal static class DoctorPage
{
    /// <summary>The page.</summary>
    public static string Render(
        TrainConfiguration configuration, Examination examination, Language language = Language.English)
    {
        var command = configuration.CommandLine()
            .Replace("functional train", "functional doctor", StringComparison.Ordinal);
        return language == Language.Japanese ? InJapanese(command, examination) : Page.Of(
            examination.IsHealthy ? "Nothing is wrong that keeps it from learning"
                : $"Most likely: {Words(examination.Findings[0])}",
            [
                Page.Paragraph(
                    Invariant($"The doctor tried {examination.Steps:N0} of ") +
                    $"{Plural.Of(examination.Planned, "step")}. Then the loss is " +
                    Invariant($"{examination.Loss:F3}, where guessing costs {examination.Chance:F3}; ") +
                    (examination.IsOfQuantities
                        ? $"{Percentage.Of(examination.TrainAccuracy)} of the variance of the training samples is " +
                            $"explained, and {Percentage.Of(examination.TestAccuracy)} of that of the test samples."
                        : $"{Percentage.Of(examination.TrainAccuracy)} of the training samples are classified " +
                            $"correctly, and {Percentage.Of(examination.TestAccuracy)} of the test samples.")),
                .. examination.Findings.Select(Section),
                Page.Section("What was examined", Page.Code(command)),
            ]);
    }

    // The numbers behind a finding, and what it is called in the terminal, stay as they are there.
    private static string InJapanese(string command, Examination examination) => Page.In(
        "ja",
        examination.IsHealthy ? "学習を妨げる問題は見つかりませんでした"
            : $"最も可能性の高い原因：{DoctorTexts.InJapanese(examination.Findings[0].Kind).Name}",
        [
            Page.Paragraph(
                Invariant($"全{examination.Planned:N0}ステップのうち{examination.Steps:N0}ステップを試しました。") +
                Invariant($"損失は{examination.Loss:F3}（当てずっぽうなら{examination.Chance:F3}）、") +
                (examination.IsOfQuantities ? "説明できた分散の割合は" : "認識精度は") +
                $"訓練データで{Percentage.Of(examination.TrainAccuracy)}、" +
                $"テストデータで{Percentage.Of(examination.TestAccuracy)}です。"),
            .. examination.Findings.Select(finding =>
            {
                var (name, meaning, advice) = DoctorTexts.InJapanese(finding.Kind);
                var where = string.IsNullOrEmpty(finding.Layer) ? "" : $"、{finding.Layer}";
                return Page.Section(
                    $"{name}（{DoctorTexts.InJapanese(finding.Severity)}{where}）",
                    Page.Paragraph(meaning), Page.Paragraph(advice),
                    Page.Table([(finding.Name, $"{Capitalized(finding.Evidence)}. {finding.Advice}.")]),
                    finding.Picture is null ? Markup.Empty : Page.Figure(finding.Picture));
            }),
            Page.Section("調べた設定", Page.Code(command)),
        ]);

    private static Markup Section(Finding finding)
    {
        var layer = string.IsNullOrEmpty(finding.Layer) ? "" : $", {finding.Layer}";
        return Page.Section(
            $"{Capitalized(Words(finding))} ({finding.Severity.ToString().ToLowerInvariant()}{layer})",
            Page.Paragraph($"{Capitalized(finding.Evidence)}."),
            Page.Paragraph($"{finding.Advice}."),
            finding.Picture is null ? Markup.Empty : Page.Figure(finding.Picture));
    }

    private static string Words(Finding finding) => finding.Name.Replace('-', ' ');

    private static string Capitalized(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
