using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>What the data, the configuration and a short run of it show, and what is wrong with them.</summary>
/// <param name="Findings">The most likely cause first.</param>
/// <param name="Steps">How many steps were tried.</param>
/// <param name="Planned">How many the configuration asks for.</param>
/// <param name="Loss">The loss on training samples after those steps, without the penalty.</param>
/// <param name="Chance">The loss of answering with the class frequencies: the entropy of the labels, in nats; of
/// quantities the loss of always answering the mean.</param>
/// <param name="TrainAccuracy">Share of up to 1,000 training samples that are classified correctly.</param>
/// <param name="TestAccuracy">Share of up to 1,000 test samples that are classified correctly.</param>
public sealed record Examination(
    IReadOnlyList<Finding> Findings, int Steps, int Planned, double Loss, double Chance, double TrainAccuracy,
    double TestAccuracy)
{
    /// <summary>The seeds that are tried by default where a run takes little time.</summary>
    public const int UsualSeeds = 5;

    /// <summary>Whether quantities are learned: then accuracies are shares of their variance that are explained.
    /// </summary>
    public bool IsOfQuantities { get; init; }

    /// <summary>Whether the run was repeated with other options.</summary>
    internal bool HasExperimented { get; init; }

    /// <summary>Each seed that was tried, that of the configuration first.</summary>
    internal IReadOnlyList<SeedOutcome> Seeds { get; init; } = [];

    /// <summary>Whether nothing above a hint was found.</summary>
    public bool IsHealthy => Findings.All(finding => finding.Severity == Severity.Hint);

    /// <summary>Examines a configuration with its data.</summary>
    /// <param name="configuration">What is to be trained.</param>
    /// <param name="data">Its data.</param>
    /// <param name="threads">At least 1; no finding depends on it.</param>
    /// <param name="seeds">How many seeds to try, at least 1, from the configuration's on; <see cref="UsualSeeds"/> or,
    /// where a run takes long, one if null.</param>
    /// <param name="cancellation">Ends the examination after the steps that are being taken.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no seed.</exception>
    /// <exception cref="UsageException">These options don't suit the data.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Examination Of(
        TrainConfiguration configuration, DataSet data, int threads, int? seeds = null,
        CancellationToken cancellation = default)
    {
        if (seeds is { } count)
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(seeds));
        Check(configuration);
        var run = new TrainingRun(configuration, data);
        var ceiling = Threads.Use(1, () => LabelCeiling.Of(configuration, data, cancellation));
        Finding[] ofData = [];
        TrialRun? first = null;
        SideBySide.Of(
            2, threads, i => i == 0
                ? (object)(first = Trial(configuration, data, ceiling, isFollowed: true, cancellation))
                : ofData = [.. new DataExamination(run, ceiling).Findings()],
            cancellation);
        var own = first!;
        var trials = Trials(own, data, threads, seeds, cancellation);
        ofData = [.. Threads.Use(1, () => Finished(ofData, own, run, cancellation).ToArray())];
        var diagnosing = new Diagnosing(trials, ofData, data, threads, cancellation);
        return new Examination(
            diagnosing.Findings(), own.Steps, own.Planned, own.Training.Loss, own.Chance, own.Training.Accuracy,
            own.Test.Accuracy)
        {
            IsOfQuantities = own.IsOfQuantities,
            HasExperimented = diagnosing.HasExperimented,
            Seeds =
            [
                .. trials.Zip(SeedFailures.Of(trials), (trial, fails) => new SeedOutcome(
                    trial.Configuration.Seed, trial.Training.Accuracy, trial.Test.Accuracy, fails)),
            ],
        };
    }

    internal static void Check(TrainConfiguration configuration)
    {
        var most = Array.MaxLength / TrialRun.ProbeSamples;
        if (configuration.Given().Layers is null && configuration.Hidden.Any(units => units > most))
            throw new UsageException(new Fault(
                nameof(configuration.Hidden), Invariant($"the doctor examines layers of up to {most:N0} units")));
    }

    internal static TrialRun Trial(
        TrainConfiguration configuration, DataSet data, double? ceiling, bool isFollowed,
        CancellationToken cancellation) =>
        Threads.Use(1, () => TrialRun.Run(
            configuration, data, isFollowed: isFollowed, cancellation: cancellation)) with
        { Ceiling = ceiling ?? 1 };

    /// <summary>The run and the same with other seeds.</summary>
    internal static TrialRun[] Trials(
        TrialRun own, DataSet data, int threads, int? seeds, CancellationToken cancellation)
    {
        var others = (seeds ?? (own.IsCheap ? UsualSeeds : 1)) - 1;
        return
        [
            own,
            .. SideBySide.Of(
                others, threads, i => Trial(
                    own.Configuration with { Seed = own.Configuration.Seed + i + 1 }, data, own.Ceiling,
                    isFollowed: true, cancellation),
                cancellation),
        ];
    }

    // What can be said of the data only when something was trained on them.
    private static IEnumerable<Finding> Finished(
        Finding[] ofData, TrialRun own, TrainingRun run, CancellationToken cancellation)
    {
        if (IdColumn.Finding(own, run, cancellation) is { } id)
            yield return id;
        foreach (var finding in ofData)
            yield return finding is { Kind: FindingKind.ClassImbalance }
                ? WeightedClasses.Advised(finding, own, run, cancellation) : finding;
        if (Answers.Misleading(own, run) is { } misleading)
            yield return misleading;
    }
}
