namespace Functional.Host;

/// <summary>Words of command lines.</summary>
internal static class ShellWord
{
    /// <summary>A word as a shell takes it.</summary>
    public static string Quoted(string value) =>
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || "-_.,:/+=@".Contains(c)) ? value
        // Between $' and ', a shell reads the same escapes.
        : Visible.Line(value) != value ? $"$'{Visible.Line(value.Replace("\\", "\\\\").Replace("'", "\\'"))}'"
        : $"'{value.Replace("'", "'\\''")}'";
}
