namespace Functional.Host.Runs;

/// <summary>Names in a list with commas. As in CSV, what has a comma, a quotation mark or blanks at its ends is in
/// quotation marks, and a mark inside is written twice.</summary>
internal static class ListText
{
    /// <summary>What <see cref="Of"/> writes.</summary>
    public static IReadOnlyList<string> Parse(string text) => [.. Split(text).Select(Name)];

    /// <summary>What <see cref="Parse"/> reads. A single <c>none</c> is in quotation marks: without them it is the
    /// empty list.</summary>
    public static string Of(IReadOnlyList<string> names) =>
        names is ["none"] ? "\"none\"" : string.Join(',', names.Select(Quoted));

    /// <summary>The parts between commas outside of quotation marks.</summary>
    public static IEnumerable<string> Split(string text)
    {
        var (from, isQuoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            isQuoted ^= text[i] == '"';
            if (text[i] != ',' || isQuoted)
                continue;
            yield return text[from..i];
            from = i + 1;
        }
        yield return text[from..];
    }

    /// <summary>The name that <see cref="Quoted"/> has written.</summary>
    public static string Name(string text) => text.Trim() is ['"', .. var inner, '"']
        ? inner.Replace("\"\"", "\"", StringComparison.Ordinal) : text.Trim();

    /// <summary>A name, in quotation marks where a list needs them.</summary>
    public static string Quoted(string name) => name.AsSpan().ContainsAny(",\"") || name != name.Trim()
        ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
}
