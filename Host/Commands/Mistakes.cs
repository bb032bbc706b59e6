using System.CommandLine;

namespace Functional.Host.Commands;

/// <summary>What is wrong with a command line, and what may have been meant.</summary>
internal static class Mistakes
{
    /// <summary>A line for each mistake.</summary>
    public static IEnumerable<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var unmatched = parsed.UnmatchedTokens;
        foreach (var (index, token) in unmatched.Index())
        {
            if (IsOption(token))
                yield return $"{Name(command)} has no option {Word(token)}{Meant(Word(token), Options(parsed))}";
            else if (index > 0 && IsOption(unmatched[index - 1]))
                // Most likely the value of the option that there is not.
                continue;
            else if (command.Subcommands.Count > 0)
            {
                yield return $"{Name(command)} has no command '{token}'{Meant(token, command.Subcommands.Select(below => below.Name))}";
                // What follows was meant for it.
                break;
            }
            else
                yield return $"{Name(command)} has no place for '{token}'";
        }
        // A command that is not there is told of already.
        if (unmatched.Count > 0 && command.Action is null)
            yield break;
        foreach (var error in parsed.Errors)
            if (!unmatched.Any(token => error.Message == $"Unrecognized command or argument '{token}'."))
                yield return error.Message;
    }

    private static bool IsOption(string token) => token.StartsWith('-') && token.Length > 1;

    private static string Word(string token) => token.Split('=', ':')[0];

    private static string Name(Command command) => command is RootCommand ? "functional" : command.Name;

    private static IEnumerable<string> Options(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(option => option.Recursive))
            .Where(option => !option.Hidden).Select(option => option.Name);

    private static string Meant(string word, IEnumerable<string> names)
    {
        var near = names.Select(name => (Name: name, Edits: name.StartsWith(word, StringComparison.Ordinal) ? 1 : Edits(word, name)))
            .Where(one => one.Edits <= Math.Max(1, word.TrimStart('-').Length / 3)).ToArray();
        return near.Length == 0 ? ""
            : $"; did you mean {string.Join(" or ", near.Where(one => one.Edits == near.Min(other => other.Edits)).Select(one => one.Name))}?";
    }

    /// <summary>How many letters were left out, added, replaced, or exchanged with their neighbors.</summary>
    internal static int Edits(string one, string other)
    {
        var least = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
            for (var j = 0; j <= other.Length; j++)
                least[i, j] =
                    i == 0 || j == 0 ? i + j
                    : one[i - 1] == other[j - 1] ? least[i - 1, j - 1]
                    : 1 + Math.Min(
                        Math.Min(least[i - 1, j], least[i, j - 1]),
                        i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1]
                            ? least[i - 2, j - 2] : least[i - 1, j - 1]);
        return least[one.Length, other.Length];
    }
}
