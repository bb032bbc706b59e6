namespace Functional.Host.Charts;

/// <summary>The few elements that charts are made of; nothing where there is nothing to show.</summary>
internal static class Svg
{
    /// <summary>A line of text on its base line, looking as its CSS classes say.</summary>
    public static Markup Text(string text, double x, double y, string classes) => text.Length == 0 ? Markup.Empty
        : Markup.Of($"<text class='{classes}' x='{x}' y='{y}'>{text}</text>");

    /// <summary>All that was traced, drawn or filled as its CSS classes say.</summary>
    public static Markup Path(PathData path, string classes) => path.IsEmpty ? Markup.Empty
        : Markup.Of($"<path class='{classes}' d='{path.ToString()}'/>");

    /// <summary>Markup with its origin moved.</summary>
    public static Markup At(this Markup markup, double x, double y) =>
        markup.Text.Length == 0 || (x == 0 && y == 0) ? markup
        : Markup.Of($"<g transform='translate({x} {y})'>{markup}</g>");
}
