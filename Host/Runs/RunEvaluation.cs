using Functional.Host.Data;
using Functional.Host.Models;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Runs;

/// <summary>How well a run's network does on its samples.</summary>
internal static class RunEvaluation
{
    /// <summary>A state as the end of an epoch, or of a part of one.</summary>
    /// <param name="run">The configured run.</param>
    /// <param name="state">What is evaluated.</param>
    /// <param name="epoch">From 1; 0 before the first step.</param>
    /// <param name="loss">The mean over its batches.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    public static EpochReport Of(TrainingRun run, RunState state, int epoch, double loss, int threads)
    {
        var (network, split, examples) = (state.Network, run.Split, run.Encoded.Training);
        PartScore Score(Examples examples, int[] indices) => Memory.For(
            () => Invariant($"the evaluation of {indices.Length:N0} samples"),
            () => Evaluation.Score(network, examples, indices, threads));
        var training = Score(
            examples, run.IsTrial ? [.. split.Training.Take(split.Validation.Length)] : split.Training);
        PartScore? validation = split.Validation.Length == 0 ? null : Score(examples, split.Validation);
        var test = Score(run.Encoded.Test, run.Encoded.Test.All);
        return new EpochReport(
            epoch, state.Step, loss, training.Accuracy, validation?.Accuracy, test.Accuracy, state.Seconds,
            run.IsTrial ? "" : network.Digest())
        { Train = training.Errors, Validation = validation?.Errors, Test = test.Errors };
    }

    /// <summary>The same without its results: of an evaluation that was left out.</summary>
    public static EpochReport None(RunState state, int epoch, double loss) => new(
        epoch, state.Step, loss, null, null, null, state.Seconds, state.Network.Digest());

    /// <summary>What a result's network says of the test samples, a column each.</summary>
    public static Matrix<float> TestScores(TrainingRun run, RunResult result, int threads) =>
        Evaluation.Scores(result.State.Network, run.Encoded.Encoder, run.Data.Test.Samples, threads);
}
