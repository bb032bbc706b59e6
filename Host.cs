// The program's front door: wires the commands together. Nothing is computed here.
using System.CommandLine;
using Functional.Host;
using Functional.Host.Commands;
using Functional.Host.Data;
using Functional.Host.Runs;

// Asked for by scripts, and so often that it should take no time.
if (args is ["--version"])
{
    Console.WriteLine($"functional {RunFolder.Version}");
    return ExitCode.Done;
}

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
};
var parsed = root.Parse(args);
// A command that only has others says which.
if (parsed.CommandResult.Command is { Subcommands.Count: > 0, Action: null } && parsed.UnmatchedTokens.Count == 0 && parsed.Errors.Count > 0)
{
    root.Parse([.. args, "--help"]).Invoke();
    return ExitCode.Usage;
}
if (parsed.Errors.Count > 0)
    return Fail(ExitCode.Usage, string.Join('\n', parsed.Errors.Select(error => error.Message)));
try
{
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is UsageException or DataException)
{
    return Fail(ExitCode.Usage, e.Message);
}
catch (Exception e) when (e is RunException or FetchException)
{
    return Fail(ExitCode.Failed, e.Message);
}

static int Fail(int code, string message)
{
    foreach (var line in message.Split('\n'))
        Console.Error.WriteLine($"functional: {line}");
    return code;
}
