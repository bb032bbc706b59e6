namespace Functional.Host.Runs;

/// <summary>That a run is going on, as a file that is locked: the system releases it however the program ends.</summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream file;

    private RunLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="UsageException">Another program has it.</exception>
    /// <exception cref="RunException">The file can't be written.</exception>
    public static RunLock Take(string path)
    {
        try
        {
            return new RunLock(Open(path, FileMode.OpenOrCreate, FileOptions.DeleteOnClose));
        }
        catch (IOException) when (IsHeld(path))
        {
            throw new UsageException($"{Path.GetDirectoryName(path)}: another program is training this run");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{path}: {e.Message}");
        }
    }

    /// <summary>Whether some program has the lock.</summary>
    public static bool IsHeld(string path)
    {
        try
        {
            using var file = Open(path, FileMode.Open, FileOptions.None);
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Releases it.</summary>
    public void Dispose() => file.Dispose();

    private static FileStream Open(string path, FileMode mode, FileOptions options) =>
        new(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, options);
}
