using System.Text.Json;
using System.Text.Json.Serialization;
using Functional.Host.Charts;

namespace Functional.Host.Doctor;

/// <summary>How bad a finding is.</summary>
[JsonConverter(typeof(KebabCase<Severity>))]
public enum Severity
{
    /// <summary>Good to know; the network learns.</summary>
    Hint,

    /// <summary>It costs much, or makes the result untrue.</summary>
    Warning,

    /// <summary>With it, the network does not learn.</summary>
    Error,
}

/// <summary>What can be wrong. Each has its section in docs/doctor.md.</summary>
[JsonConverter(typeof(KebabCase<FindingKind>))]
public enum FindingKind
{
    /// <summary>Features are far from the size of 1 that initializers and learning rates are made for.</summary>
    UnscaledInputs,

    /// <summary>Features that were scaled to at most 1 before they are divided by 255.</summary>
    ScaledTwice,

    /// <summary>Features, or whole samples, that say nothing.</summary>
    ConstantInputs,

    /// <summary>Labels that have little to do with their images.</summary>
    ShuffledLabels,

    /// <summary>Classes with many more samples than others.</summary>
    ClassImbalance,

    /// <summary>A class that no training sample has.</summary>
    ClassMissing,

    /// <summary>An accuracy that looks good though always the same answer is given.</summary>
    MetricMisleads,

    /// <summary>A measured quantity, each value of which is taken for a class.</summary>
    QuantityAsClasses,

    /// <summary>Test samples that are not of the kind of the training samples.</summary>
    TrainAndTestDiffer,

    /// <summary>A column that numbers the rows.</summary>
    IdColumn,

    /// <summary>The same sample in two parts.</summary>
    LeakedSamples,

    /// <summary>Units that begin alike and stay alike.</summary>
    SymmetricWeights,

    /// <summary>Gradients get lost on their way to the first layers.</summary>
    VanishingGradients,

    /// <summary>Gradients grow on their way to the first layers, or during training.</summary>
    ExplodingGradients,

    /// <summary>Units that are off for every sample.</summary>
    DeadUnits,

    /// <summary>Units at the flat ends of their activation.</summary>
    SaturatedUnits,

    /// <summary>Steps too long.</summary>
    LearningRateTooHigh,

    /// <summary>Steps too short.</summary>
    LearningRateTooLow,

    /// <summary>A number for stability that outweighs what it is added to.</summary>
    TooLargeEpsilon,

    /// <summary>Too few steps.</summary>
    TooFewSteps,

    /// <summary>The network answers as one who knows nothing.</summary>
    LossAtChance,

    /// <summary>The loss rose, or is no longer a number.</summary>
    Diverged,

    /// <summary>Batch normalization over batches of one.</summary>
    BatchOfOne,

    /// <summary>Too little gets through dropout.</summary>
    DropoutTooStrong,

    /// <summary>The penalty outweighs the data.</summary>
    PenaltyTooStrong,

    /// <summary>Changed images are too far from what they were.</summary>
    AugmentationTooStrong,

    /// <summary>Gradients are cut to almost nothing.</summary>
    ClippingTooStrong,

    /// <summary>A moving average of the weights that early steps still weigh down.</summary>
    AverageTooSlow,

    /// <summary>The network knows its training samples by heart, and others much worse.</summary>
    Overfitting,

    /// <summary>A network that memorizes does better on other samples with something that holds it back.</summary>
    NoRegularization,

    /// <summary>The network can't even fit a few samples.</summary>
    TooSmall,

    /// <summary>More layers than gradients or signals pass.</summary>
    TooDeep,

    /// <summary>It depends on the seed whether the network learns.</summary>
    SeedDependent,
}

/// <summary>Something that is wrong, or could be better.</summary>
/// <param name="Kind">What.</param>
/// <param name="Layer">Where, as in <c>affine3</c> or <c>input</c>; null if it is no layer's.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Evidence">The numbers behind it, one sentence.</param>
/// <param name="Advice">What to change, one sentence with the option.</param>
public sealed record Finding(FindingKind Kind, string? Layer, Severity Severity, string Evidence, string Advice)
{
    /// <summary>The kind as text: <c>dead-units</c>.</summary>
    [JsonIgnore]
    public string Name => NameOf(Kind);

    internal static string NameOf(FindingKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    /// <summary>Its rank among causes, the largest first: of an experiment, the share of what was missing that it
    /// explains, and a head start; otherwise a number by its strength.</summary>
    internal double Weight { get; init; }

    /// <summary>How much more of what there is to learn the network learned in the doctor's experiment with the advice,
    /// by samples that it wasn't trained on: 0 to 1; null if there was no such experiment.</summary>
    public double? Gain { get; init; }

    /// <summary>What it looks like, in this very run or these data.</summary>
    [JsonIgnore]
    public Chart? Picture { get; init; }

    /// <summary>The finding in a line: severity, kind, evidence and advice.</summary>
    public override string ToString() => $"{Severity.ToString().ToLowerInvariant()}: {Name}: {Evidence}. {Advice}";
}

/// <summary>Writes <c>DeadUnits</c> as <c>dead-units</c>.</summary>
internal sealed class KebabCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower)
    where T : struct, Enum;
