namespace Functional.Tests;

/// <summary>A test that needs LibTorch, and is skipped where <c>FUNCTIONAL_TORCH</c> doesn't name the program of
/// <c>bench/torch</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute() => Skip = Program is null ? "FUNCTIONAL_TORCH is not set" : null!;

    /// <summary>The program.</summary>
    public static string? Program { get; } =
        Environment.GetEnvironmentVariable("FUNCTIONAL_TORCH") is { Length: > 0 } program ? program : null;
}
