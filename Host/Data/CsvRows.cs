using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Functional.Host.Files;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Data;

/// <summary>
/// The rows of a table as text, each with as many cells as the first. A byte order mark tells the encoding (UTF-8,
/// UTF-16, UTF-32) and is no part of the text; without one it is UTF-8, or UTF-16 where every other byte of the
/// beginning is 0.
/// </summary>
internal sealed class CsvRows : IDisposable
{
    private const int LongestCell = 10_000, LongestRow = 1 << 24, MostColumns = 100_000;

    private readonly string name;
    private readonly StreamReader reader;
    private readonly CsvParser parser;
    private int columns;

    private readonly InflatedStream? inflated;

    /// <summary>Starts at the beginning of a stream, which must be able to seek and stays its owner's; it may be gzip.
    /// </summary>
    public CsvRows(Stream owners, string name)
    {
        var stream = InflatedStream.Of(owners, name);
        (this.name, inflated) = (name, stream as InflatedStream);
        Span<byte> start = stackalloc byte[4];
        stream.Position = 0;
        var count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        var (encoding, mark) = EncodingOf(start[..count]);
        reader = Reader();
        char separator;
        using (var header = Reader())
            separator = Guarded(() => Separator(header));
        stream.Position = mark;
        parser = new CsvParser(new Bounded(reader, separator, name), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = separator.ToString(),
            MaxFieldSize = LongestCell,
            // A quote that stays open goes on to the end of the file: what is wrong is where it begins.
            BadDataFound = bad => throw (bad.Field is ['"', ..] && bad.Field.Contains('\n', StringComparison.Ordinal)
                ? Unclosed(name, bad.Context.Parser!.RawRow - bad.Field.Count(letter => letter == '\n'), bad.Field)
                : new DataException(
                    name, $"line {Line + 1}", "quotes around whole cells only", $"'{Short(bad.Field)}'")),
        });

        StreamReader Reader()
        {
            stream.Position = mark;
            return new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        }
    }

    /// <summary>Where the row that was read last is, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>The cells of the next row; null after the last.</summary>
    /// <exception cref="DataException">It is no such row.</exception>
    public string[]? Next()
    {
        var cells = Guarded(() => parser.Read() ? parser.Record : null);
        if (cells is null)
            return null;
        Line = parser.RawRow;
        columns = columns == 0 ? cells.Length : columns;
        return cells.Length == columns
            ? cells : throw new DataException(
                name, $"line {Line}", $"{columns} cells, as in the header", $"{cells.Length}");
    }

    public void Dispose()
    {
        parser.Dispose();
        reader.Dispose();
        inflated?.Dispose();
    }

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DecoderFallbackException)
        {
            throw new DataException(
                name, $"line {Line + 1} or after it", "text in UTF-8 or UTF-16",
                "bytes that are none");
        }
        catch (MaxFieldSizeException)
        {
            throw new DataException(
                name, $"line {Line + 1} or after it", $"cells of at most {LongestCell} characters", "a longer one");
        }
        catch (CsvHelperException e)
        {
            throw new DataException(
                name, $"line {Line + 1} or after it", "a row of a table",
                $"\"{e.Message.Split('\n')[0].TrimEnd('\r')}\"");
        }
    }

    private static (Encoding Encoding, int Mark) EncodingOf(ReadOnlySpan<byte> start) => start switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (new UTF8Encoding(false, throwOnInvalidBytes: true), 3),
        [0xFF, 0xFE, 0, 0] => (new UTF32Encoding(false, false, throwOnInvalidCharacters: true), 4),
        [0, 0, 0xFE, 0xFF] => (new UTF32Encoding(true, false, throwOnInvalidCharacters: true), 4),
        [0xFF, 0xFE, ..] => (new UnicodeEncoding(false, false, throwOnInvalidBytes: true), 2),
        [0xFE, 0xFF, ..] => (new UnicodeEncoding(true, false, throwOnInvalidBytes: true), 2),
        [not 0, 0, not 0, 0] => (new UnicodeEncoding(false, false, throwOnInvalidBytes: true), 0),
        [0, not 0, 0, not 0] => (new UnicodeEncoding(true, false, throwOnInvalidBytes: true), 0),
        _ => (new UTF8Encoding(false, throwOnInvalidBytes: true), 0),
    };

    // A column's name in quotes may have another; a quote within it is there twice, and so ends nothing.
    private static char Separator(StreamReader header)
    {
        var start = new char[1 << 12];
        var quoted = false;
        foreach (var character in start.AsSpan(0, header.ReadBlock(start)))
            if (character == '"')
                quoted = !quoted;
            else if (!quoted && character is (',' or ';' or '\t'))
                return character;
            else if (!quoted && character is ('\n' or '\r'))
                break;
        return ',';
    }

    private static DataException Unclosed(string name, int line, string cell) =>
        new(
            name, $"line {line}", "a quote at the end of the cell, too",
            $"'{Short(cell.Split('\n')[0].TrimEnd('\r'))}'");

    /// <summary>Text of which no row is longer than the memory should hold: the parser looks at a row only when it has
    /// all of it.</summary>
    private sealed class Bounded(StreamReader text, char separator, string name) : TextReader
    {
        private readonly StringBuilder beginning = new();
        private int line = 1, row, cells = 1, quoted, quotedAt;
        private char last;

        public override int Read(char[] buffer, int index, int count)
        {
            var read = text.Read(buffer, index, count);
            foreach (var character in buffer.AsSpan(index, read))
                Pass(character);
            return read;
        }

        private void Pass(char character)
        {
            if (++row > LongestRow)
                throw Error($"rows of at most {LongestRow} characters", "a longer one");
            if (character == '"')
                (quoted, quotedAt) = quoted > 0 ? (0, 0) : (1, line);
            else if (quoted > 0)
                Quote(character);
            else if (character == separator && ++cells > MostColumns)
                throw Error($"at most {MostColumns} cells", "more");
            if (character == '\r' || (character == '\n' && last != '\r'))
                line++;
            if (quoted == 0 && character is '\r' or '\n')
                (row, cells) = (0, 1);
            last = character;
        }

        private void Quote(char character)
        {
            if (quoted == 1)
                beginning.Clear();
            if (quoted < 60)
                beginning.Append(character);
            if (++quoted > LongestCell)
                throw Unclosed(name, quotedAt, $"\"{beginning}");
        }

        private DataException Error(string expected, string found) => new(name, $"line {line}", expected, found);
    }
}
