namespace Functional.Host.Search;

/// <summary>The value of a hyperparameter: a number of a range, or a name of a choice.</summary>
public readonly record struct HyperparameterValue
{
    private HyperparameterValue(double? number, string? name) => (Number, Name) = (number, name);

    /// <summary>The number, if it is one.</summary>
    public double? Number { get; }

    /// <summary>The name, if it is one.</summary>
    public string? Name { get; }

    /// <summary>A number.</summary>
    public static implicit operator HyperparameterValue(double number) => new(number, null);

    /// <summary>A name.</summary>
    public static implicit operator HyperparameterValue(string name) => new(null, name.Given());

    /// <summary>As on the command line and in journals; a number reads back to the same bits.</summary>
    public override string ToString() => Name ?? Invariant($"{Number}");
}
