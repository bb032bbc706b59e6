namespace Functional.Host;

/// <summary>What may have been meant by a word that isn't known.</summary>
internal static class Suggestion
{
    // What a damaged file calls a column may be as long as the file.
    private const int LongestName = 60;

    /// <summary>What a mistyped word may have been meant to be, as in <c>; did you mean iris?</c>; empty if nothing is
    /// near.</summary>
    public static string Of(string word, IEnumerable<string> names)
    {
        var near = names.Where(name => name.Length <= LongestName)
            .Select(name => (Name: name, Edits: name.StartsWith(word, StringComparison.Ordinal) ? 1
                : name.Equals(word, StringComparison.OrdinalIgnoreCase) ? 0 : Edits(word, name)))
            .Where(one => one.Edits <= Math.Max(1, word.TrimStart('-').Length / 3)
                // Of a single letter any other is one edit away.
                && (one.Edits < word.Length || one.Name.StartsWith(word, StringComparison.Ordinal))).ToArray();
        var nearest = near.Where(one => one.Edits == near.Min(other => other.Edits)).Select(one => one.Name);
        return near.Length == 0 ? "" : $"; did you mean {string.Join(" or ", nearest)}?";
    }

    /// <summary>How many letters were left out, added, replaced, or exchanged with their neighbors.</summary>
    public static int Edits(string one, string other)
    {
        var least = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
            for (var j = 0; j <= other.Length; j++)
                least[i, j] =
                    i == 0 || j == 0 ? i + j
                    : one[i - 1] == other[j - 1] ? least[i - 1, j - 1]
                    : 1 + Math.Min(
                        Math.Min(least[i - 1, j], least[i, j - 1]),
                        i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1]
                            ? least[i - 2, j - 2] : least[i - 1, j - 1]);
        return least[one.Length, other.Length];
    }
}
