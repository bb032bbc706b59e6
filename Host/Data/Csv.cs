using Functional.Host.Files;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Data;

/// <summary>
/// Tables as text: RFC 4180 with a header row, in UTF-8, or in another Unicode encoding that a byte order mark names; a
/// comma, a semicolon or a tab between cells, whichever the header has first or a line before it names (<c>sep=;</c>).
/// Every row has as many cells as the header. Columns are numbers, in double precision, or text: see
/// <see cref="CellText"/> for what counts as a number, and as no value at all.
/// </summary>
internal static class Csv
{
    private const int MostClasses = 256, ManyNumbers = 1 << 22;

    /// <summary>Reads a stream from its beginning to its end.</summary>
    /// <param name="stream">The text; it must be able to seek.</param>
    /// <param name="name">What it is called, for errors.</param>
    /// <param name="options">Names the column of the target; all others are features.</param>
    /// <param name="parts">Of each part that is wanted its rows, ascending; null for all in one.</param>
    /// <exception cref="DataException">The stream holds no such table.</exception>
    public static DataPart[] Read(
        Stream stream, string name, DataOptions options, Func<Targets, int[][]>? parts = null)
    {
        var header = Header(stream, name);
        return Read(name, "line 1", header, options, parts, (features, targets) =>
            Columns(stream, name, header, features, targets, options));
    }

    /// <summary>Makes a table of columns, wherever they come from.</summary>
    /// <param name="name">What it is called, for errors.</param>
    /// <param name="place">Where the names of the columns are; null if that has no place.</param>
    /// <param name="header">The names.</param>
    /// <param name="options">Names the column of the target; all others are features.</param>
    /// <param name="parts">Of each part that is wanted its rows, ascending; null for all in one.</param>
    /// <param name="read">Reads the columns of features, by name and whether they hold text, if that is known; and
    /// those of targets.</param>
    internal static DataPart[] Read(
        string name, string? place, string[] header, DataOptions options, Func<Targets, int[][]>? parts,
        Func<(string Name, bool? IsText)[], string[], (ColumnReader[] Features, ColumnReader[] Targets)> read)
    {
        var targets = TargetsOf(header, options.Label!) ?? throw Missing(
            name, place, header, options.Label!, ", which is to be learned");
        Require(name, place, header, options.Ignore, ", which is to be ignored");
        var features = Wanted(options.Known)
            ?? [.. header.Except(targets).Except(options.Ignore).Select(column => (column, (bool?)null))];
        if (features.Length == 0)
            throw new DataException(name, place, "a column besides the target", "none");
        Require(name, place, header, features.Select(feature => feature.Name));
        var (columns, answers) = read(features, targets);
        if (columns[0].Count == 0)
            throw new DataException(name, null, "a row at least", "a header only");
        var all = TargetsOf(name, answers, options);
        // Both parts at once, column by column, so that the whole table is never there beside them.
        var split = parts?.Invoke(all);
        var parted = columns.AsParallel().AsOrdered().WithDegreeOfParallelism(Threads.Count)
            .Select(column => column.Columns(split)).ToArray();
        // What was gathered is garbage now, as much as the table. The collector would let it lie beside all that is
        // encoded next.
        if ((long)all.Count * columns.Length > ManyNumbers)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
        return
        [
            .. (split ?? [[]]).Select((rows, part) => new DataPart(
                new Rows([.. parted.Select(column => column[part])]), split is null ? all : all.Take(rows))),
        ];
    }

    /// <summary>Reads rows whose targets aren't known.</summary>
    /// <param name="stream">From its beginning to its end.</param>
    /// <param name="name">What it is called, for errors.</param>
    /// <param name="form">The columns that are wanted, in order; others may be there.</param>
    /// <exception cref="DataException">The stream holds no table, or lacks a column or a number.</exception>
    public static Rows ReadSamples(Stream stream, string name, TableForm form)
    {
        var header = Header(stream, name);
        var features = Wanted(form)!;
        Require(name, "line 1", header, features.Select(feature => feature.Name));
        var (columns, _) = Columns(stream, name, header, features, [], new DataOptions());
        return new Rows([.. columns.Select(column => column.Columns(null)[0])]);
    }

    /// <summary>The columns that hold a target, if all are there: of a column or, with commas between, of several.
    /// </summary>
    internal static string[]? TargetsOf(string[] header, string label) =>
        header.Contains(label) ? [label]
        : label.Split(',', StringSplitOptions.TrimEntries) is { Length: > 1 } several && several.All(header.Contains)
            ? several.Distinct().Count() == several.Length ? several
                : throw new UsageException(new Fault(nameof(DataOptions.Label), $"a column is named twice: {label}"))
        : null;

    /// <summary>The first of these names, to be shown.</summary>
    internal static string Listed(IEnumerable<string> names) =>
        string.Join(", ", names.Take(20).Select(name => Short(name)));

    internal static void Require(
        string name, string? place, string[] header, IEnumerable<string> columns, string purpose = "")
    {
        if (columns.FirstOrDefault(column => !header.Contains(column)) is { } missing)
            throw Missing(name, place, header, missing, purpose);
    }

    private static DataException Missing(
        string name, string? place, string[] header, string column, string purpose) => new(
        name, place, $"a column '{column}'{purpose}", $"{Listed(header)}{Suggestion.Of(column, header)}");

    /// <summary>The columns that a form names, and whether they hold text; null if it names none.</summary>
    internal static (string Name, bool? IsText)[]? Wanted(TableForm? form) =>
        form is { Columns: { Count: > 0 } columns } ? [.. columns.Select(column => (column.Name, (bool?)column.IsText))]
        : null;

