namespace Functional.Host.Search;

/// <summary>The value of a hyperparameter: a number of a range, or one of a choice.</summary>
public readonly record struct HyperparameterValue
{
    private HyperparameterValue(double? number, string? choice) => (Number, Choice) = (number, choice);

    /// <summary>The number, if it is one.</summary>
    public double? Number { get; }

    /// <summary>What was chosen, if it is of a choice.</summary>
    public string? Choice { get; }

    /// <summary>A number.</summary>
    public static implicit operator HyperparameterValue(double number) => new(number, null);

    /// <summary>A value of a choice.</summary>
    public static implicit operator HyperparameterValue(string choice) => new(null, choice.Given());

    /// <summary>As on the command line and in journals; a number reads back to the same bits.</summary>
    public override string ToString() => Choice ?? Invariant($"{Number}");
}
