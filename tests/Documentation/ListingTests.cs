using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Documentation;

/// <summary>The book's listings, by hand and with the library: every script of <c>book/</c> finds that both
/// agree.</summary>
public sealed class ListingTests
{
    private static readonly string Folder = Path.Combine(ScriptTests.Root, "book");

    [Fact]
    public void Every_listing_is_there_in_both_languages() =>
        Assert.Equal(Names("*.cs"), Names("*.fsx"));

    [Theory]
    [MemberData(nameof(Listings))]
    public void By_hand_and_with_the_library_is_the_same_in_CSharp(string name) =>
        Assert.Equal(0, CSharpScript.Run(name, File.ReadAllText(Path.Combine(Folder, $"{name}.cs"))));

    [Fact]
    public void By_hand_and_with_the_library_is_the_same_in_FSharp()
    {
        using var folder = new TemporaryFolder();
        foreach (var part in (string[])["scripts", "book"])
        {
            Directory.CreateDirectory(folder[part]);
            foreach (var script in Directory.GetFiles(Path.Combine(ScriptTests.Root, part), "*.fsx"))
                File.WriteAllText(folder[$"{part}/{Path.GetFileName(script)}"], File.ReadAllText(script)
                    .Replace("../artifacts/bin/Host/release", AppContext.BaseDirectory, StringComparison.Ordinal));
        }
        // One session for all: starting F# Interactive takes longer than most scripts.
        File.WriteAllLines(folder["all.fsx"], Names("*.fsx").Select(name => $"#load \"book/{name}.fsx\""));
        using var process = FunctionalProgram.Start("dotnet", folder.Path, ["fsi", "all.fsx"], "BROWSER=none");
        var outcome = FunctionalProgram.End(process);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
    }

    public static TheoryData<string> Listings() => [.. Names("*.cs")];

    private static IEnumerable<string> Names(string pattern) => Directory.GetFiles(Folder, pattern)
        .Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal);
}
