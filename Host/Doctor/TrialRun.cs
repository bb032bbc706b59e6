using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>How well a network does on a fixed few of the samples.</summary>
/// <param name="Loss">Mean loss as in evaluation, without the penalty.</param>
/// <param name="Accuracy">Share classified correctly; of quantities the share of the variance that is explained, at
/// least 0.</param>
internal readonly record struct Score(double Loss, double Accuracy);

/// <summary>How well it does on the way.</summary>
internal readonly record struct TrialPoint(int Step, double Training, double Test);

/// <summary>A short training run, and what could be seen of it.</summary>
internal sealed record TrialRun
{
    internal const int DiagnosedSamples = 256, ProbeSamples = 1000;
    private const int MostSteps = 2000, LeastSteps = 60, RecentSteps = 10, Looks = 12;

    // Of multiplications and additions: about a second on one core of a server of 2024.
    private const double Budget = 1e11, Cheap = 2e10;

    public required TrainConfiguration Configuration { get; init; }

    /// <summary>The steps that the configuration asks for.</summary>
    public required int Planned { get; init; }

    /// <summary>The steps taken.</summary>
    public required int Steps { get; init; }

    /// <summary>How many samples there are to train on.</summary>
    public required int Samples { get; init; }

    /// <summary>The loss of every step, as in training, and the penalty.</summary>
    public required IReadOnlyList<double> Losses { get; init; }

    /// <summary>The accuracies now and then.</summary>
    public required IReadOnlyList<TrialPoint> Course { get; init; }

    /// <summary>The initial network on training samples.</summary>
    public required Score Start { get; init; }

    /// <summary>The last network on training samples.</summary>
    public required Score Training { get; init; }

    /// <summary>The last network on test samples.</summary>
    public required Score Test { get; init; }

    /// <summary>The last network on samples for validation or, where there are none, on test samples.</summary>
    public required Score Held { get; init; }

    /// <summary>How many those are.</summary>
    public required int HeldSamples { get; init; }

    /// <summary>The multiplications and additions of a step.</summary>
    public required double Operations { get; init; }

    /// <summary>How many training samples the layers were examined with.</summary>
    public required int Diagnosed { get; init; }

    /// <summary>The layers before the first step.</summary>
    public required Diagnosis First { get; init; }

    /// <summary>The layers at the end: in the last state whose numbers were finite.</summary>
    public required Diagnosis Last { get; init; }

    /// <summary>Whether the options are known: of a loop that is not the program's, initializers aren't.</summary>
    public bool HasKnownOptions { get; init; } = true;

    /// <summary>The share of the labels that can be predicted at all, as <see cref="LabelCeiling"/> finds it.</summary>
    public double Ceiling { get; init; } = 1;

    /// <summary>Before the first step.</summary>
    public required Network<float> Initial { get; init; }

    /// <summary>After the last step, or the last whose numbers were finite; without the moving average.</summary>
    public required Network<float> Trained { get; init; }

    /// <summary>The network that scores are of: the moving average, where there is one.</summary>
    public required Network<float> Judged { get; init; }

    /// <summary>Where numbers stopped being finite, if they did.</summary>
    public required NumericFault? Fault { get; init; }

    /// <summary>The loss of the best answer that is the same for all samples, as <see cref="Score.Loss"/>: of classes
    /// the entropy of the labels, in nats.</summary>
    public required double Chance { get; init; }

    /// <summary>The same as <see cref="Losses"/>, by the weights of samples and with smoothed labels.</summary>
    public required double TrainingChance { get; init; }

    /// <summary>Whether it learns quantities.</summary>
    public required bool IsOfQuantities { get; init; }

    /// <summary>Whether its samples are images.</summary>
    public required bool HasImages { get; init; }

    /// <summary>What the share in <see cref="Score.Accuracy"/> is of, in words.</summary>
    public string Of(string samples) => IsOfQuantities
        ? $"of the variance of the {samples} samples is explained"
        : $"of the {samples} samples are classified correctly";

    /// <summary>The share of the most frequent label; 0 of quantities.</summary>
    public required double Majority { get; init; }

    /// <summary>The loss is not a number, or far above where it began.</summary>
    public bool HasDiverged =>
        Fault is not null || !double.IsFinite(Training.Loss)
        || Math.Min(Training.Loss, Losses.TakeLast(RecentSteps).Average()) > 3 * Math.Max(Chance, Start.Loss);

    /// <summary>How much of what there is to learn was learned: 0 for always the same answer, 1 for all that can be
    /// predicted. Where one class has nearly all samples, the loss says more than the accuracy.</summary>
    public double Learned =>
        HasDiverged ? 0 : Math.Clamp(Math.Max(Share(Training), 1 - (Training.Loss / (Chance + 1e-9))) / Ceiling, 0, 1);

    /// <summary>How much of it holds for samples that it wasn't trained on: those for validation or, where there are
    /// none, the test part's.</summary>
    public double Holding =>
        HasDiverged ? 0 : Math.Clamp(Math.Max(Share(Held), 1 - (Held.Loss / (Chance + 1e-9))) / Ceiling, 0, 1);

