using Functional.Host.Files;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Data;

/// <summary>What is wrong with cells, the first of each column: who mends one wants to know of the others.
/// </summary>
internal sealed class CellFaults(string name, string unit = "line")
{
    private const int MostShown = 4, ShortText = 24;
    private readonly OrderedDictionary<string, (int Line, string Expected, string Found)> faults =
        new(StringComparer.Ordinal);

    public bool Any => faults.Count > 0;

    public void Add(string column, int line, string expected, string found)
    {
        if (!faults.TryGetValue(column, out var earlier) || line < earlier.Line)
            faults[column] = (line, expected, found);
    }

    public void Throw()
    {
        if (faults.OrderBy(fault => fault.Value.Line).ToArray() is not [var (column, first), .. var others])
            return;
        var shown = others.Take(MostShown).Select(fault =>
            $"'{Short(fault.Key, ShortText)}' ({unit} {fault.Value.Line}: {Short(fault.Value.Found, ShortText)})");
        throw new DataException(
            name, $"{unit} {first.Line}, column '{Short(column)}'", first.Expected,
            others.Length == 0 ? first.Found
            : $"{first.Found}; also in {string.Join(", ", shown)}"
            + (others.Length > MostShown ? $" and {Plural.Of(others.Length - MostShown, "other column")}" : ""));
    }
}
