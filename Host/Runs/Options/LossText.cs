using System.Diagnostics;

namespace Functional.Host.Runs;

/// <summary>Parses losses. A custom one is written by its name, which can't be parsed.</summary>
internal static class LossText
{
    /// <summary>What they begin with.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cross-entropy", "binary", "squared-error", "huber"];

    /// <exception cref="UsageException">There is no such loss.</exception>
    public static Loss Parse(string text) => text.Split(':') switch
    {
        ["cross-entropy"] => Loss.SoftmaxCrossEntropy(),
        ["binary"] => Loss.BinaryCrossEntropy,
        ["squared-error"] => Loss.MeanSquaredError,
        ["huber"] => Loss.Huber(),
        ["huber", var delta] when TrainOptions.Number(delta) is > 0 and var number => Loss.Huber(number),
        _ => throw TrainOptions.Expected(
            "cross-entropy, binary, squared-error or huber[:DELTA] with a DELTA above 0", text),
    };

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public static string Format(Loss loss) => loss.Function switch
    {
        LossFunction.Custom custom => custom.Item.Name,
        LossFunction.Huber huber => $"huber:{TrainOptions.Text(huber.delta)}",
        { IsBinaryCrossEntropy: true } => "binary",
        { IsMeanSquaredError: true } => "squared-error",
        { IsSoftmaxCrossEntropy: true } => "cross-entropy",
        _ => throw new UnreachableException(),
    };
}
