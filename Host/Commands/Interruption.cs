using System.Runtime.InteropServices;

namespace Functional.Host.Commands;

/// <summary>Ctrl-C, as a token: the first ends the run cleanly, the second ends the program at once.</summary>
internal sealed class Interruption : IDisposable
{
    private static readonly AsyncLocal<CancellationToken> Outer = new();

    private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Outer.Value);
    private readonly PosixSignalRegistration[] registrations;

    /// <summary>Listens until it is disposed.</summary>
    public Interruption() => registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
    ];

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
        foreach (var registration in registrations)
            registration.Dispose();
        source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = !source.IsCancellationRequested;
        if (context.Cancel)
            source.Cancel();
    }

    private sealed class End : IDisposable
    {
        public void Dispose() => Outer.Value = default;
    }
}
