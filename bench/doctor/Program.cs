// How often `functional doctor` names the true fault, and how far its advice leads. See bench/README.md.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Functional.Benchmarks;
using Functional.Benchmarks.Doctor;

const string Usage =
    "bench/doctor FUNCTIONAL FOLDER [--cases FILE] [--part handed|tuned|apart] [--only NAME,...] [--mend] "
    + "[-- OPTIONS...]";
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var words = new CommandWords(args);
var options = words.Passed;
var mends = words.Take("--mend");
var (file, part, only) = (words.Option("--cases"), words.Option("--part"), words.Option("--only")?.Split(','));
if (words.Rest is not [var program, var folder])
{
    Console.Error.WriteLine(Usage);
    return 2;
}
MadeTables.Write(folder);
var cases = Case.Read(file ?? Path.Combine(AppContext.BaseDirectory, "cases.tsv"))
    .Where(each => (part is null || each.Part == part) && (only is null || only.Contains(each.Name))).ToArray();
var results = new List<Result>();
Console.WriteLine($"case\tverdict\ts\tfindings{(mends ? "\tstart\tmended by hand\tby --mend\tcommand" : "")}");
foreach (var each in cases)
    try
    {
        Examine(each);
    }
    catch (OperationCanceledException e)
    {
        Console.WriteLine($"{each.Name}\tREFUSED\t{e.Message}");
    }
var faulty = results.Where(result => !result.Case.IsHealthy).ToArray();
var healthy = results.Where(result => result.Case.IsHealthy).ToArray();
Share("a true fault among the first two", faulty, result => result.IsAmong(2));
Share("a true fault first", faulty, result => result.IsAmong(1));
Share("a true fault anywhere", faulty, result => result.IsAmong(int.MaxValue));
Share("above a hint", faulty, result => !result.LooksHealthy);
Share("no false alarm", healthy, result => result.LooksHealthy);
Share("mended to 95% of mending by hand", [.. results.Where(result => result.ByHand is not null)],
    result => result.ByDoctor >= 0.95 * result.ByHand);
Console.WriteLine($"slowest: {results.Max(result => result.Seconds):f1} s");
return 0;

void Examine(Case each)
{
    var watch = Stopwatch.StartNew();
    var isMended = mends && each.IsMendable;
    var lines = Run("doctor", [.. each.Options, .. isMended ? (string[])["--mend"] : [], "--json", .. options], 0, 3);
    var seconds = watch.Elapsed.TotalSeconds;
    var found = lines.Where(line => line.GetProperty("event").GetString() == "finding")
        .Select(line => (
            Kind: line.GetProperty("kind").GetString()!, Severity: line.GetProperty("severity").GetString()!))
        .ToArray();
    var result = new Result(each, found, seconds);
    var cells = "";
    if (isMended)
    {
        var command = lines[^1].GetProperty("command").GetString()!;
        result = result with { ByHand = Trained(each.Mended), ByDoctor = Trained(Arguments(command)) };
        cells = $"\t{Trained(each.Options):p1}\t{result.ByHand:p1}\t{result.ByDoctor:p1}\t{command}";
    }
    results.Add(result);
    Console.WriteLine($"{each.Name}\t{result.Verdict}\t{result.Seconds:f1}\t"
        + string.Join(", ", found.Select(finding => $"{finding.Severity[0]}:{finding.Kind}")) + cells);
}

void Share(string what, IReadOnlyCollection<Result> of, Func<Result, bool> isSo)
{
    if (of.Count > 0)
        Console.WriteLine($"{what}: {of.Count(isSo)} of {of.Count} ({(double)of.Count(isSo) / of.Count:p0})");
}

// The accuracy on test samples, or the share of their variance that is explained.
double Trained(IEnumerable<string> arguments)
{
    var run = Path.Combine(Path.GetFullPath(folder), "run");
    if (Directory.Exists(run))
        Directory.Delete(run, recursive: true);
    Run("train", [.. arguments, "--checkpoint-every", "none", "--json", "--out", run], 0, 1, 3);
    if (!File.Exists(Path.Combine(run, "summary.json")))
        return 0;
    using var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "summary.json")));
    return summary.RootElement.TryGetProperty("test", out var errors) && errors.ValueKind == JsonValueKind.Object
        ? Math.Max(0, errors.GetProperty("rSquared").GetDouble())
        : summary.RootElement.GetProperty("testAccuracy").GetDouble();
}

JsonElement[] Run(string command, string[] arguments, params int[] expected)
{
    using var process = Process.Start(new ProcessStartInfo(Path.GetFullPath(program), [command, .. arguments])
    { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;
    var errors = process.StandardError.ReadToEndAsync();
    var lines = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return expected.Contains(process.ExitCode)
        ? [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)]
        : throw new OperationCanceledException(
            $"functional {command} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors.Result}");
}

// Behind "functional train"; what has blanks is in single quotes.
static string[] Arguments(string command) =>
[
    .. command.Split('\'').SelectMany((text, i) => i % 2 == 1
        ? [text] : text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Skip(2),
];

/// <summary>What the doctor said of a case, and where its advice led.</summary>
internal sealed record Result(Case Case, IReadOnlyList<(string Kind, string Severity)> Findings, double Seconds)
{
    public double? ByHand { get; init; }
    public double? ByDoctor { get; init; }
    public bool LooksHealthy => Findings.All(finding => finding.Severity == "hint");
    public bool IsAmong(int first) => Findings.Take(first).Any(finding => Case.Accepted.Contains(finding.Kind));
    public string Verdict => Case.IsHealthy ? LooksHealthy ? "ok" : "FALSE ALARM" : IsAmong(2) ? "ok" : "MISSED";
}
