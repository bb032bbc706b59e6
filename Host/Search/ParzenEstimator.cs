namespace Functional.Host.Search;

/// <summary>
/// A density over the unit cube: the mean of a kernel around each of some points, and of a uniform one. A kernel is a
/// product over the dimensions: a normal density cut off at the ends, or for a choice a share for the point's own value
/// and the rest for all alike; where a point has no value, and for the uniform one, any is equally likely.
/// </summary>
internal sealed class ParzenEstimator
{
    private readonly double[][] points;
    private readonly int?[] choices;
    private readonly double deviation;

    // Of each point and dimension, where the cut-off kernel begins, how much of the normal one is left, and the
    // logarithm of what the normal density is divided by; not numbers where the point has no value.
    private readonly (double Start, double Mass, double LogScale)[][] cuts;

    /// <summary>The density around points.</summary>
    /// <param name="points">In the unit cube; not a number where there is no value.</param>
    /// <param name="choices">For each dimension how many values it has if it is a choice, null otherwise.</param>
    public ParzenEstimator(IReadOnlyList<double[]> points, IReadOnlyList<int?> choices)
    {
        (this.points, this.choices) = ([.. points], [.. choices]);
        // Scott's rule, as bandwidths go with n points in d dimensions, and not below what so few points can tell.
        var ruled = 0.2 * Elementary.Exp(-Elementary.Log(Math.Max(1, points.Count)) / (4 + choices.Count));
        deviation = Math.Max(ruled, 1.0 / Math.Min(100, 1 + points.Count));
        cuts = [.. this.points.Select(point => point.Select(Cut).ToArray())];
    }

    /// <summary>A point of the density, given a uniform number for the kernel and one for each dimension.</summary>
    public double[] Sample(double kernel, IReadOnlyList<double> uniforms)
    {
        var chosen = Math.Min((int)(kernel * (points.Length + 1)), points.Length);
        return [.. uniforms.Select((u, dimension) =>
            chosen == points.Length || double.IsNaN(points[chosen][dimension]) ? u : Sample(chosen, dimension, u))];
    }

    /// <summary>The logarithm of the density; dimensions without a value (not a number) count for nothing.</summary>
    public double LogDensity(IReadOnlyList<double> x)
    {
        // The uniform kernel's is 0.
        var logs = new double[points.Length + 1];
        for (var i = 0; i < points.Length; i++)
            for (var dimension = 0; dimension < x.Count; dimension++)
                if (!double.IsNaN(x[dimension]) && !double.IsNaN(points[i][dimension]))
                    logs[i] += LogKernel(i, dimension, x[dimension]);
        var largest = logs.Max();
        return largest + Elementary.Log(logs.Sum(log => Elementary.Exp(log - largest)) / logs.Length);
    }

    private (double, double, double) Cut(double center)
    {
        var start = NormalDistribution.Below((0 - center) / deviation);
        var mass = NormalDistribution.Below((1 - center) / deviation) - start;
        return (start, mass, Elementary.Log(deviation * mass));
    }

    private double Sample(int i, int dimension, double u)
    {
        var center = points[i][dimension];
        if (choices[dimension] is { } count)
        {
            // Its own value first, then all alike.
            var own = OwnShare(count);
            return u < own ? center : Math.Min((u - own) / (1 - own), 1 - 1e-12);
        }
        var (start, mass, _) = cuts[i][dimension];
        var share = Math.Clamp(start + u * mass, 1e-300, 1 - 1e-16);
        return Math.Clamp(center + deviation * Elementary.NormalQuantile(share), 0, 1);
    }

    private double LogKernel(int i, int dimension, double x)
    {
        var center = points[i][dimension];
        if (choices[dimension] is not { } count)
            return NormalDistribution.LogDensity((x - center) / deviation) - cuts[i][dimension].LogScale;
        // As a density over the unit interval, where each value has 1/count.
        var own = OwnShare(count);
        var same = (int)(x * count) == (int)(center * count);
        return Elementary.Log(1 - own + (same ? own * count : 0));
    }

    // The fewer points, and the more values, the less a point says of its own.
    private double OwnShare(int count) => points.Length / (points.Length + (double)count);
}
