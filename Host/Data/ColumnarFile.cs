using System.Collections;
using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Memory;
using Functional.Host.Files;
using Parquet;

namespace Functional.Host.Data;

/// <summary>Tables in columnar files: Parquet, and Arrow's own format (Feather, version 2), compressed or not. The
/// program brings the packages that read them; who uses the library adds them.</summary>
internal static class ColumnarFile
{
    /// <summary>How the names of such files end.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".parquet", ".arrow", ".feather"];

    /// <summary>Whether a file has the name of such a table.</summary>
    public static bool IsOne(string path) =>
        Endings.Any(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase)) && !Directory.Exists(path);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Takes the table; its columns can be read until this returns.</param>
    /// <exception cref="DataException">The file can't be read, or holds no table.</exception>
    public static T Open<T>(string path, Func<CellTable, T> read) =>
        DataFile.Open(path, stream => Open(stream, path, read));

    /// <summary>Reads a stream from its beginning; it must be able to seek.</summary>
    /// <inheritdoc cref="Open{T}(string, Func{CellTable, T})"/>
    public static T Open<T>(Stream stream, string path, Func<CellTable, T> read)
    {
        var isParquet = path.EndsWith(Endings[0], StringComparison.OrdinalIgnoreCase);
        try
        {
            stream.Position = 0;
            return isParquet ? ParquetTable(stream, path, read) : ArrowTable(stream, path, read);
        }
        // An assembly, not a file, is called by its name and version.
        catch (FileNotFoundException e) when (e.FileName?.Contains("Version=", StringComparison.Ordinal) == true)
        {
            throw new UsageException(
                $"{path}: the package {(isParquet ? "Parquet.Net" : "Apache.Arrow.Compression")} is needed to read it");
        }
        // What these packages raise where a file is damaged is anything.
        catch (Exception e) when (e is not (DataException or UsageException or OutOfMemoryException))
        {
            throw new DataException(
                path, null, isParquet ? "a table in Parquet's format" : "a table in Arrow's format",
                $"\"{e.Message.Split('\n')[0]}\"");
        }
    }

    private static T ParquetTable<T>(Stream stream, string path, Func<CellTable, T> read)
    {
        var file = ParquetReader.CreateAsync(stream, leaveStreamOpen: true).GetAwaiter().GetResult();
        try
        {
            return read(new CellTable(path, [.. file.Schema.GetDataFields().Select(field => new CellColumn(
                $"{field.Path}", Once(() => ParquetCells.Of(file, path, field))))]));
        }
        finally
        {
            file.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static T ArrowTable<T>(Stream stream, string path, Func<CellTable, T> read)
    {
        var start = new byte[6];
        var isFile = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && start.AsSpan().SequenceEqual("ARROW1"u8);
        stream.Position = 0;
        var (memory, codecs) = (MemoryAllocator.Default.Value, new CompressionCodecFactory());
        using var file = isFile
            ? new ArrowFileReader(stream, memory, codecs, leaveOpen: true)
            : new ArrowStreamReader(stream, memory, codecs, leaveOpen: true);
        var batches = new List<RecordBatch>();
        while (file.ReadNextRecordBatch() is { } batch)
            batches.Add(batch);
        return read(new CellTable(path, [.. file.Schema.FieldsList.Select((field, place) => new CellColumn(
            field.Name, () => batches.SelectMany(batch =>
            {
                var cell = ArrowCells.Of(batch.Column(place), path, field.Name);
                return Enumerable.Range(0, batch.Length).Select(cell);
            })))]));
    }

    private static Func<IEnumerable> Once(Func<IEnumerable> cells)
    {
        var read = new Lazy<IEnumerable>(cells);
        return () => read.Value;
    }
}
