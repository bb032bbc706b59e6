namespace Functional.Host.Runs;

/// <summary>Several observers as one, called in order.</summary>
internal sealed class Observers(params IReadOnlyList<IRunObserver> observers) : IRunObserver
{
    public void Started(RunStart start) => Each(observer => observer.Started(start));

    public void Stepped(StepReport report, int samples) => Each(observer => observer.Stepped(report, samples));

    public bool LooksAt(int step) => observers.Any(observer => observer.LooksAt(step));

    public void Reached(RunState state, RunMoment moment) => Each(observer => observer.Reached(state, moment));

    public void EpochEnded(EpochReport epoch) => Each(observer => observer.EpochEnded(epoch));

    public void Diverged(RunState lastGood) => Each(observer => observer.Diverged(lastGood));

    public void Finished(RunSummary summary) => Each(observer => observer.Finished(summary));

    private void Each(Action<IRunObserver> call)
    {
        foreach (var observer in observers)
            call(observer);
    }
}
