using System.CommandLine;
using Functional.Host.Commands;

namespace Functional.Tests.CommandLine;

/// <summary>What holds for every command there is.</summary>
public class CommandTreeTests
{
    public static TheoryData<string> All => [.. Below(CommandTree.Create(), "")];

    private static IEnumerable<string> Below(Command command, string path) =>
        command.Subcommands.SelectMany(below => Below(below, $"{path} {below.Name}".Trim())).Prepend(path);

    [Fact]
    public void The_workflow_for_other_machines_calls_commands_that_are_there()
    {
        const string Program = "dotnet artifacts/bin/Host/release/functional.dll";
        string[] calls =
        [
            .. File.ReadLines(Path.Combine(ScriptTests.Root, ".github", "workflows", "digests.yml"))
                .Where(line => line.Contains(Program, StringComparison.Ordinal))
                .Select(line => line.Split("run: ")[1].Replace(Program, "functional", StringComparison.Ordinal)),
        ];
        Assert.NotEmpty(calls);
        Assert.Empty(calls.SelectMany(ShellLine.Faults));
    }

    [Theory, MemberData(nameof(All))]
    public void Help_describes_everything_and_ends_with_examples_that_work(string path)
    {
        var root = CommandTree.Create();
        var command = root.Parse(path).CommandResult.Command;
        Assert.All(
            ((IEnumerable<Symbol>)[command, .. command.Options, .. command.Arguments]),
            symbol =>
                Assert.False(string.IsNullOrWhiteSpace(symbol.Description),
                    $"'{symbol.Name}' of '{path}' has no description"));
        var help = new StringWriter();
        Assert.Equal(ExitCode.Done, root.Parse($"{path} --help").Invoke(new InvocationConfiguration { Output = help }));
        var lines = help.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.InRange(line.Split("[default: ").Length, 1, 2));
        var examples = lines[(Array.FindLastIndex(lines, line => line.Trim() == "Examples:") + 1)..];
        Assert.True(examples.Length >= 4 && examples.Length % 2 == 0, $"the help of '{path}' has no two examples");
        foreach (var example in examples.Chunk(2))
        {
            Assert.StartsWith("  # ", example[0]);
            Assert.Empty(ShellLine.Faults(example[1].Trim()));
            Assert.Contains($"functional {path}".Trim(), example[1]);
        }
    }

    [Fact]
    public void Each_command_can_be_had_alone() => Assert.All(CommandTree.Create().Subcommands, command =>
        Assert.Equal([command.Name], CommandTree.Create(command.Name).Subcommands.Select(alone => alone.Name)));

    [Fact]
    public void Trees_share_no_option_so_that_commands_can_run_at_the_same_time()
    {
        static IEnumerable<Symbol> Symbols(Command command) =>
            [command, .. command.Options, .. command.Arguments, .. command.Subcommands.SelectMany(Symbols)];
        var first = Symbols(CommandTree.Create()).ToHashSet(ReferenceEqualityComparer.Instance);
        Assert.DoesNotContain(Symbols(CommandTree.Create()), first.Contains);
    }

    [Fact]
    public void The_list_of_commands_leaves_room_for_what_they_do()
    {
        var help = new StringWriter();
        CommandTree.Create().Parse("--help").Invoke(new InvocationConfiguration { Output = help });
        var lines = help.ToString().Split('\n');
        var commands = lines.SkipWhile(line => line.Trim() != "Commands:").Skip(1)
            .TakeWhile(line => line.Trim().Length > 0).ToArray();
        Assert.Contains(commands, line => line.StartsWith("  train ", StringComparison.Ordinal));
        Assert.All(commands, line => Assert.InRange(line[2..].IndexOf("  ", StringComparison.Ordinal), 1, 40));
    }
}
