// Functional without options, beside ML.NET's learners with theirs, on the same rows. See bench/README.md.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Functional.Benchmarks;
using Functional.Benchmarks.Tables;

// FUNCTIONAL: the program, or - to measure the peers alone.
const string Usage =
    "bench/tables FUNCTIONAL FOLDER [FILE.csv:LABEL ...] [--only NAME] [--seeds FIRST-LAST] [-- OPTIONS...]";
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var words = new CommandWords(args);
var options = words.Passed;
int[] ends = Array.ConvertAll((words.Option("--seeds") ?? "1-5").Split('-'), int.Parse);
var only = words.Option("--only");
if (words.Rest is not [var program, var folder, .. var files])
{
    Console.Error.WriteLine(Usage);
    return 2;
}

IEnumerable<Table> tables =
[
    .. files.Select(word => Table.Read(word[..word.LastIndexOf(':')], word[(word.LastIndexOf(':') + 1)..])),
    .. MadeTables.All.Select(made =>
        made.Rows().ToArray() is [var header, .. var rows] ? new Table(made.Name, header, rows, made.Label)
        : throw new InvalidOperationException()),
];
string[] learners = [.. Peers.All.Select(peer => peer.Name), "Functional"];
Console.WriteLine($"| table | rows | measure | {string.Join(" | ", learners)} |");
Console.WriteLine($"|---|---|---|{string.Concat(learners.Select(_ => "---|"))}");
foreach (var table in tables.Where(table => only is null || table.Name.Contains(only, StringComparison.Ordinal)))
{
    var measured = Enumerable.Range(ends[0], ends[^1] - ends[0] + 1).Select(seed =>
    {
        var (training, test) = table.Split(seed);
        var peers = Peers.All.Select(peer => peer.Measure(table, training, test, seed));
        return (double[])[.. peers, Ours(table, training, test, seed)];
    }).ToArray();
    var cells = Enumerable.Range(0, learners.Length).Select(i => Cell(table, [.. measured.Select(row => row[i])]));
    var measure = table.IsQuantity ? "RMSE" : "accuracy";
    Console.WriteLine($"| {table.Name} | {table.Rows.Length} | {measure} | {string.Join(" | ", cells)} |");
}
return 0;

static string Cell(Table table, double[] values)
{
    var form = table.IsQuantity ? "g4" : "p1";
    return string.Format(
        CultureInfo.InvariantCulture, $"{{0:{form}}} ({{1:{form}}} to {{2:{form}}})",
        values.Average(), values.Min(), values.Max());
}

double Ours(Table table, string[][] training, string[][] test, int seed)
{
    if (program == "-")
        return double.NaN;
    var data = Directory.CreateDirectory(Path.Combine(folder, $"{table.Name}-{seed}")).FullName;
    table.Write(Path.Combine(data, "train.csv"), training);
    table.Write(Path.Combine(data, "test.csv"), test);
    var run = Path.Combine(folder, $"{table.Name}-{seed}-run");
    if (Directory.Exists(run))
        Directory.Delete(run, recursive: true);
    using var process = Process.Start(new ProcessStartInfo(program,
        ["train", "--data", data, "--label", table.Label, "--task", table.IsQuantity ? "quantities" : "classes",
            "--seed", $"{seed}", "--out", run, .. options])
    { RedirectStandardOutput = true })!;
    process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    if (process.ExitCode != 0)
        throw new InvalidOperationException($"functional train --data {data} ended with {process.ExitCode}");
    using var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "summary.json")));
    return (table.IsQuantity ? summary.RootElement.GetProperty("test").GetProperty("rootMeanSquaredError")
        : summary.RootElement.GetProperty("testAccuracy")).GetDouble();
}
