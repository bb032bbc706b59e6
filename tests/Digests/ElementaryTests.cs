using System.Globalization;
using Functional.Host.Digests;

namespace Functional.Tests.Digests;

/// <summary>Elementary functions in single precision beside the correctly rounded result: every 4,099th number, or with
/// FUNCTIONAL_EVERY_FLOAT=FILE every number there is, with what came of it in the file (docs/reproducibility.md).
/// </summary>
public class ElementaryTests
{
    private const uint Sampled = 4_099;
    private const int Chunk = 1 << 20;

    private static readonly string? File = Environment.GetEnvironmentVariable("FUNCTIONAL_EVERY_FLOAT");

    /// <summary>What each should be, in double precision; and the largest error, in units in the last place.</summary>
    public static TheoryData<string, double> Functions => new()
    {
        { "exp", 1.5 }, { "log", 1 }, { "tanh", 3.5 }, { "sigmoid", 3 }, { "softplus", 4 }, { "gelu", 1000 },
    };

    [Theory, MemberData(nameof(Functions))]
    public void The_largest_error_is_as_documented(string name, double most)
    {
        var (function, exact) = (NumberDigests.Functions<float>().Single(f => f.Name == name).Of, Exact(name));
        var stride = File is null ? Sampled : 1;
        var numbers = ((1L << 32) + stride - 1) / stride;
        var chunks = Enumerable.Range(0, (int)((numbers + Chunk - 1) / Chunk));
        var found = chunks.AsParallel().WithDegreeOfParallelism(Environment.ProcessorCount).Select(chunk =>
        {
            var first = (long)chunk * Chunk;
            var x = NumberDigests.Floats(
                (uint)(first * stride), stride, (int)Math.Min(Chunk, numbers - first));
            return Worst(x, function(x), exact);
        }).Aggregate((a, b) => (b.Error > a.Error ? b : a) with { Wrong = a.Wrong + b.Wrong });
        var report = string.Create(CultureInfo.InvariantCulture,
            $"{name}: {found.Error:F4} units in the last place at {found.At:R}, {found.Wrong:N0} of {numbers:N0} "
            + $"({(double)found.Wrong / numbers:P3}) not correctly rounded");
        if (File is not null)
            System.IO.File.AppendAllText(File, report + "\n");
        Assert.True(found.Error <= most, report);
        // A comparison that finds nothing would not tell.
        Assert.InRange(found.Wrong, 1, numbers);
    }

    private static (double Error, float At, long Wrong) Worst(float[] x, float[] y, Func<double, double> exact)
    {
        var (worst, at, wrong) = (0.0, 0f, 0L);
        for (var i = 0; i < x.Length; i++)
        {
            var should = exact(x[i]);
            if (y[i].Equals((float)should))
                continue;
            wrong++;
            var error = Math.Abs(y[i] - should) / Unit(should);
            if (!(error <= worst))
                (worst, at) = (double.IsNaN(error) ? double.PositiveInfinity : error, x[i]);
        }
        return (worst, at, wrong);
    }

    // The distance of neighbors in single precision.
    private static double Unit(double y) => Math.ScaleB(1, Math.Clamp(Math.ILogB(y), -126, 127) - 23);

    private static Func<double, double> Exact(string name) => name switch
    {
        "exp" => Math.Exp,
        // What is below the normal numbers counts as 0.
        "log" => x => x is >= 0 and < 1.17549435e-38 ? double.NegativeInfinity : Math.Log(x),
        "tanh" => Math.Tanh,
        "sigmoid" => x => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x)),
        "softplus" => x => x > 0 ? x + LogOnePlus(Math.Exp(-x)) : LogOnePlus(Math.Exp(x)),
        _ => Gelu,
    };

    // ln(1 + e): what rounding 1 + e takes away is known exactly.
    private static double LogOnePlus(double e)
    {
        if (double.IsNaN(e) || e == 0)
            return e;
        var sum = 1 + e;
        return sum == 1 ? e : Math.Log(sum) * (e / (sum - 1));
    }

    // x times the normal distribution: a series near 0, and Mills' ratio as a continued fraction beyond. The square of
    // a float32 is exact.
    private static double Gelu(double x)
    {
        // Minus infinity times 0 is not a number.
        if (double.IsNaN(x) || double.IsNegativeInfinity(x))
            return double.NaN;
        var a = Math.Abs(x);
        if (a > 40)
            return x > 0 ? x : -0.0;
        var density = Math.Exp(-0.5 * x * x) * 0.3989422804014326779;
        if (a <= 2)
        {
            var (term, sum) = (x, x);
            for (var k = 3; Math.Abs(term) > 1e-18 * Math.Abs(sum); k += 2)
                sum += term *= x * x / k;
            return x * (0.5 + (density * sum));
        }
        var ratio = a;
        for (var k = a < 4 ? 200 : 60; k > 0; k--)
            ratio = a + (k / ratio);
        return x > 0 ? x * (1 - (density / ratio)) : x * (density / ratio);
    }
}
