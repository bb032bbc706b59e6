using Functional.Host.Files;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Data;

/// <summary>
/// Gathers the cells of a column. Whether it holds numbers or text is seen from the cells, unless that is known: a
/// column whose first cells are numbers and that has text later is read again as text.
/// </summary>
internal sealed class ColumnReader(string name, bool? isText, int place, DataOptions options, bool commas)
{
    // A column of more different numbers than this with hardly any text in it is one of numbers with mistakes.
    private const int FewNumbers = 20, MistakesIn = 20;

    private readonly List<double> numbers = [];
    private readonly List<int> codes = [];
    private readonly List<string> texts = [];
    private readonly Dictionary<string, int> known = new(StringComparer.Ordinal);
    private readonly LargeIntegers large = new();
    private (int Line, string Cell)? odd;
    private int oddCount, filled;
    private readonly bool? given = isText;
    private bool? kind = isText;

    /// <summary>What the column is called.</summary>
    public string Name => name;

    /// <summary>Whether its numbers may have decimal commas.</summary>
    public bool HasCommas => commas;

    /// <summary>The line on which each of the texts is first.</summary>
    public List<int> Lines { get; } = [];

    /// <summary>Adds a cell.</summary>
    public void Add(ReadOnlySpan<char> cell, int line, CellFaults faults)
    {
        cell = cell.Trim();
        if (CellText.IsGap(cell))
        {
            if (options.Missing == MissingCells.Refuse)
                faults.Add(
                    name, line, kind == true ? "a text" : "a finite number",
                    cell.IsEmpty ? "an empty cell" : $"'{cell}'");
            numbers.Add(double.NaN);
            codes.Add(-1);
            return;
        }
        filled++;
        var number = kind == true ? null : CellText.Number(cell, commas);
        kind ??= number is null && !CellText.IsTooLarge(cell);
        if (kind.Value)
            AddText(cell, line);
        else if (number is { } value)
        {
            numbers.Add(value);
            if (Math.Abs(value) >= LargeIntegers.AllExact && large.Fault(place, value, cell.ToString()) is { } fault)
                faults.Add(name, line, LargeIntegers.Expected, fault);
        }
        else
        {
            oddCount++;
            odd ??= (line, cell.ToString());
            numbers.Add(double.NaN);
            if (CellText.IsTooLarge(cell))
                faults.Add(name, line, "a number of at most 3.4E+38 in size", $"'{Short(cell.ToString())}'");
            else if (given is false)
                Refuse(line, cell.ToString(), faults);
        }
    }

    /// <summary>Whether the column has to be read again, as text. If not, cells that aren't numbers become
    /// faults.</summary>
    public bool HasText(CellFaults faults)
    {
        if (odd is not var (line, cell) || given is false)
            return false;
        var isMistake = oddCount * MistakesIn <= filled && numbers.Distinct().Skip(FewNumbers).Any();
        if (isMistake)
            Refuse(line, cell, faults);
        return !isMistake;
    }

    /// <summary>The column.</summary>
    public Column Column() => kind == true
        ? new TextColumn(name, texts, [.. codes]) : new NumberColumn(name, [.. numbers]);

    /// <summary>Adds a cell that counts as text, whatever it holds.</summary>
    public void AddText(ReadOnlySpan<char> cell, int line)
    {
        cell = cell.Trim();
        kind = true;
        var lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(cell, out var code))
        {
            (code, var text) = (texts.Count, cell.ToString());
            known.Add(text, code);
            texts.Add(text);
            Lines.Add(line);
        }
        codes.Add(code);
    }

    private void Refuse(int line, string cell, CellFaults faults) => faults.Add(
        name, line, "a finite number",
        $"'{Short(cell)}'{(!commas && CellText.HasDecimalComma(cell) ? " (a decimal comma?)" : "")}");
}
