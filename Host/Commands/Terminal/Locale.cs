using Functional.Host.Experiments;

namespace Functional.Host.Commands;

/// <summary>What the terminal's user reads.</summary>
internal static class Locale
{
    /// <summary>Japanese if the locale of messages says so (POSIX: the first of these variables that is set counts),
    /// otherwise English.</summary>
    public static Language Language { get; } =
        ((string[])["LC_ALL", "LC_MESSAGES", "LANG"]).Select(Environment.GetEnvironmentVariable)
            .FirstOrDefault(value => !string.IsNullOrEmpty(value))?.StartsWith("ja", StringComparison.Ordinal) == true
            ? Language.Japanese : Language.English;
}
