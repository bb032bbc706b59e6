using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>What the doctor asks a training loop to do otherwise; each is a factor of what the loop does by
/// itself.</summary>
/// <param name="LearningRate">Of the learning rate.</param>
/// <param name="Steps">Of the number of steps.</param>
/// <param name="Penalty">Of L1, L2, weight decay and dropout: 1, or 0 for none.</param>
public sealed record TrainingChange(double LearningRate = 1, double Steps = 1, double Penalty = 1);

/// <summary>A training run, as a loop reports it.</summary>
/// <param name="Start">Before the first step.</param>
/// <param name="End">After the last one.</param>
/// <param name="Losses">The loss of each step.</param>
/// <param name="Training">Some samples that were trained on; a few hundred are enough.</param>
/// <param name="HeldOut">Some that were not.</param>
public sealed record ObservedTraining(
    TrainingState<float> Start, TrainingState<float> End, IReadOnlyList<double> Losses, Batch<float> Training,
    Batch<float> HeldOut);

/// <summary>Why doesn't it learn? For any training loop, with layers, optimizers and data of any kind.</summary>
public static class Doctor
{
    // What takes the place of options in a program.
    private static readonly (string Option, string Code)[] Words =
    [
        ("--activation leaky-relu:0.1", "Activation.LeakyRelu(0.1)"), ("--activation leaky-relu", "leaky ReLU"),
        ("--activation relu", "ReLU"), ("--init he", "Initializer.He"), ("--init xavier", "Initializer.Xavier"),
        ("--batch-norm", "batch normalization"), ("--clip-norm 1", "WithClipNorm(1)"),
        ("--learning-rate", "learning rate"), (" (--hidden)", ""), (" (--seed)", ""),
    ];

    private static readonly (FindingKind Kind, ChangedThing Thing, TrainingChange Change, string What, string Advice)[]
        Changes =
    [
        (FindingKind.LearningRateTooLow, ChangedThing.Rate, new(10), "10 times the learning rate",
            "Take longer steps: 10 times the learning rate"),
        (FindingKind.LearningRateTooLow, ChangedThing.Rate, new(100), "100 times the learning rate",
            "Take longer steps: 100 times the learning rate"),
        (FindingKind.LearningRateTooHigh, ChangedThing.Rate, new(0.1), "a tenth of the learning rate",
            "Take shorter steps: a tenth of the learning rate"),
        (FindingKind.LearningRateTooHigh, ChangedThing.Rate, new(0.01), "a hundredth of the learning rate",
            "Take shorter steps: a hundredth of the learning rate"),
        (FindingKind.TooFewSteps, ChangedThing.Steps, new(Steps: 4), "4 times the steps", "Train longer"),
        (FindingKind.PenaltyTooStrong, ChangedThing.Penalty, new(Penalty: 0), "no penalty and no dropout",
            "Make penalties and dropout weaker: they hold the network back more than the data move it"),
    ];

