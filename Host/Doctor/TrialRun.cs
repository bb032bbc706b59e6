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

    // Of multiplications and additions: about a second on one core of a machine of its time.
    private const double Budget = 1e11;

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

    /// <summary>Before the first step, and at the end: the last state whose numbers were finite.</summary>
    public required Diagnosis First { get; init; }

    /// <inheritdoc cref="First"/>
    public required Diagnosis Last { get; init; }

    /// <summary>The share of the labels that can be predicted at all, as <see cref="LabelCeiling"/> finds it.</summary>
    public double Ceiling { get; init; } = 1;

    /// <summary>Before the first step.</summary>
    public required Network<float> Initial { get; init; }

    /// <summary>After the last step, or the last whose numbers were finite.</summary>
    public required Network<float> Trained { get; init; }

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

    /// <summary>How much of it holds for test samples.</summary>
    public double Holding =>
        HasDiverged ? 0 : Math.Clamp(Math.Max(Share(Test), 1 - (Test.Loss / (Chance + 1e-9))) / Ceiling, 0, 1);

    /// <summary>Whether it knows what it was trained on better than other samples.</summary>
    public bool Overfits =>
        !HasDiverged && Training.Accuracy >= 0.5 && Training.Accuracy - Test.Accuracy >= 0.05;

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
            run.PlannedSteps, Math.Min(most, Affordable(run.Start.Training, configuration.BatchSize, budget)));
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
        var validation = configuration.Patience is null
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
            if (validation is not null && state.Step % run.StepsPerEpoch == 0)
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
            First = Diagnostics.Of(start, diagnosed),
            Last = Diagnostics.Of(state.Training, diagnosed),
            Initial = start.Network,
            Trained = state.Training.Network,
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

    private static int Affordable(TrainingState<float> start, int batchSize, double budget)
    {
        var operations = 6.0 * start.Network.Parameters().Length * batchSize;
        return (int)Math.Clamp(budget / operations, LeastSteps, MostSteps);
    }

    // The average is taken over the same share of the trial as of the whole run.
    private static double OverTrial(double share, int planned, int steps) =>
        Math.Max(0, 1 - ((1 - share) * planned / steps));

    private static Batch<float> Probe(Examples examples, int[] indices, int most) =>
        examples.Unweighted(Splits.EvenlySpaced(indices, most));

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
