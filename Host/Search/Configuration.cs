using System.Collections;
using System.Globalization;
using Functional.Host.Charts;

namespace Functional.Host.Search;

/// <summary>A value for each hyperparameter that has one, in the order of the space.</summary>
public sealed class Configuration : IReadOnlyList<KeyValuePair<string, string>>, IEquatable<Configuration>
{
    private readonly KeyValuePair<string, string>[] values;

    /// <summary>These values by name.</summary>
    public Configuration(IEnumerable<KeyValuePair<string, string>> values) => this.values = [.. values.Given()];

    /// <summary>How many hyperparameters have a value.</summary>
    public int Count => values.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, string> this[int index] => values[index];

    /// <summary>The value of a hyperparameter, or null if it has none here.</summary>
    public string? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return values.FirstOrDefault(pair => pair.Key == name).Value;
    }

    /// <summary>The value of a hyperparameter.</summary>
    /// <exception cref="ArgumentException">It has none here.</exception>
    public string Text(string name) => Find(name) ?? throw new ArgumentException($"'{name}' has no value in {this}");

    /// <summary>The value of a hyperparameter, as a number.</summary>
    /// <exception cref="ArgumentException">It has none here, or no number.</exception>
    public double Number(string name) =>
        Domain.Number(Text(name)) ?? throw new ArgumentException($"'{name}' is '{Text(name)}', no number");

    /// <summary>The value of a hyperparameter, as an integer.</summary>
    /// <exception cref="ArgumentException">It has none here, or no integer.</exception>
    public int Whole(string name) =>
        int.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value : throw new ArgumentException($"'{name}' is '{Text(name)}', no integer");

    /// <inheritdoc/>
    public bool Equals(Configuration? other) => other is not null && values.AsSpan().SequenceEqual(other.values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Configuration);

    /// <inheritdoc/>
    public override int GetHashCode() => values.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", values.Select(pair => $"{pair.Key}={pair.Value}"));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