    private static (ColumnReader[] Features, ColumnReader[] Targets) Columns(
        Stream stream, string name, string[] header, (string Name, bool? IsText)[] features, string[] targets,
        DataOptions options)
    {
        for (var inBlocks = true; ;)
        {
            var (faults, wanted) = (new CellFaults(name), new CsvColumns(name, header, features, targets, options));
            var columns = inBlocks ? CsvBlocks.Read(stream, name, wanted) : null;
            inBlocks = columns is not null;
            columns ??= Whole(stream, name, wanted, faults);
            var again = columns.Take(features.Length).Select(column => column.Settle(faults)).ToArray();
            if (inBlocks && faults.Any)
            {
                // Only the whole has the lines of faults.
                inBlocks = false;
                continue;
            }
            faults.Throw();
            if (!again.Contains(true))
                return (columns[..features.Length], columns[features.Length..]);
            features = [.. features.Select((feature, i) => again[i] ? (feature.Name, true) : feature)];
        }
    }

    private static ColumnReader[] Whole(Stream stream, string name, CsvColumns wanted, CellFaults faults)
    {
        using var rows = new CsvRows(stream, name);
        rows.Read();
        var columns = wanted.Readers(rows, 16);
        wanted.Fill(rows, columns, faults);
        return columns;
    }

    private static Targets TargetsOf(string name, ColumnReader[] answers, DataOptions options)
    {
        TextColumn[] columns = [.. answers.Select(answer => (TextColumn)answer.Columns(null)[0])];
        var kind = options.Task ?? options.Known?.Task switch
        {
            Classification => TargetKind.Classes,
            Regression => TargetKind.Quantities,
            _ => columns.Length > 1
                || Classification.LooksMeasured(columns[0].Texts, columns[0].Count, answers[0].HasCommas)
                ? TargetKind.Quantities : TargetKind.Classes,
        };
        if (kind == TargetKind.Classes)
            return columns is [var one]
                ? Classes(name, answers[0], one, options.Known?.Task as Classification) : throw new UsageException(
                    "classes are in one column; several columns are quantities");
        return new Quantities([.. answers.Zip(columns, (answer, column) => Quantity(name, answer, column))]);
    }

    private static NumberColumn Quantity(string name, ColumnReader answer, TextColumn column)
    {
        var numbers = new double[column.Texts.Count];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = CellText.Number(column.Texts[i], answer.HasCommas) ?? throw new DataException(
                name, $"{answer.Unit} {answer.Lines[i]}, column '{Short(column.Name!)}'",
                "a finite number, as a quantity is",
                $"'{Short(column.Texts[i])}'");
        return new NumberColumn(column.Name, Array.ConvertAll(column.Codes, code => numbers[code]));
    }

    private static Classes Classes(
        string name, ColumnReader answer, TextColumn column, Classification? known)
    {
        var classes = known ?? new Classification(InOrder(column.Texts), column.Name);
        var place = $"column '{column.Name}'";
        if (known is null && classes.Count < 2)
            throw new DataException(name, place, "at least 2 classes", $"{classes.Count}");
        if (known is null && classes.Count > MostClasses && classes.Count > column.Count / 2)
            throw new DataException(
                name, place, $"up to {MostClasses} classes, or two rows of each",
                $"{classes.Count} in {column.Count} rows" + (classes.Names.All(text => CellText.Plain(text) is not null)
                    ? ": take the numbers for a quantity, --task quantities" : ""));
        var numbered = classes.Names.Index()
            .ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        int[] codes =
        [
            .. column.Texts.Zip(answer.Lines, (text, line) =>
                numbered.TryGetValue(text, out var label) ? label : throw new DataException(
                    name, $"{answer.Unit} {line}, {place}", $"one of {Listed(classes.Names)}", $"'{Short(text)}'")),
        ];
        return new Classes(classes, Array.ConvertAll(column.Codes, code => codes[code]));
    }

    /// <summary>The columns' names.</summary>
    /// <exception cref="DataException">There is no header, or a column has no name or that of another.</exception>
    internal static string[] Header(Stream stream, string name)
    {
        using var rows = new CsvRows(stream, name);
        string[] columns =
        [
            .. (rows.Next() ?? throw new DataException(name, null, "a header row", "nothing"))
                .Select(cell => cell.Trim()),
        ];
        // Other tools write an index without a name.
        if (columns is ["", ..] && !columns.Contains("index"))
            columns[0] = "index";
        if (Array.IndexOf(columns, "") is >= 0 and var empty)
            throw new DataException(name, "line 1", "a name for each column", $"none for column {empty + 1}");
        return Distinct(name, "line 1", columns);
    }

    /// <summary>These names of columns.</summary>
    /// <exception cref="DataException">One is there twice.</exception>
    internal static string[] Distinct(string name, string? place, string[] columns) =>
        columns.CountBy(column => column).FirstOrDefault(count => count.Value > 1).Key is { } twice
            ? throw new DataException(name, place, "each column once", $"'{Short(twice)}' again") : columns;

    /// <summary>Classes in order: as numbers where all are, otherwise as texts.</summary>
    internal static string[] InOrder(IEnumerable<string> classes)
    {
        string[] texts = [.. classes.Order(StringComparer.Ordinal)];
        var numbers = Array.ConvertAll(texts, text => CellText.Plain(text));
        return numbers.Contains(null)
            ? texts : [.. texts.Zip(numbers).OrderBy(pair => pair.Second).Select(pair => pair.First)];
    }
}
