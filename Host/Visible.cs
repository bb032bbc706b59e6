using System.Globalization;
using System.Text;

namespace Functional.Host;

/// <summary>
/// Foreign text, before it reaches a terminal or a page: labels, columns, names of files and folders, what others'
/// messages quote.
/// What a terminal would obey, or what can't be seen, is written as an escape, as in <c>\u001B</c>.
/// </summary>
internal static class Visible
{
    // With the dots between its halves, a line stays below 1,000 characters.
    private const int Longest = 990;

    /// <summary>On one line.</summary>
    public static string Line(string text) => Of(text, keepsLines: false);

    /// <summary>A message on one line: those of operating systems have line breaks of their own.</summary>
    public static string Message(string text) => Shortened(Line(text.ReplaceLineEndings(" ")));

    /// <summary>Of a very long line, which quotes a very long word, the beginning and the end.</summary>
    public static string Shortened(string line) =>
        line.Length <= Longest ? line : $"{line[..(Longest / 2)]} ... {line[^(Longest / 2)..]}";

    /// <summary>With its line breaks and tabs.</summary>
    public static string Lines(string text) => Of(text, keepsLines: true);

    private static string Of(string text, bool keepsLines)
    {
        // Nearly all text needs no change.
        if (text.EnumerateRunes().All(rune => IsFine(rune, keepsLines)) && !text.Any(char.IsSurrogate))
            return text;
        var visible = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
            visible.Append(IsFine(rune, keepsLines) ? rune.ToString() : rune.Value switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                <= 0xFFFF => $"\\u{rune.Value:X4}",
                _ => $"\\U{rune.Value:X8}",
            });
        return visible.ToString();
    }

    private static bool IsFine(Rune rune, bool keepsLines) => rune.Value switch
    {
        >= ' ' and < 0x7F => true,
        '\n' or '\r' or '\t' => keepsLines,
        // Persian and the languages of India are not written without them, nor are many emoji.
        0x200C or 0x200D => true,
        _ => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator),
    };
}
