using Functional.Host.Files;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Data;

/// <summary>What is wrong with cells, the first of each column: who mends one wants to know of the others.
/// </summary>
internal sealed class CellFaults(string name)
{
    private const int MostShown = 4, ShortText = 24;
    private readonly List<(string Column, int Line, string Expected, string Found)> faults = [];
    private readonly HashSet<string> columns = new(StringComparer.Ordinal);

    public void Add(string column, int line, string expected, string found)
    {
        if (columns.Add(column))
            faults.Add((column, line, expected, found));
    }

    public void Throw()
    {
        if (faults is not [var first, .. var others])
            return;
        var shown = others.Take(MostShown).Select(
            fault => $"'{Short(fault.Column, ShortText)}' (line {fault.Line}: {Short(fault.Found, ShortText)})");
        throw new DataException(
            name, $"line {first.Line}, column '{Short(first.Column)}'", first.Expected,
            others.Count == 0 ? first.Found
            : $"{first.Found}; also in {string.Join(", ", shown)}"
            + (others.Count > MostShown ? $" and {others.Count - MostShown} other columns" : ""));
    }
}
