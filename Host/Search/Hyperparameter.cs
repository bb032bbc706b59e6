namespace Functional.Host.Search;

/// <summary>What has to be chosen for a hyperparameter to have a value at all.</summary>
/// <param name="Name">A hyperparameter before it in the space, a choice.</param>
/// <param name="Values">Those of its values that go with it.</param>
internal sealed record Condition(string Name, IReadOnlyList<string> Values)
{
    /// <summary>As the command line has it.</summary>
    public override string ToString() => $"{Name}={string.Join('|', Values)}";
}

/// <summary>Something to be searched, by name.</summary>
/// <param name="Name">Without spaces, as in <c>learning-rate</c>.</param>
/// <param name="Domain">The values that it can take.</param>
public sealed record Hyperparameter(string Name, Domain Domain)
{
    /// <summary>When it has a value; always if null.</summary>
    internal Condition? Condition { get; init; }

    /// <summary>A real number of a range, both ends included.</summary>
    /// <exception cref="ArgumentException">The ends are not finite and in order.</exception>
    public static Hyperparameter Uniform(string name, double low, double high) =>
        new(name, new RangeDomain(low, high));

    /// <summary>A real number of a range, equal ratios equally likely.</summary>
    /// <exception cref="ArgumentException">The ends are not finite, in order and above 0.</exception>
    public static Hyperparameter LogUniform(string name, double low, double high) =>
        new(name, new RangeDomain(low, high, logarithmic: true));

    /// <summary>An integer of a range, both ends included.</summary>
    /// <exception cref="ArgumentException">The ends are not in order.</exception>
    public static Hyperparameter UniformInteger(string name, int low, int high) =>
        new(name, new RangeDomain(low, high, integer: true));

    /// <summary>An integer of a range, equal ratios about equally likely.</summary>
    /// <exception cref="ArgumentException">The ends are not in order and above 0.</exception>
    public static Hyperparameter LogUniformInteger(string name, int low, int high) =>
        new(name, new RangeDomain(low, high, logarithmic: true, integer: true));

    /// <summary>One of these values.</summary>
    /// <exception cref="ArgumentException">There are none, one is empty, or two are the same.</exception>
    public static Hyperparameter Choice(string name, params IEnumerable<string> values) =>
        new(name, new ChoiceDomain(values));

    /// <summary>The same, but with a value only where that of another one, a choice, is one of these.</summary>
    public Hyperparameter When(string name, params IEnumerable<string> values) =>
        this with { Condition = new Condition(name.Given(), [.. values.Given()]) };

    /// <summary>As the command line has it.</summary>
    public override string ToString() => $"{Name}={Domain}{(Condition is null ? "" : $" if {Condition}")}";
}
