using System.Text.RegularExpressions;

namespace Functional.Tests;

/// <summary>What <c>CONTRIBUTING.md</c> says of source files.</summary>
public sealed partial class SourceTests
{
    private static readonly string[] Folders = ["Core", "Host", "Properties", "Testing", "tests", "bench"];

    private static IEnumerable<string> Sources =>
        from file in Folders
            .SelectMany(folder => Directory.EnumerateFiles(
                Path.Combine(ScriptTests.Root, folder), "*.*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(ScriptTests.Root))
        where Path.GetExtension(file) is ".cs" or ".fs"
        select file;

    // Lines of a program or a page within a raw string may not be breakable.
    private static IEnumerable<(int Index, string Item)> Code(string file)
    {
        var isRaw = false;
        foreach (var line in File.ReadLines(file).Index())
        {
            if (!isRaw)
                yield return line;
            if (line.Item.Split("\"\"\"").Length % 2 == 0)
                isRaw = !isRaw;
        }
    }

    [Fact]
    public void No_line_is_longer_than_120_columns()
    {
        string[] longer =
        [
            .. from file in Sources
               from line in Code(file)
               where line.Item.Length + line.Item.Count(IsWide) > 120
               select $"{Path.GetRelativePath(ScriptTests.Root, file)}:{line.Index + 1}",
        ];
        Assert.Empty(longer);
    }

    // Hovering over an F# function must show what it does, not where else to look.
    [Fact]
    public void No_documentation_is_only_the_name_of_another_member() => Assert.Empty(
        from file in Sources
        let lines = File.ReadAllLines(file)
        from i in Enumerable.Range(1, Math.Max(0, lines.Length - 2))
        where System.Text.RegularExpressions.Regex.IsMatch(lines[i], @"^\s*/// `[\w.]+`\.$")
            && !lines[i - 1].Contains("///", StringComparison.Ordinal)
            && !lines[i + 1].Contains("///", StringComparison.Ordinal)
        select $"{Path.GetRelativePath(ScriptTests.Root, file)}:{i + 1}");

    // The C library's functions differ between systems in the last bit; the core's don't.
    [Fact]
    public void The_host_takes_elementary_functions_from_the_core() => Assert.Empty(
        from file in Sources
        where Path.GetRelativePath(ScriptTests.Root, file).StartsWith("Host", StringComparison.Ordinal)
        from line in Code(file)
        where CLibrary().IsMatch(line.Item)
        select $"{Path.GetRelativePath(ScriptTests.Root, file)}:{line.Index + 1}");

    [GeneratedRegex(@"\bMathF?\.(Exp|Log|Pow|Sin|Cos|Tan|Sinh|Cosh|Tanh|Asin|Acos|Atan|Cbrt)\w*\(")]
    private static partial Regex CLibrary();

    // Japanese letters, and what stands between them, take two columns each.
    private static bool IsWide(char letter) => letter is (>= '\u2e80' and <= '\ua4cf') or (>= '\uff01' and <= '\uff60');

    [Fact]
    public void No_file_of_the_core_and_the_host_is_longer_than_400_lines() => Assert.Empty(
        from file in Sources
        let name = Path.GetRelativePath(ScriptTests.Root, file)
        where name.StartsWith("Core", StringComparison.Ordinal) || name.StartsWith("Host", StringComparison.Ordinal)
        where File.ReadLines(file).Count() > 400
        select name);
}
