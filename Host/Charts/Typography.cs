using System.Globalization;

namespace Functional.Host.Charts;

/// <summary>How numbers are written in print, and about how wide text is.</summary>
internal static class Typography
{
    internal const double TitleSize = 15;
    internal const double TextSize = 12;
    internal const double SmallSize = 11;

    /// <summary>How much wider bold letters are.</summary>
    internal const double Bold = 1.12;

    /// <summary>The fonts of a reader's own system, Japanese included.</summary>
    public const string FontFamily = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','Noto Sans',"
        + "'Hiragino Sans','Yu Gothic','Noto Sans CJK JP',Arial,sans-serif";

    private const char Minus = '\u2212';
    private const char ThinSpace = '\u2009';
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>
    /// With a true minus sign and, from a number of digits on, thin spaces between thousands: −12 500.5.
    /// </summary>
    public static string Number(double value, int decimals, int groupedFrom = 5)
    {
        var digits = Math.Abs(value).ToString("F" + decimals, CultureInfo.InvariantCulture);
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? digits.Length : point;
        if (whole >= groupedFrom)
            for (var at = whole - 3; at > 0; at -= 3)
                digits = digits.Insert(at, ThinSpace.ToString());
        return value < 0 && digits.Any(digit => digit is >= '1' and <= '9') ? Minus + digits : digits;
    }

    /// <summary>The difference between two numbers rounded to this many decimals: what a reader who subtracts the
    /// printed numbers finds.</summary>
    public static double Difference(double first, double second, int decimals)
    {
        double Written(double value) => double.Parse(
            value.ToString("F" + decimals, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return Math.Round(Written(first) - Written(second), decimals);
    }

    /// <summary>A whole number with superscript digits behind 10: 10⁻³.</summary>
    public static string PowerOfTen(int exponent) => "10" + Superscript(exponent);

    /// <summary>A mantissa of at most this many digits and a power of ten: 2.5×10⁻⁸.</summary>
    public static string Scientific(double value, int digits = 6)
    {
        if (value == 0)
            return "0";
        var text = value.ToString("E" + (digits - 1), CultureInfo.InvariantCulture).Split('E');
        var mantissa = double.Parse(text[0], CultureInfo.InvariantCulture);
        return Number(mantissa, TrimmedDecimals(mantissa, digits - 1)) + "×"
            + PowerOfTen(int.Parse(text[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// A measured value with this many significant digits, without trailing zeros: 0.0213, 12 500, 3×10⁻⁸, ∞.
    /// </summary>
    public static string Value(double value, int digits = 3)
    {
        if (double.IsNaN(value))
            return "not a number";
        if (double.IsInfinity(value))
            return value > 0 ? "∞" : Minus + "∞";
        if (value == 0)
            return "0";
        var exponent = Exponent(value);
        if (exponent is < -4 or > 6)
            return Scientific(value, digits);
        return Number(value, TrimmedDecimals(value, Math.Max(0, digits - 1 - exponent)));
    }

    /// <summary>
    /// About how wide a text is, in units of the chart: generous, since the reader's font isn't known here.
    /// </summary>
    public static double Width(string text, double size) => size * text.EnumerateRunes().Sum(rune => rune.Value switch
    {
        'i' or 'j' or 'l' or 'I' or '|' or '.' or ',' or ':' or ';' or '\'' or '!' => 0.34,
        ' ' or 'f' or 't' or 'r' or '(' or ')' or '[' or ']' or '/' or '-' => 0.4,
        ThinSpace => 0.2,
        'm' or 'w' or 'M' or 'W' or '%' or '@' => 0.95,
        >= 'A' and <= 'Z' => 0.7,
        '²' or '³' or '¹' or (>= '⁰' and <= '₎') => 0.42,
        Minus or '×' or '=' or '+' => 0.8,
        >= 0x1100 => 1.0,
        _ => 0.62,
    });

    /// <summary>The text in as few lines as hold it; words that are wider than a line alone are left whole.</summary>
    public static IReadOnlyList<string> Wrap(string text, double size, double width)
    {
        var lines = new List<string>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(Breakable))
            if (lines.Count > 0 && Width((lines[^1] + word).TrimEnd(), size) <= width)
                lines[^1] += word;
            else
                lines.Add(word);
        return [.. lines.Select(line => line.TrimEnd())];
    }

    /// <summary>The text, cut with an ellipsis where it is wider than there is room for.</summary>
    public static string Fit(string text, double size, double width)
    {
        if (Width(text, size) <= width)
            return text;
        var runes = text.EnumerateRunes().ToArray();
        var kept = runes.Length;
        while (kept > 0 && Width(string.Concat(runes.Take(kept)) + "…", size) > width)
            kept--;
        return string.Concat(runes.Take(kept)).TrimEnd() + "…";
    }

    /// <summary>The label or, where it is empty, another text.</summary>
    internal static string OrElse(this string label, string otherwise) => label.Length > 0 ? label : otherwise;

    internal static double Power(int exponent) =>
        double.Parse("1e" + exponent.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>The power of ten of a number's first digit.</summary>
    internal static int Exponent(double value)
    {
        var text = Math.Abs(value).ToString("E16", CultureInfo.InvariantCulture);
        return int.Parse(text.AsSpan(text.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture);
    }

    private static int TrimmedDecimals(double value, int decimals)
    {
        var digits = Math.Abs(value).ToString("F" + decimals, CultureInfo.InvariantCulture);
        return decimals == 0 ? 0 : digits.TrimEnd('0').Length - digits.IndexOf('.', StringComparison.Ordinal) - 1;
    }

    private static string Superscript(int number) =>
        (number < 0 ? "⁻" : "") + string.Concat(Math.Abs(number).ToString(CultureInfo.InvariantCulture)
            .Select(digit => Superscripts[digit - '0']));

    // Japanese has no spaces: there a line may end after any character.
    private static IEnumerable<string> Breakable(string word) =>
        word.Any(letter => letter >= 0x3000)
            ? (word + " ").EnumerateRunes().Select(rune => rune.ToString())
            : [word + " "];
}
