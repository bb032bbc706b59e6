using Functional.Tests.Data;

namespace Functional.Tests.Experiments;

/// <summary>What docs/experiments.md shows is what is run here, and by the tests of scripts.</summary>
public sealed class DocumentationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("scripts/widths.fsx", "#load")]
    [InlineData("tests/Experiments/WidthsExample.cs", "public sealed class Widths")]
    public void The_page_shows_the_file(string file, string from)
    {
        string Read(string path) => File.ReadAllText(Path.Combine(ScriptTests.Root, path));
        var text = Read(file);
        Assert.Contains(text[text.IndexOf(from, StringComparison.Ordinal)..].TrimEnd(), Read("docs/experiments.md"));
    }

    [Fact]
    public void The_experiment_of_the_page_leaves_a_page()
    {
        Assert.Equal(folder["index.html"], Widths.WritePage(folder.Path));
        Assert.Contains("held with all 2 seeds", File.ReadAllText(folder["index.html"]));
        // A header, and 20 points of each line.
        Assert.Equal(1 + 4 * 20, File.ReadAllLines(folder["widths-accuracy.csv"]).Length);
    }
}
