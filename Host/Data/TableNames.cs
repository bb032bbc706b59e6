namespace Functional.Host.Data;

/// <summary>What the columns of a table, and the classes of its rows, are called.</summary>
/// <param name="Features">The columns of numbers, in order; none if they have no names.</param>
/// <param name="Classes">The classes, in order; none if they have no names.</param>
/// <param name="Label">The column of the classes.</param>
public sealed record TableNames(IReadOnlyList<string> Features, IReadOnlyList<string> Classes, string? Label)
{
    /// <summary>Nothing has a name.</summary>
    public static TableNames None { get; } = new([], [], null);
}
