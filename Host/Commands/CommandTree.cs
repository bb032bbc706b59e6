using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Functional.Host.Commands;

/// <summary>All commands.</summary>
public static class CommandTree
{
    /// <summary>The program's command, with all others below it.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("Functional: deep learning from scratch, as pure functions over immutable values.")
        {
            TrainCommand.Create(),
            VerifyCommand.Create(),
            ReportCommand.Create(),
            RunsCommand.Create(),
            CheckGradientsCommand.Create(),
            DoctorCommand.Create(),
            BenchCommand.Create(),
            DataCommand.Create(),
            EvaluateCommand.Create(),
            PredictCommand.Create(),
            ExportCommand.Create(),
            ReplayCommand.Create(),
            SearchCommand.Create(),
            ExperimentCommand.Create(),
            ExperimentCommand.CreateBook(),
            CompletionCommand.Create(),
        };
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
