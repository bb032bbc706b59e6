using System.Collections;
using System.Globalization;
using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>A column of values of any kind.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Cells">Its values, from the first row on.</param>
/// <param name="IsText">Whether it holds text; what the cells say, as in a text file, if null.</param>
internal sealed record CellColumn(string Name, Func<IEnumerable> Cells, bool? IsText = null);

/// <summary>
/// A table in columns of values: of a columnar file, of a program's own records, or a data frame. A value counts as the
/// cell that a text file would have for it, so that the same table is the same numbers and texts, however it is kept.
/// </summary>
/// <param name="name">What the table is called, for errors.</param>
/// <param name="columns">Its columns.</param>
internal sealed class CellTable(string name, IReadOnlyList<CellColumn> columns)
    : TableSource(name, null, [.. columns.Select(column => column.Name)])
{
    private const string Unit = "row";

    /// <inheritdoc/>
    protected override (ColumnReader[] Features, ColumnReader[] Targets) Columns(
        WantedColumn[] features, string[] targets, DataOptions options)
    {
        var faults = new CellFaults(Name, Unit);
        (ColumnReader Reader, int Rows)[] filled =
        [
            .. features.Select(feature => Filled(feature, options, faults)),
            .. targets.Select(target => Filled(new(target, IsText: true), options, faults, isTarget: true)),
        ];
        faults.Throw();
        if (Array.Find(filled, column => column.Rows != filled[0].Rows).Reader is { } other)
            throw new DataException(
                Name, $"column '{other.Name}'", $"{Plural.Of(filled[0].Rows, "row")}, as in '{filled[0].Reader.Name}'",
                Plural.Of(filled.First(column => column.Reader == other).Rows, "row"));
        var readers = Array.ConvertAll(filled, column => column.Reader);
        return (readers[..features.Length], readers[features.Length..]);
    }

    private (ColumnReader Reader, int Rows) Filled(
        WantedColumn wanted, DataOptions options, CellFaults faults, bool isTarget = false)
    {
        var found = columns.First(one => one.Name == wanted.Name);
        var reader = new ColumnReader(
            wanted with { IsText = wanted.IsText ?? found.IsText }, options, commas: false, Unit);
        Span<char> buffer = stackalloc char[64];
        var row = 0;
        foreach (var value in found.Cells())
        {
            row++;
            var cell = Text(value, buffer, wanted.Name, row);
            if (isTarget)
                reader.AddTarget(cell, row, faults);
            else
                reader.Add(cell, row);
        }
        return isTarget || !reader.Settle(faults) ? (reader, row)
            : Filled(wanted with { IsText = true }, options, faults);
    }

    private ReadOnlySpan<char> Text(object? value, Span<char> buffer, string column, int row)
    {
        switch (value)
        {
            case null or DBNull or double.NaN or float.NaN:
                return "";
            case string text:
                return text;
            case ReadOnlyMemory<char> text:
                return text.Span;
            case bool flag:
                return flag ? "true" : "false";
            case Enum one:
                return one.ToString();
            case DateTimeOffset time:
                return Text(time.UtcDateTime, buffer, column, row);
            case DateTime time:
                return time.ToString(
                    time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss.FFFFFFF",
                    CultureInfo.InvariantCulture);
            case DateOnly day:
                return day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            // Times of a day and lengths of time: seconds.
            case TimeOnly time:
                return Text(time.ToTimeSpan().TotalSeconds, buffer, column, row);
            case TimeSpan time:
                return Text(time.TotalSeconds, buffer, column, row);
            case ISpanFormattable number:
                return number.TryFormat(buffer, out var length, "", CultureInfo.InvariantCulture)
                    ? buffer[..length] : number.ToString("", CultureInfo.InvariantCulture);
            default:
                throw new DataException(
                    Name, Invariant($"{Unit} {row}, column '{column}'"), "a number, a text, a date, or true or false",
                    value.GetType().Name);
        }
    }
}
