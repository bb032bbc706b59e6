using Spectre.Console;
using Spectre.Console.Rendering;

namespace Functional.Host.Commands;

/// <summary>A table as plain text. If it is wider than the terminal, the columns that don't fit follow below, with the
/// first column repeated: no cell is broken or cut.</summary>
internal sealed class TextTable(params IReadOnlyList<TableColumn> columns)
{
    private const int Gap = 2;

    private readonly List<Text[]> rows = [];

    /// <summary>A column of text.</summary>
    public static TableColumn Left(string heading) =>
        new(Cell(heading)) { NoWrap = true, Padding = new Padding(0, 0, Gap, 0) };

    /// <summary>A column of numbers.</summary>
    public static TableColumn Right(string heading) => Left(heading).RightAligned();

    /// <summary>Adds a row, with a cell per column.</summary>
    public void Add(params IEnumerable<string> cells) => rows.Add([.. cells.Select(Cell)]);

    /// <summary>The columns of the terminal; any number where standard output is none.</summary>
    public static int Room => Console.IsOutputRedirected ? int.MaxValue : ProtectedOutput.Live().Profile.Width;

    /// <summary>Whether all columns fit side by side.</summary>
    public bool Fits(int width) => Widths().Sum() + (Gap * (columns.Count - 1)) <= width;

    /// <summary>Writes the table to standard output, which need not be a terminal.</summary>
    public void Write() => Write(Console.Out, Room);

    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="width">In columns of the terminal.</param>
    public void Write(TextWriter output, int width)
    {
        using var written = new StringWriter();
        var (console, widths) = (Plain(written), Widths());
        for (int first = 1, next; first < columns.Count; first = next)
        {
            var total = widths[0] + Gap + widths[first];
            for (next = first + 1; next < columns.Count && total + Gap + widths[next] <= width; next++)
                total += Gap + widths[next];
            var table = new Table().NoBorder();
            int[] shown = [0, .. Enumerable.Range(first, next - first)];
            table.AddColumns([.. shown.Select(i => columns[i])]);
            foreach (var row in rows)
                table.AddRow(shown.Select(i => row[i]));
            console.Profile.Width = total + Gap;
            if (first > 1)
                console.WriteLine();
            console.Write(table);
        }
        foreach (var line in written.ToString().TrimEnd().Split(written.NewLine))
            output.WriteLine(line.TrimEnd());
    }

    private int[] Widths()
    {
        var options = RenderOptions.Create(Plain(TextWriter.Null));
        return [.. columns.Select((column, i) => rows.Select(row => row[i]).Append(column.Header)
            .Max(cell => cell.Measure(options, int.MaxValue).Max))];
    }

    private static IAnsiConsole Plain(TextWriter output) => AnsiConsole.Create(new AnsiConsoleSettings
        { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });

    private static Text Cell(string text) => new(Visible.Line(text));
}
