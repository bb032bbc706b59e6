namespace Functional.Tests;

/// <summary>A test over the reference trajectories on genuine MNIST, skipped where <c>FUNCTIONAL_MNIST</c> and
/// <c>FUNCTIONAL_GOLDEN</c> don't say where both are.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GoldenTheoryAttribute : TheoryAttribute
{
    public GoldenTheoryAttribute() => Skip =
        new[] { "FUNCTIONAL_MNIST", Variable }.FirstOrDefault(
            name => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))) is { } missing
            ? $"{missing} is not set"
            : null!;

    /// <summary>Says where the trajectories are.</summary>
    public const string Variable = "FUNCTIONAL_GOLDEN";
}
