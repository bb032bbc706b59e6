using System.Buffers;
using System.Numerics;
using System.Text.RegularExpressions;
using MathNet.Numerics.Statistics;

namespace Functional.Host.Data;

/// <summary>Writes a column's features: those of the j-th index from j * width on.</summary>
internal delegate void FeatureWriter<T>(ReadOnlySpan<int> indices, Span<T> features, int width);

/// <summary>How a column of a table becomes features: <see cref="NumberEncoding"/> or <see cref="CategoryEncoding"/>.
/// </summary>
/// <param name="Name">What the column is called; null if it has no name.</param>
internal abstract partial record ColumnEncoding(string? Name)
{
    private const int MostCategories = 50, FewCategories = 10, LeastRows = 20, MedianSample = 10_001;

    /// <summary>How many features it becomes.</summary>
    public abstract int Features { get; }

    /// <summary>Learns how to encode a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="training">The rows that are learned from, at least one: no others are looked at.</param>
    /// <param name="scale">How numbers become features.</param>
    /// <returns>How, if it can be encoded, and why it should rather be left out, if it should.</returns>
    internal static (ColumnEncoding? Encoding, string? Why) Learn(Column column, int[] training, DataScale scale) =>
        column switch
        {
            NumberColumn numbers => Learn(numbers, training, scale),
            TextColumn texts => Learn(texts, training),
            _ => throw new ArgumentNullException(nameof(column)),
        };

    private static (ColumnEncoding?, string?) Learn(NumberColumn column, int[] training, DataScale scale)
    {
        var filled = Array.Exists(training, row => double.IsNaN(column.Values[row]))
            ? Array.FindAll(training, row => !double.IsNaN(column.Values[row])) : training;
        if (filled.Length == 0)
            return (null, "all of its cells are empty");
        return (
            new NumberEncoding(
                column.Name, scale == DataScale.None ? NumberScale.None : NumberScale.Standard(column.Values, filled),
                Median(column.Values, filled), filled.Length < training.Length)
            { Kind = column.Kind },
            IsIndex(column, training) ? "looks like a row number" : null);
    }

    private static (ColumnEncoding?, string?) Learn(TextColumn column, int[] training)
    {
        string[] categories =
        [
            .. training.Select(row => column.Codes[row]).Where(code => code >= 0).Distinct()
                .Select(code => column.Texts[code]).Order(StringComparer.Ordinal),
        ];
        var count = categories.Length;
        return count == 0 ? (null, "all of its cells are empty")
            : count > MostCategories || (count > FewCategories && count > training.Length / 2)
            ? (null, Invariant($"{count:N0} different texts in {training.Length:N0} rows are too many")
                + (categories.All(text => CellText.Like(text) is not null)
                    ? $"; '{Files.DataException.Short(categories[0])}' looks like {CellText.Like(categories[0])}" : ""))
            : (new CategoryEncoding(column.Name, categories, training.Any(row => column.Codes[row] < 0)), null);
    }

    // Of many numbers, some of them, sorted, say between which two the median is: few are left to select it from (Floyd
    // and Rivest 1975).
    private static double Median(double[] values, int[] rows)
    {
        var some = new double[Math.Min(rows.Length, MedianSample)];
        for (var i = 0; i < some.Length; i++)
            some[i] = values[rows[(int)((long)i * rows.Length / some.Length)]];
        Array.Sort(some);
        return Median(values, rows, some[some.Length * 19 / 40], some[some.Length * 21 / 40])
            ?? Median(values, rows, double.NegativeInfinity, double.PositiveInfinity)!.Value;
    }

    // Null if it isn't between these.
    private static double? Median(double[] values, int[] rows, double low, double high)
    {
        var rented = ArrayPool<double>.Shared.Rent(rows.Length);
        var (kept, below) = (0, 0);
        foreach (var row in rows)
        {
            var value = values[row];
            rented[kept] = value;
            kept += value >= low && value <= high ? 1 : 0;
            below += value < low ? 1 : 0;
        }
        var near = rented[..kept];
        ArrayPool<double>.Shared.Return(rented);
        var (left, right) = (((rows.Length + 1) / 2) - below, (rows.Length / 2) + 1 - below);
        return left < 1 || right > kept ? null
            : (ArrayStatistics.OrderStatisticInplace(near, left) / 2)
                + (ArrayStatistics.OrderStatisticInplace(near, right) / 2);
    }

    // Different integers in all rows, in a column that is called so. (Order alone says nothing: a column of times
    // ascends, too.)
    private static bool IsIndex(NumberColumn column, int[] training)
    {
        if (training.Length < LeastRows || !IndexName().IsMatch(column.Name ?? ""))
            return false;
        var values = Array.ConvertAll(training, row => column.Values[row]);
        return Array.TrueForAll(values, double.IsInteger) && values.Distinct().Count() == values.Length;
    }

