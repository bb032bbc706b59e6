using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>Samples, and the answers to them.</summary>
public sealed record DataPart
{
    private readonly double[]? weights;

    /// <summary>Pairs samples with their targets.</summary>
    /// <exception cref="ArgumentException">There are not as many of both.</exception>
    public DataPart(Samples samples, Targets targets)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(targets);
        if (samples.Count != targets.Count)
            throw new ArgumentException($"{samples} with targets of {targets.Count}", nameof(targets));
        (Samples, Targets) = (samples, targets);
    }

    /// <summary>A program's own records, of which one property is to be learned, and the others are columns: numbers,
    /// dates, <see langword="bool"/> and their nullable forms are numbers, texts and enumerations are texts, null is an
    /// empty cell.</summary>
    /// <param name="records">The records.</param>
    /// <param name="target">The property, as in <c>house => house.Price</c>.</param>
    /// <param name="options">What the target is taken for, and columns to be left out.</param>
    /// <exception cref="ArgumentException">The records have no properties, or one is null, or more than a property is
    /// named.</exception>
    /// <exception cref="DataException">A cell is not what it should be.</exception>
    /// <example><code>
    /// var houses = new[] { (Area: 70, Rooms: 3, Price: 1.9), (Area: 120, Rooms: 5, Price: 3.2) };
    /// var part = DataPart.Of(houses.Select(h => new { h.Area, h.Rooms, h.Price }), house => house.Price);
    /// </code></example>
    public static DataPart Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        IEnumerable<T> records, Expression<Func<T, object?>> target, DataOptions? options = null) =>
        Records.Table(records).Read(
            (options ?? new DataOptions()) with { Label = Records.NameOf(target, nameof(target)) })[0];

    /// <summary>Columns by name, as a data frame has them. A value counts as the cell that a text file would have for
    /// it.</summary>
    /// <param name="columns">Each column's name and values, from the first row on.</param>
    /// <param name="options">Names the column of the target.</param>
    /// <exception cref="ArgumentException">No target is named, or a column has no name or no cells.</exception>
    /// <exception cref="DataException">A column is missing, or a cell is not what it should be.</exception>
    public static DataPart Of(IEnumerable<(string Name, IEnumerable Cells)> columns, DataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Records.Table(columns).Read(options.Label is not null ? options
            : throw new ArgumentException("a label is needed: the column that is to be learned", nameof(options)))[0];
    }

    /// <summary>Keeps a fifth for testing, the same rows each time: of each class its share.</summary>
    public DataSet Split() => Tables.Split(this);

    /// <summary>What there is to ask about.</summary>
    public Samples Samples { get; }

    /// <summary>The answers.</summary>
    public Targets Targets { get; }

    /// <summary>How much each sample counts in the loss that is trained on; null if all count the same. Evaluation
    /// doesn't look at them.</summary>
    /// <exception cref="ArgumentException">There are not as many as samples, or one is not a finite number from 0 on.
    /// </exception>
    public IReadOnlyList<double>? Weights
    {
        get => weights;
        init
        {
            if (value is not null && value.Count != Count)
                throw new ArgumentException($"{value.Count} weights for {Samples}", nameof(value));
            if (value?.Index().FirstOrDefault(each => !(each.Item >= 0 && double.IsFinite(each.Item)), (-1, 0))
                is (>= 0 and var index, var weight))
                throw new ArgumentException(
                    Invariant($"sample {index} has weight {weight}; weights are finite numbers from 0 on"),
                    nameof(value));
            weights = value?.ToArray();
        }
    }

    /// <summary>How many samples there are.</summary>
    public int Count => Samples.Count;

    /// <summary>The index of every sample, in order.</summary>
    public int[] All => Samples.All;

    /// <summary>The samples, where those are images.</summary>
    /// <exception cref="UsageException">They are not.</exception>
    public Images Images => Samples as Images ?? throw new UsageException(
        "images are needed here, but these data are tables of numbers, which have no pixels");

    /// <summary>The targets, where those are classes.</summary>
    /// <exception cref="UsageException">They are not.</exception>
    public Classes Classes => Targets as Classes ?? throw new UsageException(
        $"classes are needed here, but {Targets.Task(All).Target} is a quantity");

    /// <summary>Some of the samples with their targets, in this order; one may come twice.</summary>
    public DataPart Take(int[] indices) => new(Samples.Take(indices), Targets.Take(indices))
    {
        Weights = weights is null ? null : Array.ConvertAll(indices, index => weights[index]),
    };

    /// <summary>One line: how many there are, of which form, and how many of each class that has a name.</summary>
    public override string ToString() => Invariant($"{Count:N0} {Described()}");

    /// <summary>What the samples of these parts are, in words, and what their targets are together.</summary>
    internal string Described(params DataPart[] others) =>
        $"{(Samples is Rows rows ? rows.Described() : Samples.Shape)}, "
        + Targets.Described(others.Select(part => part.Targets));
}

/// <summary>A data set in its two parts, of one form. (What is kept for validation is a <see cref="Split"/> of the
/// training part.)</summary>
/// <param name="Training">To learn from.</param>
/// <param name="Test">To test with.</param>
public sealed record DataSet(DataPart Training, DataPart Test)
{
    /// <summary>To learn from.</summary>
    public DataPart Training { get; init => field = value.Given(); } = Training.Given();

    /// <summary>To test with.</summary>
    public DataPart Test { get; init => field = value.Given(); } = Test.Given();

    /// <summary>What the target was taken for, where it may be meant otherwise; null if it may not.</summary>
    public string? Guess { get; init; }

    /// <summary>What was done in reading that a user should know of, a line each.</summary>
    public IReadOnlyList<string> Notes { get; init => field = value.Complete("note"); } = [];

    /// <summary>Both parts as a network takes them.</summary>
    /// <param name="training">The training samples that the encoding is learned from; all of them if null.</param>
    /// <param name="scale">How numbers become features.</param>
    public EncodedDataSet Encode(int[]? training = null, DataScale scale = DataScale.Unit)
    {
        var samples = training ?? Training.All;
        var (encoder, task) = (FeatureEncoder.Learn(Training.Samples, samples, scale), Training.Targets.Task(samples));
        return new EncodedDataSet(new Examples(Training, encoder, task), new Examples(Test, encoder, task));
    }

    /// <summary>One line: how many samples there are, of which form, how many of each class that has a name, and how
    /// they are split.</summary>
    public override string ToString() => Invariant(
        $"{Training.Count + Test.Count:N0} {Training.Described(Test)}; " +
        $"{Training.Count:N0} to train, {Test.Count:N0} to test");
}

/// <summary>A data set as a network takes it.</summary>
/// <param name="Training">To learn from.</param>
/// <param name="Test">To test with.</param>
public sealed record EncodedDataSet(Examples Training, Examples Test)
{
    /// <summary>To learn from.</summary>
    public Examples Training { get; init => field = value.Given(); } = Training.Given();

    /// <summary>To test with.</summary>
    public Examples Test { get; init => field = value.Given(); } = Test.Given();

    /// <summary>How samples became features.</summary>
    public FeatureEncoder Encoder => Training.Encoder;

    /// <summary>What is learned.</summary>
    public LearningTask Task => Training.Task;
}
