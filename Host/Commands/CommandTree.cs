using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Functional.Host.Experiments;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    private static readonly (string Name, Func<Command> Create)[] Verbs =
    [
        ("train", TrainCommand.Create),
        ("predict", PredictCommand.Create),
        ("serve", ServeCommand.Create),
        ("evaluate", EvaluateCommand.Create),
        ("doctor", DoctorCommand.Create),
        ("runs", RunsCommand.Create),
        ("live", LiveCommand.Create),
        ("play", PlayCommand.Create),
        ("bisect", BisectCommand.Create),
        ("trace", TraceCommand.Create),
        ("report", ReportCommand.Create),
        ("verify", VerifyCommand.Create),
        ("compare", CompareCommand.Create),
        ("search", SearchCommand.Create),
        ("data", DataCommand.Create),
        ("book", ExperimentCommand.CreateBook),
        ("experiment", ExperimentCommand.Create),
        ("exercise", ExerciseCommand.Create),
        ("check-gradients", CheckGradientsCommand.Create),
        ("export", ExportCommand.Create),
        ("bench", BenchCommand.Create),
        ("digests", DigestsCommand.Create),
        ("completion", CompletionCommand.Create),
    ];

    // Where a command has the options of training, what they are about stands before the first of each kind.
    private static readonly Dictionary<string, string> Headings = new()
    {
        ["--space"] = "Search", ["--data"] = "Data", ["--hidden"] = "Network", ["--optimizer"] = "Optimizer",
        ["--batch-size"] = "Batches and length", ["--config"] = "Configuration and output",
    };

    /// <summary>The program's command, with all others below it.</summary>
    /// <param name="verb">The first word of what is to be parsed: if it is a command's name, the others are not needed,
    /// and start-up is the quicker.</param>
    public static RootCommand Create(string? verb = null)
    {
        var root = new RootCommand("Functional: deep learning from scratch, as pure functions over immutable values.");
        var named = Verbs.Where(one => one.Name == verb).ToArray();
        foreach (var (_, create) in named.Length > 0 ? named : Verbs)
            root.Add(create());
        root.Add(CommonOptions.Language());
        var help = root.Options.OfType<HelpOption>().Single();
        // A slash begins a path.
        help.Aliases.Remove("/?");
        help.Aliases.Remove("/h");
        var action = (HelpAction)help.Action!;
        help.Action = new HelpWithExamples(action);
        if (Locale.Language == Language.Japanese)
        {
            JapaneseHelp.Translate(root);
            action.MaxWidth = int.MaxValue;
        }
        return root;
    }

    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var output = parseResult.InvocationConfiguration.Output;
            var command = parseResult.CommandResult.Command;
            using var written = new StringWriter();
            parseResult.InvocationConfiguration.Output = written;
            help.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output = output;
            var lines = $"{written}".Split(Environment.NewLine);
            if (command.Options.Any(option => option.Name == "--optimizer"))
                lines = [.. Grouped(lines, command)];
            if (Locale.Language == Language.Japanese)
                lines = [.. JapaneseHelp.Lines(lines, TextTable.Room)];
            output.Write(string.Join(Environment.NewLine, lines));
            output.WriteLine(Say("Examples:"));
            // Lines are never broken, so that they can be copied.
            foreach (var (line, meaning) in CommandWithExamples.ExamplesOf(command))
            {
                output.WriteLine($"  # {Say(meaning)}");
                output.WriteLine($"  {line}");
            }
            return ExitCode.Done;
        }

        private static IEnumerable<string> Grouped(string[] help, Command command)
        {
            var headings = command.Name == "experiment"
                ? new(Headings) { ["--data"] = "Experiment", ["--samples"] = "Data" } : Headings;
            return help.SelectMany(line =>
                line.StartsWith("  --", StringComparison.Ordinal)
                    && headings.TryGetValue(line[2..].Split(' ')[0], out var heading)
                    ? (string[])["", $" {heading}:", line] : [line]);
        }
    }
}
