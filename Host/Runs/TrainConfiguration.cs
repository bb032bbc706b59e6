using System.Numerics;
using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>How bytes become features.</summary>
public enum DataScale
{
    /// <summary>byte / 255.</summary>
    Unit,

    /// <summary>The byte itself.</summary>
    None,

    /// <summary>(byte - mean) / deviation, over all features of the training samples.</summary>
    Standard,
}

/// <summary>
/// Everything that a training run depends on: the same configuration on the same data gives the same bits.
/// (How many threads there are is no part of it, because nothing depends on that.)
/// </summary>
public sealed record TrainConfiguration
{
    private const int DefaultEpochs = 20;

    /// <summary>A data set's name, or a folder.</summary>
    public string Data { get; init; } = "digits";

    /// <summary>Only so many of the first samples are trained on (and validated with); all if null.</summary>
    public int? Samples { get; init; }

    /// <summary>The share of the samples that is kept from training, for validation.</summary>
    public double Validation { get; init; }

    /// <summary>How bytes become features.</summary>
    public DataScale Scale { get; init; } = DataScale.Unit;

    /// <summary>Units of each hidden layer.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [50];

    /// <summary>After each hidden layer.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>How weights begin.</summary>
    public Initializer Initializer { get; init; } = Initializer.He;

    /// <summary>Whether batch normalization stands between each hidden layer and its activation.</summary>
    public bool BatchNorm { get; init; }

    /// <summary>The share that is dropped after each hidden layer's activation.</summary>
    public double Dropout { get; init; }

    /// <summary>Where dropout makes up for what is dropped.</summary>
    public DropoutForm DropoutForm { get; init; } = DropoutForm.Inverted;

    /// <summary>The rate of the weights' magnitudes in the loss.</summary>
    public double L1 { get; init; }

    /// <summary>The rate of half the weights' squares in the loss.</summary>
    public double L2 { get; init; }

    /// <summary>The share of a target that is spread over all classes.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>The rule's name.</summary>
    public string OptimizerName { get; init; } = "sgd";

    /// <summary>The rule's learning rate.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Samples of a step.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>How long to train, in passes over the samples; null if that is told in iterations, or not at all.</summary>
    public int? Epochs { get; init; }

    /// <summary>How long to train, in steps; null if that is told in epochs, or not at all.</summary>
    public int? Iterations { get; init; }

    /// <summary>How batches are drawn.</summary>
    public Sampling Sampling { get; init; } = Sampling.Shuffle;

    /// <summary>What everything random is a function of.</summary>
    public long Seed { get; init; } = 1;

    // Each kind of randomness has a stream of its own, so that changing one leaves the others as they were.
    private Key Key => Key.OfSeed(Seed);
    internal Key OrderKey => Key.Child(1);
    internal Key TrainingKey => Key.Child(2);
    internal Key SplitKey => Key.Child(3);

    /// <summary>The optimizer as the core has it.</summary>
    public Optimizer Optimizer => Optimizer.Sgd(LearningRate);

    /// <summary>The network before the first step, for images of so many features in so many classes.</summary>
    /// <exception cref="ArgumentException">Everything wrong with the sizes and the initializer.</exception>
    public Network<T> CreateNetwork<T>(int features, int classes) where T : unmanaged, IFloatingPointIeee754<T> =>
        Network.Create([features, .. Hidden, classes], AfterHidden<T>, Initializer, Key.Child(0))
            .WithLoss(Loss.SoftmaxCrossEntropy(LabelSmoothing))
            .WithPenalty(Penalty.ElasticNet(L1, L2));

    // The book's order.
    private IReadOnlyList<Layer<T>> AfterHidden<T>(int units) where T : unmanaged, IFloatingPointIeee754<T> =>
    [
        .. BatchNorm ? [Layer.BatchNorm<T>(units)] : (Layer<T>[])[],
        Layer.Of<T>(Activation),
        .. Dropout == 0 ? [] : (Layer<T>[])[Layer.Dropout<T>(Dropout, DropoutForm)],
    ];

    /// <summary>How many steps the run takes.</summary>
    public int Steps(int stepsPerEpoch) => Iterations ?? checked((Epochs ?? DefaultEpochs) * stepsPerEpoch);

    /// <summary>Everything wrong with the configuration by itself, an entry per fault that begins with the option.</summary>
    public IReadOnlyList<string> Faults() =>
    [
        .. Positive("samples", Samples),
        .. Validation is >= 0 and < 1 ? [] : (string[])[$"--validation: a share from 0 up to 1 is needed, not {Validation}"],
        .. Hidden.SelectMany(units => Positive("hidden", units)),
        .. Share("dropout", Dropout, "up to 1", Dropout < 1),
        .. NotNegative("l1", L1),
        .. NotNegative("l2", L2),
        .. Share("label-smoothing", LabelSmoothing, "to 1", LabelSmoothing <= 1),
        .. Optimizer.Faults().Select(fault => $"--learning-rate: {fault}"),
        .. Positive("batch-size", BatchSize),
        .. Positive("epochs", Epochs),
        .. Positive("iterations", Iterations),
        .. Epochs is null || Iterations is null ? [] : (string[])["--epochs and --iterations: only one of them can tell how long to train"],
    ];

    private static string[] Share(string option, double value, string bound, bool below) =>
        value >= 0 && below ? [] : [$"--{option}: a share from 0 {bound} is needed, not {value}"];

    private static string[] NotNegative(string option, double value) =>
        value >= 0 ? [] : [$"--{option}: a rate from 0 on is needed, not {value}"];

    private static string[] Positive(string option, int? value) =>
        value is < 1 ? [$"--{option}: at least 1 is needed, not {value}"] : [];
}