    /// <summary>Whether it knows what it was trained on better than other samples: far beyond always the same
    /// answer.</summary>
    public bool Overfits =>
        !HasDiverged && Share(Training) >= 0.4 && Training.Accuracy - Held.Accuracy >= 0.05;

    /// <summary>The share of the held-out samples that it gets wrong.</summary>
    public double HeldError => HasDiverged ? 1 - Majority : Math.Clamp(1 - Held.Accuracy, 0, 1);

    /// <summary>How much of what there is to learn a share of the samples is.</summary>
    public double PerAccuracy => 1 / ((1 - Majority + 1e-9) * Ceiling);

    /// <summary>Whether a run like it takes so little that several are no matter.</summary>
    public bool IsCheap => Operations * Steps <= Cheap;

    /// <summary>How bad it is that it learned no more.</summary>
    public Severity Severity =>
        Learned < 0.1 ? Severity.Error : Learned < 0.5 ? Severity.Warning : Severity.Hint;

    private double Share(Score score) => (score.Accuracy - Majority) / (1 - Majority + 1e-9);

    /// <summary>Whether the answers are no better than always the same one.</summary>
    public bool IsAtChance =>
        !HasDiverged && (Learned < 0.03 || (Learned < 0.15 && Training.Loss > 0.97 * Chance && Ceiling > 0.5));

    /// <summary>Trains for as many steps as a second or two allow.</summary>
    /// <exception cref="UsageException">These options don't suit the data.</exception>
    public static TrialRun Run(TrainConfiguration configuration, DataSet data, int most =
        MostSteps, double budget = Budget, bool isFollowed = false,
        CancellationToken cancellation = default)
    {
        var run = new TrainingRun(configuration, data);
        var steps = Math.Min(
            run.PlannedSteps, Math.Min(most, Affordable(run.Start.Training, configuration.BatchSize, budget, most)));
        if (configuration.Optimizer.Average is { } share)
            run = new TrainingRun(
                configuration with
                {
                    Optimizer = configuration.Optimizer with { Average = OverTrial(share, run.PlannedSteps, steps) },
                },
                data);
        var probe = Probe(run.Encoded.Training, run.Split.Training, ProbeSamples);
        var test = Probe(run.Encoded.Test, data.Test.All, ProbeSamples);
        var diagnosed = Probe(run.Encoded.Training, run.Split.Training, DiagnosedSamples);
        var validation = run.Split.Validation.Length == 0
            ? null
            : Probe(run.Encoded.Training, run.Split.Validation, ProbeSamples);
        var start = run.Start.Training;
        var state = run.Start;
        var previous = start;
        var losses = new List<double>();
        var course = new List<TrialPoint>();
        var validated = new EarlyStopping();
        NumericFault? fault = null;
        foreach (var step in run.Steps(state).Take(steps))
        {
            cancellation.ThrowIfCancellationRequested();
            var (before, taken) = (step.Before, step.Before.Step);
            if (!step.IsFinite || (taken % 10 == 0 && Diagnostics.NumericFaults(step.After.Training).Count > 0))
            {
                state = new RunState(
                    Diagnostics.NumericFaults(before.Training).Count > 0 ? previous : before.Training);
                fault = Diagnostics.NumericFaults(state.Training, step.Batch())
                    .Concat(Diagnostics.NumericFaults(step.After.Training)).FirstOrDefault();
                break;
            }
            losses.Add(step.Report.Loss);
            if (isFollowed && taken % Math.Max(1, steps / Looks) == 0)
                course.Add(new TrialPoint(taken, Accuracy(before.Network, probe), Accuracy(before.Network, test)));
            if (taken % 10 == 0)
                previous = before.Training;
            state = step.After;
            if (configuration.Patience is not null && validation is not null && state.Step % run.StepsPerEpoch == 0)
            {
                validated = validated.Next(Value(state.Network, validation));
                if (validated.IsOver(configuration.Patience))
                    break;
            }
        }
        // The average of numbers that are not finite is not finite.
        var kept = fault is null ? state.Network : state.Training.Network;
        return new TrialRun
        {
            Configuration = configuration,
            Planned = run.PlannedSteps,
            Steps = losses.Count,
            Losses = losses,
            Course = course,
            Samples = run.Split.Training.Length,
            // As in training: batch norm has no running statistics yet.
            Start = new Score(Plain(start.Network).TrainingLoss(probe, start.Key), Accuracy(start.Network, probe)),
            Training = ScoreOf(kept, probe),
            Test = ScoreOf(kept, test),
            Held = ScoreOf(kept, validation ?? test),
            HeldSamples = (validation ?? test).Samples,
            Operations = OperationsOf(start, configuration.BatchSize),
            First = Diagnostics.Of(start, diagnosed),
            Last = Diagnostics.Of(state.Training, diagnosed),
            Initial = start.Network,
            Trained = state.Training.Network,
            Judged = kept,
            Diagnosed = diagnosed.Samples,
            Fault = fault,
            IsOfQuantities = data.Training.Targets is Quantities,
            Chance = Guessing.Loss(
                Plain(start.Network).Loss is { Function.IsCustom: false } plain ? plain : Loss.SoftmaxCrossEntropy(),
                run.Encoded.Training, run.Split.Training, weighted: false),
            TrainingChance = Guessing.Loss(
                start.Network.Loss, run.Encoded.Training, run.Split.Training, weighted: true),
            HasImages = run.Data.Training.Samples is Images,
            Majority = data.Training.Targets is Classes classes
                ? Guessing.Frequencies(classes, run.Split.Training).Max() : 0,
        };
    }

