using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Functional.Tests.Doctor;

/// <summary>
/// The doctor on all set-ups: minutes of work, done where FUNCTIONAL_CAMPAIGN names a file for the table. With
/// FUNCTIONAL_CAMPAIGN_PART=2/5 it does the second fifth.
/// </summary>
public class Campaign(ITestOutputHelper output)
{
    [CampaignFact]
    public void All_set_ups()
    {
        var file = Environment.GetEnvironmentVariable("FUNCTIONAL_CAMPAIGN")!;
        var part = (Environment.GetEnvironmentVariable("FUNCTIONAL_CAMPAIGN_PART") ?? "1/1").Split('/')
            .Select(int.Parse).ToArray();
        var most = int.Parse(Environment.GetEnvironmentVariable("FUNCTIONAL_CAMPAIGN_MOST") ?? "100000",
            CultureInfo.InvariantCulture);
        var only = Environment.GetEnvironmentVariable("FUNCTIONAL_CAMPAIGN_ONLY");
        foreach (var (i, setUp) in (
            (SetUp[])[.. LaterSetUps.Broken, .. LaterSetUps.Healthy, .. SetUps.Broken, .. SetUps.Healthy]).Index())
        {
            if (i >= most || i % part[1] != part[0] - 1
                || (only is not null && !setUp.ToString().Contains(only, StringComparison.Ordinal)))
                continue;
            var watch = Stopwatch.StartNew();
            var examination = setUp.Examine();
            var findings = string.Join(", ", examination.Findings.Select(finding =>
                $"{finding.Severity.ToString()[0]}:{finding.Name}"));
            var line = string.Create(CultureInfo.InvariantCulture,
                $"{(setUp.IsRight(examination) ? "ok" : "MISSED")}\t{setUp}\t{findings}\t"
                + $"{examination.Steps}/{examination.Planned} {examination.TrainAccuracy:F2} "
                + $"{examination.TestAccuracy:F2} loss {examination.Loss:G3}\t{watch.Elapsed.TotalSeconds:F1} s");
            File.AppendAllText(file, line + "\n");
            output.WriteLine(line);
        }
    }
}

/// <summary>A test that is done where FUNCTIONAL_CAMPAIGN says where its table goes, and skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CampaignFactAttribute : FactAttribute
{
    public CampaignFactAttribute() =>
        Skip = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FUNCTIONAL_CAMPAIGN"))
            ? "FUNCTIONAL_CAMPAIGN is not set" : null!;
}
