namespace Functional.Host.Files;

/// <summary>A lock among the processes of a machine: a file that one of them has opened for itself. The system takes it
/// back from a process that dies, whatever way.</summary>
internal static class FileLock
{
    private const int Again = 11, AgainOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private const int Round = 50;

    /// <summary>Waits until no other process has it. Raises IOException if the file can't be opened at all, and
    /// OperationCanceledException if the waiting is cancelled: where there is none to wait for, it is taken however
    /// late that is.</summary>
    public static IDisposable Take(string path, CancellationToken cancellation = default)
    {
        while (true)
        {
            if (TryTake(path, cancellation.IsCancellationRequested ? 1 : Round, FileOptions.None) is { } held)
                return held;
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The same, but null if it is held through this many attempts, the first after a millisecond each and
    /// later ones after a few.</summary>
    public static IDisposable? TryTake(string path, int attempts, FileOptions options)
    {
        for (var attempt = 0; attempt < attempts; attempt++)
            try
            {
                return new FileStream(
                    path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, options);
            }
            catch (IOException e) when (IsBusy(e))
            {
                // A transaction takes a millisecond or a few.
                Thread.Sleep(Math.Min(1 + attempt / 10, 10));
            }
        return null;
    }

    /// <summary>Whether a process has it. One that takes it at this instant must try again.</summary>
    public static bool IsHeld(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return IsBusy(e);
        }
    }

    private static bool IsBusy(Exception e) => e.HResult is Again or AgainOnMac or SharingViolation;
}
