using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary>What a user should know, but nothing fails of: lines on standard error.</summary>
internal static class Hints
{
    /// <summary>Writes them.</summary>
    public static void Write(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            Console.Error.WriteLine($"functional: {Visible.Message(Say(line))}");
    }
}
