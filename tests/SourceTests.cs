namespace Functional.Tests;

/// <summary>What <c>CONTRIBUTING.md</c> says of source files.</summary>
public sealed class SourceTests
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
