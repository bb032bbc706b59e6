using System.Globalization;
using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Data;

/// <summary>What is learned: to classify (<see cref="Classification"/>) or to give quantities
/// (<see cref="Regression"/>). It follows from the <see cref="Targets"/>.</summary>
public abstract record LearningTask
{
    private protected LearningTask() { }

    /// <summary>How many outputs a network for it has.</summary>
    public abstract int Outputs { get; }

    /// <summary>The loss that fits it by default.</summary>
    public abstract Loss Loss { get; }

    /// <summary>What it is about: the column of the classes, or the quantities; null if that has no name.</summary>
    public abstract string? Target { get; }

    /// <summary>A batch of these inputs and of the targets of the same samples, as the network is trained on them.
    /// </summary>
    /// <param name="inputs">features x samples; given away.</param>
    /// <param name="targets">Those of all samples.</param>
    /// <param name="indices">The samples of the batch.</param>
    /// <exception cref="ArgumentException">The targets are not this task's.</exception>
    public abstract Batch<T> Batch<T>(Matrix<T> inputs, Targets targets, int[] indices)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>What is wrong with a network of these outputs and this loss for the task; null if nothing is.</summary>
    internal abstract string? Fault(int outputs, Loss loss);

    /// <summary>The task of a network of which no more is known: nothing is scaled, nothing has a name.</summary>
    internal static LearningTask Of(int outputs, Loss loss) =>
        loss.Function.IsRegression
            ? new Regression(
                [.. Enumerable.Repeat(NumberScale.None, outputs)],
                [.. Enumerable.Range(0, outputs).Select(Regression.NameOf)])
            : Classification.Numbered(Math.Max(2, outputs));

    private protected static ArgumentException Misfit(Targets targets, string expected) =>
        new($"the targets should be {expected}, but are {targets.Given().Kind}", nameof(targets));
}

/// <summary>To classify.</summary>
public sealed record Classification : LearningTask
{
    private const int FewClasses = 10;

    /// <summary>Classes by name.</summary>
    /// <param name="names">At least one.</param>
    /// <param name="target">The column that holds them; null if it has no name.</param>
    /// <exception cref="ArgumentException">There is none, or two have the same name.</exception>
    public Classification(IReadOnlyList<string> names, string? target = null) : this(names, target, areNamed: true) { }

    private Classification(IReadOnlyList<string> names, string? target, bool areNamed)
    {
        if (names.Complete("name").Count == 0)
            throw new ArgumentException("at least one class is needed", nameof(names));
        if (names.CountBy(name => name).FirstOrDefault(count => count.Value > 1).Key is { } twice)
            throw new ArgumentException($"two classes are called '{twice}'", nameof(names));
        (Names, Target, AreNamed) = (names, target, areNamed);
    }

    /// <summary>Classes that have numbers only, from 0.</summary>
    public static Classification Numbered(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new(
            [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))], null,
            areNamed: false);
    }

    /// <summary>How many classes there are.</summary>
    public int Count => Names.Count;

    /// <summary>What they are called, in order: their numbers if they have no names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether they have names.</summary>
    public bool AreNamed { get; }

    /// <inheritdoc/>
    public override string? Target { get; }

    /// <inheritdoc/>
    public override int Outputs => Count;

    /// <inheritdoc/>
    public override Loss Loss => Loss.SoftmaxCrossEntropy();

    /// <inheritdoc/>
    public override Batch<T> Batch<T>(Matrix<T> inputs, Targets targets, int[] indices)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(indices);
        return targets is Classes classes
            ? Functional.Batch.Adopt(inputs, Array.ConvertAll(indices, index => classes.Labels[index]))
            : throw Misfit(targets, "classes");
    }

    /// <inheritdoc/>
    public bool Equals(Classification? other) =>
        other is not null && Target == other.Target && AreNamed == other.AreNamed && Names.SequenceEqual(other.Names);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Target, Names.Count);

    internal override string? Fault(int outputs, Loss loss) =>
        // A single output distinguishes two classes.
        Count == Math.Max(2, outputs) ? null : $"{Count} classes for a network of {outputs} outputs";

    /// <summary>Names of classes that are one number, or differ in nothing but capital letters and blanks, and so may
    /// be meant to be one.</summary>
    public IEnumerable<IReadOnlyList<string>> Alike() =>
        from name in AreNamed ? Names : []
        group name by CellText.Plain(name) is { } number
            ? number.ToString(CultureInfo.InvariantCulture)
            : string.Concat(name.ToUpperInvariant().Where(letter => !char.IsWhiteSpace(letter))) into alike
        where alike.Count() > 1
        select (IReadOnlyList<string>)[.. alike];

    /// <summary>Whether the classes of this many samples are numbers, and too many of them for anything but a measured
    /// quantity.</summary>
    internal static bool LooksMeasured(IReadOnlyList<string> names, int samples, bool commas)
    {
        if (names.Count <= FewClasses)
            return false;
        var numbers = names.Select(name => CellText.Number(name, commas)).ToArray();
        return !numbers.Contains(null)
            && (numbers.Length > Math.Sqrt(samples) || numbers.Any(number => !double.IsInteger(number!.Value)));
    }

    /// <summary>As in <c>grape: merlot | pinot noir</c>.</summary>
    public override string ToString() => !AreNamed ? Plural.Of(Count, "class", "classes")
        : $"{(Target is null ? "" : $"{Target}: ")}{string.Join(" | ", Names.Take(20))}{(Count > 20 ? " | ..." : "")}";
}

