using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>Puts together what was seen and what was tried: causes before what follows from them.</summary>
/// <param name="trials">The run, and the same with other seeds.</param>
/// <param name="ofData">What the data show.</param>
/// <param name="data">The data.</param>
/// <param name="threads">At least 1; no finding depends on it.</param>
/// <param name="cancellation">Ends it after the steps that are being taken.</param>
internal sealed class Diagnosing(
    IReadOnlyList<TrialRun> trials, IReadOnlyList<Finding> ofData, DataSet data, int threads,
    CancellationToken cancellation)
{
    // With these, whatever else is seen follows from them.
    private static readonly FindingKind[] ExplainsAll =
        [FindingKind.ConstantInputs, FindingKind.ShuffledLabels, FindingKind.QuantityAsClasses];

    // With the first of each pair the second isn't listed: its advice would contradict the first's, or repeat it.
    private static readonly (FindingKind Has, FindingKind Not)[] Contradictions =
    [
        (FindingKind.DropoutTooStrong, FindingKind.NoRegularization),
        (FindingKind.PenaltyTooStrong, FindingKind.NoRegularization),
        (FindingKind.AugmentationTooStrong, FindingKind.NoRegularization),
        (FindingKind.DropoutTooStrong, FindingKind.Overfitting),
        (FindingKind.PenaltyTooStrong, FindingKind.Overfitting),
        (FindingKind.AugmentationTooStrong, FindingKind.Overfitting),
        (FindingKind.TooSmall, FindingKind.Overfitting),
        (FindingKind.NoRegularization, FindingKind.Overfitting),
        (FindingKind.LearningRateTooHigh, FindingKind.LearningRateTooLow),
    ];

    private const double Strong = 0.6, Well = 0.9;

    // The one that fails, if the seed matters: what helps it is what is missing.
    private readonly TrialRun trial = SeedFailures.Of(trials) is var fail && fail.Contains(true)
        ? trials.Where((_, i) => fail[i]).First() : trials[0];

    /// <summary>Whether the run was repeated with other options.</summary>
    public bool HasExperimented { get; private set; }

    /// <summary>Everything found, the most likely cause first.</summary>
    public IReadOnlyList<Finding> Findings()
    {
        var unscaled = ofData.FirstOrDefault(finding =>
            finding.Kind is FindingKind.UnscaledInputs or FindingKind.ScaledTwice);
        var symptoms = new Symptoms(trial);
        var facts = new[] { BatchOfOne(), symptoms.Symmetric() }.OfType<Finding>().ToArray();
        var signs = Signs(unscaled, facts.Length > 0);
        var experiments = new Experiments(
            trial, [.. trials.Where(other => !ReferenceEquals(other, trial))], data, threads, cancellation);
        // Inputs that say nothing, and facts, explain enough: no other options are tried.
        IReadOnlyList<Experiment> tried = facts.Length > 0 || ofData.Any(finding => finding is
            { Kind: FindingKind.ConstantInputs, Severity: Severity.Error })
            ? [] : experiments.Causes([.. new Changes(trial, signs, unscaled).All()]);
        HasExperimented = experiments.HasRun;
        var causes = Causes(tried, signs, facts.Length > 0).ToArray();
        Finding[] judged = [.. ofData.Select(Judged)];
        var ofTrouble = OfTrouble(judged, causes).ToArray();
        var isLow = causes.Any(cause => cause.Kind == FindingKind.LearningRateTooLow);
        // Where its own seed does well, what another one shows is the cure, not the complaint.
        var seeds = SeedFailures.Finding(trials);
        var isOther = seeds is not null && !ReferenceEquals(trial, trials[0]);
        if (isOther)
            causes = [.. causes.Select(cause => cause.Gain > 0 || cause.Severity == Severity.Hint
                ? cause with { Severity = Severity.Warning } : cause)];
        var main = ofTrouble.FirstOrDefault(finding => ExplainsAll.Contains(finding.Kind))
            ?? facts.Concat(causes).FirstOrDefault();
        var outcomes = isOther ? [] : Observed(new Symptoms(trial, isLow), main?.Kind);
        // What there are no samples of isn't learned, whatever else is wrong.
        var gaps = ofData.Where(finding => finding.Kind == FindingKind.ClassMissing);
        var strong = causes.Where(cause => main is not null && cause.Severity > Severity.Hint
            && cause.Weight > Strong * main.Weight);
        Finding[] found =
        [
            .. gaps, .. isOther ? [seeds!] : (Finding[])[], .. main is null ? [] : new[] { main }, .. strong,
            .. facts.Length > 0 ? signs : [], .. outcomes.Take(1), .. ofTrouble, .. facts, .. causes, .. outcomes,
            .. seeds is null ? (Finding[])[] : [seeds],
            .. causes.Any(cause => cause.Severity > Severity.Hint)
                || Regularization.Finding(trials[0], experiments.Of(trials)) is not { } held ? (Finding[])[] : [held],
            .. Overfitting(trials[0]), .. judged,
        ];
        return Consistent([.. found.DistinctBy(finding => finding.Kind)
            .OrderByDescending(finding => finding.Severity > Severity.Hint)]);
    }

    private static IReadOnlyList<Finding> Consistent(Finding[] found) =>
    [
        .. found.Where(finding => !Contradictions.Any(pair => pair.Not == finding.Kind
            && found.Any(other => other.Kind == pair.Has
                && (other.Severity >= finding.Severity || other.Severity > Severity.Hint)))),
    ];

    // What is seen before the first step: of features of the usual size, so that theirs doesn't hide it.
    private Finding[] Signs(Finding? unscaled, bool hasFacts)
    {
        var scaled = unscaled is null || trial.Configuration.From is not null ? trial
            : TrialRun.Run(
                trial.Configuration with { Scale = trial.HasImages ? DataScale.Unit : DataScale.Standard }, data, 1,
                cancellation: cancellation) with
            { Ceiling = trial.Ceiling };
        Finding[] all = [.. new Symptoms(scaled).AtStart().Select(sign => sign with { Severity = trial.Severity })];
        // Equal units explain all but gradients that explode.
        return hasFacts ? [.. all.Where(sign => sign.Kind == FindingKind.ExplodingGradients)] : all;
    }

    private static IEnumerable<Finding> Causes(
        IReadOnlyList<Experiment> tried, IReadOnlyList<Finding> signs, bool hasFacts)
    {
        if (hasFacts)
            return [];
        Finding[] shown =
        [
            .. from experiment in tried
               from change in experiment.Changes
               select experiment.Finding(change, signs.FirstOrDefault(sign => sign.Kind == change.Kind)),
        ];
        return shown.Concat(signs.Where(sign => shown.All(cause => cause.Kind != sign.Kind))
            .Select(sign => sign with { Weight = sign.Weight / 2 }))
            .OrderByDescending(cause => cause.Weight).DistinctBy(cause => cause.Kind);
    }

    private static IEnumerable<Finding> OfTrouble(IEnumerable<Finding> ofData, IReadOnlyList<Finding> causes) =>
        ofData.Where(finding => finding.Severity > Severity.Hint && causes.All(cause => cause.Kind != finding.Kind));

    // Features of another size are good to know of, as long as the network learns.
    private Finding Judged(Finding finding) =>
        finding.Kind is FindingKind.UnscaledInputs or FindingKind.ScaledTwice
            && trial.Learned >= Well && trial.Holding >= Well
            ? finding with { Severity = Severity.Hint } : finding;

    private Finding[] Observed(Symptoms symptoms, FindingKind? main)
    {
        // Units die and saturate if steps or features are too large; otherwise that says less than the accuracy.
        var ofUnits = main is null or FindingKind.LearningRateTooHigh or FindingKind.UnscaledInputs
            or FindingKind.ExplodingGradients
            || (main == FindingKind.SymmetricWeights && symptoms.BeginDead);
        Finding[] seen = ofUnits
            ? [.. symptoms.IsSaturated() ? [] : Diverged(), .. symptoms.AtEnd(), .. Diverged(),
                .. AtChance(main is null)]
            : [.. Diverged(), .. AtChance(main is null), .. symptoms.AtEnd()];
        return seen;
    }

    private Finding? BatchOfOne()
    {
        var (configuration, samples) = (trial.Configuration, trial.Samples);
        var last = configuration.Sampling == Sampling.Shuffle ? samples % configuration.BatchSize : 0;
        var always = configuration.BatchSize == 1 || samples == 1;
        if (trial.Initial.Layers.ToList().FindIndex(layer => layer is BatchNorm<float>) is not (>= 0 and var place)
            || !(always || last == 1))
            return null;
        return new Finding(
            FindingKind.BatchOfOne, trial.First.Layers[place].Layer,
            always || samples < 10 * configuration.BatchSize
                ? (Severity)Math.Max((int)trial.Severity, (int)Severity.Warning)
                : Severity.Hint,
            always
                ? "batch normalization subtracts the mean of the batch: of a batch of one, nothing is left, "
                    + "whatever the sample"
                : Invariant($"the last batch of every epoch is of one sample ({samples:N0} samples in batches of ")
                    + Invariant($"{configuration.BatchSize}), of which batch normalization leaves nothing, ")
                    + "and learns a variance of 0",
            "Use another --batch-size (32 or more, and no batch of one left over)"
                + (configuration is { Layers: null, From: null } ? ", or --batch-norm false" : ""))
        { Picture = Pictures.Losses(trial, ("", trial.Losses)) };
    }

    private IEnumerable<Finding> Diverged()
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
        { Picture = Pictures.Losses(trial, ("", trial.Losses)) };
    }

    private IEnumerable<Finding> AtChance(bool hasNoCause)
    {
        if (trial.IsAtChance)
            yield return new Finding(
                FindingKind.LossAtChance, null, Severity.Error,
                Invariant($"after {Plural.Of(trial.Steps, "step")} the loss is {trial.Training.Loss:F3} and ")
                    + Invariant($"{trial.Training.Accuracy:0%} {trial.Of("training")}; ")
                    + (trial.IsOfQuantities ? Invariant($"always answering the mean costs {trial.Chance:F3}")
                        : Invariant($"guessing by class frequency costs {trial.Chance:F3}, and always the most ")
                        + Invariant($"frequent class is right for {trial.Majority:0%}")),
                !hasNoCause ? "See the other findings for the cause"
                    : "No change that was tried helps: look at samples with their labels, then train longer"
                    + (trial.Configuration.Optimizer.Name == "adam" ? "" : ", or try --optimizer adam"))
            { Picture = Pictures.Losses(trial, ("", trial.Losses)) };
    }

    internal static IEnumerable<Finding> Overfitting(TrialRun trial)
    {
        if (!trial.Overfits)
            yield break;
        // More than there is: three times as much, or the usual little.
        var l2 = Invariant($"{Math.Max(1e-4, 3 * trial.Configuration.L2):G2}");
        var dropout = trial.Configuration is { Dropout: < 0.2, Hidden.Count: > 0, Layers: null, From: null }
            ? "--dropout 0.2 or " : "";
        yield return new Finding(
            FindingKind.Overfitting, null,
            trial.Holding < 0.15 && trial.Learned > 0.4 ? Severity.Warning : Severity.Hint,
            Invariant($"{trial.Training.Accuracy:0%} {trial.Of("training")}, ")
                + Invariant($"but only {trial.Test.Accuracy:0%} of {(trial.IsOfQuantities ? "that of the" : "the")} ")
                + "test samples",
            $"More data helps most{(trial.HasImages ? " (--augment shift:2,elastic makes some)" : "")}; "
            + $"{dropout}--l2 {l2} keeps the network from memorizing")
        { Picture = Pictures.Accuracies(trial.IsOfQuantities, trial.Course) };
    }
}
