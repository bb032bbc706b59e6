using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Functional.Host.Commands;

/// <summary>All commands.</summary>
public static class CommandTree
{
    private static readonly (string Name, Func<Command> Create)[] Verbs =
    [
        ("train", TrainCommand.Create),
        ("verify", VerifyCommand.Create),
        ("report", ReportCommand.Create),
        ("runs", RunsCommand.Create),
        ("check-gradients", CheckGradientsCommand.Create),
        ("doctor", DoctorCommand.Create),
        ("bench", BenchCommand.Create),
        ("data", DataCommand.Create),
        ("evaluate", EvaluateCommand.Create),
        ("predict", PredictCommand.Create),
        ("export", ExportCommand.Create),
        ("replay", ReplayCommand.Create),
        ("search", SearchCommand.Create),
        ("experiment", ExperimentCommand.Create),
        ("book", ExperimentCommand.CreateBook),
        ("completion", CompletionCommand.Create),
    ];

    /// <summary>The program's command, with all others below it.</summary>
    /// <param name="verb">The first word of what is to be parsed: if it is a command's name, the others are not needed, and
    /// start-up is the quicker.</param>
    public static RootCommand Create(string? verb = null)
    {
        var root = new RootCommand("Functional: deep learning from scratch, as pure functions over immutable values.");
        var named = Verbs.Where(one => one.Name == verb).ToArray();
        foreach (var (_, create) in named.Length > 0 ? named : Verbs)
            root.Add(create());
        var help = root.Options.OfType<HelpOption>().Single();
        // A slash begins a path.
        help.Aliases.Remove("/?");
        help.Aliases.Remove("/h");
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            help.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            // Lines are never broken, so that they can be copied.
            foreach (var (line, meaning) in Verb.ExamplesOf(parseResult.CommandResult.Command))
            {
                output.WriteLine($"  # {meaning}");
                output.WriteLine($"  {line}");
            }
            return ExitCode.Done;
        }
    }
}
