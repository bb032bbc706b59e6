using System.Globalization;
using Functional.Host.Charts;
using Functional.Host.Commands;
using Functional.Host.Doctor;
using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>What the doctor found as a page, with a picture for each finding.</summary>
internal static class DoctorPage
{
    /// <summary>The page.</summary>
    public static string Render(TrainConfiguration configuration, Examination examination)
    {
        var title = examination.IsHealthy ? "Nothing is wrong that keeps it from learning"
            : $"Most likely: {Words(examination.Findings[0])}";
        return Page.Of($"Functional: {title}", string.Join('\n',
        [
            $"<h1>{Page.Text(title)}</h1>",
            Page.Paragraph(string.Create(CultureInfo.InvariantCulture,
                $"{examination.Steps:N0} of {examination.Planned:N0} steps were tried. Then the loss is {examination.Loss:F3}, where guessing costs {examination.Chance:F3}; {Percentage.Of(examination.TrainAccuracy)} of the training samples are classified correctly, and {Percentage.Of(examination.TestAccuracy)} of the test samples.")),
            .. examination.Findings.Select(Section),
            Page.Section("What was examined", Page.Code(configuration.CommandLine().Replace("functional train", "functional doctor", StringComparison.Ordinal))),
        ]));
    }

    private static string Section(Finding finding) => Page.Section(
        $"{char.ToUpperInvariant(Words(finding)[0])}{Words(finding)[1..]} ({finding.Severity.ToString().ToLowerInvariant()}{(string.IsNullOrEmpty(finding.Layer) ? "" : $", {finding.Layer}")})",
        Page.Paragraph($"{char.ToUpperInvariant(finding.Evidence[0])}{finding.Evidence[1..]}."),
        Page.Paragraph($"{finding.Advice}."),
        finding.Picture is null ? "" : Page.Figure(finding.Picture));

    private static string Words(Finding finding) => finding.Name.Replace('-', ' ');
}
