using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Experiments;

/// <summary>Numbers to be taken of steps.</summary>
internal static class Probes
{
    /// <summary>The names of a network's weight leaves, as in <c>affine1.weight</c>.</summary>
    public static IReadOnlyList<string> WeightNames(Network<float> network)
    {
        var parameters = network.Parameters();
        return [.. Enumerable.Range(0, parameters.Count).Where(i => parameters[i].Role == Role.Weight)
            .Select(i => parameters[i].Name)];
    }

    /// <summary>The loss of a step's batch after the step, as the book's programs print it every 100 steps: a little
    /// less than before, because the step was made for this batch.</summary>
    public static Observation LossAfter { get; } = new(100, (_, after, batch) => [after.Network.LossOf(batch())]);

    /// <summary>Of each layer's weights: the length of the update over the length of what was updated.</summary>
    public static double[] UpdateRatios(TrainingState<float> before, TrainingState<float> after)
    {
        var (old, updated) = (before.Network.Parameters(), after.Network.Parameters());
        return [.. WeightNames(before.Network).Select(name =>
            Length(updated[name].Values - old[name].Values) / Length(old[name].Values))];
    }

    /// <summary>The largest difference between a weight of a hidden unit and the same weight of another unit of its
    /// layer: 0 as long as all units of every hidden layer are alike.</summary>
    public static double UnitDifference(Network<float> network)
    {
        var parameters = network.Parameters();
        return WeightNames(network).SkipLast(1).Max(name =>
            parameters[name].Matrix.EnumerateColumns().Max(column => (double)column.Maximum() - column.Minimum()));
    }

    /// <summary>The share of weights that are no larger than this.</summary>
    public static double ShareWithin(Network<float> network, double size)
    {
        var parameters = network.Parameters();
        var names = WeightNames(network);
        return (double)names.Sum(name => parameters[name].Values.Count(weight => Math.Abs(weight) <= size))
            / names.Sum(name => parameters[name].Values.Count);
    }

    // In double, and in the order of the elements: the same everywhere.
    private static double Length(Vector<float> vector)
    {
        double sum = 0;
        foreach (var element in vector.AsArray())
            sum += (double)element * element;
        return Math.Sqrt(sum);
    }
}
