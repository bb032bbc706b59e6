using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipes;
using Functional.Host.Commands;

namespace Functional.Tests.CommandLine;

/// <summary>A process that does one command after another, each in its folder, as the program would: with the program's
/// own runtime configuration, but without its start, which takes most of a small command's time. What belongs to a
/// process itself (signals, streams, variables) is tested with processes of the program.</summary>
internal sealed class CommandServer
{
    private static readonly ConcurrentBag<CommandServer> Idle = [];

    private readonly BinaryWriter requests;
    private readonly BinaryReader answers;

    private CommandServer()
    {
        string Beside(string name) => Path.Combine(AppContext.BaseDirectory, name);
        // Standard output is what a command may write to.
        var there = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        var back = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        var process = Process.Start(new ProcessStartInfo("dotnet",
            [
                "exec", "--runtimeconfig", Beside("functional.runtimeconfig.json"), "--depsfile",
                Beside("Tests.deps.json"), Beside("Tests.dll"), there.GetClientHandleAsString(),
                back.GetClientHandleAsString(),
            ])
            { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        there.DisposeLocalCopyOfClientHandle();
        back.DisposeLocalCopyOfClientHandle();
        (requests, answers) = (new BinaryWriter(there), new BinaryReader(back));
    }

    /// <summary>Does a command, in any process that has nothing else to do.</summary>
    public static Outcome Run(string folder, string[] words)
    {
        var server = Idle.TryTake(out var idle) ? idle : new CommandServer();
        server.requests.Write(folder);
        server.requests.Write(words.Length);
        foreach (var word in words)
            server.requests.Write(word);
        server.requests.Flush();
        // One that has died is not used again.
        var outcome = new Outcome(server.answers.ReadInt32(), server.answers.ReadString(), server.answers.ReadString());
        Idle.Add(server);
        return outcome;
    }

    /// <summary>What the process does. It ends with the one that started it.</summary>
    public static int Main(string[] pipes)
    {
        if (pipes.Length != 2)
        {
            Console.Error.WriteLine("This program does commands for tests, which start it: dotnet test -c Release");
            return 2;
        }
        using var requests = new BinaryReader(new AnonymousPipeClientStream(PipeDirection.In, pipes[0]));
        using var answers = new BinaryWriter(new AnonymousPipeClientStream(PipeDirection.Out, pipes[1]));
        try
        {
            while (true)
            {
                Environment.CurrentDirectory = requests.ReadString();
                string[] words = [.. Enumerable.Range(0, requests.ReadInt32()).Select(_ => requests.ReadString())];
                var outcome = Answer(words);
                // The folder may be deleted now.
                Environment.CurrentDirectory = AppContext.BaseDirectory;
                answers.Write(outcome.ExitCode);
                answers.Write(outcome.Output);
                answers.Write(outcome.Error);
                answers.Flush();
            }
        }
        catch (EndOfStreamException)
        {
            return 0;
        }
    }

    private static Outcome Answer(string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        Console.SetOut(TextWriter.Synchronized(output));
        Console.SetError(TextWriter.Synchronized(error));
        Locale.Set(words);
        ProtectedOutput.Install();
        int code;
        try
        {
            code = FrontDoor.Run(words);
        }
        catch (Exception e)
        {
            // What ends the program with a stack trace, and signal 6.
            error.WriteLine($"Unhandled exception. {e}");
            code = 134;
        }
        return new Outcome(code, $"{output}", $"{error}");
    }
}
