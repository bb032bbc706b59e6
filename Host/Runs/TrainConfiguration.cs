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

    /// <summary>The rule's name.</summary>
    public string OptimizerName { get; init; } = "sgd";

    /// <summary>The rule's learning rate.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Samples of a step.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>How long to train, in passes over the samples, unless that is told in iterations.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>How long to train, in steps; null if that is told in epochs.</summary>
    public int? Iterations { get; init; }

    /// <summary>How batches are drawn.</summary>
    public Sampling Sampling { get; init; } = Sampling.Shuffle;

    /// <summary>Applied in order to the images of each training batch.</summary>
    public IReadOnlyList<Augmentation> Augmentations { get; init; } = [];

    /// <summary>What everything random is a function of.</summary>
    public long Seed { get; init; } = 1;

    // Each kind of randomness has a stream of its own, so that changing one leaves the others as they were.
    private Key Key => Key.OfSeed(Seed);
    internal Key OrderKey => Key.Child(1);
    internal Key TrainingKey => Key.Child(2);
    internal Key SplitKey => Key.Child(3);
    internal Key AugmentationKey => Key.Child(4);

    /// <summary>The optimizer as the core has it.</summary>
    public Optimizer Optimizer => Optimizer.Sgd(LearningRate);

    /// <summary>The network before the first step, for images of so many features in so many classes.</summary>
    /// <exception cref="ArgumentException">Everything wrong with the sizes and the initializer.</exception>
    public Network<T> CreateNetwork<T>(int features, int classes) where T : unmanaged, IFloatingPointIeee754<T> =>
        Network.Create<T>([features, .. Hidden, classes], Activation, Initializer, Key.Child(0));

    /// <summary>How many steps the run takes.</summary>
    public int Steps(int stepsPerEpoch) => Iterations ?? checked(Epochs * stepsPerEpoch);

    /// <summary>Everything wrong with the configuration by itself, an entry per fault that begins with the option.</summary>
    public IReadOnlyList<string> Faults() =>
    [
        .. Positive("samples", Samples),
        .. Validation is >= 0 and < 1 ? [] : (string[])[$"--validation: a share from 0 up to 1 is needed, not {Validation}"],
        .. Hidden.SelectMany(units => Positive("hidden", units)),
        .. Optimizer.Faults().Select(fault => $"--learning-rate: {fault}"),
        .. Positive("batch-size", BatchSize),
        .. Positive("epochs", Epochs),
        .. Positive("iterations", Iterations),
    ];

    /// <summary>The command that runs it: every option that is not as it is by default.</summary>
    public string CommandLine()
    {
        var standard = new TrainConfiguration();
        return string.Join(' ', ["functional train", .. from option in TrainOptions.All
                                 let value = option.Get(this)
                                 where value is not null && value != option.Get(standard)
                                 select $"--{option.Name} {Quoted(value)}"]);
    }

    private static string Quoted(string value) =>
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || "-_.,:/+=".Contains(c)) ? value : $"'{value.Replace("'", "'\\''")}'";

    private static string[] Positive(string option, int? value) =>
        value is < 1 ? [$"--{option}: at least 1 is needed, not {value}"] : [];
}
