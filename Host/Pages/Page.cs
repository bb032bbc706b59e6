using System.Net;
using System.Text;
using Functional.Host.Files;
using Functional.Host.Charts;

namespace Functional.Host.Pages;

/// <summary>A self-contained HTML page: opens offline, light and dark, wide and narrow, printed or read aloud.</summary>
internal static class Page
{
    private const string Style = """
        body{margin:0;background:var(--chart-paper);color:var(--chart-ink);font:17px/1.55 system-ui,sans-serif}
        main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}
        h1{font-size:1.8rem;line-height:1.2;margin:.5rem 0}
        h2{font-size:1.25rem;margin:2.8rem 0 .4rem}
        p{max-width:44rem}
        figure{margin:1rem 0}
        table{border-collapse:collapse}
        th,td{text-align:left;font-weight:normal;padding:.2rem 1.5rem .2rem 0;border-bottom:1px solid var(--chart-grid);vertical-align:top}
        th{color:var(--chart-muted);white-space:nowrap}
        td{overflow-wrap:anywhere}
        .number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        .grid,.scroll{overflow-x:auto}
        .grid th,.grid td,.scroll th,.scroll td{padding-right:1rem}
        .grid td{white-space:nowrap}
        .scroll th[scope=row]{white-space:normal}
        code,pre{font:.85rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
        pre{white-space:pre-wrap;border:1px solid var(--chart-grid);border-radius:.3rem;padding:.7rem 1rem}
        a{color:inherit}
        :focus-visible{outline:3px solid currentColor;outline-offset:2px}
        :root{--page-failed:#b3261e}
        @media screen and (prefers-color-scheme:dark){:root{--page-failed:#ff9d94}}
        @media (max-width:40rem){.grid th,.grid td,.scroll th,.scroll td{padding-right:.7rem}}
        @media print{
        body{font-size:10pt}
        main{max-width:none;padding:0}
        h1,h2,h3{break-after:avoid}
        p,li,tr,figure,pre,svg{break-inside:avoid}
        .grid,.scroll{overflow:visible}
        .grid th,.grid td,.scroll th,.scroll td{padding-right:.5rem;font-size:8pt}
        nav,.back{display:none}
        }
        """;

    private const string Generator = "<meta name=\"generator\" content=\"Functional\">";

    /// <summary>Whether a file is such a page.</summary>
    internal static bool IsOne(string path)
    {
        var start = new byte[400];
        var length = 0;
        OutputFile.Guard(path, () =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        });
        return Encoding.UTF8.GetString(start, 0, length) is var text
            && text.StartsWith("<!doctype html>\n", StringComparison.Ordinal) && text.Contains(Generator, StringComparison.Ordinal);
    }

    /// <summary>The page with this title and this inside of its <c>main</c> element.</summary>
    public static string Of(string title, string body, string language = "en", string style = "") =>
        $"""
        <!doctype html>
        <html lang="{language}">
        <head>
        <meta charset="utf-8">
        {Generator}
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        <title>{Text(title)}</title>
        <style>
        {Stylesheet.Text}
        {Style}{style}
        </style>
        </head>
        <body>
        <main>
        {body}
        </main>
        </body>
        </html>

        """;

    /// <summary>A heading with what belongs to it.</summary>
    public static string Section(string heading, params IEnumerable<string> parts) =>
        $"<section>\n<h2>{Text(heading)}</h2>\n{string.Join('\n', parts)}\n</section>";

    /// <summary>A paragraph of plain text.</summary>
    public static string Paragraph(string text) => $"<p>{Text(text)}</p>";

    /// <summary>A chart that keeps its title for screen readers, because a heading says it.</summary>
    public static string Figure(Chart chart) => $"<figure>{(chart with { ShowTitle = false }).ToHtml()}</figure>";

    /// <summary>A chart under its own title, one of several under a heading.</summary>
    public static string Titled(Chart chart) => $"<figure>{chart.ToHtml()}</figure>";

    /// <summary>Rows of a name and a value.</summary>
    public static string Table(IEnumerable<(string Name, string Value)> rows) =>
        $"<table>\n{string.Join('\n', rows.Select(row => $"<tr><th scope=\"row\">{Text(row.Name)}</th><td>{Text(row.Value)}</td></tr>"))}\n</table>";

    /// <summary>Rows of cells under headings; the first cell of a row names it. May be wider than the page.</summary>
    /// <param name="name">What the table shows, for screen readers.</param>
    /// <param name="header">A heading for each column.</param>
    /// <param name="rows">As many cells each, in HTML.</param>
    public static string Grid(string name, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows) =>
        $"<div class=\"grid\" tabindex=\"0\" role=\"region\" aria-label=\"{Text(name)}\"><table>\n<tr>"
        + string.Concat(header.Select(cell => $"<th scope=\"col\">{Text(cell)}</th>")) + "</tr>\n"
        + string.Join('\n', rows.Select(row =>
            $"<tr><th scope=\"row\">{row[0]}</th>{string.Concat(row.Skip(1).Select(cell => $"<td>{cell}</td>"))}</tr>"))
        + "\n</table></div>";

    /// <summary>Text to be copied.</summary>
    public static string Code(string text) => $"<pre tabindex=\"0\"><code>{Text(text)}</code></pre>";

    /// <summary>Text with what HTML would take for markup escaped, and what nobody would see made visible.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(Visible.Lines(text));
}