    /// <summary>What can be seen of a run that a program took by itself.</summary>
    public static TrialRun Of(ObservedTraining run, long seed)
    {
        ArgumentNullException.ThrowIfNull(run);
        var (start, end) = (run.Start, run.End);
        var layers = start.Network.Layers;
        var faults = Diagnostics.NumericFaults(end);
        var frequencies = run.Training.Targets is Targets<float>.Labels { Item: var labels }
            ? labels.ToArray().CountBy(label => label).Select(count => (double)count.Value / labels.Length).ToArray()
            : [];
        var chance = frequencies.Length > 0 ? Guessing.Entropy(frequencies) : Variance(run.Training);
        return new TrialRun
        {
            // What advice depends on.
            Configuration = new TrainConfiguration
            {
                Seed = seed, Validation = 0.5,
                Hidden = [.. layers.OfType<ActivationLayer<float>>().Select(_ => 1)],
                Activation = layers.OfType<ActivationLayer<float>>().FirstOrDefault()?.Activation ?? Activation.Relu,
                BatchNorm = layers.Any(layer => layer is BatchNorm<float>),
            },
            HasKnownOptions = false,
            Planned = run.Losses.Count,
            Steps = run.Losses.Count,
            Losses = run.Losses,
            Course = [],
            Samples = run.Training.Samples,
            Start = new Score(Plain(start.Network).TrainingLoss(run.Training, start.Key),
                Accuracy(start.Network, run.Training)),
            Training = ScoreOf(end.Network, run.Training),
            Test = ScoreOf(end.Network, run.HeldOut),
            Held = ScoreOf(end.Network, run.HeldOut),
            HeldSamples = run.HeldOut.Samples,
            Operations = 0,
            First = Diagnostics.Of(start, run.Training),
            Last = Diagnostics.Of(faults.Count == 0 ? end : start, run.Training),
            Initial = start.Network,
            Trained = end.Network,
            Judged = end.Network,
            Diagnosed = run.Training.Samples,
            Fault = faults.Count == 0 ? null : faults[0],
            IsOfQuantities = frequencies.Length == 0,
            Chance = chance,
            TrainingChance = chance,
            HasImages = false,
            Majority = frequencies.Append(0).Max(),
        };
    }

    // The mean of the squared distances to the mean of each output.
    private static double Variance(Batch<float> batch) =>
        batch.Targets is not Targets<float>.Values { Item: var values } ? 0
        : values.EnumerateRows().Average(row =>
        {
            var mean = row.Average(value => (double)value);
            return row.Average(value => (value - mean) * (value - mean));
        });

    private static int Affordable(TrainingState<float> start, int batchSize, double budget, int most) =>
        (int)Math.Clamp(budget / OperationsOf(start, batchSize), LeastSteps, Math.Max(LeastSteps, most));

    private static double OperationsOf(TrainingState<float> start, int batchSize) =>
        6.0 * start.Network.Parameters().Length * batchSize;

    // The average is taken over the same share of the trial as of the whole run.
    private static double OverTrial(double share, int planned, int steps) =>
        Math.Max(0, 1 - ((1 - share) * planned / steps));

    private static Batch<float> Probe(Examples examples, int[] indices, int most) =>
        examples.Unweighted(Split.EvenlySpaced(indices, most));

    private static Score ScoreOf(Network<float> network, Batch<float> probe) =>
        new(Plain(network).LossOf(probe), Accuracy(network, probe));

    private static double Accuracy(Network<float> network, Batch<float> probe) =>
        Math.Max(0, Value(network, probe));

    private static double Value(Network<float> network, Batch<float> probe) =>
        !network.Loss.Function.IsRegression || probe.Targets is not Targets<float>.Values { Item: var truths }
            ? network.Accuracy(probe)
            : truths.EnumerateRows().Zip(network.Predict(probe.Inputs).EnumerateRows(), (truth, answer) =>
                QuantityScore.Of(
                    [.. truth.Select(value => (double)value)], [.. answer.Select(value => (double)value)])
                .RSquared ?? 0)
                .Average();

    private static Network<float> Plain(Network<float> network)
    {
        var plain = network.WithPenalty(Penalty.None);
        return network.Loss.Function.IsRegression
            ? network.Loss.Function.IsCustom ? plain.WithLoss(Loss.MeanSquaredError) : plain
            : network.Outputs == 1 ? plain : plain.WithLoss(Loss.SoftmaxCrossEntropy());
    }
}
