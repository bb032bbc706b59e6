using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Data;

/// <summary>How rows of a table become features: each column's, side by side. Columns are taken by their names, in any
/// order and beside any others; those without names by their places.</summary>
/// <param name="Columns">Each column's.</param>
public sealed record TableEncoder(IReadOnlyList<ColumnEncoding> Columns) : FeatureEncoder
{
    /// <inheritdoc/>
    public override int Size => Columns.Count;

    /// <inheritdoc/>
    public override int Features => Columns.Sum(column => column.Features);

    /// <summary>Learns how to encode each column. Columns that say nothing, or nothing that could be learned, are left
    /// out.</summary>
    internal static TableEncoder Learn(Rows rows, int[] training, DataScale scale)
    {
        var learned = rows.Columns.Select(column => (column, Encoding: ColumnEncoding.Learn(column, training, scale)))
            .ToArray();
        var names = rows.Columns.All(column => column.Name is not null);
        var kept = learned.Where(each => !names || each.Encoding.Why is null).ToArray();
        // A table has to have some column.
        if (kept.Length == 0)
            kept = [.. learned.Where(each => each.Encoding.Encoding is not null).Take(1)];
        if (kept.Length == 0)
            throw new ArgumentException(
                $"no column can be learned from: {string.Join("; ", learned.Select(Reason))}", nameof(rows));
        return new TableEncoder([.. kept.Select(each => each.Encoding.Encoding!)])
        {
            LeftOut = [.. learned.Except(kept).Select(Reason)],
        };

        static string Reason((Column Column, (ColumnEncoding?, string? Why) Encoding) each) =>
            $"{each.Column.Name}: {each.Encoding.Why}";
    }

    /// <summary>The columns that were left out when this was learned, each with the reason.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Whether all columns have names.</summary>
    public bool HasNames => Columns.All(column => column.Name is not null);

    /// <inheritdoc/>
    public override string NameOf(int feature)
    {
        var first = 0;
        foreach (var (place, column) in Columns.Index())
        {
            if (feature < first + column.Features)
                return column.NameOf(feature - first, column.Name ?? Invariant($"column {place + 1}"));
            first += column.Features;
        }
        throw new ArgumentOutOfRangeException(nameof(feature), $"features are 0 to {first - 1}, not {feature}");
    }

    /// <summary>Whether a feature is a number of the data, not a mark of 0 or 1.</summary>
    internal bool IsNumber(int feature)
    {
        foreach (var column in Columns)
        {
            if (feature < column.Features)
                return column is NumberEncoding && feature == 0;
            feature -= column.Features;
        }
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(TableEncoder? other) => other is not null && Columns.SequenceEqual(other.Columns);

    /// <inheritdoc/>
    public override int GetHashCode() => Columns.Count;

    /// <summary>As in <c>4 columns, 4 features</c>.</summary>
    public override string ToString() => $"{Plural.Of(Size, "column")}, {Plural.Of(Features, "feature")}";

    internal override TableEncoder OfFeatures =>
        new([.. Columns.Select(column => new NumberEncoding(column.Name, NumberScale.None))]);

    internal override string? Expected(Samples samples) =>
        PlacesIn(samples) is not { } places ? $"samples of {Plural.Of(Size, "number")}, as the model takes them"
        : samples is Rows rows && Columns.Zip(places).Any(pair => !pair.First.Takes(rows.Columns[pair.Second]))
            ? "numbers and text in the columns in which the model has them" : null;

    internal override string? Fault(int inputs) =>
        Features != inputs ? $"columns of {Features} features for a network of {inputs} inputs"
        : Columns.Select(column => column.Fault()).FirstOrDefault(fault => fault is not null);

    private protected override Matrix<T> Encoded<T>(Samples samples, int[] indices)
    {
        var (places, width) = (PlacesIn(samples)!, Features);
        var features = new T[(long)width * indices.Length];
        var first = 0;
        foreach (var (column, place) in Columns.Zip(places))
        {
            column.Encode(samples, place, indices, features.AsSpan(Math.Min(first, features.Length)), width);
            first += column.Features;
        }
        return Matrix<T>.Build.Dense(width, indices.Length, features);
    }

    // Where each column is found; null where they are not all there.
    private int[]? PlacesIn(Samples samples)
    {
        if (samples is not Rows rows || !HasNames || rows.Columns.Any(column => column.Name is null))
            return samples.Size == Size ? [.. Enumerable.Range(0, Size)] : null;
        var named = rows.Columns.Index().ToDictionary(column => column.Item.Name!, column => column.Index);
        int[] places = [.. Columns.Select(column => named.GetValueOrDefault(column.Name!, -1))];
        return places.Contains(-1) ? null : places;
    }
}
