using System.Collections;

namespace Functional.Host.Search;

/// <summary>A value for each hyperparameter that has one, in the order of the space.</summary>
public sealed class Configuration : IReadOnlyList<KeyValuePair<string, HyperparameterValue>>, IEquatable<Configuration>
{
    private readonly KeyValuePair<string, HyperparameterValue>[] values;

    /// <summary>These values by name.</summary>
    public Configuration(IEnumerable<KeyValuePair<string, HyperparameterValue>> values) =>
        this.values = [.. values.Given()];

    /// <summary>How many hyperparameters have a value.</summary>
    public int Count => values.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, HyperparameterValue> this[int index] => values[index];

    /// <summary>The value of a hyperparameter, or null if it has none here.</summary>
    public HyperparameterValue? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return values.Where(pair => pair.Key == name).Select(pair => (HyperparameterValue?)pair.Value).FirstOrDefault();
    }

    /// <summary>What was chosen of a <see cref="Hyperparameter.Choice"/>.</summary>
    /// <exception cref="ArgumentException">It has no value here, or a number of a range.</exception>
    public string Choice(string name) => Value(name) is var value && value.Choice is { } choice
        ? choice : throw new ArgumentException($"'{name}' is {value}, which is not of a choice", nameof(name));

    /// <summary>The value of a hyperparameter as a number; one of a choice may be a number, too.</summary>
    /// <exception cref="ArgumentException">It has no value here, or one that is not a number.</exception>
    public double Number(string name) => Value(name) is var value
        && (value.Number ?? ReadNumber(value.Choice!)) is { } number
        ? number : throw new ArgumentException($"'{name}' is '{value}', no number", nameof(name));

    /// <summary>The value of a hyperparameter as an integer.</summary>
    /// <exception cref="ArgumentException">It has no value here, or one that is not an integer.</exception>
#pragma warning disable CA1720 // The name is that of Hyperparameter.UniformInteger, which it reads.
    public int Integer(string name) => Number(name) is var number && (int)number == number
        ? (int)number : throw new ArgumentException($"'{name}' is '{Value(name)}', no integer", nameof(name));
#pragma warning restore CA1720

    /// <summary>The values as text, as on the command line and in journals.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Texts =>
        values.Select(pair => KeyValuePair.Create(pair.Key, $"{pair.Value}"));

    private HyperparameterValue Value(string name) =>
        Find(name) ?? throw new ArgumentException($"'{name}' has no value in {this}", nameof(name));

    /// <inheritdoc/>
    public bool Equals(Configuration? other) => other is not null && values.AsSpan().SequenceEqual(other.values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Configuration);

    /// <inheritdoc/>
    public override int GetHashCode() => values.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", values.Select(pair => $"{pair.Key}={pair.Value}"));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, HyperparameterValue>> GetEnumerator() =>
        values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
