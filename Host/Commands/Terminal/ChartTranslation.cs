using Functional.Host.Charts;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary>The doctor's pictures in the reader's language. What bars and images are called stays: those are names of
/// the data.</summary>
internal static class ChartTranslation
{
    /// <summary>The same chart, its title, axes and lines in the reader's language.</summary>
    public static Chart Said(Chart chart) => (chart with { Title = Say(chart.Title) }) switch
    {
        LineChart lines => lines with
        {
            X = Said(lines.X), Y = Said(lines.Y),
            Series = [.. lines.Series.Select(series => series with { Name = Say(series.Name) })],
            References = [.. lines.References.Select(line => line with { Label = Say(line.Label) })],
        },
        AxesChart axes => axes with { X = Said(axes.X), Y = Said(axes.Y) },
        BarChart bars => bars with { Label = Say(bars.Label) },
        var other => other,
    };

    private static Axis Said(Axis axis) => axis with { Label = Say(axis.Label) };
}
