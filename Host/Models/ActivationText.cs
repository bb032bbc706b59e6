using System.Globalization;

namespace Functional.Host.Models;

/// <summary>Activations as text: on the command line, in configurations and in model files. An activation writes
/// itself.</summary>
internal static class ActivationText
{
    private const string Syntax = "relu, leaky-relu[:SLOPE], sigmoid, tanh, gelu, silu, elu[:ALPHA] or softplus";

    /// <exception cref="UsageException">There is no such activation.</exception>
    public static Activation Parse(string text) => text.Split(':') switch
    {
        ["relu"] => Activation.Relu,
        ["leaky-relu"] => Activation.LeakyRelu(),
        ["leaky-relu", var slope] => Activation.LeakyRelu(Number(slope)),
        ["sigmoid"] => Activation.Sigmoid,
        ["tanh"] => Activation.Tanh,
        ["gelu"] => Activation.Gelu,
        ["silu"] => Activation.Silu,
        ["elu"] => Activation.Elu(),
        ["elu", var alpha] => Activation.Elu(Number(alpha)),
        ["softplus"] => Activation.Softplus,
        _ => throw new UsageException($"expected {Syntax}, found '{text}'"),
    };

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value : throw new UsageException($"expected a number, found '{text}'");
}
