using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Functional.Host.Charts;
using Functional.Host.Files;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Data;

/// <summary>A table of numbers with a class per row.</summary>
/// <param name="Numbers">Row after row, without the classes.</param>
/// <param name="Names">What columns and classes are called.</param>
/// <param name="Labels">The class of each row, as its place among the names of the classes.</param>
public sealed record CsvTable(float[] Numbers, TableNames Names, byte[] Labels);

/// <summary>
/// Tables as text: RFC 4180 with a header row, in UTF-8; a comma, a semicolon or a tab between cells, whichever the header
/// has first. Every row has as many cells as the header, and no cell is empty: missing values are errors, not guesses.
/// </summary>
public static class Csv
{
    private const int LongestCell = 10_000, MostColumns = 100_000;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">The column that holds the classes; all others are features.</param>
    /// <param name="known">What an earlier table's columns and classes are called: this one's must be the same.</param>
    /// <exception cref="DataException">The file can't be read, or is no such table.</exception>
    public static CsvTable Read(string path, string label, TableNames? known = null) =>
        DataFile.Open(path, stream => Read(stream, path, label, known));

    /// <summary>Reads a stream from its beginning to its end.</summary>
    /// <inheritdoc cref="Read(string, string, TableNames)"/>
    public static CsvTable Read(Stream stream, string name, string label, TableNames? known = null)
    {
        var (numbers, classes, columns) = (new List<float>(), new List<string>(), Array.Empty<string>());
        var labelAt = -1;
        Rows(stream, name, (line, cells) =>
        {
            if (labelAt < 0)
            {
                columns = Columns(name, cells);
                labelAt = Array.IndexOf(columns, label);
                if (labelAt < 0)
                    throw new DataException(name, "line 1", $"a column '{label}', which holds the classes", $"{Listed(columns)}{Suggestion.Of(label, columns)}");
                if (columns.Length < 2)
                    throw new DataException(name, "line 1", "a column of numbers besides the classes", "none");
                columns = [.. columns.Where((_, i) => i != labelAt)];
                if (known is not null && !known.Features.SequenceEqual(columns))
                    throw new DataException(name, "line 1", $"the columns {Listed(known.Features)}", Listed(columns));
                return;
            }
            for (var i = 0; i < cells.Length; i++)
                if (i == labelAt)
                    classes.Add(cells[i].Trim() is { Length: > 0 } text
                        ? text : throw new DataException(name, $"line {line}, column '{label}'", "a class", "an empty cell"));
                else if (Number(cells[i]) is { } number)
                    numbers.Add(number);
                else
                {
                    var column = Short(columns[i < labelAt ? i : i - 1]);
                    // What the first row has in place of a number may be a class.
                    var hint = numbers.Count < columns.Length && cells[i].Any(char.IsLetter) && !float.TryParse(cells[i], CultureInfo.InvariantCulture, out _)
                        ? $"; is '{column}' the label?" : "";
                    throw new DataException(
                        name, $"line {line}, column '{column}'", "a finite number",
                        cells[i].Trim().Length == 0 ? "an empty cell" : $"'{Short(cells[i])}'{hint}");
                }
        });
        if (labelAt < 0)
            throw new DataException(name, null, "a header row", "nothing");
        if (classes.Count == 0)
            throw new DataException(name, null, "a row at least", "a header only");
        IReadOnlyList<string> names = known is { Classes.Count: > 0 } ? known.Classes : InOrder(classes.Distinct(StringComparer.Ordinal));
        if (names.Count is < 2 or > 256)
            throw new DataException(name, $"column '{label}'", "from 2 to 256 classes", $"{names.Count}");
        var places = names.Select((text, place) => (text, place)).ToDictionary(pair => pair.text, pair => (byte)pair.place, StringComparer.Ordinal);
        var stranger = classes.Find(text => !places.ContainsKey(text));
        if (stranger is not null)
            throw new DataException(name, $"column '{label}'", $"one of {Listed(names)}", $"'{Short(stranger)}'");
        return new CsvTable(
            [.. numbers], new TableNames(columns, names, label), [.. classes.Select(text => places[text])]);
    }

