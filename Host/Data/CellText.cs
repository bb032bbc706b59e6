using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Functional.Host.Data;

/// <summary>What a table's cells mean as text: numbers, dates, yes and no, nothing.</summary>
internal static partial class CellText
{
    private static readonly string[] Gaps = ["?", "NA", "N/A", "NaN", "null"];
    private static readonly string[] Dates =
    [
        "yyyy-MM-dd", "yyyy/MM/dd",
        .. from separator in (string[])[" ", "'T'"]
           from time in (string[])["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"]
           from zone in (string[])["", "'Z'"]
           select $"yyyy-MM-dd{separator}{time}{zone}",
    ];

    /// <summary>Whether a cell, trimmed, holds nothing: it is empty, or says so.</summary>
    public static bool IsGap(ReadOnlySpan<char> cell)
    {
        if (cell.IsEmpty)
            return true;
        if (cell.Length > 4 || char.IsAsciiDigit(cell[0]))
            return false;
        foreach (var gap in Gaps)
            if (cell.Equals(gap, gap == "NA" ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    private const int MostDigits = 16;

    /// <summary>What separates nothing: a digit is taken for one first.</summary>
    public const char NoSeparator = '0';

    private static readonly double[] PowersOfTen =
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16];

    /// <summary>The length of the short number that a text, of letters or in UTF-8, begins with, up to its end or a
    /// separator; -1 if it begins with anything else. The digits are an integer that double precision has, as is the
    /// power of ten, so their quotient is the nearest number: what <see cref="Plain"/> gives, sooner. Source: Clinger
    /// (1990).</summary>
    public static int Short<T>(ReadOnlySpan<T> text, T separator, out double number)
        where T : unmanaged, IBinaryInteger<T>
    {
        number = 0;
        var start = text.Length > 0 && text[0] == T.CreateTruncating('-') ? 1 : 0;
        var (integer, point, i) = (0L, -1, start);
        for (; i < text.Length; i++)
        {
            var digit = int.CreateTruncating(text[i]) - '0';
            if ((uint)digit <= 9)
                integer = (10 * integer) + digit;
            else if (digit == '.' - '0' && point < 0)
                point = i;
            else if (text[i] == separator)
                break;
            else
                return -1;
            if (i - start >= MostDigits)
                return -1;
        }
        if (i - start == (point < 0 ? 0 : 1) || integer >= LargeIntegers.AllExact)
            return -1;
        number = integer / PowersOfTen[point < 0 ? 0 : i - 1 - point];
        if (start > 0)
            number = -number;
        return i;
    }

    /// <summary>A finite number as tables have it; null if the text is none. (.NET takes one with NULs behind it.)
    /// </summary>
    public static double? Plain(ReadOnlySpan<char> cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && float.IsFinite((float)number) && !cell.Contains('\0')
            ? number : null;

    /// <summary>The number that a cell stands for: a number, 1 and 0 for yes and no or true and false, a date's days
    /// since 1970; null if it stands for none.</summary>
    /// <param name="cell">The cell, trimmed.</param>
    /// <param name="commas">Whether a number may have a decimal comma.</param>
    public static double? Number(ReadOnlySpan<char> cell, bool commas) =>
        Plain(cell) ?? (commas ? WithComma(cell) : null) ?? YesOrNo(cell) ?? Days(cell);

    /// <summary>What the numbers of a column stand for, with one cell more: plain numbers once they differ.</summary>
    /// <param name="cell">The cell, which stands for a number.</param>
    /// <param name="before">Of the cells before; null if there is none.</param>
    public static NumberKind KindOf(ReadOnlySpan<char> cell, NumberKind? before)
    {
        if (before == NumberKind.Number)
            return NumberKind.Number;
        var kind = YesOrNo(cell) is not null ? NumberKind.YesNo
            : cell.Length >= 10 && Days(cell) is not null ? NumberKind.Date : NumberKind.Number;
        return before is null || before == kind ? kind : NumberKind.Number;
    }

    /// <summary>What a cell of a column of numbers should be.</summary>
    public static string Expected(NumberKind kind) => kind switch
    {
        NumberKind.YesNo => "yes or no",
        NumberKind.Date => "a date, as in 2026-11-27",
        _ => "a finite number",
    };

    /// <summary>A column's number for people: a date as a date, with a time where it has one.</summary>
    public static string Of(double number, NumberKind kind) => kind switch
    {
        NumberKind.Date when number is > -719_000 and < 2_900_000 => DateTime.UnixEpoch.AddDays(number).ToString(
            double.IsInteger(number) ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        NumberKind.YesNo when number is 0 or 1 => number == 1 ? "yes" : "no",
        _ => Invariant($"{number:G6}"),
    };

    /// <summary>The day of a date.</summary>
    public static string Day(double days) => Of(Math.Floor(days), NumberKind.Date);

    /// <summary>Whether a cell is a number beyond the largest of single precision, and doesn't call itself infinite.
    /// </summary>
    public static bool IsTooLarge(ReadOnlySpan<char> cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && Math.Abs(number) > float.MaxValue && cell.ContainsAnyInRange('0', '9');

    /// <summary>What a text looks like that is read as text, and how that would be written to be read; null if it looks
    /// like text.</summary>
    public static string? Like(ReadOnlySpan<char> cell) =>
        IsoDate().IsMatch(cell) ? "a date, but no calendar has it"
        : DateLike().IsMatch(cell) ? "a date, which is read as 2026-11-27, with a time as 2026-11-27 16:30"
        : !NumberLike().IsMatch(cell) ? null
        : DecimalPart().IsMatch(cell)
            ? "a number, which is read as 1234.5, or as 1234,5 where no comma separates cells"
            : "a number, which is read as 1234.5";

    /// <summary>Whether a cell looks like a number with a decimal comma.</summary>
    public static bool HasDecimalComma(ReadOnlySpan<char> cell) => DecimalComma().IsMatch(cell);

    private static double? WithComma(ReadOnlySpan<char> cell) =>
        HasDecimalComma(cell) ? Plain(cell.ToString().Replace(',', '.')) : null;

    private static double? YesOrNo(ReadOnlySpan<char> cell) =>
        Is(cell, "true") || Is(cell, "yes") ? 1 : Is(cell, "false") || Is(cell, "no") ? 0 : null;

    private static bool Is(ReadOnlySpan<char> cell, string word) =>
        cell.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static double? Days(ReadOnlySpan<char> cell) =>
        cell.Length >= 10 && cell[4] is '-' or '/' && char.IsAsciiDigit(cell[0]) && DateTime.TryParseExact(
            cell, Dates, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
            ? (date - DateTime.UnixEpoch).TotalDays : null;

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    private static partial Regex IsoDate();

    // Three numbers, the year first or last, and perhaps a time.
    [GeneratedRegex(@"^([0-9]{4}([-/.])[0-9]{1,2}\2[0-9]{1,2}|[0-9]{1,2}([-/.])[0-9]{1,2}\3[0-9]{2,4})([ T].*)?$")]
    private static partial Regex DateLike();

    // With separators between thousands, a sign of percent or of a currency.
    [GeneratedRegex(@"^[-+−]?[$€£¥]? ?([0-9]+|[0-9]{1,3}([,.' ’][0-9]{3})+)([.,][0-9]+)? ?[%$€£¥]?$")]
    private static partial Regex NumberLike();

    // A comma and what is behind it, unless these may be thousands.
    [GeneratedRegex("(?!,[0-9]{3}[^0-9]*$),[0-9]+[^0-9]*$")]
    private static partial Regex DecimalPart();

    [GeneratedRegex(@"^[+-]?[0-9]+,[0-9]+(e[+-]?[0-9]+)?$", RegexOptions.IgnoreCase)]
    private static partial Regex DecimalComma();
}
