using System.Globalization;
using System.Text;
using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>The results of epochs, as the rows of <c>metrics.csv</c> and the lines of <c>digest.txt</c>, which go
/// together.</summary>
internal static class MetricsFile
{
    private const string Header = "epoch,iterations,loss,train_accuracy,validation_accuracy,test_accuracy,seconds";

    /// <summary>Writes both files anew.</summary>
    public static void Write(RunPaths paths, IReadOnlyCollection<EpochReport> epochs)
    {
        Write(paths.Metrics, epochs.Select(Row).Prepend(Header));
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
    /// <exception cref="DataException">A file is not there, or a line is wrong.</exception>
    public static IReadOnlyList<EpochReport> Read(RunPaths paths)
    {
        var rows = Lines(paths.Metrics);
        var digests = Lines(paths.Digests);
        if (rows.Count == 0 || rows[0] != Header)
            throw new DataException(paths.Metrics, "line 1", Header, rows.Count == 0 ? "none" : $"'{rows[0]}'");
        return [.. rows.Skip(1).Zip(digests).Select((line, index) => Epoch(paths, index + 1, line.First, line.Second))];
    }

    private static EpochReport Epoch(RunPaths paths, int epoch, string row, string digest)
    {
        var cells = row.Split(',');
        if (cells.Length != 7 || cells[0] != Text(epoch))
            throw new DataException(paths.Metrics, $"line {epoch + 1}", $"the 7 cells of epoch {epoch}", $"'{row}'");
        if (digest.Split(' ') is not [var number, var hash] || number != Text(epoch))
            throw new DataException(paths.Digests, $"line {epoch}", $"the digest of epoch {epoch}", $"'{digest}'");
        return new EpochReport(
            epoch, (int)Number(1), Number(2), Number(3), cells[4].Length == 0 ? null : Number(4), Number(5),
            Number(6), hash);

        double Number(int column) =>
            double.TryParse(cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new DataException(
                    paths.Metrics, $"line {epoch + 1}", $"a number as {Header.Split(',')[column]}",
                    $"'{cells[column]}'");
    }

    private static List<string> Lines(string path)
    {
        var text = DataFile.Open(path, stream => new StreamReader(stream, Encoding.UTF8).ReadToEnd());
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n').SkipLast(1)];
    }

    private static string Row(EpochReport epoch) =>
        Invariant($"{epoch.Epoch},{epoch.Step},{epoch.Loss:R},{epoch.TrainAccuracy:R},")
        + Invariant($"{epoch.ValidationAccuracy:R},{epoch.TestAccuracy:R},{epoch.Seconds:F3}");

    private static string Digest(EpochReport epoch) => $"{Text(epoch.Epoch)} {epoch.Digest}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
