namespace Functional.Benchmarks;

/// <summary>A command line: words, options with a value, and behind <c>--</c> what is passed on to the program that is
/// measured.</summary>
internal sealed class CommandWords
{
    private readonly List<string> words;

    public CommandWords(string[] args)
    {
        var end = Array.IndexOf(args, "--");
        words = [.. end < 0 ? args : args[..end]];
        Passed = end < 0 ? [] : args[(end + 1)..];
    }

    public string[] Passed { get; }

    /// <summary>The words that were not taken.</summary>
    public string[] Rest => [.. words];

    public bool Take(string flag) => words.Remove(flag);

    /// <summary>The value of an option; null if it is not given.</summary>
    public string? Option(string name)
    {
        var at = words.IndexOf(name);
        if (at < 0)
            return null;
        var value = words[at + 1];
        words.RemoveRange(at, 2);
        return value;
    }
}
