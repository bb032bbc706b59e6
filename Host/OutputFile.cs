using Functional.Host.Runs;

namespace Functional.Host;

/// <summary>Files that the user asked for.</summary>
public static class OutputFile
{
    /// <summary>Writes a file beside its place, flushes it to the disk, and moves it there: nobody ever sees half a
    /// file. Missing folders are made.</summary>
    /// <exception cref="RunException">It can't be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new RunException($"{path}: {e.Message}");
        }
    }
}
