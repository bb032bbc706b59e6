namespace Functional.Tests;

/// <summary>A test of what only Unix has; it is skipped elsewhere.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "Windows has no such files" : null;
}
