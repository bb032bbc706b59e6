using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>Data sets in the files of other tools: tables as text, and arrays of NumPy.</summary>
public static class Tables
{
    // Which rows are kept for testing must not depend on a run's seed: runs are compared on the same ones.
    private const int TestShare = 5;
    private static readonly string[] Endings =
        [.. from end in (string[])[".csv", ".tsv", ".txt"] from gzip in (string[])["", ".gz"] select end + gzip];
    private static readonly Key TestKey = Key.OfSeed(0);

    /// <summary>Whether this is the name of such a file or folder.</summary>
    public static bool IsOne(string name) =>
        IsText(name.Given()) || IsNpz(name) || Part(name, "train") is not null;

    /// <summary>Whether this is the name of a table as text, gzip'd or not; what it holds decides which.</summary>
    internal static bool IsText(string name) =>
        Endings.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase)) && !Directory.Exists(name);

    /// <summary>Reads a table (<c>.csv</c>, <c>.tsv</c>, <c>.txt</c>, or one of them with <c>.gz</c>), a fifth of whose
    /// rows become the test part; a folder with <c>train.csv</c> and <c>test.csv</c> (or other endings); or an
    /// <c>.npz</c> file with arrays of the usual names (x_train, y_train, x_test, y_test; X, y; ...).
    /// </summary>
    /// <param name="name">The file or folder.</param>
    /// <param name="label">The column that holds the classes, of tables as text.</param>
    /// <param name="known">What its columns and classes must be, if that is known.</param>
    /// <exception cref="DataException">Something is wrong with it.</exception>
    public static DataSet Load(string name, string? label, TableForm? known = null)
    {
        if (IsNpz(name.Given()))
            return NpzData.Load(name, Split);
        var first = IsText(name) ? name : Part(name, "train") ?? Path.Combine(name, "train.csv");
        if (label is null)
            throw new UsageException(
                $"which column of {first} holds the classes: {Csv.Listed(Csv.Columns(first))}? (--label COLUMN, or " +
                "label: \"COLUMN\" in code)");
        if (IsText(name))
            return Split(Csv.Read(name, label, known));
        var training = Csv.Read(first, label, known);
        var test = Csv.Read(Part(name, "test") ?? Path.Combine(name, "test.csv"), label, TableForm.Of(training));
        return new DataSet(training, test);
    }

    private static string? Part(string folder, string part) =>
        Endings.Select(end => Path.Combine(folder, part + end)).FirstOrDefault(File.Exists);

    private static bool IsNpz(string name) =>
        Path.GetExtension(name).Equals(".npz", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(name);

    /// <summary>Keeps a fifth for testing: of each class its share.</summary>
    internal static DataSet Split(DataPart table)
    {
        // A single row can only be tested with.
        var (training, test) = table.Count == 1
            ? new Split([], [0])
            : Splits.ByCount(
                TestKey.Permutation(table.Count), table.Classes.Labels, Math.Max(1, table.Count / TestShare));
        Array.Sort(training);
        Array.Sort(test);
        return new DataSet(table.Take(training), table.Take(test));
    }
}
