using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.PlantedFaults;

/// <summary>A copy of the repository whose core has all faults at once, each behind a switch that an environment
/// variable turns on, and the laws built against it. (The switch is in an assembly of its own: the core asks no
/// environment.)</summary>
public sealed class PlantedCore : IDisposable
{
    private const string Switch = """
        module Planted
        let private number = match System.Environment.GetEnvironmentVariable "FUNCTIONAL_FAULT" with null | "" -> 0 | text -> int text
        let Is (fault: int) : bool = fault = number
        """;

    private const string SwitchProject = """
        <Project Sdk="Microsoft.NET.Sdk">
          <ItemGroup>
            <Compile Include="Planted.fs" />
            <PackageReference Include="FSharp.Core" />
          </ItemGroup>
        </Project>
        """;

    private const string Reference =
        """<ItemGroup><ProjectReference Include="../Planted/Planted.fsproj" /></ItemGroup></Project>""";

    private readonly TemporaryFolder folder = new();

    public PlantedCore(IReadOnlyList<Fault> faults)
    {
        foreach (var file in Directory.GetFiles(ScriptTests.Root)
            .Where(file => !Path.GetFileName(file).StartsWith('.')))
            File.Copy(file, folder[Path.GetFileName(file)]);
        foreach (var name in (string[])["Core", "Host", "Properties", "data", "docs", "tests/Digests"])
            CopyFolder(Path.Combine(ScriptTests.Root, name), folder[name]);
        Directory.CreateDirectory(folder["Planted"]);
        File.WriteAllText(folder["Planted/Planted.fs"], Switch);
        File.WriteAllText(folder["Planted/Planted.fsproj"], SwitchProject);
        Replace("Core/Core.fsproj", text => text.Replace("</Project>", Reference, StringComparison.Ordinal));
        foreach (var file in faults.GroupBy(fault => fault.File))
            Replace($"Core/{file.Key}", text => Plant(text, [.. file]));
        // No ahead-of-time compiling, and no analysis of code that is not ours.
        using var build = FunctionalProgram.Start("dotnet", folder.Path,
            ["build", "Properties", "-c", "Release",
             "-p:FrameworkFolder=/none", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false"]);
        var outcome = FunctionalProgram.End(build);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        Laws = Directory.GetFiles(folder["artifacts/bin/Properties"], "*.TestAdapter.dll", SearchOption.AllDirectories)
            .Single();
    }

    /// <summary>The program that runs the laws.</summary>
    public string Laws { get; }

    public void Dispose() => folder.Dispose();

    /// <summary>A file with its faults: what changes becomes a choice.</summary>
    public static string Plant(string text, IReadOnlyList<Fault> faults)
    {
        var lines = text.Split('\n');
        var places =
            from fault in faults
            from edit in fault.Edits
            let line = Array.FindIndex(lines, found => found.Trim('\r', ' ', '\uFEFF') == edit.Line)
            let start = lines[line].IndexOf(edit.Line, StringComparison.Ordinal) + edit.Start
            group (fault, edit) by (line, start, edit.Was.Length);
        // From a line's end to its beginning, so that places stay where they are.
        foreach (var place in places.OrderByDescending(place => place.Key.start))
        {
            var (line, start, length) = place.Key;
            var changed = place.Aggregate(
                $"({lines[line].Substring(start, length)})",
                (otherwise, one) => FormattableString.Invariant(
                    $"(if Planted.Is {one.fault.Number} then ({one.edit.Becomes}) else {otherwise})"));
            lines[line] = lines[line].Remove(start, length).Insert(start, changed);
        }
        return string.Join('\n', lines);
    }

    private void Replace(string name, Func<string, string> change) =>
        File.WriteAllText(folder[name], change(File.ReadAllText(folder[name])));

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
