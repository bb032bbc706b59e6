using System.Text.Json.Serialization;

namespace Functional.Host.Runs;

/// <summary>What a run is about to do.</summary>
/// <param name="Data">The data set's name, or a folder.</param>
/// <param name="TrainSamples">Samples that are trained on.</param>
/// <param name="ValidationSamples">Samples kept for validation.</param>
/// <param name="TestSamples">Samples to test with.</param>
/// <param name="Network">Its layers, in a line.</param>
/// <param name="Parameters">How many numbers are trained.</param>
/// <param name="Optimizer">The rule, in a line.</param>
/// <param name="PlannedSteps">Steps of the whole run.</param>
/// <param name="StepsPerEpoch">Steps of a pass over the samples.</param>
/// <param name="Seed">What everything random is a function of.</param>
/// <param name="Out">The run's folder; null if it leaves none.</param>
internal sealed record RunStart(
    string Data, int TrainSamples, int ValidationSamples, int TestSamples, string Network, int Parameters,
    string Optimizer, [property: JsonPropertyName("iterations")] int PlannedSteps, int StepsPerEpoch, long Seed,
    string? Out)
{
    /// <summary>Steps that were taken before, by a resumed run.</summary>
    public int Step { get; init; }

    /// <summary>The updates of the weights in all steps: fewer than those where gradients are accumulated.</summary>
    public int Updates { get; init; } = PlannedSteps;

    /// <summary>What the target was taken for, where it may be meant otherwise.</summary>
    public string? Guess { get; init; }

    /// <summary>The model that the run begins from, and what is kept of it; null if the network is new.</summary>
    public string? Origin { get; init; }
}

/// <summary>When an observer is given a run's state.</summary>
internal enum RunMoment
{
    /// <summary>After a step.</summary>
    Step,

    /// <summary>After a whole epoch, which has been reported.</summary>
    Epoch,

    /// <summary>After the last step, before a part of an epoch is reported.</summary>
    End,
}

/// <summary>Receives a run's events. It can't change a state; it may cancel the run.</summary>
internal interface IRunObserver
{
    /// <summary>Before the first step.</summary>
    void Started(RunStart start) { }

    /// <summary>For each step, soon after it; there are thousands in a second.</summary>
    void Stepped(StepReport report, int samples) { }

    /// <summary>Whether it is to be given the state after a step. What nobody looks at need not outlive the next
    /// step.</summary>
    bool LooksAt(int step) => false;

    /// <summary>After steps that some observer looks at, from time to time between them, after each epoch and at the
    /// end: all that is needed to resume there.</summary>
    void Reached(RunState state, RunMoment moment) { }

    /// <summary>After each epoch.</summary>
    void EpochEnded(EpochReport epoch) { }

    /// <summary>Before the run fails, because its numbers are no longer finite.</summary>
    void Diverged(RunState lastGood) { }

    /// <summary>At the end, interrupted or not.</summary>
    void Finished(RunSummary summary) { }
}
