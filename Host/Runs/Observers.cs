namespace Functional.Host.Runs;

/// <summary>Several observers as one, told in order.</summary>
internal sealed class Observers(params IReadOnlyList<IRunObserver> observers) : IRunObserver
{
    /// <inheritdoc/>
    public void Started(RunStart start) => Each(observer => observer.Started(start));

    /// <inheritdoc/>
    public void Stepped(StepReport report, int samples) => Each(observer => observer.Stepped(report, samples));

    /// <inheritdoc/>
    public void Reached(RunState state, RunMoment moment) => Each(observer => observer.Reached(state, moment));

    /// <inheritdoc/>
    public void EpochEnded(EpochReport epoch) => Each(observer => observer.EpochEnded(epoch));

    /// <inheritdoc/>
    public void Finished(RunSummary summary) => Each(observer => observer.Finished(summary));

    private void Each(Action<IRunObserver> tell)
    {
        foreach (var observer in observers)
            tell(observer);
    }
}
