using System.CommandLine;

namespace Functional.Host.Commands;

/// <summary>A command with examples, which its help ends with.</summary>
/// <param name="name">What is typed.</param>
/// <param name="description">One sentence.</param>
/// <param name="examples">Whole command lines, each with what it is good for.</param>
internal sealed class CommandWithExamples(
    string name, string description, params (string Line, string Meaning)[] examples)
    : Command(name, description)
{
    /// <summary>Whole command lines, each with what it is good for.</summary>
    public IReadOnlyList<(string Line, string Meaning)> Examples { get; } = examples;

    /// <summary>A command's examples; of one that only has others, the first of each.</summary>
    public static IEnumerable<(string Line, string Meaning)> ExamplesOf(Command command) =>
        command is CommandWithExamples known
            ? known.Examples
            : command.Subcommands.SelectMany(below => ExamplesOf(below).Take(1));
}
