using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>What a configuration reaches: the means over the seeds that were tried.</summary>
/// <param name="Change">What was changed last, as in <c>--hidden 64 instead of 2</c>; null of the start.</param>
/// <param name="Kind">What that mends; null of the start.</param>
/// <param name="Training">Share of the training samples classified correctly; of quantities the share of their variance
/// that is explained.</param>
/// <param name="Validation">The same of the validation samples, by which changes are chosen; of the test samples where
/// there are too few others to hold some out.</param>
/// <param name="Test">The same of the test samples, which nothing else depends on.</param>
internal sealed record TreatmentStep(
    string? Change, FindingKind? Kind, double Training, double Validation, double Test);

/// <summary>The doctor's advice followed: one change after the other, each the one that brings most on validation
/// samples, until none brings more.</summary>
/// <param name="Configuration">What it ends with: the start with all changes.</param>
/// <param name="Steps">The start, and what each change brought.</param>
/// <param name="Seeds">How many seeds each was tried with, the same ones.</param>
/// <param name="HeldOut">The share of the training samples that was held out to choose by.</param>
internal sealed record Treatment(
    TrainConfiguration Configuration, IReadOnlyList<TreatmentStep> Steps, int Seeds, double HeldOut)
{
    private const int MostSteps = 8, Candidates = 3, LeastSamples = 20;
    private const double LeastGain = 0.01, Enough = 0.995, Share = 0.2;

    /// <summary>What it ends with, as a command.</summary>
    public string Command => Configuration.CommandLine();

    /// <summary>Mends a configuration. The result is never worse than the start on validation samples.</summary>
    /// <param name="configuration">The start.</param>
    /// <param name="data">Its data.</param>
    /// <param name="threads">At least 1; nothing depends on it.</param>
    /// <param name="seeds">How many seeds to try; as of <see cref="Examination.Of"/> if null.</param>
    /// <param name="cancellation">Ends it after the steps that are being taken.</param>
    /// <exception cref="UsageException">These options don't suit the data.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Treatment Of(
        TrainConfiguration configuration, DataSet data, int threads, int? seeds = null,
        CancellationToken cancellation = default)
    {
        Examination.Check(configuration);
        var run = new TrainingRun(configuration, data);
        var steps = new List<TreatmentStep>();
        // Of classes that are numbers the network is to give the number, whatever else is wrong.
        if (Answers.MeasuredClasses(data) is not null && Answers.AsQuantities(data) is { } quantities
            && configuration.Loss is null && configuration.LabelSmoothing == 0 && configuration.From is null)
        {
            configuration = configuration with { Task = TargetKind.Quantities, ClassWeights = null };
            data = quantities;
            steps.Add(new TreatmentStep(
                "--task quantities instead of classes", FindingKind.QuantityAsClasses, double.NaN, double.NaN,
                double.NaN));
        }
        // Changes are chosen by samples that neither train nor test.
        var share = configuration.Validation > 0 || run.Split.Training.Length < LeastSamples
            ? configuration.Validation : Share;
        var tried = share == configuration.Validation ? configuration
            : configuration with { Validation = share, Iterations = run.PlannedSteps };
        var ceiling = Threads.Use(1, () => LabelCeiling.Of(tried, data, cancellation));
        var own = Examination.Trial(tried, data, ceiling, isFollowed: false, cancellation);
        var trials = Examination.Trials(own, data, threads, seeds, cancellation);
        steps.Insert(0, Reached(null, trials));
        if (steps.Count > 1)
            steps = [steps[0] with { Change = steps[1].Change, Kind = steps[1].Kind }];
        var changes = new List<Change>();
        while (changes.Count < MostSteps && trials.Average(trial => trial.Holding) < Enough
            && Next(trials, data, threads, cancellation) is { } next)
        {
            changes.AddRange(next.Changes);
            trials = [next.Outcome, .. next.Others.Select(other => other.Outcome)];
            steps.Add(Reached(next.Changes, trials));
        }
        return new Treatment(
            changes.Aggregate(configuration, (changed, change) => change.Apply(changed)), steps, trials.Length, share);
    }

    // The change that brings most; several at once where one isn't enough; and as much of a plain network as is needed
    // where even that isn't.
    private static Experiment? Next(
        IReadOnlyList<TrialRun> trials, DataSet data, int threads, CancellationToken cancellation)
    {
        // What fails shows what is missing.
        var trial = trials.MinBy(each => each.Holding)!;
        var ofData = Threads.Use(1, () => new DataExamination(
            new TrainingRun(trial.Configuration, data), trial.Ceiling).Scales().FirstOrDefault());
        var symptoms = new Symptoms(trial);
        var possible = new Changes(trial, [.. symptoms.AtStart()], ofData);
        var experiments = new Experiments(
            trial, [.. trials.Where(other => !ReferenceEquals(other, trial))], data, threads, cancellation);
        Change[] all =
        [
            .. possible.All(withoutSigns: true), .. possible.Optimizers(), .. Symmetric(symptoms, trial.Configuration),
            .. trial.Overfits ? Regularization.Changes(trial) : [],
        ];
        var singles = experiments.Run([.. all.Select(change => (Change[])[change])]);
        var best = Best(singles);
        var isGood = trials.Average(each => each.Holding) > 0.9;
        if (best is null || (!isGood && best.Outcome.Holding < 0.8))
            best = Better(best, isGood || experiments.Together([.. all], singles) is not { } together
                ? null : Best([together]));
        if (!isGood && (best is null || best.Outcome.Holding < 0.8)
            && possible.Plain().ToArray() is { Length: > 0 } plain && Best(experiments.Run([plain])) is { } sure)
            best = Better(best, Fewest(sure));
        return best;

        Experiment? Best(Experiment[] from) => from.OrderByDescending(each => each.HeldGain + (each.Gain / 10))
            .Take(Candidates).Select(experiments.Confirm)
            .Where(each => each.HeldGain >= Math.Max(LeastGain, each.Noise / 2)).MaxBy(each => each.HeldGain);

        // What is left out with a few seeds must not be missing with the others.
        Experiment Fewest(Experiment all)
        {
            bool IsEnough(Experiment fewer) => fewer.HeldGain >= all.HeldGain - LeastGain;
            var fewest = experiments.Fewest(all, IsEnough);
            return ReferenceEquals(fewest, all) || experiments.Confirm(fewest) is not { } sure || !IsEnough(sure)
                ? all : sure;
        }

        static Experiment? Better(Experiment? a, Experiment? b) =>
            a is null || (b is not null && b.HeldGain > a.HeldGain + LeastGain) ? b : a;
    }

    private static IEnumerable<Change> Symmetric(Symptoms symptoms, TrainConfiguration configuration) =>
        configuration.From is null && symptoms.Symmetric() is { } finding ? [new Change(
            finding.Kind, ChangedThing.Start, c => c with { Initializer = Initializer.He }, "--init he",
            finding.Advice)] : [];

    private static TreatmentStep Reached(IReadOnlyList<Change>? changes, IReadOnlyList<TrialRun> trials) => new(
        changes is null ? null : Experiment.Together(changes.Select(change => change.Description)), changes?[0].Kind,
        trials.Average(trial => trial.Training.Accuracy), trials.Average(trial => trial.Held.Accuracy),
        trials.Average(trial => trial.Test.Accuracy));
}
