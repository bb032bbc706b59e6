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

    // Of a trial that was given out twice another result may be there.
    private static bool Fits(StudyState state, StudyRecord record) => record switch
    {
        SeedEnded seed => state.Trials[seed.Trial] is { Result: null } trial && trial.SeedResults.Count == seed.Seed,
        TrialEnded end => state.Trials[end.Trial].Result is null,
        _ => false,
    };

    /// <summary>A failure, with where the trials are now that the storage no longer has, or never took.</summary>
    public static Exception Rescued(Exception failure, StudyStorage storage, IReadOnlyList<StudyRecord> unsaved)
    {
        if (failure is not (OperationFailedException or DataException)
            || (!storage.IsLost && failure is not DataException && unsaved.Count == 0))
            return failure;
        var state = unsaved.Aggregate(
            storage.Known, (state, end) => Fits(state, end) ? state.After(end) : state);
        var trials = $"{failure.Message}; the {Plural.Of(state.Trials.Count, "trial")} that this process knows";
        try
        {
            var path = Write(storage.RescueFolder, state);
            return new OperationFailedException(
                $"{trials} are in {path}, with which, as journal.jsonl, the study continues");
        }
        catch (OperationFailedException e)
        {
            return new OperationFailedException($"{trials} could not be written elsewhere ({e.Message})");
        }
    }
}
