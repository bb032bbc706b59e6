// The program's front door: what is behind it is in Host/Commands. Nothing is computed here.
using Functional.Host;
using Functional.Host.Commands;

Locale.Set(args);
StandardOutput.Install();
ProtectedOutput.Install();
Interruption.Announce();
var code = FrontDoor.Run(args);
// What was found is lost with the lines that tell it.
return StandardOutput.Fault is { } fault
    ? FrontDoor.Fail(code is ExitCode.Done or ExitCode.Found ? ExitCode.Failed : code, [$"standard output: {fault}"])
    : code;
