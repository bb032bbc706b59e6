using System.Text.Json.Serialization;
using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>How a run ended.</summary>
/// <param name="TrainAccuracy">Of classes: share of the training samples, 0 to 1.</param>
/// <param name="ValidationAccuracy">Share of the validation samples, if there are any.</param>
/// <param name="TestAccuracy">Share of the test samples.</param>
/// <param name="Loss">The mean of the last epoch's batches, penalty included.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="Seconds">Since the run began, reading data not counted.</param>
/// <param name="Digest">The network's identity.</param>
/// <param name="Interrupted">Whether it was stopped before its end.</param>
/// <param name="Out">The run's folder, if it has one.</param>
public sealed record RunSummary(
    double? TrainAccuracy, double? ValidationAccuracy, double? TestAccuracy, double Loss,
    [property: JsonPropertyName("iterations")] int Steps, double Seconds, string Digest, bool Interrupted, string? Out)
{
    /// <summary>That of a run that ended with an epoch.</summary>
    internal static RunSummary Of(
        EpochReport last, int steps, double seconds, bool interrupted, string? folder) => new(
        last.TrainAccuracy, last.ValidationAccuracy, last.TestAccuracy, last.Loss, steps, seconds, last.Digest,
        interrupted, folder)
        { Train = last.Train, Validation = last.Validation, Test = last.Test };

    /// <summary>Of quantities: how far off they are on the training samples.</summary>
    public QuantityScore? Train { get; init; }

    /// <summary>How far off they are on the validation samples, if there are any.</summary>
    public QuantityScore? Validation { get; init; }

    /// <summary>How far off they are on the test samples.</summary>
    public QuantityScore? Test { get; init; }

    /// <summary>How well the network does, whatever the task.</summary>
    internal PartScores Scores =>
        PartScores.Of((TrainAccuracy, Train), (ValidationAccuracy, Validation), (TestAccuracy, Test));

    /// <summary>Whether it has results: an evaluation that is interrupted is left out.</summary>
    internal bool IsEvaluated => Scores.Test.IsKnown;

    /// <summary>Whether it ended before its last step because validation didn't get better.</summary>
    public bool StoppedEarly { get; init; }

    /// <summary>The epoch with the best validation accuracy, if there are validation samples.</summary>
    public EpochReport? Best { get; init; }

    /// <summary>As in <c>300 steps: loss 0.234, training 97.4%, validation 93.8%, test 96.7%</c>.</summary>
    public override string ToString() =>
        Invariant($"{Plural.Of(Steps, "step")}: loss {Loss:G3}, {Scores.InWords}");
}
