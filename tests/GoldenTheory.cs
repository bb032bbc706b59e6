namespace Functional.Tests;

/// <summary>A test over the reference trajectories on genuine MNIST, skipped where <c>FUNCTIONAL_MNIST</c> and
/// <c>FUNCTIONAL_GOLDEN</c> don't say where both are.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GoldenTheoryAttribute : TheoryAttribute
{
    private static readonly string[] Variables = ["FUNCTIONAL_MNIST", "FUNCTIONAL_GOLDEN"];

    public GoldenTheoryAttribute() =>
        Skip = Variables.FirstOrDefault(IsUnset) is { } missing ? $"{missing} is not set" : null!;

    private static bool IsUnset(string variable) =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    /// <summary>Where the trajectories are, if anybody says.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable(Variables[1]);
}
