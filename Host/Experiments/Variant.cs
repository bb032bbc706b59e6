using Functional.Host.Charts;
using Functional.Host.Runs;

namespace Functional.Host.Experiments;

/// <summary>What accuracy is taken of.</summary>
[Flags]
public enum Measured
{
    /// <summary>Of nothing: only the losses are wanted.</summary>
    Nothing = 0,

    /// <summary>Of the samples trained on.</summary>
    Training = 1,

    /// <summary>Of those kept for validation.</summary>
    Validation = 2,

    /// <summary>Of the test samples.</summary>
    Test = 4,
}

/// <summary>One of the training runs that an experiment compares.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Configuration">All that it depends on. Runs with the same seed, samples and batch size see the same
/// batches.</param>
public sealed record Variant(string Name, TrainConfiguration Configuration)
{
    /// <summary>What accuracy is taken of, after the steps 1, 1 + n, 1 + 2n, ..., n = samples / batch size.</summary>
    public Measured Measured { get; init; }

    /// <summary>Only every n-th of those steps.</summary>
    public int EveryEpochs { get; init; } = 1;

    /// <summary>Whether the book doesn't run it.</summary>
    public bool Extra { get; init; }

    /// <summary>Looks at a step, given the state before and after, after every n steps.</summary>
    public Observation? Observation { get; init; }
}

/// <summary>Numbers that are taken of some steps.</summary>
/// <param name="Every">Steps 1, 1 + Every, 1 + 2 Every, ... are looked at.</param>
/// <param name="Of">The numbers, given the states before and after the step, and the step's batch: a pure
/// function.</param>
public sealed record Observation(
    int Every, Func<TrainingState<float>, TrainingState<float>, Func<Batch<float>>, double[]> Of);

/// <summary>Accuracies (0 to 1) after a step; NaN where they weren't asked for.</summary>
/// <param name="Step">How many steps were taken.</param>
/// <param name="Training">On training samples.</param>
/// <param name="Validation">On samples kept for validation.</param>
/// <param name="Test">On test samples.</param>
public readonly record struct AccuracyPoint(int Step, double Training, double Validation, double Test);

/// <summary>What came of a run.</summary>
/// <param name="Losses">Of every step's batch, before its update; the rest is NaN once one isn't finite.</param>
/// <param name="Accuracies">As <see cref="Variant.Measured"/> says.</param>
/// <param name="Observed">The steps looked at, from 1, with their numbers.</param>
/// <param name="Digest">The identity of the trained network.</param>
/// <param name="Seconds">How long it took one thread, evaluations not counted.</param>
public sealed record Curve(
    IReadOnlyList<double> Losses, IReadOnlyList<AccuracyPoint> Accuracies,
    IReadOnlyList<(int Step, double[] Values)> Observed, string Digest, double Seconds)
{
    /// <summary>The losses, smoothed.</summary>
    public IReadOnlyList<double> Smoothed { get; } = Smoothing.Kaiser(Losses.Given());

    /// <summary>The smoothed loss of the last step.</summary>
    public double FinalLoss => Smoothed[^1];

    /// <summary>The last accuracies.</summary>
    public AccuracyPoint Final => Accuracies[^1];
}

/// <summary>A variant with what came of it, with each seed.</summary>
/// <param name="Variant">What was trained.</param>
/// <param name="Seeds">What came of it, by seed.</param>
public sealed record Curves(Variant Variant, IReadOnlyList<Curve> Seeds)
{
    /// <summary>The variant's name.</summary>
    public string Name => Variant.Name;

    /// <summary>The median over the seeds.</summary>
    public double Median(Func<Curve, double> of) => Statistics.Median([.. Seeds.Select(of.Given())]);

    /// <summary>The smoothed losses: their median over the seeds and, if there are several, a band over all.</summary>
    public Series Loss() => Over(curve => curve.Smoothed, null);

    /// <summary>An accuracy over the epochs, counted from 0.</summary>
    public Series Accuracy(string name, Func<AccuracyPoint, double> of) =>
        Over(curve => [.. curve.Accuracies.Select(of.Given())],
            [.. Seeds[0].Accuracies.Select((_, i) => (double)(i * Variant.EveryEpochs))])
            with { Name = name };

    /// <summary>One of the numbers observed, over the steps.</summary>
    public Series Observed(string name, int index) => Over(
        curve => [.. curve.Observed.Select(observed => observed.Values[index])],
        [.. Seeds[0].Observed.Select(observed => (double)observed.Step)]) with { Name = name };

    private Series Over(Func<Curve, IReadOnlyList<double>> of, IReadOnlyList<double>? xs) =>
        Bands.Of(Name, [.. Seeds.Select(of)]) with { Xs = xs };
}
