using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Functional.Host.Commands;
using Functional.Host.Runs;
using Functional.Tests.Data;

namespace Functional.Tests.Fuzz;

/// <summary>Nothing runs beside it: standard output and the current folder belong to the process.</summary>
[CollectionDefinition(nameof(OptionCampaign), DisableParallelization = true)]
public sealed class OptionCampaign;

/// <summary>
/// Whatever stands behind an option, the program ends with one of its exit codes and a line for each fault: never with
/// a stack trace, never with all of the memory, and never by itself too late.
/// </summary>
/// <remarks>The environment variable FUNCTIONAL_OPTIONS says how many cases are tried, FUNCTIONAL_SEED which.</remarks>
[Collection(nameof(OptionCampaign))]
public sealed class OptionCampaignTests : IDisposable
{
    // The activations of a layer with a million units take most of it.
    private const long MostMemory = 2L << 30;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private static readonly int Cases = Setting("FUNCTIONAL_OPTIONS", 2000);
    private static readonly string? Log = Environment.GetEnvironmentVariable("FUNCTIONAL_OPTIONS_LOG");
    private static readonly int Seed = Setting("FUNCTIONAL_SEED", 1);

    private readonly TemporaryFolder outer = new();
    private readonly string before = Environment.CurrentDirectory;
    private readonly (TextWriter Out, TextWriter Error) console = (Console.Out, Console.Error);
    private readonly string? browser = Environment.GetEnvironmentVariable("BROWSER");
    private readonly RootCommand root = CommandTree.Create();

    public OptionCampaignTests()
    {
        Environment.SetEnvironmentVariable("BROWSER", "none");
        Directory.CreateDirectory(outer["a/b/c"]);
        Environment.CurrentDirectory = outer["a/b/c"];
        Prepare();
    }

    public void Dispose()
    {
        Console.SetOut(console.Out);
        Console.SetError(console.Error);
        Environment.SetEnvironmentVariable("BROWSER", browser);
        Environment.CurrentDirectory = before;
        outer.Dispose();
    }

    private static int Setting(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value
            : usual;

    [Fact]
    public void Whatever_stands_behind_an_option_is_done_or_refused_in_a_line()
    {
        var lines = new HostileOptions(root, Seed);
        var codes = Codes(Enumerable.Range(0, Cases).Select(lines.Case));
        // A campaign in which nothing is done, or nothing is refused, would say nothing.
        Assert.True(codes.GetValueOrDefault(ExitCode.Done) > Cases / 20
            && codes.GetValueOrDefault(ExitCode.Usage) > Cases / 4, string.Join(", ", codes));
    }

    [Fact]
    public void No_option_takes_nothing_or_a_NUL_for_a_name()
    {
        var usual = ConfigurationFile.OptionsOf(ConfigurationFile.Read("run/config.json"));
        var codes = Codes(new HostileOptions(root, Seed).Every((name, value) =>
        {
            var options = new Dictionary<string, string>(usual) { ["epochs"] = "1", [name] = value };
            if (name == "iterations")
                options.Remove("epochs");
            File.WriteAllText("configuration.json", new JsonObject
            {
                ["command"] = "train",
                ["options"] = new JsonObject(
                    options.Select(option => KeyValuePair.Create(option.Key, (JsonNode?)option.Value))),
            }.ToJsonString());
            return "configuration.json";
        }));
        Assert.True(codes.GetValueOrDefault(ExitCode.Usage) > 1000, string.Join(", ", codes));
    }

    // How often each exit code came.
    private Dictionary<int, int> Codes(IEnumerable<HostileLine> lines)
    {
        var faults = new List<string>();
        var codes = new Dictionary<int, int>();
        foreach (var line in lines.TakeWhile(_ => faults.Count < 400))
        {
            if (Log is not null)
                File.AppendAllText(Log, $"{DateTime.Now:HH:mm:ss.fff} {Environment.WorkingSet >> 20} MiB {line}\n");
            var (code, fault) = Try(line);
            codes[code] = codes.GetValueOrDefault(code) + 1;
            if (fault is not null)
                faults.Add($"{line}\n    {fault}");
            if (line.Number % 500 == 499)
                Tidy();
        }
        Assert.True(faults.Count == 0, $"{faults.Count} faults:\n{string.Join('\n', faults)}");
        // Nothing was written beside the folder.
        Assert.Equal(["a"], Directory.EnumerateFileSystemEntries(outer.Path).Select(Path.GetFileName));
        Assert.Equal(["b"], Directory.EnumerateFileSystemEntries(outer["a"]).Select(Path.GetFileName));
        Assert.Equal(["c"], Directory.EnumerateFileSystemEntries(outer["a/b"]).Select(Path.GetFileName));
        return codes;
    }

    private (int Code, string? Fault) Try(HostileLine line)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        Console.SetOut(TextWriter.Synchronized(output));
        Console.SetError(TextWriter.Synchronized(error));
        var peak = Process.GetCurrentProcess().PeakWorkingSet64;
        using var cancellation = new CancellationTokenSource(Patience);
        var run = Task.Factory.StartNew(
            () => FrontDoor.Run(root, [.. line.Words], cancellation.Token), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            if (!run.Wait(Hang))
                return (-1, "does not end");
        }
        catch (AggregateException e)
        {
            return (-1, $"{e.InnerException!.GetType().Name}: {e.InnerException.Message} "
                + $"{string.Join(" < ", e.InnerException.StackTrace!.Split('\n').Select(at => at.Trim()).Take(6))}");
        }
        var faults = error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var grown = Process.GetCurrentProcess().PeakWorkingSet64 - peak;
        return (run.Result,
            run.Result is not (ExitCode.Done or ExitCode.Failed or ExitCode.Usage or ExitCode.Found
                or ExitCode.Interrupted) ? $"exit code {run.Result}"
            : faults.FirstOrDefault(one => !IsExpected(one, run.Result) || one.Any(char.IsControl) || one.Length > 1100)
                is { } odd ? $"on standard error: {odd}"
            : run.Result is ExitCode.Failed or ExitCode.Usage && faults.Length == 0 && output.ToString().Length == 0
            ? $"exit code {run.Result} without a word"
            : run.Result == ExitCode.Usage && faults.FirstOrDefault(HasNoJapanese) is { } english
            ? $"not in Japanese: {english}"
            : grown > MostMemory + MemoryAskedFor(line) ? $"took {grown >> 20} MiB"
            : null);
    }

