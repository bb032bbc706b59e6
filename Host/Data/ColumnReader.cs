using Functional.Host.Files;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Data;

/// <summary>
/// Gathers the cells of a column. Unless it is known whether it holds numbers or text, that is decided when all cells
/// are seen, so that their order doesn't matter. A column whose first cell is a number and that has text later has to
/// be read again as text.
/// </summary>
internal sealed class ColumnReader(
    string name, bool? isText, DataOptions options, bool commas, string unit = "line")
{
    // A column of more different numbers than this with hardly any text in it is one of numbers with mistakes.
    private const int FewNumbers = 20, MistakesIn = 20;

    private readonly Pieces numbers = new();
    private readonly List<int> codes = [];
    private readonly List<string> texts = [];
    private readonly Dictionary<string, int> known = new(StringComparer.Ordinal);
    private readonly LargeIntegers large = new();
    private int odd, filled;
    // The first empty cell, and the first that a column of numbers can't have: faults only once it is one.
    private (int Line, string Found)? gap;
    private (int Line, string Expected, string Found)? fault;
    private bool? kind = isText, keepsTexts = isText;
    private NumberKind? numberKind;

    /// <summary>What the column is called.</summary>
    public string Name => name;

    /// <summary>Whether its numbers may have decimal commas.</summary>
    public bool HasCommas => commas;

    /// <summary>What is counted to tell where a cell is.</summary>
    public string Unit => unit;

    /// <summary>The line on which each of the texts is first.</summary>
    public List<int> Lines { get; } = [];

    /// <summary>Adds a cell.</summary>
    public void Add(ReadOnlySpan<char> cell, int line)
    {
        if (kind != true && keepsTexts != true && CellText.IsShort(cell, out var plain))
        {
            filled++;
            keepsTexts = false;
            numberKind = NumberKind.Number;
            numbers.Add(plain);
            return;
        }
        cell = cell.Trim();
        if (CellText.IsGap(cell))
        {
            gap ??= (line, Found(cell));
            numbers.Add(double.NaN);
            codes.Add(-1);
        }
        else if (kind == true)
            AddText(cell, line);
        else
        {
            filled++;
            var number = CellText.Number(cell, commas);
            var isOdd = number is null && !CellText.IsTooLarge(cell);
            numbers.Add(number ?? double.NaN);
            numberKind = CellText.KindOf(cell, numberKind);
            odd += isOdd ? 1 : 0;
            if (isOdd)
                fault ??= (line, "a finite number",
                    Found(cell) + (!commas && CellText.HasDecimalComma(cell) ? " (a decimal comma?)"
                        : CellText.Like(cell) is { } like ? $" (it looks like {like})" : ""));
            else if (number is not { } value)
                fault ??= (line, "a number of at most 3.4E+38 in size", Found(cell));
            else if (Math.Abs(value) >= LargeIntegers.AllExact && large.Fault(value, cell.ToString()) is { } same)
                fault ??= (line, LargeIntegers.Expected, same);
            keepsTexts ??= isOdd;
            if (keepsTexts.Value)
                AddText(cell, line);
        }
    }

    /// <summary>Decides between numbers and text when all cells are added, and tells the faults that the column then
    /// has.</summary>
    /// <returns>Whether it has to be read again, as text.</returns>
    public bool Settle(CellFaults faults)
    {
        kind ??= odd > 0 && (odd * MistakesIn > filled
            || !numbers.All.Where(number => !double.IsNaN(number)).Distinct().Skip(FewNumbers).Any());
        if (gap is var (line, found) && options.Missing == MissingCells.Refuse)
            faults.Add(name, line, kind.Value ? "a text" : "a finite number", found);
        if (!kind.Value && fault is var (place, expected, wrong))
            faults.Add(name, place, expected, wrong);
        return kind.Value && keepsTexts == false;
    }

    /// <summary>The column.</summary>
    public Column Column() => kind == true
        ? new TextColumn(name, texts, [.. codes])
        : new NumberColumn(name, numbers.ToArray()) { Kind = numberKind ?? NumberKind.Number };

    /// <summary>Adds a cell of a target: a text, whatever it holds, but not an empty one.</summary>
    public void AddTarget(ReadOnlySpan<char> cell, int line, CellFaults faults)
    {
        cell = cell.Trim();
        if (CellText.IsGap(cell))
            faults.Add(name, line, "a value", Found(cell));
        else
            AddText(cell, line);
    }

    private void AddText(ReadOnlySpan<char> cell, int line)
    {
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

    // Numbers that come one by one: none is copied before all are there.
    private sealed class Pieces
    {
        private const int Size = 1 << 14;
        private readonly List<double[]> full = [];
        private double[] last = [];
        private int count;

        public IEnumerable<double> All => full.SelectMany(piece => piece).Concat(last.Take(count));

        public void Add(double number)
        {
            if (count == last.Length)
            {
                if (count > 0)
                    full.Add(last);
                (last, count) = (new double[full.Count == 0 && count == 0 ? 16 : Size], 0);
            }
            last[count++] = number;
        }

        public double[] ToArray()
        {
            var (all, at) = (new double[full.Sum(piece => piece.Length) + count], 0);
            foreach (var piece in full)
            {
                piece.CopyTo(all, at);
                at += piece.Length;
            }
            last.AsSpan(0, count).CopyTo(all.AsSpan(at));
            full.Clear();
            (last, count) = ([], 0);
            return all;
        }
    }

    // A cell, trimmed, as errors show it.
    private static string Found(ReadOnlySpan<char> cell) =>
        cell.IsEmpty ? "an empty cell" : $"'{Short(cell.ToString())}'";
}
