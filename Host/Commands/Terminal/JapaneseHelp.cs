using System.CommandLine;
using System.CommandLine.Help;
using System.Text.RegularExpressions;
using Spectre.Console.Rendering;

namespace Functional.Host.Commands;

/// <summary>Help in Japanese: descriptions from <see cref="Translation"/>, System.CommandLine's own words, and lines
/// that are broken where Japanese lines may be.</summary>
internal static partial class JapaneseHelp
{
    private const string Default = " [default: ";

    private const int Indent = 2, Share = 3;

    // What may not begin a line.
    private const string Closing = "、。）］」：；？！ー…っゃゅょぁぃぅぇぉッャュョァィゥェォ,.)]:;?!";

    /// <summary>Puts the descriptions of a command and of all below it in Japanese.</summary>
    public static void Translate(Command command)
    {
        foreach (var symbol in (Symbol[])[command, .. command.Options, .. command.Arguments])
            if (symbol.Description is { } english)
                symbol.Description = Described(english) ?? english;
        foreach (var below in command.Subcommands)
            Translate(below);
    }

    /// <summary>A description in Japanese, with its default; null if there is none.</summary>
    internal static string? Described(string english)
    {
        if (!english.EndsWith(']') || english.LastIndexOf(Default, StringComparison.Ordinal) is not (> 0 and var at))
            return Translation.InJapanese(english);
        var standard = english[(at + Default.Length)..^1];
        return Translation.InJapanese(english[..at]) is { } text
            ? $"{text} [既定値：{Translation.InJapanese(standard) ?? standard}]" : null;
    }

    /// <summary>The help of System.CommandLine, whose lines were not broken, in Japanese.</summary>
    /// <param name="help">With Japanese descriptions, and headings in English.</param>
    /// <param name="width">Of the terminal.</param>
    public static IEnumerable<string> Lines(IEnumerable<string> help, int width) =>
        from line in help
        let text = line.TrimEnd().EndsWith(':') && Translation.InJapanese(line.Trim()) is { } heading
            ? line[..^line.TrimStart().Length] + heading
            : Own().Replace(line, word => Translation.InJapanese(word.Value.Trim()) ?? word.Value)
        from row in Broken(text, width)
        select row;

    [GeneratedRegex(@"(?<=^  functional.*)\[(command|options)\]|\(REQUIRED\)|\[default: ")]
    private static partial Regex Own();

    /// <summary>A row of help in lines that fit the width: what follows the first column stays below it. A first column
    /// that takes more than half of the width leaves its place to the others.</summary>
    internal static IEnumerable<string> Broken(string row, int width)
    {
        var first = FirstColumn().Match(row).Length;
        if (first <= width / 2 && Width(row) <= width)
            return [row];
        var (lines, column) = (new List<string>(), first == 0 ? Indent : Math.Min(first, width / Share));
        var line = row[..first].TrimEnd();
        if (first > 0 && line.Length >= column)
        {
            lines.Add(line);
            line = "";
        }
        line = line.PadRight(column);
        var used = column;
        foreach (var piece in Pieces().Matches(row[first..].TrimStart()).Select(match => match.Value))
        {
            if (used > column && used + Width(piece.TrimEnd()) >= width
                && !IsClosing(piece))
            {
                lines.Add(line.TrimEnd());
                (line, used) = (new string(' ', column), column);
            }
            line += piece;
            used += Width(piece);
        }
        return lines.Append(line.TrimEnd());
    }

    // The dot of .csv begins a word.
    private static bool IsClosing(string piece) =>
        Closing.Contains(piece[0], StringComparison.Ordinal) && !(piece.Length > 1 && char.IsAsciiLetter(piece[1]));

    /// <summary>The columns of the terminal that a text takes: two for each Japanese letter.</summary>
    internal static int Width(string text) => Segment.CellCount([new Segment(text)]);

    [GeneratedRegex(@"^  \S.*?  +(?=\S)")]
    private static partial Regex FirstColumn();

    // A Latin word with what closes it, or one Japanese letter.
    [GeneratedRegex(@"[!-~]+ *|. *")]
    private static partial Regex Pieces();
}
