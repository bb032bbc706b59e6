using System.Text;
using System.Text.Unicode;

namespace Functional.Host.Data;

/// <summary>The columns that are wanted of a table as text: features, then targets.</summary>
/// <param name="name">What the table is called, for errors.</param>
/// <param name="header">The names of all columns.</param>
/// <param name="features">Those of features.</param>
/// <param name="targets">Those of targets.</param>
/// <param name="options">How cells are read.</param>
internal sealed class CsvColumns(
    string name, string[] header, WantedColumn[] features, string[] targets, DataOptions options)
{
    // Where each column is in a row, and the other way round: -1 for one that isn't wanted.
    private readonly int[] places = PlacesOf(header, [.. features.Select(feature => feature.Name), .. targets]);
    private readonly int[] readers = PlacesOf([.. features.Select(feature => feature.Name), .. targets], header);

    /// <summary>How many cells a row has.</summary>
    public int Width => header.Length;

    /// <summary>A reader for each column that is wanted.</summary>
    /// <param name="table">Where they are from.</param>
    /// <param name="rows">How many rows are likely.</param>
    public ColumnReader[] Readers(CsvRows table, int rows) =>
    [
        .. features.Select(feature =>
            new ColumnReader(feature, options, table.HasCommas, count: rows)),
        .. targets.Select(target =>
            new ColumnReader(new(target, IsText: true), options, table.HasCommas, count: rows)),
    ];

    /// <summary>Gives all rows to the readers.</summary>
    /// <returns>Whether all cells of targets are good.</returns>
    public bool Fill(CsvRows rows, ColumnReader[] columns, CellFaults faults)
    {
        while (rows.Read())
            for (var i = 0; i < columns.Length; i++)
                Add(columns, i, rows[places[i]], rows.Line, faults);
        return !faults.Any;
    }

    /// <summary>Gives the rows of a block without quotes to the readers: the same as through <see cref="CsvRows"/>, but
    /// sooner, since cells that are short numbers never become text.</summary>
    /// <param name="table">The table, whose header was read.</param>
    /// <param name="block">Rows in UTF-8.</param>
    /// <param name="skipped">How many lines with text in them are no rows.</param>
    /// <param name="columns">The readers.</param>
    /// <returns>How many lines there are; null if there may be a fault in them.</returns>
    public int? Fill(CsvRows table, ReadOnlySpan<byte> block, int skipped, ColumnReader[] columns)
    {
        if (!Utf8.IsValid(block))
            return null;
        var (faults, line, letters) = (new CellFaults(name), 0, new char[CsvRows.LongestCell]);
        while (!block.IsEmpty)
        {
            line++;
            var end = block.IndexOf((byte)'\n');
            var row = end < 0 ? block : block[..end];
            block = end < 0 ? [] : block[(end + 1)..];
            if (row is [.., (byte)'\r'])
                row = row[..^1];
            if (row.IsEmpty)
                continue;
            var isGood = skipped > 0 ? !row.Contains((byte)'\r')
                : Fill(row, (byte)table.Separator, line, letters, columns, faults);
            if (!isGood)
                return null;
            skipped--;
        }
        return faults.Any ? null : line;
    }

    private bool Fill(
        ReadOnlySpan<byte> row, byte separator, int line, char[] letters, ColumnReader[] columns, CellFaults faults)
    {
        if (row.Length > CsvRows.LongestRow)
            return false;
        for (var place = 0; place < readers.Length; place++)
        {
            var (at, isLast) = (readers[place], place == readers.Length - 1);
            var end = at >= 0 ? columns[at].AddShort(row, separator) : -1;
            var isShort = end >= 0;
            if (!isShort)
                end = row.IndexOf(separator) is >= 0 and var next ? next : row.Length;
            if (end == row.Length != isLast)
                return false;
            // A line end of another kind is for others to find.
            if (!isShort && (end > letters.Length || row[..end].Contains((byte)'\r')))
                return false;
            if (!isShort && at >= 0)
                Add(columns, at, letters.AsSpan(0, Encoding.UTF8.GetChars(row[..end], letters)), line, faults);
            row = isLast ? [] : row[(end + 1)..];
        }
        return true;
    }

    private static int[] PlacesOf(string[] names, string[] wanted)
    {
        var places = names.Index().ToDictionary(name => name.Item, name => name.Index);
        return Array.ConvertAll(wanted, name => places.GetValueOrDefault(name, -1));
    }

    private void Add(ColumnReader[] columns, int i, ReadOnlySpan<char> cell, int line, CellFaults faults)
    {
        if (i < features.Length)
            columns[i].Add(cell, line);
        else
            columns[i].AddTarget(cell, line, faults);
    }
}
