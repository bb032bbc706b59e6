using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>
/// Tables as text: RFC 4180 with a header row, in UTF-8, or in another Unicode encoding that a byte order mark names; a
/// comma, a semicolon or a tab between cells, whichever the header has first or a line before it names (<c>sep=;</c>).
/// Every row has as many cells as the header. Columns are numbers, in double precision, or text: see
/// <see cref="CellText"/> for what counts as a number, and as no value at all.
/// </summary>
/// <param name="stream">The text, from its beginning to its end; it must be able to seek.</param>
/// <param name="name">What it is called, for errors.</param>
/// <exception cref="DataException">There is no header, or a column has no name or that of another.</exception>
internal sealed class Csv(Stream stream, string name) : TableSource(name, Place, NamesIn(stream, name))
{
    private const string Place = "line 1";

    /// <inheritdoc/>
    protected override (ColumnReader[] Features, ColumnReader[] Targets) Columns(
        WantedColumn[] features, string[] targets, DataOptions options)
    {
        for (var inBlocks = true; ;)
        {
            var (faults, wanted) = (new CellFaults(Name), new CsvColumns(Name, Header, features, targets, options));
            var columns = inBlocks ? CsvBlocks.Read(stream, Name, wanted) : null;
            inBlocks = columns is not null;
            columns ??= Whole(wanted, faults);
            var again = columns.Take(features.Length).Select(column => column.Settle(faults)).ToArray();
            if (inBlocks && faults.Any)
            {
                // Only the whole has the lines of faults.
                inBlocks = false;
                continue;
            }
            faults.Throw();
            if (!again.Contains(true))
                return (columns[..features.Length], columns[features.Length..]);
            features = [.. features.Select((feature, i) => again[i] ? feature with { IsText = true } : feature)];
        }
    }

    private ColumnReader[] Whole(CsvColumns wanted, CellFaults faults)
    {
        using var rows = new CsvRows(stream, Name);
        rows.Read();
        var columns = wanted.Readers(rows, 16);
        wanted.Fill(rows, columns, faults);
        return columns;
    }

    private static string[] NamesIn(Stream stream, string name)
    {
        using var rows = new CsvRows(stream, name);
        string[] columns =
        [
            .. (rows.Next() ?? throw new DataException(name, null, "a header row", "nothing"))
                .Select(cell => cell.Trim()),
        ];
        // Other tools write an index without a name.
        if (columns is ["", ..] && !columns.Contains("index"))
            columns[0] = "index";
        if (Array.IndexOf(columns, "") is >= 0 and var empty)
            throw new DataException(name, Place, "a name for each column", $"none for column {empty + 1}");
        return columns;
    }
}
