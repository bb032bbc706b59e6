namespace Functional.Host.Runs;

/// <summary>Reports the end of each epoch, and nothing else.</summary>
internal sealed class ProgressObserver(Action<EpochReport>? epochEnded) : IRunObserver
{
    public void EpochEnded(EpochReport epoch) => epochEnded?.Invoke(epoch);
}
