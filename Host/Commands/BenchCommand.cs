using System.CommandLine;
using Functional.Host.Benchmarks;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional bench</c>: this machine's limits, and how close products and training steps come to
/// them.</summary>
internal static class BenchCommand
{
    private const double Usual = 0.2;

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var only = new Option<string?>("--only")
        {
            HelpName = "NAMES",
            Description = "measure only what has one of these words in its name: " +
                "peak, bandwidth, product, 50x100x784, two-layer-sgd, evaluation, ...",
        };
        var seconds = CommonOptions.Seconds(
            "--seconds", Invariant($"time for each measurement, after half as long a warm-up [default: {Usual}]"),
            most: 3600);
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "bench", "Measure matrix products and training steps, and how close they come to this machine's limits.",
            ("functional bench",
                "how close do matrix products and training steps come to this machine's limits?"),
            ("functional bench --only product --threads 1", "matrix products on one core"))
        {
            only, seconds, threads, json,
        };
        command.SetAction(parsed =>
        {
            var suite = new BenchmarkSuite(
                parsed.GetValue(threads), parsed.GetValue(seconds) ?? Usual, parsed.GetValue(only));
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
                    [
                        TextTable.Left(Say(row[0].Heading)),
                        .. row.Skip(1).Select(cell => TextTable.Right(Say(cell.Heading))),
                    ]));
            }
            table!.Add(row.Select(cell => cell.Cell));
        }
        table?.Write();
    }
}
