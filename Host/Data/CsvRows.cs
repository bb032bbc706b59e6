using System.Text;
using Functional.Host.Files;
using nietras.SeparatedValues;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Data;

/// <summary>
/// The rows of a table as text, each with as many cells as the first. A byte order mark gives the encoding (UTF-8,
/// UTF-16, UTF-32) and is no part of the text; without one it is UTF-8, or UTF-16 where every other byte of the
/// beginning is 0.
/// </summary>
internal sealed class CsvRows : IDisposable
{
    /// <summary>How many letters a cell and a row may have.</summary>
    public const int LongestCell = 10_000, LongestRow = 1 << 24;

    private const int MostColumns = 100_000;
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly string name;
    private readonly SepReader rows;
    private readonly InflatedStream? inflated;
    private int columns, nextLine = 1;

    /// <summary>Starts at the beginning of a stream, which must be able to seek and stays its owner's; it may be gzip.
    /// </summary>
    public CsvRows(Stream owners, string name)
    {
        var stream = InflatedStream.Of(owners, name);
        (this.name, inflated) = (name, stream as InflatedStream);
        Span<byte> start = stackalloc byte[4];
        stream.Position = 0;
        var count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        (var encoding, Mark) = EncodingOf(start[..count]);
        using (var header = Reader())
            (Separator, NamesSeparator) = Guarded(() => SeparatorOf(header));
        rows = Reading(Reader());
        IsUtf8 = encoding == Utf8;
        if (NamesSeparator)
            MoveNext();

        StreamReader Reader()
        {
            stream.Position = Mark;
            return new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        }
    }

    /// <summary>Starts in the same table, whose header was read, at a block of whole rows in UTF-8: behind the header,
    /// if that is in it. Lines count from the block's beginning.</summary>
    public CsvRows(CsvRows table, ArraySegment<byte> block, bool isFirst)
    {
        (name, Separator, columns) = (table.name, table.Separator, table.columns);
        var text = block[(isFirst ? table.Mark : 0)..];
        rows = Reading(new StreamReader(
            new MemoryStream(text.Array!, text.Offset, text.Count), Utf8, detectEncodingFromByteOrderMarks: false));
        if (isFirst && table.NamesSeparator)
            MoveNext();
        if (isFirst)
            Read();
    }

    /// <summary>Whether a comma is free to be part of a number.</summary>
    public bool HasCommas => Separator != ',';

    /// <summary>What is between cells.</summary>
    public char Separator { get; }

    /// <summary>Whether a line before the header names that.</summary>
    public bool NamesSeparator { get; }

    /// <summary>How many bytes of the text only say how it is encoded.</summary>
    public int Mark { get; }

    /// <summary>Whether the text is in UTF-8.</summary>
    public bool IsUtf8 { get; }

    /// <summary>The line on which the row that was read last begins, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>How many lines the rows take that were read.</summary>
    public int Lines => nextLine - 1;

    /// <summary>A cell of the row that was read last, without the quotes around it.</summary>
    public ReadOnlySpan<char> this[int column]
    {
        get
        {
            var cell = rows.Current[column].Span;
            return cell is ['"', ..] ? cell.Trim()[1..^1].ToString().Replace("\"\"", "\"") : cell;
        }
    }

    /// <summary>Goes on to the next row that isn't empty.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="DataException">It is no such row.</exception>
    public bool Read()
    {
        do
            if (!MoveNext())
                return false;
        while (rows.Current.Span.IsEmpty);
        var row = rows.Current;
        if (row.Span.Length > LongestCell || row.Span.Contains('"'))
            for (var column = 0; column < row.ColCount; column++)
                Check(row[column].Span, row.Span);
        columns = columns == 0 ? row.ColCount : columns;
        return row.ColCount == columns
            ? true : throw new DataException(
                name, $"line {Line}", $"{columns} cells, as in the header", $"{row.ColCount}");
    }

    // Quotes and the number of cells are checked here, with messages of our own.
    private SepReader Reading(StreamReader text) => Guarded(() => Sep.New(Separator)
        .Reader(options => options with { HasHeader = false, DisableColCountCheck = true })
        .From(new Bounded(text, this)));

    // Where a quote stays open, a row's own number is of the end of the file.
    private bool MoveNext()
    {
        if (!Guarded(rows.MoveNext))
            return false;
        (Line, nextLine) = (nextLine, rows.Current.LineNumberToExcl);
        return true;
    }

    /// <summary>The cells of the next row; null after the last.</summary>
    /// <exception cref="DataException">It is no such row.</exception>
    public string[]? Next() =>
        Read() ? [.. Enumerable.Range(0, columns).Select(column => this[column].ToString())] : null;

