using System.Text.Json;
using Functional.Host.Files;
using Functional.Host.Runs;

namespace Functional.Host.Search;

/// <summary>
/// A study in a folder: <c>journal.jsonl</c>, a record per line, each flushed to the disk before anybody goes on. Several
/// processes of one machine append under one lock, which the system takes back from whoever dies. A last line that was
/// not finished is dropped. Beside it, <c>workers</c> has a file per worker, touched as long as it lives.
/// </summary>
public sealed class JournalStorage : StudyStorage
{
    private const string FileName = "journal.jsonl";

    private readonly Lock gate = new();
    private readonly string folder, path;
    private readonly FileStream journal;
    private StudyState state = StudyState.Empty;
    private string checksum = "";
    private long end;
    private int lines;

    /// <summary>Opens the study of a folder, or begins one there.</summary>
    /// <exception cref="RunException">The folder can't be written to.</exception>
    public JournalStorage(string folder)
    {
        (this.folder, path) = (folder, Path.Combine(folder, FileName));
        journal = Guarded(() =>
        {
            Directory.CreateDirectory(Path.Combine(folder, "workers"));
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        });
    }

    /// <inheritdoc/>
    public override string Name => folder;

    /// <summary>Whether a folder holds a study.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <inheritdoc/>
    public override void Dispose()
    {
        journal.Dispose();
        base.Dispose();
    }

    internal override StudyState Transact(Func<StudyState, Func<string, bool>, IReadOnlyList<StudyRecord>> decide)
    {
        lock (gate)
            return Guarded(() =>
            {
                using var held = FileLock.Take(Path.Combine(folder, "lock"));
                ReadNewLines();
                Append(decide(state, IsAlive));
                return state;
            });
    }

    internal override void Beat(IReadOnlyList<string> workers) => Guarded(() =>
    {
        foreach (var worker in workers)
        {
            using var file = new FileStream(FileOf(worker), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            File.SetLastWriteTimeUtc(file.SafeFileHandle, DateTime.UtcNow);
        }
        return true;
    });

    internal override void Retire(IReadOnlyList<string> workers) => Guarded(() =>
    {
        foreach (var worker in workers)
            File.Delete(FileOf(worker));
        return true;
    });

    private bool IsAlive(string worker)
    {
        var lapse = TimeSpan.FromSeconds(state.Settings!.Lapse);
        var file = new FileInfo(FileOf(worker));
        if (file.Exists && DateTime.UtcNow - file.LastWriteTimeUtc < lapse)
            return true;
        file.Delete();
        return false;
    }

    private string FileOf(string worker) => Path.Combine(folder, "workers", worker);

    // Lines that others have appended; what follows the last line feed was not finished.
    private void ReadNewLines()
    {
        var added = new byte[journal.Length - end];
        journal.Position = end;
        journal.ReadExactly(added);
        var (next, whole) = (state, 0);
        while (added.AsSpan(whole).IndexOf((byte)'\n') is >= 0 and var length)
        {
            var sum = checksum;
            try
            {
                (var record, sum) = JournalLine.Read(added.AsSpan(whole, length), checksum) ?? throw Damaged("a record with its checksum");
                next = next.After(record);
            }
            catch (Exception e) when (e is UsageException or JsonException)
            {
                throw Damaged($"a record that fits ({DataException.OneLine(e.Message)})");
            }
            (whole, checksum, lines) = (whole + length + 1, sum, lines + 1);
            // What is read before damage stands.
            (state, end) = (next, end + length + 1);
        }
    }

    private void Append(IReadOnlyList<StudyRecord> records)
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
        lines == 0 ? "something else" : $"something else; without the lines from there on, the study goes on with the {lines} before");

    private T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{folder}: {e.Message}");
        }
    }
}
