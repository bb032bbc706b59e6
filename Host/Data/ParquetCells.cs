using System.Collections;
using Functional.Host.Files;
using Parquet;
using Parquet.Schema;

namespace Functional.Host.Data;

/// <summary>The values of Parquet's columns.</summary>
internal static class ParquetCells
{
    // What reads a row group's cells, by the type that Parquet's column has here.
    private static readonly Dictionary<Type, Func<ParquetRowGroupReader, DataField, IEnumerable>> Readers = new()
    {
        [typeof(bool)] = Of<bool>, [typeof(float)] = Of<float>, [typeof(double)] = Of<double>,
        [typeof(decimal)] = Of<decimal>, [typeof(sbyte)] = Of<sbyte>, [typeof(byte)] = Of<byte>,
        [typeof(short)] = Of<short>, [typeof(ushort)] = Of<ushort>, [typeof(int)] = Of<int>, [typeof(uint)] = Of<uint>,
        [typeof(long)] = Of<long>, [typeof(ulong)] = Of<ulong>, [typeof(DateTime)] = Of<DateTime>,
        [typeof(TimeSpan)] = Of<TimeSpan>, [typeof(TimeOnly)] = Of<TimeOnly>, [typeof(Guid)] = Of<Guid>,
        [typeof(string)] = Texts, [typeof(ReadOnlyMemory<char>)] = Texts,
    };

    /// <summary>What a column is called: of lists and maps, whatever they hold, the whole of them.</summary>
    public static string NameOf(DataField field) =>
        field.MaxRepetitionLevel > 0 ? field.Path.ToList()[0] : $"{field.Path}";

    /// <summary>The values of a column of all row groups; null in a gap.</summary>
    /// <exception cref="DataException">They are no cells of a table.</exception>
    public static IEnumerable Of(ParquetReader file, Stream stream, string path, DataField field)
    {
        var (name, place) = (NameOf(field), $"column '{NameOf(field)}'");
        if (field.MaxRepetitionLevel > 0)
            throw new DataException(path, place, "one value in each row", $"lists (--ignore {name} leaves them out)");
        if (!Readers.TryGetValue(field.ClrType, out var read))
            throw new DataException(
                path, place, "numbers, texts, dates, or true and false", field.ClrType.Name);
        return file.RowGroups.Select(group =>
        {
            var chunk = group.GetMetadata(field)?.MetaData
                ?? throw new DataException(path, place, "values in each row group", "none");
            ParquetStructure.CheckPages(stream, path, place, chunk, group.RowCount);
            return read(group, field);
        }).ToArray().SelectMany(cells => cells.Cast<object?>());
    }

    private static T?[] Of<T>(ParquetRowGroupReader group, DataField field) where T : struct
    {
        var cells = new T?[checked((int)group.RowCount)];
        group.ReadAsync<T>(field, cells.AsMemory()).AsTask().GetAwaiter().GetResult();
        return cells;
    }

    private static string?[] Texts(ParquetRowGroupReader group, DataField field)
    {
        var cells = new string?[checked((int)group.RowCount)];
        group.ReadAsync(field, cells.AsMemory()).AsTask().GetAwaiter().GetResult();
        return cells;
    }
}
