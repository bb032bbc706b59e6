namespace Functional.Host.Models;

/// <summary>Reads activations: on the command line, in configurations and in model files. An activation writes itself,
/// and its name is the one it has there.</summary>
internal static class ActivationText
{
    // Each with its usual number, and how another one is given.
    private static readonly (Activation Usual, string Number, Func<double, Activation>? With)[] Kinds =
    [
        (Activation.Relu, "", null),
        (Activation.LeakyRelu(), "SLOPE", Activation.LeakyRelu),
        (Activation.Sigmoid, "", null),
        (Activation.Tanh, "", null),
        (Activation.Gelu, "", null),
        (Activation.Silu, "", null),
        (Activation.Elu(), "ALPHA", Activation.Elu),
        (Activation.Softplus, "", null),
    ];

    /// <summary>The names of all kinds.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Kinds.Select(kind => kind.Usual.Name)];

    /// <summary>What can be written, for help.</summary>
    public static string Syntax { get; } = string.Join(
        ", ", Kinds.Select(kind => kind.With is null ? kind.Usual.Name : $"{kind.Usual.Name}[:{kind.Number}]"));

    /// <exception cref="UsageException">There is no such activation.</exception>
    public static Activation Parse(string text)
    {
        var parts = text.Split(':');
        var kind = Kinds.FirstOrDefault(kind => kind.Usual.Name == parts[0]);
        return (parts.Length, kind) switch
        {
            (1, (not null, _, _)) => kind.Usual,
            (2, (not null, _, { } with)) => with(SingleNumber(parts[1])),
            _ => throw new UsageException($"expected one of {Syntax}, found '{text}'"),
        };
    }
}