    internal abstract string NameOf(int feature, string column);

    internal abstract bool Takes(Column column);

    internal abstract string? Fault();

    /// <summary>What writes the column's features.</summary>
    /// <param name="samples">What is encoded.</param>
    /// <param name="place">The column's place in it.</param>
    internal abstract FeatureWriter<T> Writer<T>(Samples samples, int place)
        where T : unmanaged, IFloatingPointIeee754<T>;

    [GeneratedRegex("^(?i:(.*[ _-])?(id|index|row|nr|no|number|unnamed: 0))$|[a-z]I[dD]$")]
    private static partial Regex IndexName();
}

/// <summary>A number becomes a feature, scaled; an empty cell counts as the median of the training rows. Where those
/// have empty cells, a second feature is 1 for an empty cell and 0 for a number.</summary>
/// <param name="Name">What the column is called; null if it has no name.</param>
/// <param name="Scale">How numbers are scaled.</param>
/// <param name="Fill">The number that an empty cell counts as.</param>
/// <param name="HasGaps">Whether a feature tells of empty cells.</param>
internal sealed record NumberEncoding(string? Name, NumberScale Scale, double Fill = 0, bool HasGaps = false)
    : ColumnEncoding(Name)
{
    /// <summary>What the numbers stand for; features don't depend on it.</summary>
    public NumberKind Kind { get; init; }

    /// <inheritdoc/>
    public override int Features => HasGaps ? 2 : 1;

    internal override string NameOf(int feature, string column) => feature == 0 ? column : $"{column} is empty";

    internal override bool Takes(Column column) => column is NumberColumn;

    internal override string? Fault() =>
        double.IsFinite(Fill) ? Scale.Fault() : "an empty cell must count as a finite number";

    internal override FeatureWriter<T> Writer<T>(Samples samples, int place)
    {
        var values = ((samples as Rows)?.Columns[place] as NumberColumn)?.Values;
        return (indices, features, width) =>
        {
            for (var j = 0; j < indices.Length; j++)
            {
                var number = values is null ? samples.Number(indices[j], place) : values[indices[j]];
                var isGap = double.IsNaN(number);
                features[j * width] = T.CreateSaturating(Scale.Apply(isGap ? Fill : number));
                if (HasGaps)
                    features[(j * width) + 1] = isGap ? T.One : T.Zero;
            }
        };
    }
}

/// <summary>A text becomes a feature for each of the categories that the training rows have, 1 for its own and 0 for
/// the others. A text that they don't have, and an empty cell, is 0 for all. Where they have empty cells, one more
/// feature is 1 for those.</summary>
/// <param name="Name">What the column is called; null if it has no name.</param>
/// <param name="Categories">The texts, in ordinal order.</param>
/// <param name="HasGaps">Whether a feature tells of empty cells.</param>
internal sealed record CategoryEncoding(string? Name, IReadOnlyList<string> Categories, bool HasGaps)
    : ColumnEncoding(Name)
{
    /// <inheritdoc/>
    public override int Features => Categories.Count + (HasGaps ? 1 : 0);

    /// <inheritdoc/>
    public bool Equals(CategoryEncoding? other) =>
        other is not null && Name == other.Name && HasGaps == other.HasGaps
        && Categories.SequenceEqual(other.Categories);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Categories.Count);

    internal override string NameOf(int feature, string column) =>
        feature < Categories.Count ? $"{column} = {Categories[feature]}" : $"{column} is empty";

    internal override bool Takes(Column column) => column is TextColumn;

    internal override string? Fault() => Categories.Count == 0 ? "a column of texts must have categories"
        : Categories.Distinct().Count() < Categories.Count ? "categories must be different texts" : null;

    internal override FeatureWriter<T> Writer<T>(Samples samples, int place)
    {
        var column = (TextColumn)((Rows)samples).Columns[place];
        var places = Categories.Index().ToDictionary(each => each.Item, each => each.Index, StringComparer.Ordinal);
        int[] of = [.. column.Texts.Select(text => places.GetValueOrDefault(text, -1))];
        return (indices, features, width) =>
        {
            for (var j = 0; j < indices.Length; j++)
            {
                var code = column.Codes[indices[j]];
                if (code < 0 && HasGaps)
                    features[(j * width) + Categories.Count] = T.One;
                else if (code >= 0 && of[code] >= 0)
                    features[(j * width) + of[code]] = T.One;
            }
        };
    }
}
