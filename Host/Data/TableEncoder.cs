using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Data;

/// <summary>How rows of a table become features: each column's, side by side. Columns are taken by their names, in any
/// order and beside any others; those without names by their places.</summary>
/// <param name="Columns">Each column's.</param>
internal sealed record TableEncoder(IReadOnlyList<ColumnEncoding> Columns) : FeatureEncoder
{
    private const int Block = 512;

    /// <inheritdoc/>
    public override int Size => Columns.Count;

    /// <inheritdoc/>
    public override int Features => Columns.Sum(column => column.Features);

    /// <summary>Learns how to encode each column. Columns that say nothing, or nothing that could be learned, are left
    /// out.</summary>
    internal static TableEncoder Learn(Rows samples, int[] training, DataScale scale)
    {
        var columns = samples.Columns.Index().AsParallel().AsOrdered().WithDegreeOfParallelism(Threads.Count);
        var learned = columns.Select(column =>
        {
            var (encoding, why) = ColumnEncoding.Learn(column.Item, training, scale);
            return (Encoding: encoding, Why: why is null ? null : $"{samples.NameOf(column.Index)}: {why}");
        }).ToArray();
        var names = samples.Columns.All(column => column.Name is not null);
        // A column without a name is found by its place, so that none can be left out.
        if (!names && learned.FirstOrDefault(each => each.Encoding is null).Why is { } fault)
            throw new ArgumentException($"a column without a name can't be left out: {fault}", nameof(samples));
        var kept = learned.Where(each => !names || each.Why is null).ToArray();
        // A table has to have some column.
        if (kept.Length == 0)
            kept = [.. learned.Where(each => each.Encoding is not null).Take(1)];
        if (kept.Length == 0)
            throw new ArgumentException(
                $"no column can be learned from: {string.Join("; ", learned.Select(each => each.Why))}",
                nameof(samples));
        return new TableEncoder([.. kept.Select(each => each.Encoding!)])
        {
            LeftOut = [.. learned.Except(kept).Select(each => $"{each.Why}; left out")],
        };
    }

    /// <summary>The columns that were left out when this was learned, each with the reason.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Whether all columns have names.</summary>
    public bool HasNames => Columns.All(column => column.Name is not null);

    /// <inheritdoc/>
    public override string NameOf(int feature)
    {
        var (place, within) = PlaceOf(feature);
        return Columns[place].NameOf(within, Columns[place].Name ?? Invariant($"column {place + 1}"));
    }

    /// <summary>Whether a feature is a number of the data, not a mark of 0 or 1.</summary>
    internal bool IsNumber(int feature) =>
        PlaceOf(feature) is (var place, 0) && Columns[place] is NumberEncoding;

    // A feature's column, and which one of that column's it is.
    private (int Column, int Within) PlaceOf(int feature)
    {
        var within = feature;
        foreach (var (place, column) in Columns.Index())
        {
            if (within >= 0 && within < column.Features)
                return (place, within);
            within -= column.Features;
        }
        throw new ArgumentOutOfRangeException(
            nameof(feature), $"features are 0 to {Features - 1}, not {feature}");
    }

    /// <inheritdoc/>
    public bool Equals(TableEncoder? other) => other is not null && Columns.SequenceEqual(other.Columns);

    /// <inheritdoc/>
    public override int GetHashCode() => Columns.Count;

    /// <summary>As in <c>4 columns, 4 features</c>.</summary>
    public override string ToString() => $"{Plural.Of(Size, "column")}, {Plural.Of(Features, "feature")}";

    internal override TableEncoder OfFeatures =>
        new([.. Columns.Select(column => new NumberEncoding(column.Name, NumberScale.None))]);

    internal override string? Expected(Samples samples)
    {
        var places = PlacesIn(samples);
        if (Array.IndexOf(places, -1) is >= 0 and var missing)
            return $"rows with a column '{Columns[missing].Name}' (these have "
                + $"{Rows.Few(((Rows)samples).Columns.Select(column => column.Name!), 6)})";
        if (places.Length != Size)
            return $"samples of {Plural.Of(Size, "number")}, as the model takes them";
        var fits = samples is Rows rows
            ? Columns.Zip(places).All(pair => pair.First.Takes(rows.Columns[pair.Second]))
            : Columns.All(column => column is NumberEncoding);
        return fits ? null : "numbers and text in the columns in which the model has them";
    }

    internal override string? Fault(int inputs) =>
        Features != inputs ? $"columns of {Features} features for a network of {inputs} inputs"
        : Columns.Select(column => column.Fault()).FirstOrDefault(fault => fault is not null);

    private protected override Matrix<T> Encoded<T>(Samples samples, int[] indices)
    {
        var (places, width) = (PlacesIn(samples), Features);
        var features = new T[(long)width * indices.Length];
        FeatureWriter<T>[] writers = [.. Columns.Zip(places, (column, place) => column.Writer<T>(samples, place))];
        // Some rows at a time, so that a row's features are still in the cache when the next column is written.
        var options = new ParallelOptions { MaxDegreeOfParallelism = Threads.Count };
        Parallel.For(0, (indices.Length + Block - 1) / Block, options, block =>
        {
            var some = indices.AsSpan(block * Block, Math.Min(Block, indices.Length - (block * Block)));
            var first = block * Block * width;
            for (var i = 0; i < writers.Length; i++)
            {
                writers[i](some, features.AsSpan(first), width);
                first += Columns[i].Features;
            }
        });
        return Matrix<T>.Build.Dense(width, indices.Length, features);
    }

    // Where each column is found by its name, -1 where it isn't; without names all places, in order.
    private int[] PlacesIn(Samples samples)
    {
        if (samples is not Rows rows || !HasNames || rows.Columns.Any(column => column.Name is null))
            return [.. Enumerable.Range(0, samples.Size)];
        var named = rows.Columns.Index().ToDictionary(column => column.Item.Name!, column => column.Index);
        return [.. Columns.Select(column => named.GetValueOrDefault(column.Name!, -1))];
    }
}
