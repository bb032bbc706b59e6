using System.CommandLine;
using System.CommandLine.Parsing;
using Functional.Host.Files;

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
                yield return $"{Name(command)} has no option "
                    + $"{Word(token)}{Suggestion.Of(Word(token), Options(parsed))}";
            else if (index > 0 && IsOption(unmatched[index - 1]))
                // Most likely the value of the option that there is not.
                continue;
            else if (command.Subcommands.Count > 0)
            {
                yield return $"{Name(command)} has no command "
                    + $"'{token}'{Suggestion.Of(token, command.Subcommands.Select(below => below.Name))}";
                // What follows was meant for it.
                break;
            }
            else
                yield return $"{Name(command)} has no place for '{token}'";
        }
        // A missing command has been reported already.
        if (unmatched.Count > 0 && command.Action is null)
            yield break;
        foreach (var error in parsed.Errors)
            if (!unmatched.Any(token => error.Message == $"Unrecognized command or argument '{token}'."))
                yield return InOwnWords(command, error);
    }

    /// <summary>A line for each file, folder or other argument whose name can't be one.</summary>
    public static IEnumerable<string> Nameless(ParseResult parsed) =>
        from result in parsed.CommandResult.Children
        let name = result switch
        {
            OptionResult { Option: var option } when IsPath(option) => option.Name,
            ArgumentResult { Argument: var argument } when argument.HelpName != CompareCommand.SettingForm =>
                argument.Name,
            _ => null,
        }
        where name is not null
        from token in result.Tokens
        where !FilePlace.IsName(token.Value)
        select $"{name}: expected a name, found '{token.Value}'";

    private static bool IsPath(Option option) =>
        option.HelpName is { } help && help.Split('|').Any(word => word is "DIR" or "FILE");

    // What System.CommandLine says of these is about itself.
    private static string InOwnWords(Command command, ParseError error)
    {
        var value = error.SymbolResult?.Tokens is [.., var token] ? token.Value : "";
        return error.SymbolResult switch
        {
            _ when error.Message.StartsWith("--", StringComparison.Ordinal) => error.Message,
            CommandResult or ArgumentResult when error.Message.StartsWith(
                "Required argument '", StringComparison.Ordinal)
                && command.Arguments.FirstOrDefault(
                    argument => error.Message.Contains($"'{argument.Name}'", StringComparison.Ordinal)
                        || error.Message.Contains($"'{argument.HelpName}'", StringComparison.Ordinal)) is { } missing =>
                $"{Name(command)}: expected {(missing.HelpName ?? missing.Name).ToUpperInvariant()}, "
                + $"{missing.Description}; 'functional {Path(command)} --help' has examples",
            OptionResult { Option: var option, Tokens.Count: 0 } when option.Required =>
                $"{Name(command)}: expected {option.Name} {option.HelpName}, {option.Description}",
            OptionResult { Option: var option, Tokens.Count: 0 } =>
                $"{option.Name}: expected {option.HelpName} behind it, found nothing",
            OptionResult { Option: var option, Tokens.Count: > 1 } =>
                $"{option.Name}: expected one {option.HelpName ?? "value"}, found {error.SymbolResult.Tokens.Count}",
            OptionResult { Option: var option } => $"{option.Name}: expected {Expected(option)}, found '{value}'",
            ArgumentResult { Parent: OptionResult { Option: var option } } =>
                $"{option.Name}: expected {Expected(option)}, found '{value}'",
            _ => error.Message,
        };
    }

    private static string Expected(Option option) =>
        option.ValueType == typeof(bool) ? "true or false"
        : option.HelpName is { } help && help.Contains('|', StringComparison.Ordinal)
            ? string.Join(" or ", help.Split('|'))
        : "an integer";

    private static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } above and not RootCommand
            ? $"{Path(above)} {command.Name}"
            : command.Name;

    /// <summary>A line for each word that looks like an option and was taken for something else; behind <c>--</c> any
    /// word may.</summary>
    public static IEnumerable<string> Strays(ParseResult parsed, string[] words) =>
        words.Contains("--") ? []
        : parsed.CommandResult.Tokens
            .Where(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal)
                // Options in quotes are one argument.
                && !token.Value.Contains(' ', StringComparison.Ordinal))
            .Select(token => Word(token.Value))
            .Select(word =>
                $"{Name(parsed.CommandResult.Command)} has no option {word}{Suggestion.Of(word, Options(parsed))}");

    private static bool IsOption(string token) => token.StartsWith('-') && token.Length > 1;

    private static string Word(string token) => token.Split('=', ':')[0];

    private static string Name(Command command) => command is RootCommand ? "functional" : command.Name;

    private static IEnumerable<string> Options(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.Concat(
            parsed.RootCommandResult.Command.Options.Where(option => option.Recursive))
            .Where(option => !option.Hidden).Select(option => option.Name);
}
