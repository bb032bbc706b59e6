using System.Globalization;
using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>What a run is about to do.</summary>
/// <param name="Data">The data set's name, or a folder.</param>
/// <param name="TrainSamples">Samples that are trained on.</param>
/// <param name="ValidationSamples">Samples kept for validation.</param>
/// <param name="TestSamples">Samples to test with.</param>
/// <param name="Network">Its layers, in a line.</param>
/// <param name="Parameters">How many numbers are trained.</param>
/// <param name="Optimizer">The rule, in a line.</param>
/// <param name="Iterations">Steps of the whole run.</param>
/// <param name="StepsPerEpoch">Steps of a pass over the samples.</param>
/// <param name="Seed">What everything random is a function of.</param>
/// <param name="Out">The run's folder; null if it leaves none.</param>
public sealed record RunStart(
    string Data, int TrainSamples, int ValidationSamples, int TestSamples, string Network, int Parameters,
    string Optimizer, int Iterations, int StepsPerEpoch, long Seed, string? Out)
{
    /// <summary>Steps that were taken before, by a run that goes on.</summary>
    public int Step { get; init; }

    /// <summary>The changes of the parameters in all steps: fewer than those where gradients are gathered.</summary>
    public int Changes { get; init; } = Iterations;
}

/// <summary>What an epoch, or the part of one at the end, came to.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Iterations">Steps since the run began.</param>
/// <param name="Loss">The mean of the epoch's batches, each before its update, penalty included.</param>
/// <param name="TrainAccuracy">Share of the training samples, 0 to 1, after the epoch.</param>
/// <param name="ValidationAccuracy">Share of the validation samples, if there are any.</param>
/// <param name="TestAccuracy">Share of the test samples.</param>
/// <param name="Seconds">Since the run began, reading data not counted.</param>
/// <param name="Digest">The network's identity.</param>
public sealed record EpochReport(
    int Epoch, int Iterations, double Loss, double TrainAccuracy, double? ValidationAccuracy, double TestAccuracy,
    double Seconds, string Digest)
{
    /// <summary>The first of those with the best validation accuracy; null if there is none.</summary>
    public static EpochReport? Best(IEnumerable<EpochReport> epochs) =>
        epochs.Given().Where(epoch => epoch.ValidationAccuracy is not null).MaxBy(epoch => epoch.ValidationAccuracy);

    /// <summary>The epoch after which a run with this patience ends; null if it doesn't.</summary>
    internal static int? Stalled(IReadOnlyList<EpochReport> epochs, int patience)
    {
        var validation = new EarlyStopping();
        foreach (var epoch in epochs)
        {
            validation = validation.Next(epoch.ValidationAccuracy);
            if (validation.IsOver(patience))
                return epoch.Epoch;
        }
        return null;
    }

    /// <summary>As in <c>epoch 30: loss 0.234, training 97.4%, validation 93.8%, test 96.7%</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {Epoch}: loss {Loss:G3}, {Accuracies(TrainAccuracy, ValidationAccuracy, TestAccuracy)}");

    internal static string Accuracies(double training, double? validation, double test) =>
        $"training {Percent(training)}, {(validation is { } known ? $"validation {Percent(known)}, " : "")}test "
        + $"{Percent(test)}";

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1}%");
}

/// <summary>How a run ended.</summary>
/// <param name="TrainAccuracy">Share of the training samples, 0 to 1.</param>
/// <param name="ValidationAccuracy">Share of the validation samples, if there are any.</param>
/// <param name="TestAccuracy">Share of the test samples.</param>
/// <param name="Loss">The mean of the last epoch's batches, penalty included.</param>
/// <param name="Iterations">Steps taken.</param>
/// <param name="Seconds">Since the run began, reading data not counted.</param>
/// <param name="Digest">The network's identity.</param>
/// <param name="Interrupted">Whether it was told to stop before its end.</param>
/// <param name="Out">The run's folder, if it has one.</param>
public sealed record RunSummary(
    double TrainAccuracy, double? ValidationAccuracy, double TestAccuracy, double Loss, int Iterations, double Seconds,
    string Digest, bool Interrupted, string? Out)
{
    /// <summary>Whether it ended before its last step because validation didn't get better.</summary>
    public bool StoppedEarly { get; init; }

    /// <summary>The epoch with the best validation accuracy, if there are validation samples.</summary>
    public EpochReport? Best { get; init; }

    /// <summary>As in <c>300 steps: loss 0.234, training 97.4%, validation 93.8%, test 96.7%</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Plural.Of(Iterations, "step")}: loss {Loss:G3}, "
        + $"{EpochReport.Accuracies(TrainAccuracy, ValidationAccuracy, TestAccuracy)}");
}

/// <summary>How far a run has come: what it needs to go on.</summary>
/// <param name="State">The state after the last step.</param>
/// <param name="Losses">The loss of every step, before its update.</param>
/// <param name="Epochs">What every whole epoch came to.</param>
public sealed record RunProgress(RunState State, IReadOnlyList<double> Losses, IReadOnlyList<EpochReport> Epochs);

/// <summary>When an observer is given a run's state.</summary>
public enum RunMoment
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
/// <param name="Epochs">What every epoch came to.</param>
/// <param name="Summary">How it ended.</param>
public sealed record RunResult(
    RunState State, IReadOnlyList<double> Losses, IReadOnlyList<EpochReport> Epochs,
    RunSummary Summary)
{
    /// <summary>As the summary.</summary>
    public override string ToString() => Summary.ToString();
}

/// <summary>Who wants to know how a run goes. Nothing that it does changes the run.</summary>
public interface IRunObserver
{
    /// <summary>Before the first step.</summary>
    void Started(RunStart start) { }

    /// <summary>After each step; there are thousands in a second.</summary>
    void Stepped(StepReport report, int samples) { }

    /// <summary>After each step, epoch and at the end: all that is needed to go on from there.</summary>
    void Reached(RunState state, RunMoment moment) { }

    /// <summary>After each epoch.</summary>
    void EpochEnded(EpochReport epoch) { }

    /// <summary>At the end, interrupted or not.</summary>
    void Finished(RunSummary summary) { }
}
