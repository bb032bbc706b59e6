using System.CommandLine;
using System.CommandLine.Parsing;

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
                yield return $"{Name(command)} has no option {Word(token)}{Suggestion.Of(Word(token), Options(parsed))}";
            else if (index > 0 && IsOption(unmatched[index - 1]))
                // Most likely the value of the option that there is not.
                continue;
            else if (command.Subcommands.Count > 0)
            {
                yield return $"{Name(command)} has no command '{token}'{Suggestion.Of(token, command.Subcommands.Select(below => below.Name))}";
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

    /// <summary>A line for each word that looks like an option and was taken for something else; behind <c>--</c> any word may.</summary>
    public static IEnumerable<string> Strays(ParseResult parsed, string[] words) =>
        words.Contains("--") ? []
        : parsed.CommandResult.Tokens
            .Where(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))
            .Select(token => Word(token.Value))
            .Select(word => $"{Name(parsed.CommandResult.Command)} has no option {word}{Suggestion.Of(word, Options(parsed))}");

    private static bool IsOption(string token) => token.StartsWith('-') && token.Length > 1;

    private static string Word(string token) => token.Split('=', ':')[0];

    private static string Name(Command command) => command is RootCommand ? "functional" : command.Name;

    private static IEnumerable<string> Options(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(option => option.Recursive))
            .Where(option => !option.Hidden).Select(option => option.Name);
}
