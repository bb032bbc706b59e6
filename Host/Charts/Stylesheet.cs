using System.Globalization;

namespace Functional.Host.Charts;

/// <summary>
/// The one style sheet of all charts. A page embeds it once; a lone .svg file carries it inside. The theme follows the
/// reader's system, or the nearest <c>data-theme="light"</c> or <c>"dark"</c> above; print is always light. The custom
/// properties <c>--chart-paper</c>, <c>--chart-ink</c>, <c>--chart-muted</c>, <c>--chart-line</c> and
/// <c>--chart-grid</c> are there for the page too.
/// </summary>
internal static class Stylesheet
{
    /// <summary>The style sheet's text: CSS, without a style element around it.</summary>
    public static string Text { get; } = string.Create(CultureInfo.InvariantCulture, $$$"""
        :root,[data-theme=light]{{{{Properties(Palette.Light)}}}}
        @media screen and (prefers-color-scheme:dark){:root:not([data-theme]){{{{Properties(Palette.Dark)}}}}}
        @media screen{[data-theme=dark]{{{{Properties(Palette.Dark)}}}}}
        .chart{display:block;width:100%;height:auto;max-width:960px;background:var(--chart-paper)}
        .chart-box{container-type:inline-size;max-width:960px}
        .chart-box>.chart-narrow{display:none;max-width:480px}
        @container (max-width:600px){.chart-box>.chart-wide{display:none}.chart-box>.chart-narrow{display:block}}
        .chart text{font:{{{Typography.TextSize}}}px {{{Typography.FontFamily}}};fill:var(--chart-ink)}
        .chart .title{font-size:{{{Typography.TitleSize}}}px;font-weight:600}
        .chart .cell{font-weight:600}
        .chart .small{font-size:{{{Typography.SmallSize}}}px}
        .chart .muted{fill:var(--chart-muted)}
        .chart .middle{text-anchor:middle}
        .chart .end{text-anchor:end}
        .chart .halo{paint-order:stroke;stroke:var(--chart-paper);stroke-width:3px;stroke-linejoin:round}
        .chart path{fill:none}
        .chart .grid{stroke:var(--chart-grid)}
        .chart .axis{stroke:var(--chart-line)}
        .chart .reference{stroke:var(--chart-ink);stroke-dasharray:2 3}
        .chart .contour{stroke:var(--chart-line);stroke-width:.8}
        .chart .arrow{stroke:var(--chart-muted);stroke-width:.8}
        .chart .line{stroke:var(--series);stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
        .chart .thin{stroke:var(--series);stroke-width:1}
        .chart .area{fill:var(--series);fill-opacity:.18}
        .chart .bar{fill:var(--series)}
        .chart .mark{fill:var(--series);stroke:var(--series);stroke-width:1.2}
        .chart .faint{fill-opacity:.35}
        .chart .dash1{stroke-dasharray:7 4}
        .chart .dash2{stroke-dasharray:.1 4}
        .chart .dash3{stroke-dasharray:9 4 .1 4}
        .chart image{image-rendering:pixelated}
        {{{string.Join('\n', Enumerable.Range(0, Palette.Light.Series.Count).Select(i =>
            $".chart .series{i}{{--series:var(--chart-{i})}}"))}}}
        {{{string.Join('\n', Enumerable.Range(0, Palette.Levels).Select(i =>
            $".chart .level{i}{{fill:var(--chart-level{i})}}.chart .on{i}{{fill:var(--chart-on{i})}}"
            + $".chart .trace{i}{{stroke:var(--chart-level{i})}}"))}}}
        """);

    /// <summary>The same for a lone file, which programs may draw that know no variables of CSS, such as Inkscape and
    /// rsvg-convert: they keep these colors, those of the light theme, where a browser takes the rules behind them.
    /// </summary>
    public static string Standalone { get; } = $$"""
        .chart .muted{fill:{{Palette.Light.Muted}}}.chart .arrow{stroke:{{Palette.Light.Muted}}}
        .chart .grid{stroke:{{Palette.Light.Grid}}}.chart .axis,.chart .contour{stroke:{{Palette.Light.Line}}}
        .chart .reference{stroke:{{Palette.Light.Ink}}}
        {{string.Join('\n', Palette.Light.Series.Select((color, i) =>
            $".line.series{i},.thin.series{i},.mark.series{i}{{stroke:{color}}}"
            + $".area.series{i},.bar.series{i},.mark.series{i}{{fill:{color}}}"))}}
        {{string.Join('\n', Enumerable.Range(0, Palette.Levels).Select(i =>
            $".chart .level{i}{{fill:{Palette.Ramp(Palette.Light, i)}}}.chart .trace{i}{{stroke:{
                Palette.Ramp(Palette.Light, i)}}}.chart .on{i}{{fill:{Palette.OnRamp(Palette.Light, i)}}}"))}}
        {{Text}}
        """;

    private static string Properties(Theme theme) => string.Concat(
        $"color-scheme:{(theme == Palette.Dark ? "dark" : "light")};",
        $"--chart-paper:{theme.Paper};--chart-ink:{theme.Ink};",
        $"--chart-muted:{theme.Muted};--chart-line:{theme.Line};--chart-grid:{theme.Grid};",
        string.Concat(theme.Series.Select((color, i) => $"--chart-{i}:{color};")),
        string.Concat(Enumerable.Range(0, Palette.Levels).Select(i =>
            $"--chart-level{i}:{Palette.Ramp(theme, i)};--chart-on{i}:{Palette.OnRamp(theme, i)};")));
}
