using Functional.Host.Files;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Replays;

/// <summary>The paths of optimizers over x^2 / a + b y^2. Source: Deep Learning from Scratch, 6.1.3 to 6.1.7.</summary>
internal static class TrajectoryReplay
{
    /// <summary>Each optimizer's path: a row per point, the start first.</summary>
    /// <exception cref="DataException">The description lacks something.</exception>
    public static IReadOnlyList<Tensor> Run(ReplayCase replayed)
    {
        var description = replayed.Description;
        var function = description["function"];
        var (a, b) = (function["a"].Number, function["b"].Number);
        if (a == 0)
            throw function["a"].Error("a number other than 0");
        double[] start = [.. description["start"].Items.Select(item => item.Number)];
        if (start.Length != 2)
            throw description["start"].Error("two numbers");
        var steps = description["steps"].Count;
        var paths = new List<Tensor>();
        foreach (var optimizer in description["optimizers"].Items)
        {
            var name = $"path.{optimizer["name"].Text}";
            if (paths.Any(path => path.Name == name))
                throw optimizer["name"].Error("each optimizer once");
            var points = ReplayOptimizer.Of(optimizer).Path(Gradient, Vector<double>.Build.Dense(start), steps);
            paths.Add(Tensor.Of(name, [steps + 1, 2], points.SelectMany(point => point).ToArray()));
        }
        return paths;

        Vector<double> Gradient(Vector<double> at) => Vector<double>.Build.Dense([2 * at[0] / a, 2 * b * at[1]]);
    }
}
