using System.Text;
using Functional.Host.Charts;
using Functional.Host.Files;

namespace Functional.Host.Pages;

/// <summary>Charts as files.</summary>
public static class ChartFile
{
    /// <summary>
    /// Writes a chart: a picture where the name ends in <c>.svg</c>, its numbers where it ends in <c>.csv</c>, a page
    /// that fits any window where it ends in <c>.html</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The name ends otherwise.</exception>
    /// <exception cref="OperationFailedException">The file can't be written.</exception>
    public static void Save(this Chart chart, string path)
    {
        ArgumentNullException.ThrowIfNull(chart);
        ArgumentNullException.ThrowIfNull(path);
        var text = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".svg" => chart.ToStandaloneSvg(),
            ".csv" => ChartNumbers.Csv(chart),
            ".html" => Page.Of(chart.Title, Page.Titled(chart)),
            _ => throw new ArgumentException(
                $"a chart is saved as .svg, .html or .csv (its numbers), not as {path}", nameof(path)),
        };
        OutputFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Writes a chart as a page into the folder for temporary files, and opens it in the browser.</summary>
    /// <returns>The page's path, and whether a browser has opened it.</returns>
    /// <exception cref="OperationFailedException">The file can't be written.</exception>
    public static (string Path, bool Opened) Show(this Chart chart)
    {
        var page = Path.Combine(Path.GetTempPath(), $"functional-{Path.GetRandomFileName()}.html");
        Save(chart, page);
        return (page, Browser.Open(page));
    }
}
