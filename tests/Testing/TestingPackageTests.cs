using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;
using Functional.Tests.Documentation;

namespace Functional.Tests.Testing;

/// <summary>Functional.Testing as its users have it: installed from a folder into a test project of their
/// own.</summary>
public partial class TestingPackageTests
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <NuGetAudit>false</NuGetAudit>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Functional.Testing" Version="0.1.0" />
            <PackageReference Include="FsCheck.Xunit" Version="3.6.0" />
            <PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.11.0" />
            <PackageReference Include="xunit" Version="2.9.3" />
            <PackageReference Include="xunit.runner.visualstudio" Version="3.1.5" />
          </ItemGroup>
        </Project>
        """;

    /// <summary>What is wrong with the page's layer, and how.</summary>
    private static readonly (string Name, string Right, string Wrong)[] Faults =
    [
        ("NoFactorOnTheWayBack", "dy.MapIndexed((i, _, value) => factors[i] * value)", "dy"),
        ("MeanOverTheSamples", "dy.PointwiseMultiply(x).RowSums()",
            "dy.PointwiseMultiply(x).RowSums() / x.ColumnCount"),
        ("FirstFactorForAll", "x.MapIndexed((i, _, value) => factors[i] * value)",
            "x.MapIndexed((i, _, value) => factors[0] * value)"),
        ("SharedFactors", "new Scale(parameters[0].Values)", "this"),
    ];

    [Fact]
    public void The_pages_laws_hold_and_a_planted_fault_is_found_with_at_most_three_by_three_numbers()
    {
        using var folder = new TemporaryFolder();
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)) == "release"
            ? "Release" : "Debug";
        foreach (var project in (string[])["Core", "Testing"])
            Run(ScriptTests.Root, 0, "pack", project, "-c", configuration, "--no-build", "-o", folder["source"]);
        // What others have published is taken from where the SDK has it; ours comes from the folder alone.
        var others = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        XElement Add(string key, string value) =>
            new("add", new XAttribute("key", key), new XAttribute("value", value));
        new XElement("configuration",
            new XElement("packageSources", new XElement("clear"), Add("ours", folder["source"]), Add("others", others)),
            new XElement("config", Add("globalPackagesFolder", folder["cache"]))).Save(folder["nuget.config"]);

        var page = Block.All.Single(block => block is { Page: "docs/testing.md", Language: "csharp" }).Text;
        var layer = page[page.IndexOf("public sealed class Scale", StringComparison.Ordinal)..];
        var usings = string.Join(
            '\n', page.Split('\n').TakeWhile(line => line.StartsWith("using", StringComparison.Ordinal)));
        var faulty = Faults.Select(fault =>
        {
            Assert.Contains(fault.Right, layer, StringComparison.Ordinal);
            return $$"""
                public sealed class {{fault.Name}}Tests
                {
                    [Fact]
                    public void Fails() => LayerLaws.Require(features => new {{fault.Name}}(Vector<double>.Build.Dense(features, 1.0)));
                }

                {{layer.Replace(fault.Right, fault.Wrong, StringComparison.Ordinal).Replace("Scale(", $"{fault.Name}(", StringComparison.Ordinal)}}
                """;
        });
        Directory.CreateDirectory(folder["laws"]);
        File.WriteAllText(folder["laws/laws.csproj"], Project);
        File.WriteAllText(folder["laws/Right.cs"], page);
        File.WriteAllText(folder["laws/Faulty.cs"], $"{usings}\n\n{string.Join("\n\n", faulty)}");

        var output = Run(folder["laws"], 1, "test", "--logger", "console;verbosity=normal");
        Assert.Contains("     Passed: 6\n", output, StringComparison.Ordinal);
        Assert.Contains($"     Failed: {Faults.Length}\n", output, StringComparison.Ordinal);
        var reports = output.Split("  Failed ")[1..];
        foreach (var (name, _, _) in Faults)
        {
            var report = Assert.Single(
                reports, report => report.StartsWith($"{name}Tests.Fails", StringComparison.Ordinal));
            var smallest = Size().Match(report, report.IndexOf("Shrunk:", StringComparison.Ordinal));
            foreach (var size in (string[])["rows", "columns"])
                Assert.InRange(int.Parse(smallest.Groups[size].Value, CultureInfo.InvariantCulture), 1, 3);
        }
    }

    private static string Run(string where, int expected, params string[] arguments)
    {
        using var process = FunctionalProgram.Start("dotnet", where, arguments);
        var outcome = FunctionalProgram.End(process);
        Assert.True(outcome.ExitCode == expected,
            $"dotnet {string.Join(' ', arguments)}\n{outcome.Output}{outcome.Error}");
        return outcome.Output;
    }

    [GeneratedRegex(@"x \((?<rows>\d+) x (?<columns>\d+)\) =")]
    private static partial Regex Size();
}
