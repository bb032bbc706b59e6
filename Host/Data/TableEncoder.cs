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
            ? "columns of numbers where the model has numbers" : null;

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

/// <summary>How a column of a table becomes features.</summary>
/// <param name="Name">What the column is called; null if it has no name.</param>
public abstract record ColumnEncoding(string? Name)
{
    /// <summary>How many features it becomes.</summary>
    public abstract int Features { get; }

    /// <summary>Learns how to encode a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="training">The rows that are learned from, at least one.</param>
    /// <param name="scale">How numbers become features.</param>
    internal static ColumnEncoding Learn(Column column, int[] training, DataScale scale) => column switch
    {
        NumberColumn numbers => new NumberEncoding(
            numbers.Name, scale == DataScale.None ? NumberScale.None : NumberScale.Standard(numbers.Values, training)),
        _ => throw new ArgumentException($"column '{column.Name}' holds text, and numbers are needed"),
    };

    internal abstract string NameOf(int feature, string column);

    internal abstract bool Takes(Column column);

    internal abstract string? Fault();

    /// <summary>Writes the column's features: those of the j-th index from j * width on.</summary>
    internal abstract void Encode<T>(Samples samples, int place, int[] indices, Span<T> features, int width)
        where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>A number becomes one feature, scaled.</summary>
/// <param name="Name">What the column is called; null if it has no name.</param>
/// <param name="Scale">How.</param>
public sealed record NumberEncoding(string? Name, NumberScale Scale) : ColumnEncoding(Name)
{
    /// <inheritdoc/>
    public override int Features => 1;

    internal override string NameOf(int feature, string column) => column;

    internal override bool Takes(Column column) => column is NumberColumn;

    internal override string? Fault() => Scale.Fault();

    internal override void Encode<T>(Samples samples, int place, int[] indices, Span<T> features, int width)
    {
        for (var j = 0; j < indices.Length; j++)
            features[j * width] = T.CreateSaturating(Scale.Apply(samples.Number(indices[j], place)));
    }
}
