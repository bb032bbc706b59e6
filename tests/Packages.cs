using System.Xml.Linq;
using Functional.Tests.CommandLine;

namespace Functional.Tests;

/// <summary>The packages as they are made from this build, in a folder, and a cache of their own for those who use
/// them.</summary>
public sealed class Packages : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("functional-").FullName;

    public Packages()
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        Dotnet(ScriptTests.Root, "pack", "-c", configuration == "release" ? "Release" : "Debug", "--no-build", "-o",
            Source);
        new XElement("configuration",
            new XElement("packageSources", new XElement("clear"), Add("ours", Source), Add("others", Others)),
            new XElement("config", Add("globalPackagesFolder", Path.Combine(folder, "cache"))))
                .Save(Path.Combine(folder, "nuget.config"));
    }

    /// <summary>Where the SDK has what others have published: it is taken from there; ours comes from <see
    /// cref="Source"/> alone.</summary>
    public static string Others { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The folder of our packages.</summary>
    public string Source => Path.Combine(folder, "source");

    /// <summary>Our packages.</summary>
    public IReadOnlyList<string> Files => Directory.GetFiles(Source, "*.nupkg");

    /// <summary>A folder for one who uses them.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    /// <summary>What a command of the SDK says; it must succeed.</summary>
    public string Dotnet(string where, params string[] arguments)
    {
        using var process = FunctionalProgram.Start(
            "dotnet", where, arguments, where == ScriptTests.Root ? null
            : $"NUGET_PACKAGES={Path.Combine(folder, "cache")}");
        var outcome = FunctionalProgram.End(process);
        Assert.True(outcome.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{outcome.Output}{outcome.Error}");
        return outcome.Output;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static XElement Add(string key, string value) =>
        new("add", new XAttribute("key", key), new XAttribute("value", value));
}

/// <summary>A test that needs .NET's native compiler, and is skipped where no program was ever published with
/// it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CompilerFactAttribute : FactAttribute
{
    public CompilerFactAttribute() =>
        Skip = Directory.Exists(Path.Combine(Packages.Others, "microsoft.dotnet.ilcompiler")) ? null!
            : "the package Microsoft.DotNet.ILCompiler is not here: 'dotnet publish' of any C# script fetches it";
}
