using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Benchmarks;

/// <summary>A table of a million rows and 30 columns: read, encoded and trained on for an epoch, beside a plain loop
/// that reads and splits the file. Each is measured in processes of its own, in alternating rounds.</summary>
internal static class RowsBenchmark
{
    private const int Rows = 1_000_000, Columns = 30;
    private static readonly string[] Parts = ["split", "read", "epoch"];

    /// <summary>Measures all parts of a file, which is made if it isn't there; or one part in this process.</summary>
    /// <param name="words">The file, and rounds or a part.</param>
    public static int Run(string[] words)
    {
        if (words is not [var file, .. var rest])
        {
            Console.Error.WriteLine("bench rows FILE.csv [ROUNDS]");
            return 2;
        }
        if (rest is [var one] && Parts.Contains(one))
        {
            Console.WriteLine(JsonSerializer.Serialize(Measure(file, one)));
            return 0;
        }
        if (!File.Exists(file))
            Make(file);
        var rounds = rest is [var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 3;
        var measured = Enumerable.Range(0, rounds)
            .SelectMany(_ => Parts.Select(part => (Part: part, Run: Child(file, part))))
            .ToLookup(each => each.Part, each => each.Run);
        Console.WriteLine("| part | s | s of processors | MB |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var part in Parts)
        {
            var (least, most) = (measured[part].Min(run => run.Megabytes), measured[part].Max(run => run.Megabytes));
            var (seconds, processors) = (
                measured[part].Min(run => run.Seconds), measured[part].Min(run => run.Processors));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {part} | {seconds:f2} | {processors:f2} | {least:f0} to {most:f0} |"));
        }
        return 0;
    }

    private static Measured Measure(string file, string part)
    {
        var watch = Stopwatch.StartNew();
        if (part == "split")
            Split(file);
        else
            Functional.Threads.Use(Environment.ProcessorCount, () => Learn(file, part == "epoch"));
        using var process = Process.GetCurrentProcess();
        return new(watch.Elapsed.TotalSeconds, process.TotalProcessorTime.TotalSeconds, process.PeakWorkingSet64 / 1e6);
    }

    // The plain loop: every line, and every cell in it.
    private static long Split(string file)
    {
        var cells = 0L;
        using var lines = new StreamReader(file);
        while (lines.ReadLine() is { } line)
            cells += line.Split(',').Length;
        return cells;
    }

    private static int Learn(string file, bool trains)
    {
        var data = DataSets.Load(file, new DataOptions { Label = "y" });
        if (!trains)
            return data.Training.Count;
        var run = new TrainingRun(TrainConfiguration.For(data) with { Epochs = 1 }, data);
        return run.Run(threads: Environment.ProcessorCount).Summary.Steps;
    }

    private static Measured Child(string file, string part)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["rows", file, part])
            { RedirectStandardOutput = true })!;
        var line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return JsonSerializer.Deserialize<Measured>(line)
            ?? throw new InvalidOperationException($"{part} ended with {process.ExitCode}");
    }

    private static void Make(string file)
    {
        var random = new Random(1);
        using var text = new StreamWriter(file);
        text.WriteLine($"{string.Join(',', Enumerable.Range(0, Columns).Select(column => $"c{column}"))},y");
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
                text.Write(string.Create(CultureInfo.InvariantCulture, $"{random.NextDouble():0.######},"));
            text.WriteLine(row % 3 == 0 ? 'a' : 'b');
        }
    }

    private sealed record Measured(double Seconds, double Processors, double Megabytes);
}
