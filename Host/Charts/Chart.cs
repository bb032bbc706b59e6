using System.Globalization;
using System.Text;

namespace Functional.Host.Charts;

/// <summary>
/// A picture of some data: an immutable value, turned into SVG by a pure function. The same chart gives the same text.
/// Whatever the data hold (nothing at all, NaN, infinities, a million points), there is a chart; values without a place
/// on it are left out, and its description says how many.
/// </summary>
/// <param name="Title">What the chart shows, in a few words: drawn above it and read out by screen readers.</param>
public abstract record Chart(string Title)
{
    /// <summary>The width, in its own units, of a chart that reads well on a screen or on paper.</summary>
    public const double WideWidth = 720;

    /// <summary>The width, in its own units, of a chart that reads well on a phone.</summary>
    public const double NarrowWidth = 400;

    private const double LeastWidth = 200;

    /// <summary>What one sees in the chart, for those who cannot; by default a summary of its data.</summary>
    public string? Description { get; init; }

    /// <summary>What values without a place on the axes are called, in another language than English.</summary>
    internal string? OmissionName { get; init; }

    /// <summary>
    /// Where the ids of the SVG begin; by default derived from its content, so that several fit into one page.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>Whether the title is drawn, or only read out (where a heading or a caption says the same).</summary>
    public bool ShowTitle { get; init; } = true;

    /// <summary>
    /// The chart as an <c>svg</c> element, fluid, for a page that embeds <see cref="Stylesheet.Text"/>. Text keeps its
    /// size relative to <paramref name="width"/>: the narrower, the larger it is when the picture is stretched.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The width is below 200, where no axis and its labels
    /// fit.</exception>
    /// <exception cref="ArgumentException">The chart's parts contradict each other, as lists of unequal lengths
    /// do.</exception>
    public string ToSvg(double width = WideWidth) => Render(width, "chart", Markup.Empty).Text;

    /// <summary>
    /// Both a wide and a narrow form, of which the style sheet shows the one that fits its container.
    /// </summary>
    public string ToHtml() => ToMarkup().Text;

    internal Markup ToMarkup() => Markup.Of(
        $"<div class='chart-box'>{Render(WideWidth, "chart chart-wide", Markup.Empty)}{
            Render(NarrowWidth, "chart chart-narrow", Markup.Empty)}</div>");

    /// <summary>The chart as the text of an .svg file that is viewed alone: the style sheet is inside.</summary>
    public string ToStandaloneSvg(double width = WideWidth) =>
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        + Render(width, "chart", Markup.Of($"<style>{Stylesheet.Standalone}</style>")).Text + "\n";

    internal abstract Drawing Draw(double width);

    private Markup Render(double width, string classes, Markup style)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, LeastWidth);
        var drawing = Draw(width);
        var heading = ShowTitle ? Heading.Title(Title, width) : Drawing.Empty;
        var body = heading.Body + drawing.Body.At(0, heading.Height);
        var height = Math.Ceiling(heading.Height + drawing.Height);
        var description = (Description ?? drawing.Summary) + Omission(drawing.LeftOut);
        var size = Markup.Number(width);
        var id = Id is null ? $"chart-{Digest(Title + description + size + body)}" : $"{Id}-{size}";
        return Markup.Of($"<svg xmlns='http://www.w3.org/2000/svg' class='{classes}' width='{width}' height='{height}'")
            + Markup.Of($" viewBox='0 0 {width} {height}' role='img'")
            + Markup.Of($" aria-labelledby='{id}-title' aria-describedby='{id}-desc'>")
            + Markup.Of($"<title id='{id}-title'>{Title}</title><desc id='{id}-desc'>{description}</desc>")
            + style + body + new Markup("</svg>");
    }

    private string Omission(int count) => count switch
    {
        0 => "",
        _ when OmissionName is { } name => $" {name}: {Typography.Number(count, 0)}",
        1 => " One value has no place on these axes and is left out.",
        _ => $" {Typography.Number(count, 0)} values have no place on these axes and are left out.",
    };

    // FNV-1a, 64 bits: the same on every system and in every run, unlike string.GetHashCode.
    private static string Digest(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ octet) * 1099511628211UL;
        return hash.ToString("x16", CultureInfo.InvariantCulture)[..10];
    }
}

/// <summary>The inside of a chart, drawn downwards from (0, 0).</summary>
/// <param name="Body">The marks.</param>
/// <param name="Height">How much room they take.</param>
/// <param name="Summary">What they show, in words.</param>
/// <param name="LeftOut">How many values could not be drawn.</param>
internal readonly record struct Drawing(Markup Body, double Height, string Summary, int LeftOut)
{
    public static Drawing Empty { get; } = new(Markup.Empty, 0, "", 0);
}
