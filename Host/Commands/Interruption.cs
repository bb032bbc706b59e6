using System.Runtime.InteropServices;

namespace Functional.Host.Commands;

/// <summary>Ctrl-C, as a token: the first ends the run cleanly, the second ends the program at once.</summary>
internal sealed class Interruption : IDisposable
{
    private static readonly AsyncLocal<CancellationToken> Outer = new();
    private static PosixSignalRegistration[] early = [];

    private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Outer.Value);
    private readonly PosixSignalRegistration[] registrations;

    /// <summary>Listens until it is disposed.</summary>
    public Interruption()
    {
        registrations = Listen(Handle);
        Release(early);
    }

    /// <summary>Lets a process that Ctrl-C ends at once, before there is anything to end cleanly, say so.</summary>
    public static void Announce() => early = Listen(_ => Tell());

    /// <summary>What does as Ctrl-C does, for commands that leave that itself to the system: it ends the process at
    /// once.</summary>
    public static CancellationToken Given => Outer.Value;

    /// <summary>Is cancelled by the first Ctrl-C.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Lets a token do what Ctrl-C does, for all that is called until the result is disposed.</summary>
    internal static IDisposable From(CancellationToken cancellation)
    {
        Outer.Value = cancellation;
        return new End();
    }

    public void Dispose()
    {
        Release(registrations);
        source.Dispose();
    }

    private static PosixSignalRegistration[] Listen(Action<PosixSignalContext> handle)
    {
        // Signals come on a thread that knows nothing of the command line's language.
        var context = ExecutionContext.Capture()!;
        void Handle(PosixSignalContext signal) => ExecutionContext.Run(context, _ => handle(signal), null);
        try
        {
            return
            [
                PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
                PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
            ];
        }
        catch (TypeInitializationException e) when (e.InnerException is IOException)
        {
            // There is no memory for the thread that waits for signals: they end the process at once.
            return [];
        }
    }

    private static void Release(PosixSignalRegistration[] registrations)
    {
        foreach (var registration in registrations)
            registration.Dispose();
    }

    private static void Tell() => Hints.Write(["interrupted"]);

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = !source.IsCancellationRequested;
        if (context.Cancel)
            source.Cancel();
        else
            Tell();
    }

    private sealed class End : IDisposable
    {
        public void Dispose() => Outer.Value = default;
    }
}
