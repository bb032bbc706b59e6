using Functional.Host.Files;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Replays;

/// <summary>Which units dropout keeps: for each dropout layer a tensor steps x samples x units, 1 where one is kept.
/// </summary>
internal sealed class ReplayMasks
{
    private readonly IReadOnlyList<(double[] Kept, int Units)> layers;
    private readonly int samples;

    private ReplayMasks(IReadOnlyList<(double[], int)> layers, int samples) =>
        (this.layers, this.samples) = (layers, samples);

    /// <summary>The masks of a case.</summary>
    /// <exception cref="DataException">One is missing, of another shape, or has other numbers than 0 and 1.</exception>
    public static ReplayMasks Of(
        ReplayCase replayed, IReadOnlyList<(string Name, int Units)> layers, int steps, int samples)
    {
        return new ReplayMasks([.. layers.Select(layer => (Kept(layer.Name, layer.Units), layer.Units))], samples);

        double[] Kept(string name, int units)
        {
            var kept = replayed.Tensors.Values<double>(name, steps, samples, units);
            return Array.FindIndex(kept, value => value is not (0 or 1)) is >= 0 and var wrong
                ? throw replayed.Tensors.Error(name, "0 or 1 for each unit", $"{kept[wrong]} as element {wrong}")
                : kept;
        }
    }

    /// <summary>The masks of a step, counted from 0: units x samples, in the order of the layers.</summary>
    public Matrix<double>[] At(int step) =>
    [
        .. from layer in layers
           let count = samples * layer.Units
           select Matrix<double>.Build.Dense(layer.Units, samples, layer.Kept[(step * count)..((step + 1) * count)]),
    ];
}
