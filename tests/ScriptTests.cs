using Functional.Tests.CommandLine;

namespace Functional.Tests;

/// <summary>Every script runs in F# Interactive, against the program as it was built.</summary>
public class ScriptTests
{
    private static readonly string Root = FindRoot(AppContext.BaseDirectory);

    public static TheoryData<string> Scripts => [.. Directory.GetFiles(Path.Combine(Root, "scripts"), "*.fsx").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_runs(string script)
    {
        // Scripts name the release build; tests may run against another.
        var text = File.ReadAllText(Path.Combine(Root, "scripts", script))
            .Replace("../artifacts/bin/Host/release", AppContext.BaseDirectory, StringComparison.Ordinal);
        var copy = Path.Combine(Directory.CreateTempSubdirectory("functional-").FullName, script);
        File.WriteAllText(copy, text);
        using var process = Program.Start("dotnet", Path.GetDirectoryName(copy)!, ["fsi", copy]);
        var outcome = Program.End(process);
        Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
    }

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Functional.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
