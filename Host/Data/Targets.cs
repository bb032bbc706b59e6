namespace Functional.Host.Data;

/// <summary>The answers to samples: <see cref="Classes"/> or <see cref="Quantities"/>. What is learned of them is a
/// <see cref="LearningTask"/>.</summary>
public abstract record Targets
{
    private protected Targets() { }

    /// <summary>How many samples have them.</summary>
    public abstract int Count { get; }

    /// <summary>What they are, as in <c>3 classes</c> or <c>1 quantity</c>.</summary>
    internal abstract string Kind { get; }

    /// <summary>Those of some of the samples, in this order; one may come twice.</summary>
    public abstract Targets Take(int[] indices);

    /// <summary>What there is to learn of them. What depends on their values is taken from these samples alone.
    /// </summary>
    /// <param name="samples">Those that are trained on.</param>
    public abstract LearningTask Task(int[] samples);

    /// <summary>All of them as bytes: the same where they are the same.</summary>
    internal abstract IEnumerable<ReadOnlyMemory<byte>> Bytes();

    /// <summary>What those of these parts are together, in words.</summary>
    internal abstract string Described(IEnumerable<Targets> others);
}

/// <summary>A class per sample.</summary>
public sealed record Classes : Targets
{
    /// <summary>Labels of these classes.</summary>
    /// <param name="classification">The classes.</param>
    /// <param name="labels">Of each sample its class, from 0; given away, and not to be written to.</param>
    /// <exception cref="ArgumentException">A label is out of range.</exception>
    public Classes(Classification classification, int[] labels)
    {
        ArgumentNullException.ThrowIfNull(classification);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.AsSpan().IndexOfAnyExceptInRange(0, classification.Count - 1) is >= 0 and var index)
            throw new ArgumentException(
                $"label {index} is {labels[index]}, but there are {classification.Count} classes", nameof(labels));
        (Classification, Labels) = (classification, labels);
    }

    /// <summary>The classes.</summary>
    public Classification Classification { get; }

    /// <summary>Of each sample its class, from 0. Not to be written to.</summary>
    public int[] Labels { get; }

    /// <inheritdoc/>
    public override int Count => Labels.Length;

    internal override string Kind => Plural.Of(Classification.Count, "class", "classes");

    /// <inheritdoc/>
    public override Classes Take(int[] indices) =>
        new(Classification, Array.ConvertAll(indices.Within(Count), index => Labels[index]));

    /// <inheritdoc/>
    public override Classification Task(int[] samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return Classification;
    }

    /// <summary>How many samples each class has.</summary>
    public int[] Counts()
    {
        var counts = new int[Classification.Count];
        foreach (var label in Labels)
            counts[label]++;
        return counts;
    }

    internal override IEnumerable<ReadOnlyMemory<byte>> Bytes() =>
        [System.Runtime.InteropServices.MemoryMarshal.AsBytes(Labels.AsSpan()).ToArray()];

    internal override string Described(IEnumerable<Targets> others)
    {
        if (!Classification.AreNamed)
            return Kind;
        var counts = others.OfType<Classes>().Aggregate(
            Counts(), (sums, part) => [.. sums.Zip(part.Counts(), (a, b) => a + b)]);
        return $"{Classification.Target ?? "classes"}: "
            + Rows.Few(
                Classification.Names.Zip(counts).Select(pair => Invariant($"{pair.First} {pair.Second:N0}")), 20);
    }
}

/// <summary>Measured quantities: one number per sample, or several.</summary>
public sealed record Quantities : Targets
{
    /// <summary>Quantities, column by column.</summary>
    /// <param name="columns">At least one; all of one length, with a finite number for each sample.</param>
    /// <exception cref="ArgumentException">There is none, or lengths differ, or a number is not finite.</exception>
    public Quantities(IReadOnlyList<NumberColumn> columns)
    {
        if (columns.Complete("column").Count == 0)
            throw new ArgumentException("at least one quantity is needed", nameof(columns));
        foreach (var column in columns)
        {
            if (column.Count != columns[0].Count)
                throw new ArgumentException(
                    $"a quantity of {column.Count} samples beside one of {columns[0].Count}", nameof(columns));
            if (Array.FindIndex(column.Values, value => !double.IsFinite(value)) is >= 0 and var index)
                throw new ArgumentException(
                    Invariant($"sample {index} has {column.Values[index]}, which is not a quantity"), nameof(columns));
        }
        Columns = [.. columns];
    }

    /// <summary>Of each quantity a number per sample.</summary>
    public IReadOnlyList<NumberColumn> Columns { get; }

    /// <inheritdoc/>
    public override int Count => Columns[0].Count;

    internal override string Kind => Plural.Of(Columns.Count, "quantity", "quantities");

    /// <inheritdoc/>
    public override Quantities Take(int[] indices) =>
        new([.. Columns.Select(column => column.Take(indices.Within(Count)))]);

    /// <inheritdoc/>
    public override Regression Task(int[] samples) =>
        new([.. Columns.Select(column => NumberScale.Standard(column.Values, samples.Within(Count)))],
            [.. Columns.Select((column, i) => column.Name ?? Regression.NameOf(i))])
        { Kinds = [.. Columns.Select(column => column.Kind)] };

    internal override IEnumerable<ReadOnlyMemory<byte>> Bytes() => Columns.Select(column => column.Bytes());

    internal override string Described(IEnumerable<Targets> others) =>
        string.Join(", ", Columns.Select((column, i) =>
        {
            var values = others.OfType<Quantities>().SelectMany(part => part.Columns[i].Values)
                .Concat(column.Values).DefaultIfEmpty(double.NaN).ToArray();
            return $"{column.Name ?? "a quantity"} from {Text(values.Min())} to {Text(values.Max())}";

            string Text(double value) =>
                column.Kind == NumberKind.Date ? CellText.Day(value) : Quantity(value, 5);
        }));
}
