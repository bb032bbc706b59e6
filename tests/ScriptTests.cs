using Functional.Tests.CommandLine;

namespace Functional.Tests;

/// <summary>Every script runs in F# Interactive, against the program as it was built.</summary>
public class ScriptTests
{
    internal static readonly string Root = FindRoot(AppContext.BaseDirectory);

    [Fact]
    public void Every_script_runs()
    {
        var folder = Directory.CreateTempSubdirectory("functional-").FullName;
        var scripts = Directory.GetFiles(Path.Combine(Root, "scripts"), "*.fsx");
        // Scripts name the release build; tests may run against another.
        foreach (var script in scripts)
            File.WriteAllText(Path.Combine(folder, Path.GetFileName(script)), File.ReadAllText(script)
                .Replace("../artifacts/bin/Host/release", AppContext.BaseDirectory, StringComparison.Ordinal));
        // One session for all: starting F# Interactive takes longer than most scripts.
        var all = Path.Combine(folder, "all.fsx");
        File.WriteAllLines(all, scripts.Select(script => $"#load \"{Path.GetFileName(script)}\""));
        using var process = FunctionalProgram.Start("dotnet", folder, ["fsi", all], "BROWSER=none");
        var outcome = FunctionalProgram.End(process);
        Directory.Delete(folder, recursive: true);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
    }

    /// <summary>The repository's folder, above this one.</summary>
    internal static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Functional.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
