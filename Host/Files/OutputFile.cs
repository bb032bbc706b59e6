using System.Runtime.InteropServices;
using Functional.Host.Runs;
using Microsoft.Win32.SafeHandles;

namespace Functional.Host.Files;

/// <summary>Files that the user asked for.</summary>
public static class OutputFile
{
    private const int LeastFlushed = 32 << 20;
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Writes a file beside its place, flushes it to the disk, and moves it there: nobody ever sees half a
    /// file, even if the power fails. Missing folders are made. The stream can be read, too.</summary>
    /// <exception cref="RunException">It can't be written; what was there before still is.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Guard(folder, () => Directory.CreateDirectory(folder));
        Replace(path, write);
    }

    /// <summary>The same in a folder that must be there.</summary>
    /// <inheritdoc cref="Write"/>
    public static void Replace(string path, Action<Stream> write)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            Guard(path, () =>
            {
                using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite))
                {
                    WriteAndFlush(stream, write);
                    stream.Flush(flushToDisk: true);
                }
                File.Move(temporary, path, overwrite: true);
                FlushFolder(Path.GetDirectoryName(path));
            });
        }
        catch when (File.Exists(temporary))
        {
            File.Delete(temporary);
            throw;
        }
    }

    // The system keeps what is written in memory until it is asked to flush it: asked only at the end, the disk would
    // stand still while a large file is made. A flush that fails is told, since the next one may not fail again.
    private static void WriteAndFlush(FileStream stream, Action<Stream> write)
    {
        var written = new TaskCompletionSource();
        var flushing = FlushUntil(written.Task, stream.SafeFileHandle);
        try
        {
            write(stream);
        }
        finally
        {
            written.SetResult();
            flushing.GetAwaiter().GetResult();
        }
    }

    private static async Task FlushUntil(Task written, SafeFileHandle file)
    {
        var flushed = 0L;
        while (await Task.WhenAny(written, Task.Delay(FlushInterval)).ConfigureAwait(false) != written)
            if (RandomAccess.GetLength(file) is var length && length - flushed >= LeastFlushed)
            {
                RandomAccess.FlushToDisk(file);
                flushed = length;
            }
    }

    /// <summary>Appends to a file that must be there and, if asked to, flushes it to the disk.</summary>
    /// <exception cref="RunException">It can't be written; a part of the bytes may have been.</exception>
    public static void Append(string path, byte[] bytes, bool flush) => Guard(path, () =>
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Seek(0, SeekOrigin.End);
        stream.Write(bytes);
        stream.Flush(flush);
    });

    /// <summary>Does something to a file or folder, and tells in one line if that fails.</summary>
    /// <exception cref="RunException">It failed.</exception>
    public static void Guard(string path, Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{path}: {e.Message}");
        }
    }

    // That a file was renamed is itself a change of its folder, which has a place on the disk of its own. (Windows keeps
    // such changes in a journal, and has no way to ask for more.) Some file systems, mostly those of other machines, refuse to
    // flush a folder: then there is no more to be had, and the file, whose bytes are flushed, is in its place all the same.
    private static void FlushFolder(string? folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        const int readOnly = 0;
        var descriptor = open(folder is { Length: > 0 } ? folder : ".", readOnly);
        if (descriptor < 0)
            return;
        _ = fsync(descriptor);
        _ = close(descriptor);
    }

    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc")]
    private static extern int fsync(int descriptor);

    [DllImport("libc")]
    private static extern int close(int descriptor);
}
