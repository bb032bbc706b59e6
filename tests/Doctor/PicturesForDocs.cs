using System.Text.Json;
using System.Text.RegularExpressions;
using Functional.Host.Doctor;

namespace Functional.Tests.Doctor;

/// <summary>The page docs/doctor.md and its pictures, one of each kind, from real runs.</summary>
public partial class PicturesForDocs
{
    private static readonly string Docs = Path.Combine(ScriptTests.FindRoot(AppContext.BaseDirectory), "docs");

    /// <summary>Writes docs/doctor/KIND.svg, where FUNCTIONAL_PICTURES asks for it.</summary>
    [PicturesFact]
    public void Are_drawn_anew()
    {
        Directory.CreateDirectory(Path.Combine(Docs, "doctor"));
        foreach (var setUp in SetUps.Shown)
        {
            var finding = setUp.Examine().Findings.First(finding => finding.Kind == setUp.Kind);
            File.WriteAllText(
                Path.Combine(Docs, "doctor", $"{finding.Name}.svg"),
                (finding.Picture ?? throw new InvalidOperationException($"{setUp} has no picture"))
                    .ToStandaloneSvg(480));
        }
    }

    [Fact]
    public void Every_kind_has_its_section_and_its_picture()
    {
        var page = File.ReadAllText(Path.Combine(Docs, "doctor.md"));
        var kinds = Enum.GetNames<FindingKind>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName).ToArray();
        Assert.Equal(kinds, Heading().Matches(page).Select(match => match.Groups[1].Value));
        foreach (var kind in kinds)
        {
            Assert.Contains($"](doctor/{kind}.svg)", page, StringComparison.Ordinal);
            Assert.StartsWith("<?xml", File.ReadAllText(Path.Combine(Docs, "doctor", $"{kind}.svg")),
                StringComparison.Ordinal);
        }
        Assert.Equal(kinds, SetUps.Shown.Select(setUp => JsonNamingPolicy.KebabCaseLower.ConvertName($"{setUp.Kind}")));
    }

    [GeneratedRegex("^### ([a-z-]+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}

/// <summary>A test that is done where FUNCTIONAL_PICTURES is set, and skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PicturesFactAttribute : FactAttribute
{
    public PicturesFactAttribute() =>
        Skip = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FUNCTIONAL_PICTURES"))
            ? "FUNCTIONAL_PICTURES is not set" : null!;
}
