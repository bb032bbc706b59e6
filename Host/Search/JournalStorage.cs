using System.Text.Json;
using Functional.Host.Files;

namespace Functional.Host.Search;

/// <summary>
/// A study in a folder: <c>journal.jsonl</c>, a record per line, each flushed to the disk before anybody goes on.
/// Several processes of one machine append under one lock, which the system takes back when a process dies. A last line
/// that was not finished is dropped. Beside it, <c>workers</c> has a file per worker, touched as long as it lives.
/// </summary>
internal sealed class JournalStorage : StudyStorage
{
    private const string FileName = "journal.jsonl", LockName = "lock", WorkersName = "workers";

    private const int LongestBeginning = 1 << 16;

    private readonly Lock gate = new();
    private readonly Heartbeats heartbeats = new();
    private readonly string folder, path;
    private volatile StudyState state = StudyState.Empty;
    private string checksum = "";
    private long end;
    private int lines;

    /// <summary>Opens the study of a folder, or begins one there.</summary>
    /// <exception cref="UsageException">The folder holds something else.</exception>
    /// <exception cref="OperationFailedException">The folder can't be written to.</exception>
    public JournalStorage(string folder)
    {
        (this.folder, path) = (folder, Path.Combine(folder, FileName));
        OutputFile.Guard(folder, () =>
        {
            Directory.CreateDirectory(folder);
            // A process that begins the same study may have come so far.
            if (!File.Exists(path) && Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName)
                .FirstOrDefault(name => name is not (FileName or LockName or WorkersName)) is { } foreign)
                throw new UsageException(
                    $"{folder}: expected a study, or an empty folder to begin one in, "
                    + $"found {DataException.Short(foreign)}");
            if (File.Exists(path))
                CheckBeginning();
            Open(FileMode.OpenOrCreate).Dispose();
        });
    }

    public override string Name => folder;

    /// <summary>Whether a folder holds a study.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    internal override StudyState Known => state;

    internal override string RescueFolder => folder;

    internal override StudyState Transact(
        Func<StudyState, Func<string, bool>, IReadOnlyList<StudyRecord>> decide,
        CancellationToken cancellation = default)
    {
        lock (gate)
            return Guarded(() =>
            {
                if (!Exists(folder))
                    throw Lost("was removed");
                using var held = FileLock.Take(Path.Combine(folder, LockName), cancellation);
                using var journal = Open(FileMode.Open);
                ReadNewLines(journal);
                Append(journal, decide(state, IsAlive));
                return state;
            });
    }

    internal override void SendHeartbeats(
        IReadOnlyList<string> workers, CancellationToken cancellation) => Guarded(() =>
    {
        if (!Exists(folder))
            throw Lost("was removed");
        Directory.CreateDirectory(Path.Combine(folder, WorkersName));
        foreach (var worker in workers)
        {
            using var file = new FileStream(
                FileOf(worker), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            File.SetLastWriteTimeUtc(file.SafeFileHandle, DateTime.UtcNow);
        }
    });

    internal override void Retire(IReadOnlyList<string> workers, CancellationToken cancellation) => Guarded(() =>
    {
        foreach (var worker in workers.Where(worker => File.Exists(FileOf(worker))))
            File.Delete(FileOf(worker));
    });

    private bool IsAlive(string worker)
    {
        var file = new FileInfo(FileOf(worker));
        if (!file.Exists)
            return false;
        var last = file.LastWriteTimeUtc;
        if (heartbeats.IsAlive(worker, last.Ticks, DateTime.UtcNow - last, state.Settings!.HeartbeatTimeout))
            return true;
        file.Delete();
        return false;
    }

    private string FileOf(string worker) => Path.Combine(folder, WorkersName, worker);

    private FileStream Open(FileMode mode) =>
        new(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    // Don't create a lock file beside something that is not a journal.
    private void CheckBeginning()
    {
        FilePlace.RequireFile(path);
        using var journal = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var start = new byte[LongestBeginning];
        var read = start.AsSpan(0, journal.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        if (read.IndexOf((byte)'\n') is >= 0 and var length
            ? !JournalLine.IsOne(read[..length], "") : !JournalLine.CanBegin(read))
            throw Damaged("a record with its checksum");
    }

    // Lines that others have appended; what follows the last line feed was not finished.
    private void ReadNewLines(FileStream journal)
    {
        CheckPast(journal);
        var added = new byte[journal.Length - end];
        journal.ReadExactly(added);
        var whole = 0;
        while (added.AsSpan(whole).IndexOf((byte)'\n') is >= 0 and var length)
        {
            Read(added.AsSpan(whole, length));
            // What is read before damage stands.
            (whole, end, lines) = (whole + length + 1, end + length + 1, lines + 1);
        }
        CheckRest(journal, added.AsSpan(whole));
    }

    private void Read(ReadOnlySpan<byte> line)
    {
        try
        {
            var (record, sum) = JournalLine.Read(line, checksum) ?? throw Damaged("a record with its checksum");
            (state, checksum) = (state.After(record), sum);
        }
        catch (Exception e) when (e is UsageException or JsonException)
        {
            throw Damaged($"a record that fits ({Visible.Message(e.Message)})");
        }
    }

    // The end of what was read has a checksum of all before it. Leaves the journal there.
    private void CheckPast(FileStream journal)
    {
        var mark = JournalLine.End(checksum);
        if (end == 0)
            return;
        var found = new byte[mark.Length];
        if (journal.Length >= end)
        {
            journal.Position = end - mark.Length;
            journal.ReadExactly(found);
        }
        if (!found.AsSpan().SequenceEqual(mark))
            throw Lost("was cut or replaced");
    }

    // A line without its line feed: the beginning of one is dropped by the next process that appends. A whole one is
    // what was written, and gets its line feed; with another byte in its place it was changed.
    private void CheckRest(FileStream journal, ReadOnlySpan<byte> rest)
    {
        if (rest.Length == 0)
            return;
        if (JournalLine.Read(rest, checksum) is not null)
        {
            Read(rest);
            journal.WriteByte((byte)'\n');
            journal.Flush(flushToDisk: true);
            (end, lines) = (end + rest.Length + 1, lines + 1);
        }
        else if (JournalLine.Read(rest[..^1], checksum) is not null)
            throw Damaged("a line feed after the record");
        else if (!JournalLine.CanBegin(rest))
            throw Damaged("a record with its checksum");
    }

    private void Append(FileStream journal, IReadOnlyList<StudyRecord> records)
    {
        if (records.Count == 0)
            return;
        var (next, sum, text) = (state, checksum, new List<byte>());
        foreach (var record in records)
        {
            next = next.After(record);
            (var line, sum) = JournalLine.Write(record, sum);
            text.AddRange(line);
        }
        // This also drops a last line that was not finished.
        journal.SetLength(end);
        journal.Position = end;
        journal.Write([.. text]);
        journal.Flush(flushToDisk: true);
        (state, checksum, end, lines) = (next, sum, end + text.Count, lines + records.Count);
    }

    private DataException Damaged(string expected) => new(
        path, $"line {lines + 1}", expected,
        lines == 0
            ? "something else"
            : $"something else; without the lines from there on, the study continues with the {lines} before");

    private OperationFailedException Lost(string what)
    {
        IsLost = true;
        return new OperationFailedException($"{path} {what} while a search used it");
    }

    private void Guarded(Action action) => Guarded(() =>
    {
        action();
        return true;
    });

    private T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && !Exists(folder))
        {
            throw Lost("was removed");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperationFailedException($"{folder}: {OutputFile.Reason(e)}");
        }
    }
}
