using Functional.Host.Files;

namespace Functional.Host.Search;

/// <summary>A study as a new journal, where its own storage doesn't have it any more: renamed to <c>journal.jsonl</c>,
/// it goes on.</summary>
internal static class RescueFile
{
    /// <summary>Writes the journal, under a name that nothing has, and gives that.</summary>
    /// <exception cref="OperationFailedException">It can't be written.</exception>
    public static string Write(string folder, StudyState state)
    {
        var path = "";
        OutputFile.Guard(folder, () =>
        {
            Directory.CreateDirectory(folder);
            path = Path.Combine(folder, $"rescued-{Guid.NewGuid():N}.jsonl");
            using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            var checksum = "";
            foreach (var record in state.Records)
            {
                (var line, checksum) = JournalLine.Write(record, checksum);
                stream.Write(line);
            }
            stream.Flush(flushToDisk: true);
        });
        return path;
    }
}
