// The program's front door: wires the commands together. Nothing is computed here.
using System.CommandLine;
using System.CommandLine.Invocation;
using Functional.Host;
using Functional.Host.Commands;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Runs;

StandardOutput.Install();
var code = Run(args);
return StandardOutput.Fault is { } fault ? Fail(code is ExitCode.Done ? ExitCode.Failed : code, $"standard output: {fault}") : code;

static int Run(string[] args)
{
    // Asked for by scripts, and so often that it should take no time.
    if (args is ["--version"])
    {
        Console.WriteLine($"functional {ProgramInfo.Version}");
        return ExitCode.Done;
    }

    args = args switch
    {
        ["help", .. var asked] => [.. asked, "--help"],
        // While a shell completes: System.CommandLine has no suggestions behind an equals sign, but fails.
        [var directive, var line] when directive.StartsWith("[suggest", StringComparison.Ordinal) => [directive, Separated(line)],
        _ => args,
    };
    var root = CommandTree.Create(args.FirstOrDefault());
    var parsed = root.Parse(args);
    // A command that only has others says which.
    if (parsed.CommandResult.Command is { Subcommands.Count: > 0, Action: null } && parsed.UnmatchedTokens.Count == 0 && parsed.Errors.Count > 0)
    {
        root.Parse([.. args, "--help"]).Invoke();
        return ExitCode.Usage;
    }
    if (Mistakes.Strays(parsed, args).ToArray() is { Length: > 0 } strays)
        return Fail(ExitCode.Usage, string.Join('\n', strays));
    if (parsed.Action is ParseErrorAction)
        return Fail(ExitCode.Usage, string.Join('\n', Mistakes.Of(parsed)));
    try
    {
        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
    catch (Exception e) when (Cause(e) is UsageException or DataException)
    {
        return Fail(ExitCode.Usage, Cause(e).Message);
    }
    catch (Exception e) when (Cause(e) is RunException or FetchException)
    {
        return Fail(ExitCode.Failed, Cause(e).Message);
    }
    catch (Exception e) when (Cause(e) is OutOfMemoryException)
    {
        return Fail(ExitCode.Failed, Memory.Exhausted(parsed.CommandResult.Command.Name).Message);
    }
}

// "--optimizer=ad" as "--optimizer ad", which has the same length.
static string Separated(string line)
{
    var word = line.LastIndexOf(' ') + 1;
    var equals = line.IndexOf('=', word);
    return equals > word && line[word] == '-' ? $"{line[..equals]} {line[(equals + 1)..]}" : line;
}

static int Fail(int code, string message)
{
    foreach (var line in message.Split('\n'))
        Console.Error.WriteLine($"functional: {line}");
    return code;
}

// Of what was done side by side, the first failure.
static Exception Cause(Exception e) => e is AggregateException { InnerExceptions: [var first, ..] } ? Cause(first) : e;
