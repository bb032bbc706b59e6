using System.CommandLine;
using System.Globalization;
using Functional.Host.Benchmarks;

namespace Functional.Host.Commands;

/// <summary><c>functional bench</c>: this machine's limits, and how near to them products and training steps
/// come.</summary>
internal static class BenchCommand
{
    private const double DefaultSeconds = 0.2;

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var only = new Option<string?>("--only")
        {
            HelpName = "NAMES",
            Description = "measure only what has one of these in its name: " +
                "peak, bandwidth, product, 50x100x784, two-layer-sgd, evaluation, ...",
        };
        var seconds = new Option<double>("--seconds")
        {
            HelpName = "S",
            Description = "time for each measurement, half of it again for warming up",
            DefaultValueFactory = _ => DefaultSeconds,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (double.TryParse(text, CultureInfo.InvariantCulture, out var parsed) && parsed is > 0 and <= 3600)
                    return parsed;
                result.AddError($"--seconds: expected a number above 0, at most 3600, found '{text}'");
                return DefaultSeconds;
            },
        };
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "bench", "Measure this machine's limits, and matrix products and training steps beside them.",
            ("functional bench",
                "how fast is this machine, and how near to that are the products and the training steps?"),
            ("functional bench --only product --threads 1", "matrix products on one core"))
        {
            only, seconds, threads, json,
        };
        command.SetAction(parsed =>
        {
            var suite = new BenchmarkSuite(parsed.GetValue(threads), parsed.GetValue(seconds), parsed.GetValue(only));
            if (!parsed.GetValue(json))
                WriteTables(suite.Run());
            else
                foreach (var measurement in suite.Run())
                    new JsonReport(Console.Out).Write(measurement.Event, measurement);
            return ExitCode.Done;
        });
        return command;
    }

    // A table for each kind of measurement, written when the kind is done.
    private static void WriteTables(IEnumerable<Measurement> measurements)
    {
        var (kind, table) = ("", (TextTable?)null);
        foreach (var measurement in measurements)
        {
            var row = measurement.Row();
            if (measurement.Event != kind)
            {
                table?.Write();
                if (table is not null)
                    Console.WriteLine();
                (kind, table) = (measurement.Event, new TextTable(
                    [TextTable.Left(row[0].Heading), .. row.Skip(1).Select(cell => TextTable.Right(cell.Heading))]));
            }
            table!.Add(row.Select(cell => cell.Cell));
        }
        table?.Write();
    }
}
