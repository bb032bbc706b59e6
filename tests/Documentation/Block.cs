namespace Functional.Tests.Documentation;

/// <summary>A code block of a page.</summary>
/// <param name="Page">From the repository's folder.</param>
/// <param name="Line">The number of its first line.</param>
/// <param name="Language">As its fence says.</param>
/// <param name="Lines">What it holds.</param>
public sealed record Block(string Page, int Line, string Language, IReadOnlyList<string> Lines)
{
    private const string Fence = "```";

    /// <summary>All of them, of all pages.</summary>
    public static IReadOnlyList<Block> All { get; } =
    [
        .. ((string[])["", "docs", "bench", "data/digits"])
            .SelectMany(folder => Directory.GetFiles(Path.Combine(ScriptTests.Root, folder), "*.md"))
            .Order(StringComparer.Ordinal).SelectMany(Of),
    ];

    /// <summary>As it stands on the page.</summary>
    public string Text => string.Join('\n', Lines);

    private static IEnumerable<Block> Of(string path)
    {
        var page = Path.GetRelativePath(ScriptTests.Root, path).Replace('\\', '/');
        var lines = File.ReadAllLines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
                continue;
            var end = Array.FindIndex(lines, i + 1, line => line == Fence);
            yield return new Block(page, i + 2, lines[i][Fence.Length..], lines[(i + 1)..end]);
            i = end;
        }
    }
}
