using Functional.Host.Models;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>Whether rare classes are found more often if all classes count the same in the loss: tried, not guessed.
/// </summary>
internal static class WeightedClasses
{
    private const double LeastGain = 0.03;

    /// <summary>A finding of <see cref="FindingKind.ClassImbalance"/>, with class weights as its remedy where they
    /// help.</summary>
    public static Finding Advised(
        Finding finding, TrialRun trial, TrainingRun run, CancellationToken cancellation)
    {
        if (trial.HasDiverged || run.Configuration.ClassWeights is not null)
            return finding;
        var weighted = TrialRun.Run(
            run.Configuration with { ClassWeights = ClassWeights.Balanced }, run.Data, trial.Steps,
            cancellation: cancellation);
        var (unchanged, balanced) = (Found(trial), Found(weighted));
        return weighted.HasDiverged || balanced - unchanged < LeastGain ? finding : finding with
        {
            Evidence = Invariant($"{finding.Evidence}; {unchanged:0%} of a class's test samples are classified ")
                + Invariant($"correctly on average, with --class-weights balanced {balanced:0%}"),
            Advice = "Use --class-weights balanced: all classes count the same in the loss; more samples of the rare "
                + "classes help more",
        };

        double Found(TrialRun of) => Metrics.Confusion(
            Evaluation.Scores(of.Judged, run.Encoded.Encoder, run.Data.Test.Samples, threads: 1),
            run.Data.Test.Classes.Labels).MacroRecall;
    }
}
