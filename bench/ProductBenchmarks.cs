using BenchmarkDotNet.Attributes;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Benchmarks;

/// <summary>Matrix products in float32, one thread: the core's, and those of Math.NET's managed provider.</summary>
public class ProductBenchmarks
{
    private Matrix<float> a = null!;
    private Matrix<float> b = null!;

    /// <summary>Rows of the result, its columns, and the length of the sums; NN, TN or NT.</summary>
    [Params(
        "512x512x512 NN", "50x100x784 NN", "50x784x100 NT", "784x100x50 TN",
        "10x100x50 NN", "10x50x100 NT", "50x100x10 TN")]
    public string Shape { get; set; } = "";

    /// <summary>Draws the operands.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Control.UseManaged();
        Control.MaxDegreeOfParallelism = 1;
        int[] sizes = [.. Shape[..^3].Split('x').Select(int.Parse)];
        var (m, n, k) = (sizes[0], sizes[1], sizes[2]);
        a = Shape[^2] == 'T' ? Random(k, m) : Random(m, k);
        b = Shape[^1] == 'T' ? Random(n, k) : Random(k, n);
    }

    /// <summary>Math.NET's managed provider.</summary>
    [Benchmark(Baseline = true)]
    public Matrix<float> MathNet() => Shape[^2..] switch
    {
        "TN" => a.TransposeThisAndMultiply(b),
        "NT" => a.TransposeAndMultiply(b),
        _ => a * b,
    };

    /// <summary>The core.</summary>
    [Benchmark]
    public Matrix<float> Functional() => Shape[^2..] switch
    {
        "TN" => Products.TransposeThisProduct(a, b),
        "NT" => Products.ProductWithTranspose(a, b),
        _ => Products.Product(a, b),
    };

    private static Matrix<float> Random(int rows, int columns) => Matrix<float>.Build.Dense(
        rows, columns, Array.ConvertAll(Key.OfSeed(rows).Uniforms(rows * columns), x => (float)x - 0.5f));
}
