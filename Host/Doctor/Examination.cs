using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>What the data, the configuration and a short run of it show, and what is wrong with them.</summary>
/// <param name="Findings">The most likely cause first.</param>
/// <param name="Steps">How many steps were tried.</param>
/// <param name="Planned">How many the configuration asks for.</param>
/// <param name="Loss">Of training samples after those, without the penalty.</param>
/// <param name="Chance">The loss of answering with the class frequencies: the entropy of the labels, in nats.</param>
/// <param name="TrainAccuracy">Share of training samples classified correctly.</param>
/// <param name="TestAccuracy">Share of test samples classified correctly.</param>
public sealed record Examination(
    IReadOnlyList<Finding> Findings, int Steps, int Planned, double Loss, double Chance, double TrainAccuracy,
    double TestAccuracy)
{
    /// <summary>Whether quantities are learned: then accuracies are shares of their variance that are explained.
    /// </summary>
    public bool IsOfQuantities { get; init; }

    /// <summary>Whether nothing above a hint was found.</summary>
    public bool IsHealthy => Findings.All(finding => finding.Severity == Severity.Hint);

    // With these, whatever else is seen follows from them.
    private static readonly FindingKind[] ExplainsAll =
        [FindingKind.ConstantInputs, FindingKind.UnscaledInputs, FindingKind.ShuffledLabels];

    /// <summary>Examines a configuration with its data.</summary>
    /// <param name="configuration">What is to be trained.</param>
    /// <param name="data">Its data.</param>
    /// <param name="threads">At least 1; no finding depends on it.</param>
    /// <param name="cancellation">Ends the examination after the steps that are being taken.</param>
    /// <exception cref="UsageException">These options don't suit the data.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Examination Of(
        TrainConfiguration configuration, DataSet data, int threads, CancellationToken cancellation = default)
    {
        var most = Array.MaxLength / TrialRun.ProbeSamples;
        if (configuration.Given().Hidden.Any(units => units > most))
            throw new UsageException(new Fault(
                nameof(configuration.Hidden), Invariant($"the doctor examines layers of up to {most:N0} units")));
        var run = new TrainingRun(configuration, data);
        var ceiling = Threads.Use(1, () => LabelCeiling.Of(configuration, data, cancellation));
        Finding[] ofData = [];
        TrialRun? trial = null;
        Parallel.Invoke(
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            () => trial = Threads.Use(
                1, () => TrialRun.Run(configuration, data, isFollowed: true, cancellation: cancellation) with
                    { Ceiling = ceiling ?? 1 }),
            () => ofData = [.. Threads.Use(1, () => new DataExamination(run, ceiling).Findings().ToArray())]);
        ofData =
        [
            .. ofData.Select(finding => finding is { Kind: FindingKind.ClassImbalance, Severity: < Severity.Error }
                ? Threads.Use(1, () => WeightedClasses.Advised(finding, trial!, run, cancellation)) : finding),
        ];
        return new Examination(
            Ordered(trial!, [.. ofData], data, threads, cancellation), trial!.Steps, trial.Planned,
            trial.Training.Loss, trial.Chance, trial.Training.Accuracy, trial.Test.Accuracy)
        { IsOfQuantities = trial.IsOfQuantities };
    }

    // The findings, the main one first: after what the data have no samples of, and before all that follows from it.
    private static IReadOnlyList<Finding> Ordered(
        TrialRun trial, List<Finding> ofData, DataSet data, int threads, CancellationToken cancellation)
    {
        var symptoms = new Symptoms(trial);
        var facts = new[] { BatchOfOne(trial), symptoms.Symmetric() }.OfType<Finding>().ToArray();
        var initial = AtStart();
        var causes = Causes().OrderByDescending(finding => finding.Weight).ToArray();
        var ofTrouble = ofData.Where(finding => finding.Severity > Severity.Hint).ToArray();
        var main = ofTrouble.FirstOrDefault(finding => ExplainsAll.Contains(finding.Kind))
            ?? facts.Concat(causes).FirstOrDefault();
        var outcomes = Observed();
        // What there are no samples of isn't learned, whatever else is wrong.
        var gaps = ofData.Where(finding => finding is { Kind: FindingKind.ClassImbalance, Severity: Severity.Error });
        Finding[] found =
        [
            .. gaps, .. main is null ? [] : new[] { main }, .. facts.Length > 0 ? initial : [], .. outcomes.Take(1),
            .. ofTrouble, .. facts, .. causes, .. outcomes, .. Overfitting(trial), .. ofData,
        ];
        return [.. found.DistinctBy(finding => finding.Kind)
            .OrderByDescending(finding => finding.Severity > Severity.Hint)];

        Finding[] AtStart()
        {
            // Unscaled inputs explain all other symptoms; equal units all but gradients that explode.
            if (ofData.Any(finding => finding.Kind == FindingKind.UnscaledInputs))
                return [];
            var all = symptoms.AtStart();
            return [.. facts.Length == 0 ? all : all.Where(finding => finding.Kind == FindingKind.ExplodingGradients)];
        }

        IEnumerable<Finding> Causes()
        {
            // Inputs that say nothing, and facts, explain enough: no other options are tried.
            if (facts.Length > 0 || ofData.Any(finding => finding is
                { Kind: FindingKind.ConstantInputs, Severity: Severity.Error }))
                return initial;
            var experiments = new Comparisons(trial, data, threads, cancellation).Findings();
            return FewSamples.Finding(trial, data, cancellation) is { } few
                ? [.. experiments.Where(finding => finding.Kind != FindingKind.TooSmall), .. initial, few]
                : [.. experiments, .. initial];
        }

        Finding[] Observed()
        {
            // Units die and saturate if steps or features are too large; otherwise that says less than the accuracy.
            var ofUnits = main?.Kind is null or FindingKind.LearningRateTooHigh or FindingKind.UnscaledInputs
                or FindingKind.ExplodingGradients
                || (main.Kind == FindingKind.SymmetricWeights && symptoms.BeginDead);
            return ofUnits
                ? [.. symptoms.Stuck() ? [] : Outcomes(trial), .. symptoms.AtEnd(), .. Outcomes(trial),
                    .. AtChance(trial)]
                : [.. Outcomes(trial), .. AtChance(trial), .. symptoms.AtEnd()];
        }
    }

    private static Finding? BatchOfOne(TrialRun trial)
    {
        var (configuration, samples) = (trial.Configuration, trial.Samples);
        var last = configuration.Sampling == Sampling.Shuffle ? samples % configuration.BatchSize : 0;
        var always = configuration.BatchSize == 1 || samples == 1;
        if (!configuration.BatchNorm || !(always || last == 1))
            return null;
        var severity = Comparisons.SeverityOf(trial);
        return new Finding(
            FindingKind.BatchOfOne, "batchnorm1",
            always || samples < 10 * configuration.BatchSize
                ? (Severity)Math.Max((int)severity, (int)Severity.Warning)
                : Severity.Hint,
            always
                ? "batch normalization subtracts the mean of the batch: of a batch of one, nothing is left, "
                    + "whatever the sample"
                : Invariant($"the last batch of every epoch is of one sample ({samples:N0} samples in batches of ")
                    + Invariant($"{configuration.BatchSize}), of which batch normalization leaves nothing, ")
                    + "and learns a variance of 0",
            "Use another --batch-size (32 or more, and no batch of one left over), or --batch-norm false")
        { Picture = Pictures.Losses(trial.TrainingChance, ("", trial.Losses)) };
    }

    private static IEnumerable<Finding> Outcomes(TrialRun trial)
    {
        if (!trial.HasDiverged)
            yield break;
        yield return new Finding(
            FindingKind.Diverged, trial.Fault?.Layer, Severity.Error,
            trial.Fault is { } fault
                ? Invariant($"in step {trial.Steps + 1:N0} numbers stopped being finite, first {fault}")
                : Invariant($"after {Plural.Of(trial.Steps, "step")} the loss is {trial.Training.Loss:G3}; ")
                    + Invariant($"it began at {trial.Start.Loss:G3}, and guessing costs {trial.Chance:F2}"),
            "Use a smaller --learning-rate; look at the scale of features and of initial weights, too")
        { Picture = Pictures.Losses(trial.TrainingChance, ("", trial.Losses)) };
    }

    private static IEnumerable<Finding> AtChance(TrialRun trial)
    {
        if (trial.IsAtChance)
            yield return new Finding(
                FindingKind.LossAtChance, null, Severity.Error,
                Invariant($"after {Plural.Of(trial.Steps, "step")} the loss is {trial.Training.Loss:F3} and ")
                    + Invariant($"{trial.Training.Accuracy:0%} {trial.Of("training")}; ")
                    + (trial.IsOfQuantities ? Invariant($"always the mean costs {trial.Chance:F3}")
                        : Invariant($"guessing by class frequency costs {trial.Chance:F3}, and always the most ")
                        + Invariant($"frequent class is right for {trial.Majority:0%}")),
                "See the other findings for the cause; if there is none, train longer"
                + (trial.Configuration.Optimizer.Name == "adam" ? "" : ", or try --optimizer adam"))
            { Picture = Pictures.Losses(trial.TrainingChance, ("", trial.Losses)) };
    }

    private static IEnumerable<Finding> Overfitting(TrialRun trial)
    {
        if (!trial.Overfits)
            yield break;
        // More than there is: three times as much, or the usual little.
        var l2 = Invariant($"{Math.Max(1e-4, 3 * trial.Configuration.L2):G2}");
        var dropout = trial.Configuration.Dropout < 0.2 && trial.Configuration.Hidden.Count > 0
            ? "--dropout 0.2 or " : "";
        yield return new Finding(
            FindingKind.Overfitting, null,
            trial.Holding < 0.15 && trial.Learned > 0.4 ? Severity.Warning : Severity.Hint,
            Invariant($"{trial.Training.Accuracy:0%} {trial.Of("training")}, ")
                + Invariant($"but {trial.Test.Accuracy:0%} of {(trial.IsOfQuantities ? "that of the" : "the")} ")
                + "test samples",
            $"More data helps most{(trial.HasImages ? " (--augment shift:2,elastic makes some)" : "")}; "
            + $"{dropout}--l2 {l2} keeps from learning by heart")
        { Picture = Pictures.Accuracies(trial.IsOfQuantities, trial.Course) };
    }
}