/// <summary>To give quantities. A network learns them with mean 0 and deviation 1, so that losses and learning rates
/// are of the usual size; what a person sees is scaled back.</summary>
/// <param name="Scales">How each quantity is scaled.</param>
/// <param name="Names">What they are called.</param>
public sealed record Regression(IReadOnlyList<NumberScale> Scales, IReadOnlyList<string> Names) : LearningTask
{
    // Where dates are this far apart, the time of a day says nothing.
    private const int FewDays = 10;

    /// <summary>How each quantity is scaled.</summary>
    public IReadOnlyList<NumberScale> Scales { get; init => field = value.Given(); } = Scales.Given();

    /// <summary>What they are called.</summary>
    public IReadOnlyList<string> Names { get; init => field = value.Complete("name"); } = Names.Complete("name");

    /// <summary>What the numbers of each stand for; all are numbers if there are none.</summary>
    internal IReadOnlyList<NumberKind> Kinds { get; init; } = [];

    /// <inheritdoc/>
    public override int Outputs => Scales.Count;

    /// <summary>What a quantity without a name is called.</summary>
    internal static string NameOf(int index) => Invariant($"quantity {index + 1}");

    /// <inheritdoc/>
    public override Loss Loss => Loss.MeanSquaredError;

    /// <inheritdoc/>
    public override string? Target => string.Join(", ", Names);

    /// <inheritdoc/>
    public override Batch<T> Batch<T>(Matrix<T> inputs, Targets targets, int[] indices)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(indices);
        if (targets is not Quantities { Columns: var columns } || columns.Count != Outputs)
            throw Misfit(targets, Plural.Of(Outputs, "quantity", "quantities"));
        var scaled = new T[Outputs * indices.Length];
        for (var j = 0; j < indices.Length; j++)
            for (var i = 0; i < Outputs; i++)
                scaled[(j * Outputs) + i] = T.CreateSaturating(Scales[i].Apply(columns[i].Values[indices[j]]));
        return Functional.Batch.Adopt(inputs, Matrix<T>.Build.Dense(Outputs, indices.Length, scaled));
    }

    /// <summary>Whether a quantity is a date, whose errors are in days.</summary>
    internal bool IsDate(int quantity) => Kinds.ElementAtOrDefault(quantity) == NumberKind.Date;

    /// <summary>A quantity's value for people: a date as a date; of others what they give.</summary>
    internal string Text(int quantity, double value, Func<double, string> number) =>
        !IsDate(quantity) || !double.IsFinite(value) ? number(value)
        : Scales[quantity].Deviation < FewDays ? CellText.Of(value, NumberKind.Date) : CellText.Day(value);

    /// <summary>Quantities out of a network's outputs (outputs x samples), scaled back: of each sample all of them.
    /// </summary>
    public double[][] Quantities<T>(Matrix<T> outputs) where T : unmanaged, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return
        [
            .. outputs.EnumerateColumns().Select(sample =>
                sample.Select((output, i) => Scales[i].Invert(double.CreateSaturating(output))).ToArray()),
        ];
    }

    /// <inheritdoc/>
    public bool Equals(Regression? other) =>
        other is not null && Scales.SequenceEqual(other.Scales) && Names.SequenceEqual(other.Names)
        && Enumerable.Range(0, Scales.Count).All(i => IsDate(i) == other.IsDate(i));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Target, Scales.Count);

    internal override string? Fault(int outputs, Loss loss) =>
        Outputs != outputs || Names.Count != outputs
            ? $"{Outputs} quantities for a network of {outputs} outputs"
        : !loss.Function.IsRegression
            ? $"quantities from a network with {loss}, which is for classes"
        : Scales.Select(scale => scale.Fault()).FirstOrDefault(fault => fault is not null);

    /// <summary>As in <c>price, weight</c>.</summary>
    public override string ToString() => Target!;
}
