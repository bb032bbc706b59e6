using Functional.Host.Files;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Data;

/// <summary>A column that is wanted of a table.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="IsText">Whether it holds text; what its cells say if null.</param>
/// <param name="Kind">What its numbers stand for, if that is known: what an error asks for.</param>
internal sealed record WantedColumn(string Name, bool? IsText = null, NumberKind? Kind = null);

/// <summary>A table before it is read, wherever it is: text, a columnar file, a program's own records. What makes
/// samples and targets of its columns is the same for all.</summary>
/// <param name="name">What it is called, for errors.</param>
/// <param name="place">Where the names of the columns are; null if that has no place.</param>
/// <param name="header">The names.</param>
internal abstract class TableSource(string name, string? place, string[] header)
{
    private const int MostClasses = 256, ManyNumbers = 1 << 22;

    /// <summary>What it is called.</summary>
    public string Name => name;

    /// <summary>The columns' names.</summary>
    public string[] Header { get; } = Distinct(name, place, header);

    /// <summary>Its rows with their targets.</summary>
    /// <param name="options">Names the column of the target; all others are features.</param>
    /// <param name="parts">Of each part that is wanted its rows, ascending; null for all in one.</param>
    /// <exception cref="DataException">It lacks a column, or cells are not what they should be.</exception>
    public DataPart[] Read(DataOptions options, Func<Targets, int[][]>? parts = null)
    {
        var targets = TargetsOf(Header, options.Label!) ?? throw Missing(options.Label!, ", which is to be learned");
        string[] ignored = [.. options.Ignore.SelectMany(Named)];
        Require(ignored, ", which is to be ignored");
        var features = Wanted(options.Known, Header.Except(targets).Except(ignored));
        if (features.Length == 0)
            throw new DataException(name, place, "a column besides the target", "none");
        Require(features.Select(feature => feature.Name));
        var (columns, answers) = Columns(features, targets, options);
        if (columns[0].Count == 0)
            throw new DataException(name, null, "a row at least", "a header only");
        var all = TargetsOf(answers, options);
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

    /// <summary>Rows whose targets aren't known.</summary>
    /// <param name="form">The columns that are wanted, in order; others may be there. All if null.</param>
    /// <exception cref="DataException">It lacks a column, or cells are not what they should be.</exception>
    public Rows ReadSamples(TableForm? form = null)
    {
        var features = Wanted(form, Header);
        Require(features.Select(feature => feature.Name));
        var columns = Columns(features, [], new DataOptions()).Features;
        return new Rows([.. columns.Select(column => column.Columns(null)[0])]);
    }

    /// <summary>Reads the columns of features, and those of targets, which are there.</summary>
    protected abstract (ColumnReader[] Features, ColumnReader[] Targets) Columns(
        WantedColumn[] features, string[] targets, DataOptions options);

    /// <summary>The columns that hold a target, if all are there: of a column or, with commas between, of several.
    /// </summary>
    public static string[]? TargetsOf(string[] header, string label) =>
        header.Contains(label) ? [label]
        : label.Split(',', StringSplitOptions.TrimEntries) is { Length: > 1 } several && several.All(header.Contains)
            ? several.Distinct().Count() == several.Length ? several
                : throw new UsageException(new Fault(nameof(DataOptions.Label), $"a column is named twice: {label}"))
        : null;

    /// <summary>The first of these names, to be shown.</summary>
    public static string Listed(IEnumerable<string> names) =>
        string.Join(", ", names.Take(20).Select(name => Short(name)));

    /// <summary>Classes in order: as numbers where all are, otherwise as texts.</summary>
    public static string[] InOrder(IEnumerable<string> classes)
    {
        string[] texts = [.. classes.Order(StringComparer.Ordinal)];
        var numbers = Array.ConvertAll(texts, text => CellText.Plain(text));
        return numbers.Contains(null)
            ? texts : [.. texts.Zip(numbers).OrderBy(pair => pair.Second).Select(pair => pair.First)];
    }

    private static WantedColumn[] Wanted(TableForm? form, IEnumerable<string> others) =>
        form is { Columns: { Count: > 0 } columns } ? [.. columns]
        : [.. others.Select(column => new WantedColumn(column))];

    // A group of a columnar file stands for all of its columns, which begin with its name.
    private string[] Named(string column) =>
        !Header.Contains(column)
        && Array.FindAll(Header, other => other.StartsWith(column + "/", StringComparison.Ordinal)) is [_, ..] group
            ? group : [column];

    private void Require(IEnumerable<string> columns, string purpose = "")
    {
        if (columns.FirstOrDefault(column => !Header.Contains(column)) is { } missing)
            throw Missing(missing, purpose);
    }

    private DataException Missing(string column, string purpose) => new(
        name, place, $"a column '{column}'{purpose}", $"{Listed(Header)}{Suggestion.Of(column, Header)}");

    private Targets TargetsOf(ColumnReader[] answers, DataOptions options)
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
                ? Classes(answers[0], one, options.Known?.Task as Classification) : throw new UsageException(
                    "classes are in one column; several columns are quantities");
        return new Quantities([.. answers.Zip(columns, (answer, column) => Quantity(answer, column))]);
    }

    private NumberColumn Quantity(ColumnReader answer, TextColumn column)
    {
        var (numbers, kind) = (new double[column.Texts.Count], (NumberKind?)null);
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = CellText.Number(column.Texts[i], answer.HasCommas) ?? throw new DataException(
                name, $"{answer.Unit} {answer.Lines[i]}, column '{Short(column.Name!)}'",
                "a finite number, as a quantity is",
                $"'{Short(column.Texts[i])}'");
            kind = CellText.KindOf(column.Texts[i], kind);
        }
        return new NumberColumn(column.Name, Array.ConvertAll(column.Codes, code => numbers[code]))
            { Kind = kind ?? NumberKind.Number };
    }

    private Classes Classes(ColumnReader answer, TextColumn column, Classification? known)
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

    private static string[] Distinct(string name, string? place, string[] columns) =>
        columns.CountBy(column => column).FirstOrDefault(count => count.Value > 1).Key is { } twice
            ? throw new DataException(name, place, "each column once", $"'{Short(twice)}' again") : columns;
}
