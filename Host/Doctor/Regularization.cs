using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>Whether a network that learns its samples by heart does better on others with something that holds it back:
/// tried, not guessed.</summary>
internal static class Regularization
{
    private const double LeastWarning = 0.06;

    /// <summary>The finding; null if nothing that was tried helps.</summary>
    public static Finding? Finding(TrialRun trial, Experiments experiments)
    {
        if (!trial.Overfits)
            return null;
        var best = experiments.Run([.. Changes(trial).Select(change => (Change[])[change])])
            .Where(each => each.Holds).MaxBy(each => each.HeldGain);
        if (best is null || experiments.Confirm(best) is not { Holds: true } sure)
            return null;
        var change = sure.Changes[0];
        var (held, samples) = (sure.Outcome.Held.Accuracy,
            trial.Configuration.Validation > 0 ? "validation" : "test");
        return new Finding(
            FindingKind.NoRegularization, null,
            sure.HeldGain >= LeastWarning ? Severity.Warning : Severity.Hint,
            Invariant($"with {change.Description}, {held:0%} {trial.Of(samples)}; unchanged, ")
                + Invariant($"{trial.Held.Accuracy:0%} ({trial.Training.Accuracy:0%} of the training samples)"),
            change.Advice)
        { Gain = sure.HeldGain, Picture = Pictures.Accuracies(trial.IsOfQuantities, trial.Course) };
    }

    /// <summary>What could hold it back more.</summary>
    public static IEnumerable<Change> Changes(TrialRun trial)
    {
        var configuration = trial.Configuration;
        foreach (var rate in (double[])[1e-3, 1e-2, 0.1])
            if (rate > 3 * configuration.L2)
                yield return new Change(
                    FindingKind.NoRegularization, ChangedThing.Penalty, c => c with { L2 = rate },
                    Invariant($"--l2 {rate:G2}"), Invariant($"Use --l2 {rate:G2}, which keeps weights small"));
        if (configuration is { Dropout: < 0.2, Hidden.Count: > 0, From: null, Layers: null })
            yield return new Change(
                FindingKind.NoRegularization, ChangedThing.Dropout, c => c with { Dropout = 0.3 },
                "--dropout 0.3", "Use --dropout 0.3, with which no unit can rely on another");
        if (trial.HasImages && configuration.Augmentations.Count == 0)
            yield return new Change(
                FindingKind.NoRegularization, ChangedThing.Augmentation,
                c => c with { Augmentations = AugmentationText.Parse("shift:2") },
                "--augment shift:2", "Use --augment shift:2, which makes more images");
    }
}