    /// <summary>Examines a training loop: runs it with several seeds and with changes, looks at its layers before and
    /// after, and judges by what changes bring on samples that it wasn't trained on.</summary>
    /// <param name="train">Trains with a seed and a change: a function of both, so that the same arguments give the
    /// same run.</param>
    /// <param name="seeds">How many seeds to try, 1, 2, ...; at least 1.</param>
    /// <returns>What is wrong, the most likely cause first; nothing if the loop learns well.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no seed.</exception>
    /// <exception cref="ArgumentException">A run has no losses, or no samples to judge by.</exception>
    /// <example><code>
    /// var found = Doctor.Examine((seed, change) =>
    /// {
    ///     var network = Network.Create([784, 50, 10], Activation.Relu, Initializer.He, seed);
    ///     var start = Training.Start(network, Optimizer.Sgd(0.001 * change.LearningRate));
    ///     var (state, losses) = (start, new List&lt;double>());
    ///     var batches = Enumerable.Range(0, int.MaxValue).SelectMany(epoch => loader.Epoch(epoch));
    ///     foreach (var batch in batches.Take((int)(200 * change.Steps)))
    ///     {
    ///         (state, var report) = Training.Step(state, batch);
    ///         losses.Add(report.Loss);
    ///     }
    ///     return new ObservedTraining(start, state, losses, training, test);
    /// });
    /// foreach (var finding in found)
    ///     Console.WriteLine(finding);
    /// </code></example>
    public static IReadOnlyList<Finding> Examine(Func<long, TrainingChange, ObservedTraining> train, int seeds = 5)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        TrialRun Run(long seed, TrainingChange change) =>
            TrialRun.Of(Checked(train(seed, change), nameof(train)), seed);
        TrialRun[] trials = [.. Enumerable.Range(1, seeds).Select(seed => Run(seed, new()))];
        var own = trials[Math.Max(0, Array.IndexOf(SeedFailures.Of(trials), true))];
        Experiment With(TrainingChange change, Change what) => new([what], own, Run(own.Configuration.Seed, change));
        Experiment[] causes = own is { Learned: > 0.95, Holding: > 0.95 } ? [] :
        [
            .. Changes.Select(each => (each.Change, Tried: With(
                    each.Change, new Change(each.Kind, each.Thing, c => c, each.What, each.Advice))))
                .Where(each => each.Tried.IsCause).GroupBy(each => each.Tried.Changes[0].Thing)
                .Select(same => same.MaxBy(each => each.Tried.Weight))
                .Select(each => each.Tried with
                {
                    Others = [.. trials.Where(trial => trial != own).Select(trial =>
                        (trial, Run(trial.Configuration.Seed, each.Change)))],
                })
                .Where(each => each.IsCause).OrderByDescending(each => each.Weight),
        ];
        var symptoms = new Symptoms(own, causes.Any(cause => cause.Changes[0].Kind == FindingKind.LearningRateTooLow));
        var seedFinding = SeedFailures.Finding(trials);
        Finding[] found =
        [
            .. symptoms.Symmetric() is { } symmetric ? [symmetric] : (Finding[])[],
            .. causes.Select(cause => cause.Finding(cause.Changes[0], null)),
            .. symptoms.AtStart(), .. symptoms.AtEnd(),
            .. own.HasDiverged || own.IsAtChance ? [NothingLearned(own)] : (Finding[])[],
            .. seedFinding is null ? (Finding[])[] : [seedFinding],
        ];
        return
        [
            .. found.DistinctBy(finding => finding.Kind).OrderByDescending(finding => finding.Severity > Severity.Hint)
                .Select(finding => finding with { Advice = InCode(finding.Advice) }),
        ];
    }

    // A network needs some steps to be better than guessing.
    private const int FirstSteps = 100;

    /// <summary>What can be seen of a run at a moment, without training anything: for a page that follows it.</summary>
    /// <param name="configuration">What is run.</param>
    /// <param name="run">The run up to that moment.</param>
    /// <returns>What is wrong, the worst first; nothing if it has learned well.</returns>
    internal static IReadOnlyList<Finding> Glance(TrainConfiguration configuration, ObservedTraining run)
    {
        var trial = TrialRun.Of(run, configuration.Seed) with { Configuration = configuration, HasKnownOptions = true };
        if (trial is { Learned: > 0.95, Holding: > 0.95 })
            return [];
        var symptoms = new Symptoms(trial);
        Finding[] found =
        [
            .. symptoms.Symmetric() is { } symmetric ? [symmetric] : (Finding[])[],
            .. symptoms.AtEnd(), .. symptoms.AtStart(),
            .. trial.HasDiverged || (trial.IsAtChance && trial.Steps >= FirstSteps)
                ? [NothingLearned(trial)] : (Finding[])[],
            .. Diagnosing.Overfitting(trial),
        ];
        return [.. found.DistinctBy(finding => finding.Kind).OrderByDescending(finding => finding.Severity)];
    }

    private static ObservedTraining Checked(ObservedTraining? run, string loop) => run switch
    {
        null => throw new ArgumentException("the loop returned null", loop),
        { Losses.Count: 0 } => throw new ArgumentException(
            "the loop returned no losses: one is needed for each step", loop),
        { Training.Samples: 0 } or { HeldOut.Samples: 0 } => throw new ArgumentException(
            "the loop returned no samples to judge by: some are needed that were trained on, and some that were not",
            loop),
        _ => run,
    };

    private static Finding NothingLearned(TrialRun trial) => new(
        trial.HasDiverged ? FindingKind.Diverged : FindingKind.LossAtChance, null, Severity.Error,
        Invariant($"after {Plural.Of(trial.Steps, "step")} the loss is {trial.Training.Loss:G3}; ")
            + Invariant($"always the same answer costs {trial.Chance:F2}"),
        "See the other findings for the cause; if there is none, look at samples with their targets");

    private static string InCode(string advice) => Words.Aggregate(
        advice, (text, word) => text.Replace(word.Option, word.Code, StringComparison.Ordinal));
}
