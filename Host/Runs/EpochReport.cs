using System.Text.Json.Serialization;
using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>The results of an epoch, or of the part of one at the end.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Step">Steps since the run began.</param>
/// <param name="Loss">The mean of the epoch's batches, each before its update, penalty included.</param>
/// <param name="TrainAccuracy">Of classes: share of the training samples, 0 to 1, after the epoch.</param>
/// <param name="ValidationAccuracy">Share of the validation samples, if there are any.</param>
/// <param name="TestAccuracy">Share of the test samples.</param>
/// <param name="Seconds">Since the run began, reading data not counted.</param>
/// <param name="Digest">The network's identity.</param>
public sealed record EpochReport(
    int Epoch, [property: JsonPropertyName("iterations")] int Step, double Loss, double? TrainAccuracy,
    double? ValidationAccuracy, double? TestAccuracy, double Seconds, string Digest)
{
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

    /// <summary>The first of those with the best validation accuracy or, of quantities, the best R²; null if there is
    /// none.</summary>
    public static EpochReport? Best(IEnumerable<EpochReport> epochs) =>
        epochs.Given().Where(epoch => epoch.Scores.Validation is not null)
            .MaxBy(epoch => epoch.Scores.Validation!.Value.Value);

    /// <summary>As in <c>epoch 30: loss 0.234, training 97.4%, validation 93.8%, test 96.7%</c>.</summary>
    public override string ToString() => Invariant($"epoch {Epoch}: loss {Loss:G3}, {Scores.InWords}");
}
