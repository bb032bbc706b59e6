using System.Text.RegularExpressions;
using Functional.Host.Experiments;

namespace Functional.Host.Commands;

/// <summary>The terminal's texts in Japanese. Faults, hints and help are made in English, by code that doesn't know who
/// reads them; <c>Japanese.txt</c> says how each is put in Japanese. What it doesn't know stays in English as a whole.
/// </summary>
/// <remarks>An entry is one or several texts in English, a line each, and below them, indented, the one in Japanese.
/// <c>{name}</c> stands for anything, <c>{%name}</c> for a word, <c>{*name}</c> for words with commas between, and
/// <c>{#name}</c> for a number, all taken over as they are; <c>&lt;name&gt;</c> stands for a text with an entry of its
/// own.</remarks>
internal static partial class Translation
{
    private static readonly Lazy<Entry[]> All = new(() => [.. Read()]);

    private static readonly Lazy<Dictionary<string, string>> Fixed = new(() => All.Value.Where(one => !one.HasHoles)
        .ToDictionary(one => one.English, one => one.Japanese));

    private static readonly Lazy<Entry[]> Patterns = new(() => [.. All.Value.Where(one => one.HasHoles)]);

    /// <summary>Every entry, in the order of the file: of two that fit, the first counts.</summary>
    public static IReadOnlyList<Entry> Entries => All.Value;

    /// <summary>A text in the reader's language; what it is indented by stays.</summary>
    public static string Say(string english)
    {
        if (Locale.Language == Language.English)
            return english;
        var text = english.TrimStart(' ');
        return InJapanese(text) is { } japanese ? english[..^text.Length] + japanese : english;
    }

    /// <summary>A text in Japanese; null if there is none.</summary>
    public static string? InJapanese(string english) =>
        Fixed.Value.TryGetValue(english, out var japanese) ? japanese
        : Patterns.Value.Select(one => one.Of(english)).FirstOrDefault(found => found is not null);

    private static IEnumerable<Entry> Read()
    {
        using var reader = new StreamReader(
            typeof(Translation).Assembly.GetManifestResourceStream("Japanese.txt")!);
        var english = new List<string>();
        while (reader.ReadLine() is { } line)
            if (line.Length == 0 || line[0] == '#')
                continue;
            else if (line[0] != ' ')
                english.Add(line);
            else
            {
                foreach (var text in english)
                    yield return new Entry(text, line.Trim());
                english.Clear();
            }
    }

    /// <summary>A text with holes, in both languages.</summary>
    internal sealed record Entry(string English, string Japanese)
    {
        private readonly string start = Hole().Split(English)[0];
        private Regex? pattern;

        /// <summary>The names of the English text's holes.</summary>
        public IEnumerable<string> Holes => Hole().Matches(English).Select(match => match.Value);

        /// <summary>The names of the Japanese text's holes.</summary>
        public IEnumerable<string> Used => Hole().Matches(Japanese).Select(match => match.Value);

        /// <summary>Whether it stands for more than one text.</summary>
        public bool HasHoles => Holes.Any();

        /// <summary>A text of this form in Japanese; null if it has another form, or a part that has no Japanese.
        /// </summary>
        public string? Of(string english)
        {
            if (!english.StartsWith(start, StringComparison.Ordinal))
                return null;
            pattern ??= new Regex(Pattern(), RegexOptions.Singleline | RegexOptions.CultureInvariant);
            if (pattern.Match(english) is not { Success: true } match)
                return null;
            var values = new Dictionary<string, string>();
            foreach (var hole in Holes)
            {
                var value = match.Groups[NameOf(hole)].Value;
                if ((hole[0] == '<' ? InJapanese(value) : value) is not { } known)
                    return null;
                values[hole] = known;
            }
            return Hole().Replace(Japanese, hole => values[hole.Value]);
        }

        private string Pattern()
        {
            var holes = Holes.ToArray();
            return "^" + string.Concat(Hole().Split(English).Select((text, i) => Regex.Escape(text)
                + (i == holes.Length ? "" : $"(?<{NameOf(holes[i])}>{FormOf(holes[i])})"))) + "$";
        }

        private static string FormOf(string hole) => hole[..2] switch
        {
            "{#" => "[-+0-9.,eE]+",
            "{%" => @"[^\s]+?",
            "{*" => @"[^\s,]+(, [^\s,]+)+",
            // A value may be empty.
            _ => hole[0] == '<' ? ".+?" : ".*?",
        };

        private static string NameOf(string hole) => hole.Trim('{', '}', '<', '>', '#', '%', '*');
    }

    [GeneratedRegex("[{][#%*]?[a-z]+[}]|<[a-z]+>")]
    private static partial Regex Hole();
}
