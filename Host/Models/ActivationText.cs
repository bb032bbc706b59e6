namespace Functional.Host.Models;

/// <summary>Reads activations: on the command line, in configurations and in model files. An activation writes itself,
/// and its name is the one it has there.</summary>
internal static class ActivationText
{
    /// <summary>The names of all kinds.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Activation.BuiltIn.Select(kind => kind.Name)];

    /// <summary>What can be written, for help.</summary>
    public static string Syntax { get; } = string.Join(", ", Activation.BuiltIn.Select(kind =>
        kind.NumberName == "" ? kind.Name : $"{kind.Name}[:{kind.NumberName.ToUpperInvariant()}]"));

    /// <exception cref="UsageException">There is no such activation.</exception>
    public static Activation Parse(string text)
    {
        var parts = text.Split(':');
        return Activation.BuiltIn.FirstOrDefault(kind => kind.Name == parts[0]) switch
        {
            { } kind when parts.Length == 1 => kind,
            { NumberName: not "" } kind when parts.Length == 2 => kind.WithNumber(SingleNumber(parts[1])),
            _ => throw new UsageException($"expected one of {Syntax}, found '{text}'"),
        };
    }
}
