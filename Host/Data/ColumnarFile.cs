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
    /// <summary>How the names of such files end.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".parquet", ".arrow", ".feather"];

    /// <summary>Whether a file has the name of such a table.</summary>
    public static bool IsOne(string path) =>
        Endings.Any(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase)) && !Directory.Exists(path);

    /// <summary>Reads a stream from its beginning; it must be able to seek.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="path">What it is called; its ending says in which format it is.</param>
    /// <param name="read">Takes what it wants of the table, whose columns can be read until this returns.</param>
    /// <exception cref="DataException">The stream can't be read, or holds no table.</exception>
    public static T Read<T>(Stream stream, string path, Func<TableSource, T> read)
    {
        // No closure is made here: native compilation doesn't find those of a type T that is an array.
        var isParquet = path.EndsWith(Endings[0], StringComparison.OrdinalIgnoreCase);
        var ending = new List<Action>();
        try
        {
            stream.Position = 0;
            return read(isParquet ? ParquetTable(stream, path, ending) : ArrowTable(stream, path, ending));
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
        finally
        {
            foreach (var end in ending)
                end();
        }
    }

    private static CellTable ParquetTable(Stream stream, string path, List<Action> ending)
    {
        ParquetStructure.CheckFooter(stream, path);
        var file = ParquetReader.CreateAsync(stream, leaveStreamOpen: true).GetAwaiter().GetResult();
        ending.Add(() => file.DisposeAsync().AsTask().GetAwaiter().GetResult());
        return new CellTable(path, [.. file.Schema.GetDataFields().DistinctBy(ParquetCells.NameOf).Select(field =>
            new CellColumn(ParquetCells.NameOf(field), Once(() => ParquetCells.Of(file, stream, path, field))))]);
    }

    private static CellTable ArrowTable(Stream stream, string path, List<Action> ending)
    {
        if (stream.Length > System.Array.MaxLength)
            throw new DataException(
                path, null, $"a table in Arrow's format of at most {System.Array.MaxLength} bytes", $"{stream.Length}");
        // In memory no length that a file states can lead out of it. Arrow's file format is its stream format behind
        // eight bytes.
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var messages = bytes.AsMemory(bytes.AsSpan().StartsWith("ARROW1\0\0"u8) ? 8 : 0);
        // A message begins with its length, which small numbers are, or -1 before it.
        if (messages.Length < sizeof(long) || messages.Span[3] is not (0 or 0xFF))
            throw new DataException(
                path, null, "a table in Arrow's format",
                bytes.Length == 0 ? "an empty file" : "a file of another kind, or cut off");
        ArrowStructure.Check(messages, path);
        var file = new ArrowStreamReader(messages, new CompressionCodecFactory());
        ending.Add(file.Dispose);
        var batches = new List<RecordBatch>();
        while (file.ReadNextRecordBatch() is { } batch)
        {
            batches.Add(batch);
            ending.Add(batch.Dispose);
            // A column of nothing but gaps may claim any number of rows.
            if (batch.Arrays.FirstOrDefault(cells => cells.Length != batch.Length) is { } other)
                throw new DataException(
                    path, $"batch {batches.Count}", $"columns of {Plural.Of(batch.Length, "row")}", $"{other.Length}");
        }
        return new CellTable(path, [.. file.Schema.FieldsList.Select((field, place) => new CellColumn(
            field.Name, () => batches.SelectMany(batch =>
            {
                var cell = ArrowCells.Of(batch.Column(place), path, field.Name);
                return Enumerable.Range(0, batch.Length).Select(cell);
            })))]);
    }

    private static Func<IEnumerable> Once(Func<IEnumerable> cells)
    {
        var read = new Lazy<IEnumerable>(cells);
        return () => read.Value;
    }
}
