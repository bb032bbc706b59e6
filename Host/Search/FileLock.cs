namespace Functional.Host.Search;

/// <summary>A lock among the processes of a machine: a file that one of them has opened for itself. The system takes it
/// back from a process that dies, whatever way.</summary>
internal static class FileLock
{
    private const int Again = 11, AgainOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    /// <summary>Waits until nobody else has it. Raises IOException if the file can't be opened at all.</summary>
    public static IDisposable Take(string path)
    {
        for (var attempt = 0; ; attempt++)
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.HResult is Again or AgainOnMac or SharingViolation)
            {
                // A transaction takes a millisecond or a few.
                Thread.Sleep(Math.Min(1 + attempt / 10, 10));
            }
    }
}
