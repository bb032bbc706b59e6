using Functional.Host.Charts;
using Functional.Host.Doctor;
using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>What the doctor found as a page, with a picture for each finding.</summary>
internal static class DoctorPage
{
    /// <summary>The page.</summary>
    public static string Render(TrainConfiguration configuration, Examination examination)
    {
        var command = configuration.CommandLine()
            .Replace("functional train", "functional doctor", StringComparison.Ordinal);
        return Page.Of(
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