    // A layer that is asked for takes its room: parameters, gradient, the next parameters and activations of a unit.
    private static long MemoryAskedFor(HostileLine line) => line.Words
        .SelectMany((word, i) => word == "--hidden" && i + 1 < line.Words.Count ? line.Words[i + 1].Split(',')
            : word.StartsWith("--hidden=", StringComparison.Ordinal) ? word["--hidden=".Length..].Split(',') : [])
        .Sum(units =>
            100L * (int.TryParse(units, CultureInfo.InvariantCulture, out var count) ? Math.Max(0, count) : 0));

    // Only what is wrong within a file may be said in English.
    private static bool HasNoJapanese(string line)
    {
        var fault = line["functional: ".Length..];
        return (fault.StartsWith("--", StringComparison.Ordinal)
                || !(fault.Contains(": expected ", StringComparison.Ordinal)
                    && fault.Contains(", found ", StringComparison.Ordinal)))
            && Translation.InJapanese(fault) is null;
    }

    // A run that writes JSON says on standard error how to continue.
    private static bool IsExpected(string line, int code) => line.StartsWith("functional: ", StringComparison.Ordinal)
        || (code == ExitCode.Interrupted
            && line.StartsWith("to continue: functional train --resume ", StringComparison.Ordinal));

    // A table, a run, a study and a trajectory for commands that want one.
    private void Prepare()
    {
        File.WriteAllLines("t.csv",
            ["x,y,kind", .. Enumerable.Range(0, 40)
                .Select(i =>
                    FormattableString.Invariant($"{i % 2 + i / 100.0},{i % 3},{(i % 2 == 0 ? "even" : "odd")}"))]);
        File.WriteAllLines("x.csv", ["x,y", "0.5,1", "1.5,2"]);
        Directory.CreateDirectory("case");
        foreach (var file in Directory.EnumerateFiles(
            Path.Combine(AppContext.BaseDirectory, "Golden", "two_layer_sgd")))
            File.Copy(file, Path.Combine("case", Path.GetFileName(file)));
        foreach (var words in (string[][])[
            ["train", "--data=t.csv", "--label=kind", "--hidden=2", "--epochs=2", "--batch-size=4", "--out=run"],
            ["search", "--data=t.csv", "--label=kind", "--hidden=2", "--epochs=1", "--trials=2", "--samples=12",
                "--study=study"]])
        {
            var (output, error) = (new StringWriter(), new StringWriter());
            Console.SetOut(output);
            Console.SetError(error);
            Assert.True(FrontDoor.Run(root, words) == ExitCode.Done, $"{error}");
        }
        keep = [.. Directory.EnumerateFileSystemEntries(".").Select(Path.GetFileName).OfType<string>(), "studies"];
    }

    private HashSet<string> keep = [];

    private void Tidy()
    {
        foreach (var entry in new DirectoryInfo(".").EnumerateFileSystemInfos()
            .Where(entry => !keep.Contains(entry.Name)))
            if (entry is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                entry.Delete();
        foreach (var study in new DirectoryInfo("studies").EnumerateDirectories().Where(study => study.Name != "study"))
            study.Delete(recursive: true);
    }
}
