namespace Functional.Tests;

/// <summary>A test that needs a PostgreSQL server, and is skipped where <c>FUNCTIONAL_POSTGRES</c> doesn't tell the
/// address of a database of one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = Postgres.Address is null ? "FUNCTIONAL_POSTGRES is not set" : null!;
}

/// <summary>The database for tests.</summary>
public static class Postgres
{
    public static string? Address { get; } =
        Environment.GetEnvironmentVariable("FUNCTIONAL_POSTGRES") is { Length: > 0 } address ? address : null;

    /// <summary>A name that no other test's study has.</summary>
    public static string NewStudy() => $"test-{Guid.NewGuid():N}";
}
