using System.CommandLine.Invocation;
using System.Text.RegularExpressions;
using Functional.Host.Commands;

namespace Functional.Tests.CommandLine;

/// <summary>A line that a page shows, taken as a shell takes it.</summary>
public static partial class ShellLine
{
    /// <summary>What the program says is wrong with each call of it in the line, without doing anything.</summary>
    public static IEnumerable<string> Faults(string line)
    {
        if (UnquotedBar().IsMatch(Quoted().Replace(line.Split(" #")[0], "_")))
            yield return $"{line}: a shell takes | for the end of a command, unless it is quoted";
        foreach (var call in Calls(line))
        {
            var parsed = CommandTree.Create().Parse(call);
            if (parsed.Action is ParseErrorAction)
                foreach (var error in parsed.Errors)
                    yield return $"{line}: {error.Message}";
            else if (parsed.Action is null)
                yield return $"{line}: does nothing";
        }
    }

    // The words after `functional`, up to the end of its command. Quoted words are one; what is special to a shell ends
    // it.
    private static IEnumerable<string[]> Calls(string line)
    {
        var words = Word().Matches(line).Select(match => match.Value).TakeWhile(word => !word.StartsWith('#'))
            .ToArray();
        for (var i = 0; i < words.Length; i++)
            if (words[i] == "functional")
                yield return [.. words[(i + 1)..]
                    .TakeWhile(word => word[0] is not ('|' or ';' or '&' or '>' or '<' or '(' or ')'))
                    .Select(word =>
                        word.Replace("'", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal))];
    }

    [GeneratedRegex(@"[^\s|]\|[^\s|]")]
    private static partial Regex UnquotedBar();

    [GeneratedRegex(@"'[^']*'|""[^""]*""")]
    private static partial Regex Quoted();

    [GeneratedRegex("""(?:'[^']*'|"[^"]*"|[^\s'"|;&<>()])+|[|;&<>()]+""")]
    private static partial Regex Word();
}
