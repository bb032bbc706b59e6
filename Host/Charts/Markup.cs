using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Functional.Host.Charts;

/// <summary>
/// A piece of finished XML or HTML. Written as an interpolated string, in which text is escaped, numbers get at most
/// one decimal (a tenth of a pixel), and other markup goes in unchanged, so nothing unescaped can slip through:
/// <c>Markup.Of($"&lt;text x='{x}'&gt;{label}&lt;/text&gt;")</c>.
/// </summary>
/// <param name="Text">The XML itself.</param>
internal readonly record struct Markup(string Text)
{
    /// <summary>No markup at all.</summary>
    public static Markup Empty { get; } = new("");

    /// <summary>The markup that an interpolated string stands for.</summary>
    public static Markup Of(MarkupHandler content) => content.ToMarkup();

    /// <summary>All parts, one after the other.</summary>
    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(part => part.Text)));

    /// <summary>Those parts that are not empty, each on a line of its own.</summary>
    public static Markup Lines(params IEnumerable<Markup> parts) =>
        new(string.Join('\n', parts.Select(part => part.Text).Where(text => text.Length > 0)));

    /// <summary>One piece after the other.</summary>
    public static Markup operator +(Markup left, Markup right) => new(left.Text + right.Text);

    /// <summary>The XML itself.</summary>
    public override string ToString() => Text;

    /// <summary>
    /// Text with the five special characters as entities, fit for element content and for attributes in either quotes.
    /// Control characters, which XML 1.0 does not allow, are made visible; halves of surrogate pairs become U+FFFD.
    /// </summary>
    public static string Escape(string text)
    {
        var builder = new StringBuilder(text.Length + 8);
        foreach (var rune in Visible.Lines(text).EnumerateRunes())
            builder.Append(rune.Value switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                0xFFFE or 0xFFFF => "\uFFFD",
                _ => rune.ToString(),
            });
        return builder.ToString();
    }

    /// <summary>A coordinate with at most one decimal and a plain hyphen for minus, the same on every system.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The coordinate is not finite: no renderer knows where that
    /// is.</exception>
    public static string Number(double coordinate)
    {
        if (!double.IsFinite(coordinate))
            throw new ArgumentOutOfRangeException(nameof(coordinate), coordinate, "A coordinate must be finite.");
        return (Math.Round(coordinate, 1) + 0.0).ToString("0.#", CultureInfo.InvariantCulture);
    }
}

/// <summary>What the compiler builds <see cref="Markup.Of"/>'s interpolated string with.</summary>
[InterpolatedStringHandler]
internal readonly ref struct MarkupHandler(int literalLength, int formattedCount)
{
    private readonly StringBuilder builder = new(literalLength + 12 * formattedCount);

    /// <summary>A literal part: goes in unchanged.</summary>
    public void AppendLiteral(string literal) => builder.Append(literal);

    /// <summary>Text: goes in escaped.</summary>
    public void AppendFormatted(string text) => builder.Append(Markup.Escape(text));

    /// <summary>A coordinate: goes in with at most one decimal.</summary>
    public void AppendFormatted(double coordinate) => builder.Append(Markup.Number(coordinate));

    /// <summary>Markup: goes in unchanged.</summary>
    public void AppendFormatted(Markup markup) => builder.Append(markup.Text);

    internal Markup ToMarkup() => new(builder.ToString());
}
