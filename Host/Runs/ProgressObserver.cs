namespace Functional.Host.Runs;

/// <summary>Tells the end of each epoch, and nothing else.</summary>
internal sealed class ProgressObserver(Action<EpochReport>? epochEnded) : IRunObserver
{
    /// <inheritdoc/>
    public void EpochEnded(EpochReport epoch) => epochEnded?.Invoke(epoch);
}
