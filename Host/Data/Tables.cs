using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>Data sets in the files of other tools: tables as text, and arrays of NumPy.</summary>
internal static class Tables
{
    // Which rows are kept for testing must not depend on a run's seed: runs are compared on the same ones.
    private const int TestShare = 5;
    private static readonly string[] Endings =
        [.. from end in (string[])[".csv", ".tsv", ".txt"] from gzip in (string[])["", ".gz"] select end + gzip];
    private static readonly Key TestKey = Key.OfSeed(0);

    /// <summary>Whether this is the name of such a file or folder.</summary>
    public static bool IsOne(string name) =>
        IsNpz(name.Given()) || HasColumns(name);

    /// <summary>Whether this is the name of a table as text, gzip'd or not; what it holds decides which.</summary>
    internal static bool IsText(string name) =>
        Endings.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase)) && !Directory.Exists(name);

    /// <summary>Whether it has columns with names.</summary>
    internal static bool HasColumns(string name) => IsTable(name) || Part(name, "train") is not null;

    // What comes from another program has no name with an ending.
    private static bool IsTable(string name) =>
        IsText(name) || ColumnarFile.IsOne(name) || FilePlace.IsStream(name);

    /// <summary>A table in a stream, which must be able to seek.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="path">What it is called; its ending says in which format it is.</param>
    /// <param name="read">Takes what it wants of the table, which can be read until this returns.</param>
    /// <exception cref="DataException">The stream can't be read, or holds no table.</exception>
    internal static T Open<T>(Stream stream, string path, Func<TableSource, T> read) =>
        ColumnarFile.IsOne(path) ? ColumnarFile.Read(stream, path, read) : read(new Csv(stream, path));

    private static T Open<T>(string path, Func<TableSource, T> read) =>
        DataFile.Open(path, stream => Open(stream, path, read));

    private static DataPart[] Read(string path, DataOptions options, Func<Targets, int[][]>? parts = null) =>
        Open(path, table => table.Read(options, parts));

    private static string[] Columns(string path) => Open(path, table => table.Header);

    /// <summary>Reads a table (<c>.csv</c>, <c>.tsv</c>, <c>.txt</c>, or one of them with <c>.gz</c>;
    /// <c>.parquet</c>, <c>.arrow</c>, <c>.feather</c>), a fifth of whose rows become the test part; a folder with
    /// <c>train.csv</c> and <c>test.csv</c> (or other endings); or an <c>.npz</c> file with arrays of the usual names
    /// (x_train, y_train, x_test, y_test; X, y; ...).
    /// </summary>
    /// <param name="name">The file or folder.</param>
    /// <param name="options">How a table as text is read.</param>
    /// <exception cref="DataException">Something is wrong with it.</exception>
    public static DataSet Load(string name, DataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (IsNpz(name.Given()))
            return NpzData.Load(name, options.Task, table => Split(table, options));
        var first = IsTable(name) ? name : Part(name, "train") ?? Path.Combine(name, "train.csv");
        if (options.Label is null)
            throw new UsageException(
                $"which column of {first} holds the target: {TableSource.Listed(Columns(first))}? " +
                "(--label COLUMN, or label: \"COLUMN\" in code)");
        if (IsTable(name))
            return ReadSplit(name, options);
        var second = Part(name, "test") ?? Path.Combine(name, "test.csv");
        if (File.Exists(second) && Columns(second) is var there && TableSource.TargetsOf(there, options.Label) is null)
        {
            var all = Columns(first);
            var lacking = all.Except(there).Except(TableSource.TargetsOf(all, options.Label) ?? []);
            return ReadSplit(first, options) with
            {
                Notes =
                [
                    $"{second} lacks '{options.Label}': a fifth of {first} is kept for testing"
                    + (lacking.Any() ? "" : "; functional predict takes the other file"),
                ],
            };
        }
        var training = Read(first, options)[0];
        var test = Read(second, options with { Ignore = [], Known = options.Known ?? TableForm.Of(training) })[0];
        return new DataSet(training, Like(training, test)) { Guess = GuessOf(training.Targets, options) };
    }

    private static string? Part(string folder, string part) =>
        Endings.Concat(ColumnarFile.Endings).Select(end => Path.Combine(folder, part + end))
            .FirstOrDefault(File.Exists);

    /// <summary>Whether this is the name of a file of arrays, which may be a table, too.</summary>
    internal static bool IsNpz(string name) =>
        (Path.GetExtension(name).Equals(".npz", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(name))
        || NpzData.FilesOf(name) is not null;

    /// <summary>Keeps a fifth for testing: of each class its share.</summary>
    internal static DataSet Split(DataPart table) => Split(table, new DataOptions());

    private static DataSet Split(DataPart table, DataOptions options)
    {
        var parts = Parts(table.Targets);
        return new DataSet(table.Take(parts[0]), table.Take(parts[1])) { Guess = GuessOf(table.Targets, options) };
    }

    private static DataSet ReadSplit(string path, DataOptions options)
    {
        string? guess = null;
        var parts = Read(path, options, targets =>
        {
            guess = GuessOf(targets, options);
            return Parts(targets);
        });
        return new DataSet(parts[0], parts[1]) { Guess = guess };
    }

    // The rows to train on, and those to test with, both ascending.
    private static int[][] Parts(Targets targets)
    {
        var (order, count) = (TestKey.Permutation(targets.Count), Math.Max(1, targets.Count / TestShare));
        // A single row can only be tested with.
        var test = targets.Count == 1 ? [0] : Data.Split.ByCount(order, targets, count).Validation;
        int[] rows = [.. Enumerable.Range(0, targets.Count)];
        var isTest = new bool[rows.Length];
        foreach (var row in test)
            isTest[row] = true;
        return [Array.FindAll(rows, row => !isTest[row]), Array.FindAll(rows, row => isTest[row])];
    }

    // What was taken for what it may not be meant for.
    private static string? GuessOf(Targets targets, DataOptions options) => options switch
    {
        { Task: not null } or { Known.Task: not null } => null,
        _ => targets switch
        {
            Quantities { Columns: [{ Kind: NumberKind.Date } one] } => Invariant(
                $"{one.Name}: {one.Values.Distinct().Count():N0} different dates, taken as a quantity, ")
                + "days since 1970-01-01",
            Quantities { Columns: [var one] } => Invariant(
                $"{one.Name}: {one.Values.Distinct().Count():N0} different numbers, taken as a quantity"),
            Classes { Classification: { Count: > 2, Target: not null } classification }
                when classification.Names.All(name => CellText.Plain(name) is not null) =>
                Invariant($"{classification.Target}: {classification.Count:N0} different numbers, taken as classes"),
            _ => null,
        },
    };

    // The same texts in the same places as in the other part.
    private static DataPart Like(DataPart training, DataPart test) => new(
        new Rows(
        [
            .. ((Rows)test.Samples).Columns.Zip(((Rows)training.Samples).Columns, (column, like) =>
                column is TextColumn texts ? texts.Over(((TextColumn)like).Texts) : column),
        ]),
        test.Targets);
}