    /// <summary>Reads rows of numbers whose classes aren't known.</summary>
    /// <param name="path">The file.</param>
    /// <param name="features">The columns that are wanted, in order; others may be there.</param>
    /// <returns>Row after row.</returns>
    /// <exception cref="DataException">The file can't be read, or lacks a column or a number.</exception>
    public static float[] ReadFeatures(string path, IReadOnlyList<string> features) => DataFile.Open(path, stream =>
    {
        var numbers = new List<float>();
        int[]? places = null;
        Rows(stream, path, (line, cells) =>
        {
            if (places is null)
            {
                var columns = Columns(path, cells);
                places = [.. features.Select(feature => Array.IndexOf(columns, feature) is >= 0 and var place
                    ? place : throw new DataException(path, "line 1", $"a column '{feature}'", "none"))];
                return;
            }
            foreach (var (place, feature) in places.Zip(features))
                numbers.Add(Number(cells[place]) ?? throw new DataException(
                    path, $"line {line}, column '{Short(feature)}'", "a finite number", $"'{Short(cells[place])}'"));
        });
        return numbers.ToArray();
    });

    private static void Rows(Stream stream, string name, Action<int, string[]> use)
    {
        var line = 1;
        try
        {
            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), leaveOpen: true);
            var start = new char[1 << 12];
            var header = new string(start, 0, reader.ReadBlock(start));
            stream.Position = 0;
            reader.DiscardBufferedData();
            var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                Delimiter = Separator(header).ToString(),
                MaxFieldSize = LongestCell,
                // A quote that stays open goes on to the end of the file: what is wrong is where it begins.
                BadDataFound = bad => throw (bad.Field is ['"', ..] && bad.Field.Contains('\n', StringComparison.Ordinal)
                    ? new DataException(name, $"line {bad.Context.Parser!.RawRow - bad.Field.Count(letter => letter == '\n')}", "a quote at the end of the cell, too", $"'{Short(bad.Field.Split('\n')[0].TrimEnd('\r'))}'")
                    : new DataException(name, $"line {line}", "quotes around whole cells only", $"'{Short(bad.Field)}'")),
            };
            using var parser = new CsvParser(reader, configuration);
            var columns = 0;
            while (parser.Read())
            {
                line = parser.RawRow;
                var cells = parser.Record!;
                columns = columns == 0 ? cells.Length : columns;
                if (cells.Length > MostColumns)
                    throw new DataException(name, $"line {line}", $"at most {MostColumns} cells", $"{cells.Length}");
                if (cells.Length != columns)
                    throw new DataException(name, $"line {line}", $"{columns} cells, as in the header", $"{cells.Length}");
                use(line, cells);
                line++;
            }
        }
        catch (DecoderFallbackException)
        {
            throw new DataException(name, $"line {line} or after it", "text in UTF-8", "bytes that are none");
        }
        catch (CsvHelperException e)
        {
            throw new DataException(name, $"line {line}", "a row of a table", $"\"{e.Message.Split('\n')[0].TrimEnd('\r')}\"");
        }
    }

    // A column's name in quotes may have another; a quote within it is there twice, and so ends nothing.
    private static char Separator(string header)
    {
        var quoted = false;
        foreach (var character in header)
            if (character == '"')
                quoted = !quoted;
            else if (!quoted && character is (',' or ';' or '\t'))
                return character;
        return ',';
    }

    private static string[] Columns(string name, string[] cells)
    {
        string[] columns = [.. cells.Select(cell => cell.Trim())];
        if (Array.IndexOf(columns, "") is >= 0 and var empty)
            throw new DataException(name, "line 1", "a name for each column", $"none for column {empty + 1}");
        if (columns.GroupBy(column => column).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new DataException(name, "line 1", "each column once", $"'{Short(twice.Key)}' again");
        return columns;
    }

    private static float? Number(string cell) =>
        float.TryParse(cell.AsSpan().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number)
            ? number : null;

    // As numbers where all are, otherwise as texts.
    private static string[] InOrder(IEnumerable<string> classes)
    {
        string[] texts = [.. classes.Order(StringComparer.Ordinal)];
        var numbers = Array.ConvertAll(texts, Number);
        return numbers.Contains(null) ? texts : [.. texts.Zip(numbers).OrderBy(pair => pair.Second).Select(pair => pair.First)];
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Take(20).Select(name => Short(name)));
}
