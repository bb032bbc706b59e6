using System.Globalization;
using System.Text;
using Apache.Arrow;
using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>The values of Arrow's arrays.</summary>
internal static class ArrowCells
{
    /// <summary>The value at a place of an array; null in a gap.</summary>
    /// <exception cref="DataException">The array's values are no cells of a table.</exception>
    public static Func<int, object?> Of(IArrowArray array, string path, string column) => array switch
    {
        NullArray => _ => null,
        BooleanArray flags => i => flags.GetValue(i),
        Int8Array numbers => i => numbers.GetValue(i),
        Int16Array numbers => i => numbers.GetValue(i),
        Int32Array numbers => i => numbers.GetValue(i),
        Int64Array numbers => i => numbers.GetValue(i),
        UInt8Array numbers => i => numbers.GetValue(i),
        UInt16Array numbers => i => numbers.GetValue(i),
        UInt32Array numbers => i => numbers.GetValue(i),
        UInt64Array numbers => i => numbers.GetValue(i),
        HalfFloatArray numbers => i => numbers.GetValue(i),
        FloatArray numbers => i => numbers.GetValue(i),
        DoubleArray numbers => i => numbers.GetValue(i),
        Decimal128Array numbers => i => numbers.GetString(i),
        Decimal256Array numbers => i => numbers.GetString(i),
        // GetString reads beyond the array where offsets are damaged; GetBytes doesn't.
        StringArray texts => i => texts.IsNull(i) ? null : Encoding.UTF8.GetString(texts.GetBytes(i)),
        LargeStringArray texts => i => texts.IsNull(i) ? null : Encoding.UTF8.GetString(texts.GetBytes(i)),
        StringViewArray texts => i => texts.IsNull(i) ? null : Encoding.UTF8.GetString(texts.GetBytes(i)),
        Date32Array days => i => days.GetDateTime(i),
        Date64Array days => i => days.GetDateTime(i),
        TimestampArray times => i => times.GetTimestamp(i),
        Time32Array times => i => times.GetTime(i),
        Time64Array times => i => times.GetTime(i),
        DurationArray times => i => times.GetTimeSpan(i),
        DictionaryArray dictionary => InDictionary(dictionary, path, column),
        _ => throw new DataException(
            path, $"column '{column}'", "numbers, texts, dates, or true and false", array.Data.DataType.Name),
    };

    private static Func<int, object?> InDictionary(DictionaryArray dictionary, string path, string column)
    {
        var (places, values) = (Of(dictionary.Indices, path, column), Of(dictionary.Dictionary, path, column));
        return i => places(i) is { } place ? values(Convert.ToInt32(place, CultureInfo.InvariantCulture)) : null;
    }
}
