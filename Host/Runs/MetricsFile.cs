using System.Globalization;
using System.Text;
using Functional.Host.Files;
using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>The results of epochs, as the rows of <c>metrics.csv</c> and the lines of <c>digest.txt</c>, which go
/// together.</summary>
internal static class MetricsFile
{
    private const string Before = "epoch,iterations,loss", After = "seconds";
    private static readonly string[] Parts = ["train", "validation", "test"];
    private static readonly string ClassHeader =
        string.Join(',', [Before, .. Parts.Select(part => $"{part}_accuracy"), After]);
    private static readonly string QuantityHeader = string.Join(',',
    [
        Before, .. Parts.SelectMany(part => (string[])[$"{part}_mae", $"{part}_rmse", $"{part}_r2"]), After,
    ]);

    /// <summary>Writes both files anew.</summary>
    /// <param name="paths">Where they are.</param>
    /// <param name="epochs">What to write.</param>
    /// <param name="ofQuantities">Whether the epochs are those of a run that learns quantities.</param>
    public static void Write(RunPaths paths, IReadOnlyCollection<EpochReport> epochs, bool ofQuantities)
    {
        Write(paths.Metrics, epochs.Select(Row).Prepend(ofQuantities ? QuantityHeader : ClassHeader));
        Write(paths.Digests, epochs.Select(Digest));

        static void Write(string path, IEnumerable<string> lines) =>
            OutputFile.Replace(path, stream =>
                stream.Write(Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\n")))));
    }

    /// <summary>Adds an epoch to both files, which must be there.</summary>
    public static void Append(RunPaths paths, EpochReport epoch)
    {
        OutputFile.Append(paths.Metrics, Encoding.ASCII.GetBytes(Row(epoch) + "\n"), flush: false);
        OutputFile.Append(paths.Digests, Encoding.ASCII.GetBytes(Digest(epoch) + "\n"), flush: false);
    }

    /// <summary>Makes sure that what was added is on the disk.</summary>
    public static void Flush(RunPaths paths)
    {
        OutputFile.Append(paths.Metrics, [], flush: true);
        OutputFile.Append(paths.Digests, [], flush: true);
    }

    /// <summary>Reads the epochs that are in both files, in order; a last line that was cut off doesn't
    /// count.</summary>
    /// <param name="paths">Where they are.</param>
    /// <param name="ofFork">Whether the first may be a later one than 1.</param>
    /// <exception cref="DataException">A file is not there, or a line is wrong.</exception>
    public static IReadOnlyList<EpochReport> Read(RunPaths paths, bool ofFork)
    {
        var rows = Lines(paths.Metrics);
        var digests = Lines(paths.Digests);
        if (rows.Length == 0 || (rows[0] != ClassHeader && rows[0] != QuantityHeader))
            throw new DataException(paths.Metrics, "line 1", ClassHeader, rows.Length == 0 ? "none" : $"'{rows[0]}'");
        var first = ofFork && rows.Length > 1 && int.TryParse(
            rows[1].Split(',')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var later) ? later : 1;
        return
        [
            .. rows.Skip(1).Zip(digests)
                .Select((line, index) => Epoch(paths, rows[0], index, first + index, line.First, line.Second)),
        ];
    }

    private static EpochReport Epoch(RunPaths paths, string header, int index, int epoch, string row, string digest)
    {
        var (cells, names) = (row.Split(','), header.Split(','));
        if (cells.Length != names.Length || cells[0] != Text(epoch))
            throw new DataException(
                paths.Metrics, $"line {index + 2}", $"the {names.Length} cells of epoch {epoch}", $"'{row}'");
        if (digest.Split(' ') is not [var number, var hash] || number != Text(epoch))
            throw new DataException(paths.Digests, $"line {index + 1}", $"the digest of epoch {epoch}", $"'{digest}'");
        return header == ClassHeader
            ? new EpochReport(
                epoch, (int)Number(1), Number(2), Number(3), cells[4].Length == 0 ? null : Number(4), Number(5),
                Number(6), hash)
            : new EpochReport(epoch, (int)Number(1), Number(2), null, null, null, Number(12), hash)
            {
                Train = Score(3),
                Validation = cells[6..9].All(cell => cell.Length == 0) ? null : Score(6),
                Test = Score(9),
            };

        QuantityScore Score(int first) => new(Some(first), Some(first + 1), Some(first + 2));

        double? Some(int column) => cells[column].Length == 0 ? null : Number(column);

        double Number(int column) =>
            double.TryParse(cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new DataException(
                    paths.Metrics, $"line {index + 2}", $"a number as {names[column]}",
                    $"'{cells[column]}'");
    }

    private static string[] Lines(string path) => DataFile.CompleteLines(
        DataFile.Open(path, stream => new StreamReader(stream, Encoding.UTF8).ReadToEnd()));

    private static string Row(EpochReport epoch) =>
        Invariant($"{epoch.Epoch},{epoch.Step},{epoch.Loss:R},")
        + (epoch.Test is null
            ? Invariant($"{epoch.TrainAccuracy:R},{epoch.ValidationAccuracy:R},{epoch.TestAccuracy:R}")
            : $"{Cells(epoch.Train)},{Cells(epoch.Validation)},{Cells(epoch.Test)}")
        + Invariant($",{epoch.Seconds:F3}");

    private static string Cells(QuantityScore? score) => score is null ? ",," : string.Create(
        CultureInfo.InvariantCulture,
        $"{score.MeanAbsoluteError:R},{score.RootMeanSquaredError:R},{score.RSquared:R}");

    private static string Digest(EpochReport epoch) => $"{Text(epoch.Epoch)} {epoch.Digest}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
