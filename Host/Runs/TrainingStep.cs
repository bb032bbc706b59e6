namespace Functional.Host.Runs;

/// <summary>One step of a run.</summary>
/// <param name="Before">The state before it, with the step's optimizer.</param>
/// <param name="Batch">Makes the step's batch, augmented: the same one in every call. The step itself keeps
/// none.</param>
/// <param name="BatchSize">How many samples the batch has.</param>
/// <param name="Report">What the step saw.</param>
/// <param name="After">The state after it.</param>
internal sealed record TrainingStep(
    RunState Before, Func<Batch<float>> Batch, int BatchSize, StepReport Report, RunState After)
{
    /// <summary>Whether training can go on: the loss is neither infinite nor NaN.</summary>
    public bool IsFinite => double.IsFinite(Report.Loss);
}