    public void Dispose()
    {
        rows.Dispose();
        inflated?.Dispose();
    }

    // RFC 4180: quotes are around a whole cell, and a quote within it is there twice.
    private void Check(ReadOnlySpan<char> cell, ReadOnlySpan<char> row)
    {
        if (cell.Length > LongestCell && cell[0] != '"')
            throw TooLong(Line);
        if (!cell.Contains('"'))
            return;
        row.Overlaps(cell, out var start);
        var line = Line + row[..start].Count('\n');
        var whole = cell.TrimEnd();
        var inner = whole is ['"', .., '"'] ? whole[1..^1].ToString().Replace("\"\"", "") : null;
        if (inner is null || inner.Contains('"'))
            throw new DataException(
                name, $"line {line}",
                cell[0] == '"' && whole.Count('"') % 2 != 0
                    ? "a quote at the end of the cell, too" : "quotes around whole cells only",
                $"'{Short(cell.ToString().Split('\n')[0].TrimEnd('\r'))}'");
        if (cell.Length > LongestCell)
            throw TooLong(line);
    }

    private DataException TooLong(int line) => new(
        name, $"line {line} or after it", $"cells of at most {LongestCell} characters", "a longer one");

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DecoderFallbackException)
        {
            throw new DataException(
                name, $"line {Line + 1} or after it", "text in UTF-8 or UTF-16", "other bytes");
        }
        // Sep's limit on the length of a row.
        catch (NotSupportedException)
        {
            throw new DataException(
                name, $"line {Line + 1} or after it", $"rows of at most {LongestRow} characters",
                "a longer one (does a quote stay open?)");
        }
    }

    private static (Encoding Encoding, int Mark) EncodingOf(ReadOnlySpan<byte> start) => start switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (Utf8, 3),
        [0xFF, 0xFE, 0, 0] => (new UTF32Encoding(false, false, throwOnInvalidCharacters: true), 4),
        [0, 0, 0xFE, 0xFF] => (new UTF32Encoding(true, false, throwOnInvalidCharacters: true), 4),
        [0xFF, 0xFE, ..] => (new UnicodeEncoding(false, false, throwOnInvalidBytes: true), 2),
        [0xFE, 0xFF, ..] => (new UnicodeEncoding(true, false, throwOnInvalidBytes: true), 2),
        [not 0, 0, not 0, 0] => (new UnicodeEncoding(false, false, throwOnInvalidBytes: true), 0),
        [0, not 0, 0, not 0] => (new UnicodeEncoding(true, false, throwOnInvalidBytes: true), 0),
        _ => (Utf8, 0),
    };

    // A column's name in quotes may have another; a quote within it is there twice, and so ends nothing.
    // A first line may name the separator, as spreadsheets write it: sep=;
    private static (char Separator, bool IsNamed) SeparatorOf(StreamReader header)
    {
        var buffer = new char[1 << 12];
        var start = buffer.AsSpan(0, header.ReadBlock(buffer));
        if (start is ['s' or 'S', 'e' or 'E', 'p' or 'P', '=', (',' or ';' or '\t') and var named, '\n' or '\r', ..])
            return (named, true);
        var quoted = false;
        foreach (var character in start)
            if (character == '"')
                quoted = !quoted;
            else if (!quoted && character is (',' or ';' or '\t'))
                return (character, false);
            else if (!quoted && character is ('\n' or '\r'))
                break;
        return (',', false);
    }

    /// <summary>Text whose rows have a bound before they are whole: a reader would hold them in memory.</summary>
    private sealed class Bounded(StreamReader text, CsvRows owner) : TextReader
    {
        private const int Block = 1 << 15;
        private int line = 1, cells, cell;

        public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

        public override int Read(Span<char> buffer)
        {
            var read = text.Read(buffer[..Math.Min(Block, buffer.Length)]);
            var block = buffer[..read];
            line += block.Count('\n');
            var last = block.LastIndexOfAny('\n', '\r');
            cells = (last < 0 ? cells : 0) + block[(last + 1)..].Count(owner.Separator);
            last = Math.Max(last, block.LastIndexOf(owner.Separator));
            cell = (last < 0 ? cell : 0) + read - (last + 1);
            if (cells >= MostColumns)
                throw new DataException(
                    owner.name, $"line {line}", $"at most {MostColumns} cells", "more");
            return cell > LongestCell ? throw owner.TooLong(line) : read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                text.Dispose();
            base.Dispose(disposing);
        }
    }
}
