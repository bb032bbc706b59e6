namespace Functional.Host.Search;

/// <summary>
/// Where a study's records are kept. Any number of workers, of several processes, may use one place at once: who
/// decides what to add sees all that was added before, and nothing is added meanwhile.
/// </summary>
internal abstract class StudyStorage : IDisposable
{
    /// <summary>The study's name, for messages.</summary>
    public abstract string Name { get; }

    /// <summary>Adds what is decided from the current state, all of it or nothing, and gives the state after. It may
    /// be decided more than once, where a connection was lost.</summary>
    /// <param name="decide">Gets the state, and whether a worker was alive lately.</param>
    /// <param name="cancellation">Ends the waiting for others, or for a server, by an
    /// OperationCanceledException.</param>
    /// <exception cref="OperationFailedException">What is kept can't be read or written.</exception>
    /// <exception cref="Files.DataException">What is kept is damaged.</exception>
    internal abstract StudyState Transact(
        Func<StudyState, Func<string, bool>, IReadOnlyList<StudyRecord>> decide,
        CancellationToken cancellation = default);

    /// <summary>The state as it was when it was last read or added to.</summary>
    internal abstract StudyState Known { get; }

    /// <summary>Whether the records were found to be gone, or others than before.</summary>
    internal bool IsLost { get; private protected set; }

    /// <summary>Where trials are saved if this storage fails.</summary>
    internal virtual string RescueFolder => Directory.GetCurrentDirectory();

    /// <summary>Lets others know that these workers live.</summary>
    internal abstract void SendHeartbeats(IReadOnlyList<string> workers, CancellationToken cancellation);

    /// <summary>These workers need not be watched any more.</summary>
    internal abstract void Retire(IReadOnlyList<string> workers, CancellationToken cancellation);

    /// <summary>The current state.</summary>
    internal StudyState Read(CancellationToken cancellation = default) => Transact((_, _) => [], cancellation);

    /// <summary>Closes what is open.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>A study in memory, for one process. It has begun, and keeps the settings as they are, not as
/// text.</summary>
internal sealed class MemoryStorage(StudySettings? settings = null) : StudyStorage
{
    private readonly Lock gate = new();
    private volatile StudyState state = StudyState.Empty with { Settings = settings };

    public override string Name => "the study";

    internal override StudyState Known => state;

    internal override StudyState Transact(
        Func<StudyState, Func<string, bool>, IReadOnlyList<StudyRecord>> decide,
        CancellationToken cancellation = default)
    {
        lock (gate)
            return state = decide(state, _ => true).Aggregate(state, (state, record) => state.After(record));
    }

    internal override void SendHeartbeats(IReadOnlyList<string> workers, CancellationToken cancellation) { }

    internal override void Retire(IReadOnlyList<string> workers, CancellationToken cancellation) { }
}
