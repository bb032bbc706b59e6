namespace Functional.Host.Runs;

/// <summary>The network that did best in validation.</summary>
/// <param name="Step">The steps that had been taken by then.</param>
/// <param name="Network">The network after them.</param>
internal sealed record BestNetwork(int Step, Network<float> Network);

/// <summary>All that a run is between two steps, as one value: save it and the run can be resumed, use it twice and it
/// branches.</summary>
/// <param name="Training">Network, optimizer and its state, key and step.</param>
public sealed record RunState(TrainingState<float> Training)
{
    /// <summary>How long it took to come here, reading data not counted.</summary>
    public double Seconds { get; init; }

    /// <summary>The network that did best in validation so far, where there is validation.</summary>
    internal BestNetwork? Best { get; init; }

    /// <summary>Steps taken.</summary>
    public int Step => Training.Step;

    /// <summary>The network that is evaluated and kept: the averaged one, where an average is taken.</summary>
    public Network<float> Network => Functional.Training.Averaged(Training);

    /// <summary>The state after a step, and what the step saw. The batch lives in the step's own memory: don't
    /// keep it.</summary>
    internal (RunState State, StepReport Report) Next(Func<Batch<float>> batch)
    {
        var (training, report) = Functional.Training.Step(Training, batch);
        return (this with { Training = training }, report);
    }

    /// <summary>The state after steps of which nobody looks at the states in between.</summary>
    internal RunState After(IEnumerable<Func<Batch<float>>> batches, Func<StepReport, bool> goesOn) =>
        this with { Training = Functional.Training.Run(Training, batches, goesOn) };

    /// <summary>The same state, with another optimizer of the same kind from here on.</summary>
    public RunState With(Optimizer optimizer) =>
        this with
        {
            Training = new TrainingState<float>(
                Training.Network, optimizer, Training.OptimizerState, Training.Key, Training.Step),
        };
}
