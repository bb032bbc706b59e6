using System.Text;
using System.Text.RegularExpressions;
using Functional.Host.Charts;
using Functional.Host.Experiments;
using Functional.Host.Files;

namespace Functional.Host.Pages;

/// <summary>A self-contained HTML page: opens offline, light and dark, wide and narrow, printed or read aloud.
/// </summary>
internal static partial class Page
{
    private const string Style = """
        body{margin:0;background:var(--chart-paper);color:var(--chart-ink);font:17px/1.55 system-ui,sans-serif}
        main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}
        h1{font-size:1.8rem;line-height:1.2;margin:.5rem 0}
        h2{font-size:1.25rem;margin:2.8rem 0 .4rem}
        p{max-width:44rem}
        figure{margin:1rem 0}
        table{border-collapse:collapse}
        th,td{text-align:left;vertical-align:top;font-weight:normal}
        th,td{padding:.2rem 1.5rem .2rem 0;border-bottom:1px solid var(--chart-grid)}
        th{color:var(--chart-muted);white-space:nowrap}
        td{overflow-wrap:anywhere}
        .number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        .grid,.scroll{overflow-x:auto}
        .grid th,.grid td,.scroll th,.scroll td{padding-right:1rem}
        .grid td,.option{white-space:nowrap}
        .long{display:inline-block;max-width:min(24rem,45vw);white-space:normal}
        .scroll th{white-space:normal}
        .scroll th[scope=col]{vertical-align:bottom}
        code,pre{font:.85rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
        pre{white-space:pre;overflow-x:auto;border:1px solid var(--chart-grid);border-radius:.3rem;padding:.7rem 1rem}
        a{color:inherit}
        :focus-visible{outline:3px solid currentColor;outline-offset:2px}
        :root{--page-failed:#b3261e;--page-contradicted:#7a4f00}
        @media screen and (prefers-color-scheme:dark){:root{--page-failed:#ff9d94;--page-contradicted:#f2c063}}
        @media (max-width:40rem){section>table th{white-space:normal}.grid th,.grid td,.scroll th,.scroll td{padding-right:.7rem}}
        @media print{
        body{font-size:10pt}
        main{max-width:none;padding:0}
        h1,h2,h3{break-after:avoid}
        p,li,table,tr,figure,pre,svg{break-inside:avoid}
        .question,p:has(+table),p:has(+pre),p:has(+.scroll),p:has(+.grid){break-after:avoid}
        .grid,.scroll{overflow:visible}
        pre{white-space:pre-wrap}
        .grid th,.grid td,.scroll th,.scroll td{padding-right:.5rem;font-size:8pt}
        nav,.back{display:none}
        }
        """;

    /// <summary>The name of a page that has a folder of its own.</summary>
    public const string FileName = "index.html";

    private static readonly Markup Generator = new("<meta name=\"generator\" content=\"Functional\">");

    /// <summary>Whether a file is such a page.</summary>
    internal static bool IsOne(string path)
    {
        var start = new byte[400];
        var length = 0;
        OutputFile.Guard(path, () =>
        {
            using var file =
                new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        });
        var text = Encoding.UTF8.GetString(start, 0, length);
        return text.StartsWith("<!doctype html>\n", StringComparison.Ordinal)
            && text.Contains(Generator.Text, StringComparison.Ordinal);
    }

    /// <summary>The page with this title and this inside of its <c>main</c> element.</summary>
    public static string Of(
        string title, Markup body, Language language = Language.English, string style = "") => Markup.Of($"""
        <!doctype html>
        <html lang="{language.Code()}">
        <head>
        <meta charset="utf-8">
        {Generator}
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        <title>{title}</title>
        <style>
        {new Markup(Stylesheet.Text)}
        {new Markup(Style + style)}
        </style>
        </head>
        <body>
        <main>
        {body}
        </main>
        </body>
        </html>

        """).Text;

    /// <summary>A page that begins with its title as a heading.</summary>
    public static string Of(string title, params IEnumerable<Markup> parts) =>
        Of($"Functional: {title}", Markup.Lines([Markup.Of($"<h1>{title}</h1>"), .. parts]));

    /// <summary>The same in another language.</summary>
    public static string In(Language language, string title, params IEnumerable<Markup> parts) =>
        Of($"Functional: {title}", Markup.Lines([Markup.Of($"<h1>{title}</h1>"), .. parts]), language);

    /// <summary>A heading with what belongs to it.</summary>
    public static Markup Section(string heading, params IEnumerable<Markup> parts) => Markup.Of($"""
        <section>
        <h2>{heading}</h2>
        {Markup.Lines(parts)}
        </section>
        """);

    /// <summary>A paragraph of plain text.</summary>
    public static Markup Paragraph(string text) => Markup.Of($"<p>{Unbroken(text)}</p>");

    // On a narrow page a line must not end within an option or an arrow.
    private static Markup Unbroken(string text) => Markup.Join(OptionName().Split(text).Select(
        (part, i) => i % 2 == 0 ? Markup.Of($"{part}") : Markup.Of($"<span class=\"option\">{part}</span>")));

    [GeneratedRegex("(--[a-z][a-z0-9-]*|->)")]
    private static partial Regex OptionName();

    /// <summary>A chart that keeps its title for screen readers, because a heading says it.</summary>
    public static Markup Figure(Chart chart) => Titled(chart with { ShowTitle = false });

    /// <summary>The same in a language; what screen readers say of a chart is English, or else its title.</summary>
    public static Markup Figure(Func<LocalizedText, string> say, Chart chart) => Figure(Described(say, chart));

    /// <summary>A chart under its own title, in a language.</summary>
    public static Markup Titled(Func<LocalizedText, string> say, Chart chart) => Titled(Described(say, chart));

    private static Chart Described(Func<LocalizedText, string> say, Chart chart) =>
        say(("", chart.Title)) is { Length: > 0 } title ? chart with
        {
            Description = title, OmissionName = say(("", "この軸に表せない値")),
        } : chart;

    /// <summary>A chart under its own title, one of several under a heading.</summary>
    public static Markup Titled(Chart chart) => Markup.Of($"<figure>{chart.ToMarkup()}</figure>");

    /// <summary>Rows of a name and a value.</summary>
    public static Markup Table(IEnumerable<(string Name, string Value)> rows) => Markup.Of($"""
        <table>
        {Markup.Lines(rows.Select(row => Markup.Of(
            $"<tr><th scope=\"row\">{row.Name}</th><td>{row.Value}</td></tr>")))}
        </table>
        """);

    /// <summary>Rows of cells under headings; the first cell of a row names it. May be wider than the page.</summary>
    /// <param name="name">What the table shows, for screen readers.</param>
    /// <param name="header">A heading for each column.</param>
    /// <param name="rows">As many cells each.</param>
    public static Markup Grid(string name, IEnumerable<string> header, IEnumerable<IReadOnlyList<Markup>> rows) =>
        Markup.Of($"""
            <div class="grid" tabindex="0" role="region" aria-label="{name}"><table>
            <tr>{Markup.Join(header.Select(cell => Markup.Of($"<th scope=\"col\">{cell}</th>")))}</tr>
            {Markup.Lines(rows.Select(row => Markup.Of(
                $"<tr><th scope=\"row\">{row[0]}</th>{Markup.Join(row.Skip(1).Select(Cell))}</tr>")))}
            </table></div>
            """);

    /// <summary>Text to be copied.</summary>
    public static Markup Code(string text) => Markup.Of($"<pre tabindex=\"0\"><code>{text}</code></pre>");

    private static Markup Cell(Markup content) => Markup.Of($"<td>{content}</td>");
}
