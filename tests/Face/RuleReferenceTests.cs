using Vector = MathNet.Numerics.LinearAlgebra.Vector<double>;

namespace Functional.Tests.Face;

/// <summary>Rules against what other libraries compute, written down here element by element as they do it.</summary>
public class RuleReferenceTests
{
    private const double Beta1 = 0.8, Beta2 = 0.9, Rate = 0.05;
    private static readonly double[] Start = [-7, 2, 0.5];

    private static double[] Gradient(double[] x) => [x[0] / 10, 2 * x[1], Math.Sin(3 * x[2])];

    private static double Power(double x, int n) => n == 0 ? 1 : x * Power(x, n - 1);

    // The path of a rule, given an element's direction from t, m-hat, v-hat, m, g and the slots m, v.
    private static double[][] Path(
        Func<int, double, double[], double[], double> direction, Func<double, double, double, double>? second = null,
        Func<double[], double[], double>? trust = null)
    {
        var (x, path) = (Start, new List<double[]> { Start });
        var (m, v) = (new double[3], new double[3]);
        for (var t = 1; t <= 12; t++)
        {
            var (g, u) = (Gradient(x), new double[3]);
            for (var i = 0; i < 3; i++)
            {
                m[i] = (Beta1 * m[i]) + ((1 - Beta1) * g[i]);
                v[i] = second is null ? (Beta2 * v[i]) + ((1 - Beta2) * g[i] * g[i]) : second(v[i], g[i], m[i]);
                u[i] = direction(t, g[i], [m[i], x[i]], [v[i]]);
            }
            var step = Rate * (trust?.Invoke(x, u) ?? 1);
            x = [.. x.Zip(u, (x, u) => x - (step * u))];
            path.Add(x);
        }
        return [.. path];
    }

    private static void Same(double[][] expected, Optimizer optimizer)
    {
        var found = optimizer.Path(
            x => Vector.Build.DenseOfArray(Gradient(x.ToArray())), Vector.Build.DenseOfArray(Start), steps: 12);
        foreach (var (e, f) in expected.Zip(found))
            for (var i = 0; i < 3; i++)
                Assert.Equal(e[i], f[i], 1e-13 * Math.Max(1, Math.Abs(e[i])));
        Assert.True((found[^1] - found[0]).L2Norm() > 0.1);
    }

    /// <summary>optax.nadam, which is scale_by_adam(nesterov=True).</summary>
    [Fact]
    public void NAdam_is_that_of_Optax() => Same(
        Path((t, g, m, v) =>
        {
            var ahead = (Beta1 * m[0] / (1 - Power(Beta1, t + 1))) + ((1 - Beta1) * g / (1 - Power(Beta1, t)));
            return ahead / (Math.Sqrt(v[0] / (1 - Power(Beta2, t))) + 1e-8);
        }),
        Optimizer.NAdam(Rate, Beta1, Beta2));

    /// <summary>optax.radam with its threshold of 5: at a beta2 of 0.9, steps 1 to 6 are not rectified.</summary>
    [Fact]
    public void RAdam_is_that_of_Optax() => Same(
        Path((t, _, m, v) =>
        {
            var most = (2 / (1 - Beta2)) - 1;
            var length = most - (2 * t * Power(Beta2, t) / (1 - Power(Beta2, t)));
            var mean = m[0] / (1 - Power(Beta1, t));
            if (length < 5)
                return mean;
            var r = Math.Sqrt(
                (length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length));
            return r * mean / (Math.Sqrt(v[0] / (1 - Power(Beta2, t))) + 1e-8);
        }),
        Optimizer.RAdam(Rate, Beta1, Beta2));

    /// <summary>The authors' PyTorch code: epsilon is added to the belief itself and to its root.</summary>
    [Fact]
    public void AdaBelief_is_that_of_its_authors() => Same(
        Path(
            (t, _, m, s) => m[0] / (1 - Power(Beta1, t)) / ((Math.Sqrt(s[0]) / Math.Sqrt(1 - Power(Beta2, t))) + 1e-6),
            (s, g, m) => (Beta2 * s) + ((1 - Beta2) * (g - m) * (g - m)) + 1e-6),
        Optimizer.AdaBelief(Rate, Beta1, Beta2, 1e-6));

    /// <summary>optax.lamb: scale_by_adam, add_decayed_weights, scale_by_trust_ratio.</summary>
    [Fact]
    public void Lamb_is_that_of_Optax()
    {
        static double Norm(double[] x) => Math.Sqrt(x.Sum(x => x * x));
        Same(
            Path(
                (t, _, m, v) =>
                    (m[0] / (1 - Power(Beta1, t)) / (Math.Sqrt(v[0] / (1 - Power(Beta2, t))) + 1e-6)) + (0.1 * m[1]),
                trust: (x, u) => Norm(x) / Norm(u)),
            Optimizer.Lamb(Rate, Beta1, Beta2).WithWeightDecay(0.1));
    }
}
