using System.Globalization;
using System.Runtime.CompilerServices;

namespace Functional.Host;

/// <summary>Text with numbers as every culture's programs read them.</summary>
internal static class InvariantText
{
    /// <summary>An interpolated string in the invariant culture. Several with <c>+</c> between them are one.</summary>
    public static string Invariant(InvariantTextHandler text) => text.ToStringAndClear();

    /// <summary>A measured value with this many significant digits at least, and all before the point: <c>21040</c>,
    /// <c>0.00075</c>; with an exponent only where it is very large or small.</summary>
    public static string Quantity(double value, int digits = 4)
    {
        var size = Math.Abs(value);
        if (!(size is >= 1e-5 and < 1e15))
            return value.ToString("G" + digits, CultureInfo.InvariantCulture);
        var decimals = digits - 1 - (int)Math.Floor(Elementary.Log(size) / Elementary.Log(10.0));
        var text = value.ToString("F" + Math.Max(0, decimals), CultureInfo.InvariantCulture);
        return decimals > 0 ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    /// <summary>A finite number; null if the text is none. (.NET ignores NULs behind a number.)</summary>
    public static double? ReadNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number) && !text.Contains('\0') ? number : null;

    /// <summary>A number for a network in single precision: what becomes 0 or infinite there is not what was asked
    /// for.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static double SingleNumber(string text)
    {
        var number = ReadNumber(text) ?? throw new UsageException($"expected a number, found '{text}'");
        return number == 0 || ((float)number != 0 && float.IsFinite((float)number))
            ? number
            : throw new UsageException($"expected a number that single precision has, found '{text}'");
    }
}

/// <summary>What the compiler builds <see cref="InvariantText.Invariant"/>'s interpolated string with.</summary>
[InterpolatedStringHandler]
internal ref struct InvariantTextHandler(int literalLength, int formattedCount)
{
    private DefaultInterpolatedStringHandler text = new(literalLength, formattedCount, CultureInfo.InvariantCulture);

    public void AppendLiteral(string literal) => text.AppendLiteral(literal);

    public void AppendFormatted<T>(T value) => text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => text.AppendFormatted(value, format);

    public void AppendFormatted<T>(T value, int alignment, string? format = null) =>
        text.AppendFormatted(value, alignment, format);

    internal string ToStringAndClear() => text.ToStringAndClear();
}
