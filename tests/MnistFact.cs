namespace Functional.Tests;

/// <summary>A test that needs the genuine MNIST files, and is skipped where <c>FUNCTIONAL_MNIST</c> doesn't say where
/// they are.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MnistFactAttribute : FactAttribute
{
    public MnistFactAttribute() =>
        Skip = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FUNCTIONAL_MNIST"))
            ? "FUNCTIONAL_MNIST is not set" : null!;
}
