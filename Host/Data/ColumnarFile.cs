using System.Collections;
using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Functional.Host.Files;
using Parquet;

namespace Functional.Host.Data;

/// <summary>Tables in columnar files: Parquet, and Arrow's own format (Feather, version 2), compressed or not. The
/// program brings the packages that read them; who uses the library adds them.</summary>
internal static class ColumnarFile
{
    private static readonly TimeSpan LongestOpening = TimeSpan.FromSeconds(20);

    /// <summary>How the names of such files end.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".parquet", ".arrow", ".feather"];

    /// <summary>Whether a file has the name of such a table.</summary>
    public static bool IsOne(string path) =>
        Endings.Any(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase)) && !Directory.Exists(path);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Takes the table; its columns can be read until this returns.</param>
    /// <exception cref="DataException">The file can't be read, or holds no table.</exception>
    public static void Open(string path, Action<CellTable> read) => DataFile.Open(path, stream =>
    {
        Open(stream, path, read);
        return true;
    });

    /// <summary>Reads a stream from its beginning; it must be able to seek.</summary>
    /// <inheritdoc cref="Open(string, Action{CellTable})"/>
    public static void Open(Stream stream, string path, Action<CellTable> read)
    {
        var isParquet = path.EndsWith(Endings[0], StringComparison.OrdinalIgnoreCase);
        try
        {
            stream.Position = 0;
            // Not a function of any type: native compilation fails at its closures where the type is an array.
            if (isParquet)
                ParquetTable(stream, path, read);
            else
                ArrowTable(stream, path, read);
        }
        // An assembly, not a file, is called by its name and version.
        catch (FileNotFoundException e) when (e.FileName?.Contains("Version=", StringComparison.Ordinal) == true)
        {
            throw new UsageException(
                $"{path}: the package {(isParquet ? "Parquet.Net" : "Apache.Arrow.Compression")} is needed to read it");
        }
        // What these packages raise where a file is damaged is anything.
        catch (Exception e) when (e is not (DataException or UsageException))
        {
            throw new DataException(
                path, null, isParquet ? "a table in Parquet's format" : "a table in Arrow's format",
                e is OutOfMemoryException ? "sizes that memory can't hold" : $"\"{e.Message.Split('\n')[0]}\"");
        }
    }

    private static void ParquetTable(Stream stream, string path, Action<CellTable> read)
    {
        // Parquet.Net 6.1 looks for the end of damaged metadata without end. The metadata of a whole file are short.
        var opening = Task.Run(() => ParquetReader.CreateAsync(stream, leaveStreamOpen: true));
        if (!opening.ContinueWith(_ => { }, TaskScheduler.Default).Wait(LongestOpening))
            throw new DataException(path, null, "a table in Parquet's format", "metadata without an end");
        var file = opening.GetAwaiter().GetResult();
        try
        {
            read(new CellTable(path, [.. file.Schema.GetDataFields().Select(field => new CellColumn(
                $"{field.Path}", Once(() => ParquetCells.Of(file, path, field))))]));
        }
        finally
        {
            file.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static void ArrowTable(Stream stream, string path, Action<CellTable> read)
    {
        if (stream.Length > System.Array.MaxLength)
            throw new DataException(
                path, null, $"a table in Arrow's format of at most {System.Array.MaxLength} bytes", $"{stream.Length}");
        // In memory no length that a file states can lead out of it. Arrow's file format is its stream format behind
        // eight bytes.
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        using var file = new ArrowStreamReader(
            bytes.AsMemory(bytes.AsSpan().StartsWith("ARROW1\0\0"u8) ? 8 : 0), new CompressionCodecFactory());
        var batches = new List<RecordBatch>();
        try
        {
            while (file.ReadNextRecordBatch() is { } batch)
            {
                batches.Add(batch);
                // A column of nothing but gaps may claim any number of rows.
                if (batch.Arrays.FirstOrDefault(cells => cells.Length != batch.Length) is { } other)
                    throw new DataException(
                        path, $"batch {batches.Count}", $"columns of {Plural.Of(batch.Length, "row")}",
                        $"{other.Length}");
            }
            read(new CellTable(path, [.. file.Schema.FieldsList.Select((field, place) => new CellColumn(
                field.Name, () => batches.SelectMany(batch =>
                {
                    var cell = ArrowCells.Of(batch.Column(place), path, field.Name);
                    return Enumerable.Range(0, batch.Length).Select(cell);
                })))]));
        }
        finally
        {
            batches.ForEach(batch => batch.Dispose());
        }
    }

    private static Func<IEnumerable> Once(Func<IEnumerable> cells)
    {
        var read = new Lazy<IEnumerable>(cells);
        return () => read.Value;
    }
}
