namespace Functional.Host.Runs;

/// <summary>Tells the end of each epoch, and nothing else.</summary>
internal sealed class ProgressObserver(Action<EpochReport>? epochEnded) : IRunObserver
{
    /// <inheritdoc/>
    public void Started(RunStart start) { }

    /// <inheritdoc/>
    public void Stepped(StepReport report, int samples) { }

    /// <inheritdoc/>
    public void EpochEnded(EpochReport epoch) => epochEnded?.Invoke(epoch);

    /// <inheritdoc/>
    public void Finished(RunSummary summary) { }
}
