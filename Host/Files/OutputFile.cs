using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace Functional.Host.Files;

/// <summary>Files that the user asked for.</summary>
internal static partial class OutputFile
{
    private const int LeastFlushed = 32 << 20, RandomBytes = 8;
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Writes a file beside its place, flushes it to the disk, and moves it there: no reader ever sees half a
    /// file, however many write it at once and even if the power fails. Missing folders are made. A link is followed; a
    /// pipe or a device is written to. The stream can be read, too.</summary>
    /// <exception cref="OperationFailedException">It can't be written; what was there before still is.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, overwrite: true);

    /// <summary>The same, but an existing file is replaced only if <paramref name="overwrite"/> says so.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    internal static void Write(string path, Action<Stream> write, bool overwrite)
    {
        var place = "";
        ArgumentNullException.ThrowIfNull(path);
        Guard(path, () => place = FilePlace.Of(path));
        if (FilePlace.IsDevice(place))
        {
            Guard(path, () => WriteThrough(place, write));
            return;
        }
        if (Path.GetDirectoryName(place) is { Length: > 0 } folder)
            Guard(folder, () => Directory.CreateDirectory(folder));
        Replace(place, write, overwrite);
    }

    /// <summary>The same in a folder that must be there; a link is replaced, not followed.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void Replace(string path, Action<Stream> write) => Replace(path, write, overwrite: true);

    private static void Replace(string path, Action<Stream> write, bool overwrite)
    {
        // The name can't be guessed, and an existing file or link of that name is not opened.
        var temporary = $"{path}.{RandomNumberGenerator.GetHexString(2 * RandomBytes, lowercase: true)}{Extension}";
        var made = false;
        try
        {
            Guard(path, () =>
            {
                using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
                {
                    made = true;
                    WriteAndFlush(stream, write);
                    stream.Flush(flushToDisk: true);
                }
                File.Move(temporary, path, overwrite);
                made = false;
                FlushFolder(Path.GetDirectoryName(path));
            });
        }
        catch when (made)
        {
            Discard(temporary);
            throw;
        }
    }

    /// <summary>Deletes a file that could not be completed, if possible. The error reported is why: where
    /// its folder has vanished or the disk has failed, deleting fails for the same reason.</summary>
    internal static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays; DeleteUnfinished takes it later.
        }
    }

    /// <summary>Deletes what a program that was killed has left of files of these names, and nothing else.</summary>
    /// <exception cref="OperationFailedException">The folder can't be read, or a file not be deleted.</exception>
    internal static void DeleteUnfinished(string folder, Func<string, bool> isOurs) => Guard(folder, () =>
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Extension))
            if (Temporary().Match(Path.GetFileName(path)) is { Success: true } match && isOurs(match.Groups[1].Value)
                && !FileLock.IsHeld(path))
                File.Delete(path);
    });

    private const string Extension = ".tmp";

    [GeneratedRegex(@"^(.+)\.[0-9a-f]{16}\.tmp$")]
    private static partial Regex Temporary();

    // What can't seek can't be read again either; so the bytes are gathered first, in a file without a name of its own.
    private static void WriteThrough(string place, Action<Stream> write)
    {
        using var gathered = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite,
            FileShare.None, 1 << 16,
            FileOptions.DeleteOnClose);
        write(gathered);
        gathered.Position = 0;
        using var stream = FilePlace.OpenDevice(place);
        gathered.CopyTo(stream);
        stream.Flush();
    }

    // The system keeps what is written in memory until it is asked to flush it: asked only at the end, the disk would
    // stand still while a large file is made. A flush that fails is reported, since the next one may not fail again.
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
    /// <exception cref="OperationFailedException">It can't be written; a part of the bytes may have been.</exception>
    public static void Append(string path, byte[] bytes, bool flush) => Guard(path, () =>
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Seek(0, SeekOrigin.End);
        stream.Write(bytes);
        stream.Flush(flush);
    });

    /// <summary>Does something to a file or folder; a failure is one line.</summary>
    /// <exception cref="OperationFailedException">It failed.</exception>
    public static void Guard(string path, Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperationFailedException(Visible.Message($"{path}: {Reason(e)}"));
        }
    }

    // Of a full disk the system's message ends in the temporary file's name.
    internal static string Reason(Exception e) => e.Message.Split(" : '")[0];

    // That a file was renamed is itself a change of its folder, which has a place on the disk of its own. (Windows
    // keeps such changes in a journal, and has no way to ask for more.) Some file systems, mostly those of other
    // machines, refuse to flush a folder: then there is no more to be had, and the file, whose bytes are flushed, is in
    // its place all the same.
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
