using System.Text.RegularExpressions;

namespace Functional.Tests.Doctor;

/// <summary>The page of mistakes that can't be made: each row names a test that there is.</summary>
public partial class MistakesTests
{
    private const int LeastRows = 21;

    [Fact]
    public void Each_mistake_names_a_test_or_a_law_that_there_is()
    {
        var root = ScriptTests.FindRoot(AppContext.BaseDirectory);
        var names = Row().Matches(File.ReadAllText(Path.Combine(root, "docs", "mistakes.md")))
            .Select(match => match.Groups[1].Value).ToArray();
        var tests = typeof(MistakesTests).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length > 0)
            .Select(method => method.Name).ToHashSet();
        var laws = string.Concat(
            Directory.EnumerateFiles(Path.Combine(root, "Properties"), "*.fs", SearchOption.AllDirectories)
                .Concat(Directory.EnumerateFiles(Path.Combine(root, "Testing"), "*.fs", SearchOption.AllDirectories))
                .Select(File.ReadAllText));
        Assert.True(names.Length >= LeastRows, $"{names.Length} rows");
        Assert.All(names, name => Assert.True(
            tests.Contains(name) || laws.Contains($"\"{name}\"", StringComparison.Ordinal), $"no test '{name}'"));
    }

    [GeneratedRegex(@"^\|[^|]+\|[^|]+\| `([^`]+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
