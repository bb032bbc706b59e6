using System.Numerics;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Data;

/// <summary>
/// Gathers the cells of a column. Unless it is known whether it holds numbers or text, that is decided when all cells
/// are seen, so that their order doesn't matter. A column whose first cell is a number and that has text later has to
/// be read again as text.
/// </summary>
internal sealed class ColumnReader(
    WantedColumn wanted, DataOptions options, bool commas, string unit = "line", int count = 16)
{
    // A column of more different numbers than this with hardly any text in it is one of numbers with mistakes.
    private const int FewNumbers = 20, MistakesIn = 20;

    private readonly Pieces numbers = new(count);
    private readonly List<int> codes = [];
    private readonly List<string> texts = [];
    private readonly Dictionary<string, int> known = new(StringComparer.Ordinal);
    private readonly LargeIntegers large = new();
    private int odd, filled;
    // The first empty cell, and the first that a column of numbers can't have: faults only once it is one.
    private (int Line, string Found)? gap;
    private (int Line, string? Expected, string Found)? fault;
    private bool? kind = wanted.IsText, keepsTexts = wanted.IsText;
    private NumberKind? numberKind;

    /// <summary>What the column is called.</summary>
    public string Name => wanted.Name;

    /// <summary>Whether its numbers may have decimal commas.</summary>
    public bool HasCommas => commas;

    /// <summary>What is counted to tell where a cell is.</summary>
    public string Unit => unit;

    /// <summary>How many cells it has.</summary>
    public int Count => kind == true ? codes.Count : numbers.Count;

    /// <summary>The line on which each of the texts is first.</summary>
    public List<int> Lines { get; } = [];

    /// <summary>Adds the cell that a text, of letters or in UTF-8, begins with, if it is a short number whose text
    /// isn't wanted.</summary>
    /// <returns>The cell's length; -1 if it is another.</returns>
    public int AddShort<T>(ReadOnlySpan<T> text, T separator) where T : unmanaged, IBinaryInteger<T>
    {
        if (kind == true || keepsTexts == true)
            return -1;
        var length = CellText.Short(text, separator, out var number);
        if (length < 0)
            return -1;
        filled++;
        keepsTexts = false;
        numberKind = NumberKind.Number;
        numbers.Add(number);
        return length;
    }

    // What a cell should be: what the column is known to hold or, unless it is known, what its other cells are.
    private string Expected => CellText.Expected(wanted.Kind ?? numberKind ?? NumberKind.Number);

    /// <summary>Adds a cell.</summary>
    public void Add(ReadOnlySpan<char> cell, int line)
    {
        if (AddShort(cell, CellText.NoSeparator) >= 0)
            return;
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
            if (number is not null)
                numberKind = CellText.KindOf(cell, numberKind);
            odd += isOdd ? 1 : 0;
            if (isOdd)
                fault ??= (line, null,
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
            faults.Add(Name, line, kind.Value ? "a text" : Expected, found);
        if (!kind.Value && fault is var (place, expected, wrong))
            faults.Add(Name, place, expected ?? Expected, wrong);
        return kind.Value && keepsTexts == false;
    }

    /// <summary>Goes on with the cells that another reader of the column has, which has no more use then.</summary>
    /// <param name="next">The reader of the rows that follow; nothing is settled yet.</param>
    /// <param name="line">The lines before those.</param>
    /// <returns>Whether the cells are as if this had read them; if not, there is a fault.</returns>
    public bool Append(ColumnReader next, int line)
    {
        numbers.Append(next.numbers);
        (odd, filled) = (odd + next.odd, filled + next.filled);
        (gap, fault) = (gap ?? next.gap, fault ?? next.fault);
        numberKind = numberKind is null || next.numberKind is null || numberKind == next.numberKind
            ? numberKind ?? next.numberKind : NumberKind.Number;
        keepsTexts = keepsTexts == true ? next.keepsTexts ?? true : keepsTexts ?? next.keepsTexts;
        var places = next.texts.Zip(next.Lines, (text, at) => PlaceOf(text, line + at)).ToArray();
        codes.AddRange(next.codes.Select(code => code < 0 ? -1 : places[code]));
        return large.Append(next.large);
    }

    /// <summary>The column, in parts; its cells are given away, and can be had only once.</summary>
    /// <param name="parts">The rows of each part, ascending; null for all in one.</param>
    public Column[] Columns(int[][]? parts) => (kind == true, parts) switch
    {
        (true, null) => [new TextColumn(Name, texts, [.. codes])],
        (true, _) => [.. parts!.Select(rows => new TextColumn(Name, texts, Array.ConvertAll(rows, row => codes[row])))],
        _ => [.. numbers.Taken(parts).Select(values =>
            new NumberColumn(Name, values) { Kind = numberKind ?? NumberKind.Number })],
    };

    /// <summary>Adds a cell of a target: a text, whatever it holds, but not an empty one.</summary>
    public void AddTarget(ReadOnlySpan<char> cell, int line, CellFaults faults)
    {
        cell = cell.Trim();
        if (CellText.IsGap(cell))
            faults.Add(Name, line, "a value", Found(cell));
        else
            AddText(cell, line);
    }

    private void AddText(ReadOnlySpan<char> cell, int line) => codes.Add(PlaceOf(cell, line));

    private int PlaceOf(ReadOnlySpan<char> cell, int line)
    {
        var lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(cell, out var code))
            return code;
        (code, var text) = (texts.Count, cell.ToString());
        known.Add(text, code);
        texts.Add(text);
        Lines.Add(line);
        return code;
    }

    // Numbers that come one by one: none is copied before all are there.
    private sealed class Pieces(int size)
    {
        private const int Usual = 1 << 13;
        private readonly List<ArraySegment<double>> full = [];
        private double[] last = [];
        private int count;

        public int Count => full.Sum(piece => piece.Count) + count;

        public IEnumerable<double> All => full.Append(Last).SelectMany(piece => piece);

        private ArraySegment<double> Last => new(last, 0, count);

        public void Add(double number)
        {
            if (count == last.Length)
                Grow();
            last[count++] = number;
        }

        public void Append(Pieces next)
        {
            full.AddRange([Last, .. next.full, next.Last]);
            (last, count) = ([], 0);
        }

        /// <summary>Of each part its numbers, of all if there are no parts. None are left here.</summary>
        public double[][] Taken(int[][]? parts)
        {
            full.Add(Last);
            var taken = parts is null ? [Whole()] : Array.ConvertAll(parts, Taken);
            full.Clear();
            (last, count) = ([], 0);
            return taken;
        }

        private double[] Whole()
        {
            var (numbers, start) = (New(full.Sum(piece => piece.Count)), 0);
            foreach (var piece in full)
            {
                piece.CopyTo(numbers, start);
                start += piece.Count;
            }
            return numbers;
        }

        private double[] Taken(int[] rows)
        {
            var (numbers, at, start) = (New(rows.Length), 0, 0);
            foreach (var piece in full)
            {
                var end = start + piece.Count;
                for (var cells = piece.AsSpan(); at < rows.Length && rows[at] < end; at++)
                    numbers[at] = cells[rows[at] - start];
                start = end;
            }
            return numbers;
        }

        private void Grow()
        {
            if (count > 0)
                full.Add(Last);
            (last, count) = (New(full.Count == 0 ? size : Usual), 0);
        }

        private static double[] New(int length) => GC.AllocateUninitializedArray<double>(length);
    }

    // A cell, trimmed, as errors show it.
    private static string Found(ReadOnlySpan<char> cell) =>
        cell.IsEmpty ? "an empty cell" : $"'{Short(cell.ToString())}'";
}
