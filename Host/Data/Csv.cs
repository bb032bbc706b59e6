using System.Globalization;
using System.Text.RegularExpressions;
using Functional.Host.Files;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Data;

/// <summary>What a table must have.</summary>
/// <param name="Columns">The columns that are wanted, in order; others may be there. All but the target's if none are
/// named.</param>
/// <param name="Task">What its target must be, if that is known: no other classes.</param>
public sealed record TableForm(IReadOnlyList<string> Columns, LearningTask? Task = null)
{
    /// <summary>That of another table.</summary>
    internal static TableForm Of(DataPart table) => new(
        [.. ((Rows)table.Samples).Columns.Select(column => column.Name!)], table.Targets.Task(table.All));

    /// <summary>What an encoder and its task take; null of images.</summary>
    internal static TableForm? Of(FeatureEncoder encoder, LearningTask task) => encoder is not TableEncoder table ? null
        : new(table.HasNames ? [.. table.Columns.Select(column => column.Name!)] : [],
            task is Classification { AreNamed: false } ? null : task);
}

/// <summary>
/// Tables as text: RFC 4180 with a header row, in UTF-8, or in another Unicode encoding that a byte order mark names; a
/// comma, a semicolon or a tab between cells, whichever the header has first. Every row has as many cells as the
/// header, and no cell is empty: missing values are errors, not guesses. Numbers are read in double precision.
/// </summary>
internal static partial class Csv
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">The column that holds the classes; all others are features.</param>
    /// <param name="known">What an earlier table has: this one must have those columns, in any order and beside any
    /// others, and no other classes.</param>
    /// <exception cref="DataException">The file can't be read, or is no such table.</exception>
    public static DataPart Read(string path, string label, TableForm? known = null) =>
        DataFile.Open(path, stream => Read(stream, path, label, known));

    /// <summary>Reads a stream from its beginning to its end.</summary>
    /// <inheritdoc cref="Read(string, string, TableForm)"/>
    public static DataPart Read(Stream stream, string name, string label, TableForm? known = null)
    {
        using var rows = new CsvRows(stream, name);
        var columns = Header(rows, name);
        var labelAt = Array.IndexOf(columns, label);
        if (labelAt < 0)
            throw new DataException(
                name, "line 1", $"a column '{label}', which holds the classes",
                $"{Listed(columns)}{Suggestion.Of(label, columns)}");
        if (columns.Length < 2)
            throw new DataException(name, "line 1", "a column of numbers besides the classes", "none");
        string[] features = known is { Columns.Count: > 0 }
            ? [.. known.Columns] : Array.FindAll(columns, column => column != label);
        if (!features.All(columns.Contains))
            throw new DataException(
                name, "line 1", $"the columns {Listed(features)}", Listed(columns.Where(column => column != label)));

        var (numbers, labels, faults) = (Cells(features), new List<string>(), new CellFaults(name));
        var large = new LargeIntegers();
        var places = Array.ConvertAll(features, feature => Array.IndexOf(columns, feature));
        while (rows.Next() is { } cells)
        {
            AddNumbers(numbers, rows.Line, cells, places, features, faults, large);
            if (cells[labelAt].Trim() is { Length: > 0 } text)
                labels.Add(text);
            else
                faults.Add(label, rows.Line, "a class", "an empty cell");
        }
        faults.Throw();
        if (labels.Count == 0)
            throw new DataException(name, null, "a row at least", "a header only");
        var classes = known?.Task as Classification
            ?? new Classification(InOrder(labels.Distinct(StringComparer.Ordinal)), label);
        if (classes.Count is < 2 or > 256)
            throw new DataException(
                name, $"column '{label}'", "from 2 to 256 classes",
                $"{classes.Count}" + (classes.LooksMeasured(labels.Count)
                    ? ": it looks like a measured number, but networks learn classes here" : ""));
        var numbered = classes.Names.Index()
            .ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        var stranger = labels.Find(text => !numbered.ContainsKey(text));
        if (stranger is not null)
            throw new DataException(
                name, $"column '{label}'", $"one of {Listed(classes.Names)}", $"'{Short(stranger)}'");
        return new DataPart(
            Columns(features, numbers), new Classes(classes, [.. labels.Select(text => numbered[text])]));
    }

    /// <summary>Reads rows of numbers whose classes aren't known.</summary>
    /// <param name="path">The file.</param>
    /// <param name="features">The columns that are wanted, in order; others may be there.</param>
    /// <exception cref="DataException">The file can't be read, or lacks a column or a number.</exception>
    public static Rows ReadFeatures(string path, IReadOnlyList<string> features) =>
        DataFile.Open(path, stream => ReadFeatures(stream, path, features));

    /// <summary>Reads a stream from its beginning to its end.</summary>
    /// <inheritdoc cref="ReadFeatures(string, IReadOnlyList{string})"/>
    public static Rows ReadFeatures(Stream stream, string name, IReadOnlyList<string> features)
    {
        using var rows = new CsvRows(stream, name);
        var columns = Header(rows, name);
        int[] places = [.. features.Select(feature => Array.IndexOf(columns, feature) is >= 0 and var place
            ? place : throw new DataException(
                name, "line 1", $"a column '{feature}'", $"{Listed(columns)}{Suggestion.Of(feature, columns)}"))];
        var (numbers, faults, large) = (Cells(features), new CellFaults(name), new LargeIntegers());
        while (rows.Next() is { } cells)
            AddNumbers(numbers, rows.Line, cells, places, features, faults, large);
        faults.Throw();
        return Columns(features, numbers);
    }

    /// <summary>The columns' names.</summary>
    /// <exception cref="DataException">The file can't be read, or has no header.</exception>
    internal static string[] Columns(string path) => DataFile.Open(path, stream =>
    {
        using var rows = new CsvRows(stream, path);
        return Header(rows, path);
    });

    /// <summary>A finite number as tables have it; null if the text is none. (.NET takes one with NULs behind it.)
    /// </summary>
    internal static double? Number(string cell) =>
        !cell.Contains('\0')
            && double.TryParse(cell.AsSpan().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && float.IsFinite((float)number)
            ? number : null;

    /// <summary>The first of these names, to be shown.</summary>
    internal static string Listed(IEnumerable<string> names) =>
        string.Join(", ", names.Take(20).Select(name => Short(name)));

    private static string[] Header(CsvRows rows, string name)
    {
        string[] columns =
        [
            .. (rows.Next() ?? throw new DataException(name, null, "a header row", "nothing"))
                .Select(cell => cell.Trim()),
        ];
        if (Array.IndexOf(columns, "") is >= 0 and var empty)
            throw new DataException(name, "line 1", "a name for each column", $"none for column {empty + 1}");
        if (columns.GroupBy(column => column).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new DataException(name, "line 1", "each column once", $"'{Short(twice.Key)}' again");
        return columns;
    }

    private static List<double>[] Cells(IReadOnlyList<string> features) =>
        [.. features.Select(_ => new List<double>())];

    private static Rows Columns(IReadOnlyList<string> features, List<double>[] numbers) =>
        new([.. features.Select((feature, i) => new NumberColumn(feature, [.. numbers[i]]))]);

    private static void AddNumbers(
        List<double>[] numbers, int line, string[] cells, int[] places, IReadOnlyList<string> features,
        CellFaults faults, LargeIntegers large)
    {
        for (var i = 0; i < places.Length; i++)
        {
            var cell = cells[places[i]];
            if (Number(cell) is { } number)
            {
                numbers[i].Add(number);
                if (large.Fault(i, number, cell) is { } fault)
                    faults.Add(features[i], line, LargeIntegers.Expected, fault);
            }
            else
                faults.Add(
                    features[i], line, IsTooLarge(cell) ? "a number of at most 3.4E+38 in size" : "a finite number",
                    string.IsNullOrWhiteSpace(cell)
                        ? "an empty cell"
                        : $"'{Short(cell)}'{(DecimalComma().IsMatch(cell) ? " (a decimal comma?)" : "")}");
        }
    }

    // Beyond the largest number of single precision, and not called infinite by the file itself.
    private static bool IsTooLarge(string cell) =>
        double.TryParse(cell.AsSpan().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && Math.Abs(number) > float.MaxValue && cell.Any(char.IsAsciiDigit);

    /// <summary>Classes in order: as numbers where all are, otherwise as texts.</summary>
    internal static string[] InOrder(IEnumerable<string> classes)
    {
        string[] texts = [.. classes.Order(StringComparer.Ordinal)];
        var numbers = Array.ConvertAll(texts, Number);
        return numbers.Contains(null)
            ? texts : [.. texts.Zip(numbers).OrderBy(pair => pair.Second).Select(pair => pair.First)];
    }

    [GeneratedRegex(@"^\s*[+-]?[0-9]+,[0-9]+\s*$")]
    private static partial Regex DecimalComma();

    /// <summary>What is wrong with cells, the first of each column: who mends one wants to know of the others.
    /// </summary>
    private sealed class CellFaults(string name)
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
}
