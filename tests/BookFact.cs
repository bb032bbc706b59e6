namespace Functional.Tests;

/// <summary>A test of a whole run of the book, which takes minutes: it is skipped where <c>FUNCTIONAL_BOOK</c> doesn't
/// name the data and the number of seeds, as in <c>mnist:5</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BookFactAttribute : FactAttribute
{
    public BookFactAttribute() => Skip = Run is null ? "FUNCTIONAL_BOOK is not set" : null!;

    /// <summary>The data and the number of seeds.</summary>
    public static string[]? Run { get; } =
        Environment.GetEnvironmentVariable("FUNCTIONAL_BOOK")?.Split(':') is { Length: 2 } run ? run : null;
}
