using System.Globalization;
using System.Text.Json.Serialization;
using Functional.Host.Models;

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

    /// <summary>The changes of the parameters in all steps: fewer than those where gradients are gathered.</summary>
    public int Changes { get; init; } = PlannedSteps;

    /// <summary>What the target was taken for, where it may be meant otherwise.</summary>
    public string? Guess { get; init; }

    /// <summary>The model that the run begins from, and what is kept of it; null if the network is new.</summary>
    public string? Origin { get; init; }
}

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
    internal PartScores Scores => new(
        new(TrainAccuracy, Train),
        ValidationAccuracy is null && Validation is null ? null : new(ValidationAccuracy, Validation),
        new(TestAccuracy, Test));

    /// <summary>Whether it has results: an evaluation that is interrupted is left out.</summary>
    internal bool IsEvaluated => TestAccuracy is not null || Test is not null;

    /// <summary>The first of those with the best validation accuracy or, of quantities, the best R²; null if there is
    /// none.</summary>
    public static EpochReport? Best(IEnumerable<EpochReport> epochs) =>
        epochs.Given().Where(epoch => epoch.Scores.Validation is not null)
            .MaxBy(epoch => epoch.Scores.Validation!.Value.Value);

    /// <summary>The epoch after which a run with this patience ends; null if it doesn't.</summary>
    internal static int? Stalled(IReadOnlyList<EpochReport> epochs, int patience)
    {
        var validation = new EarlyStopping();
        foreach (var epoch in epochs)
        {
            validation = validation.Next(epoch.Scores.Validation?.Value);
            if (validation.IsOver(patience))
                return epoch.Epoch;
        }
        return null;
    }

    /// <summary>As in <c>epoch 30: loss 0.234, training 97.4%, validation 93.8%, test 96.7%</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {Epoch}: loss {Loss:G3}, {Text(Scores)}");

    internal static string Text(PartScores scores) =>
        $"training {Text(scores.Training)}, "
        + $"{(scores.Validation is { } known ? $"validation {Text(known)}, " : "")}test {Text(scores.Test)}";

    private static string Text(PartScore score) => score.Errors is { } errors
        ? $"{score.Measure} {(errors.RootMeanSquaredError is { } error ? Quantity(error, 3) : errors.RSquaredText)}"
        : Invariant($"{100 * score.Accuracy:F1}%");
}

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
        EpochReport last, int iterations, double seconds, bool interrupted, string? folder) => new(
        last.TrainAccuracy, last.ValidationAccuracy, last.TestAccuracy, last.Loss, iterations, seconds, last.Digest,
        interrupted, folder)
        { Train = last.Train, Validation = last.Validation, Test = last.Test };

    /// <summary>Of quantities: how far off they are on the training samples.</summary>
    public QuantityScore? Train { get; init; }

    /// <summary>How far off they are on the validation samples, if there are any.</summary>
    public QuantityScore? Validation { get; init; }

    /// <summary>How far off they are on the test samples.</summary>
    public QuantityScore? Test { get; init; }

    /// <summary>How well the network does, whatever the task.</summary>
    internal PartScores Scores => new(
        new(TrainAccuracy, Train),
        ValidationAccuracy is null && Validation is null ? null : new(ValidationAccuracy, Validation),
        new(TestAccuracy, Test));

    /// <summary>Whether it has results: an evaluation that is interrupted is left out.</summary>
    internal bool IsEvaluated => TestAccuracy is not null || Test is not null;

    /// <summary>Whether it ended before its last step because validation didn't get better.</summary>
    public bool StoppedEarly { get; init; }

    /// <summary>The epoch with the best validation accuracy, if there are validation samples.</summary>
    public EpochReport? Best { get; init; }

    /// <summary>As in <c>300 steps: loss 0.234, training 97.4%, validation 93.8%, test 96.7%</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Plural.Of(Steps, "step")}: loss {Loss:G3}, "
        + $"{EpochReport.Text(Scores)}");
}

/// <summary>How far a run has come: what it needs to be resumed.</summary>
/// <param name="State">The state after the last step.</param>
/// <param name="Losses">The loss of every step, before its update.</param>
/// <param name="Epochs">The results of every whole epoch.</param>
internal sealed record RunProgress(RunState State, IReadOnlyList<double> Losses, IReadOnlyList<EpochReport> Epochs);

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

/// <summary>All that a run has come to.</summary>
/// <param name="State">The last state.</param>
/// <param name="Losses">The loss of every step, before its update.</param>
/// <param name="Epochs">The results of every epoch.</param>
/// <param name="Summary">How it ended.</param>
public sealed record RunResult(
    RunState State, IReadOnlyList<double> Losses, IReadOnlyList<EpochReport> Epochs,
    RunSummary Summary)
{
    /// <summary>As the summary.</summary>
    public override string ToString() => Summary.ToString();
}

/// <summary>Receives a run's events. Nothing that it does changes the run.</summary>
internal interface IRunObserver
{
    /// <summary>Before the first step.</summary>
    void Started(RunStart start) { }

    /// <summary>After each step; there are thousands in a second.</summary>
    void Stepped(StepReport report, int samples) { }

    /// <summary>After each step, epoch and at the end: all that is needed to resume there.</summary>
    void Reached(RunState state, RunMoment moment) { }

    /// <summary>After each epoch.</summary>
    void EpochEnded(EpochReport epoch) { }

    /// <summary>At the end, interrupted or not.</summary>
    void Finished(RunSummary summary) { }
}
