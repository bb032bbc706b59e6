using System.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Providers.LinearAlgebra;

namespace Functional.Host.Benchmarks;

/// <summary>A matrix product that is measured.</summary>
/// <param name="M">Rows of the result.</param>
/// <param name="N">Columns of the result.</param>
/// <param name="K">The length of each sum.</param>
/// <param name="Transposes">NN, TN (the first operand is transposed) or NT (the second is).</param>
internal sealed record ProductWorkload(int M, int N, int K, string Transposes)
{
    /// <summary>Large ones, then those of a layer 784 -> 50 with 100 samples, then those of a layer 50 -> 10.</summary>
    public static IReadOnlyList<ProductWorkload> All { get; } =
    [
        new(1024, 1024, 1024, "NN"), new(1024, 1024, 1024, "TN"), new(1024, 1024, 1024, "NT"), new(512, 512, 512, "NN"),
        new(512, 512, 512, "TN"), new(512, 512, 512, "NT"),
        new(50, 100, 784, "NN"), new(50, 784, 100, "NT"), new(784, 100, 50, "TN"),
        new(10, 100, 50, "NN"), new(10, 50, 100, "NT"), new(50, 100, 10, "TN"),
    ];

    /// <summary>What <c>--only</c> looks at.</summary>
    public string Name => $"product {M}x{N}x{K} {Transposes}";

    /// <summary>Whether it is measured with several threads, and in double, too.</summary>
    public bool IsLarge => Math.Min(M, Math.Min(N, K)) >= 512;

    private double Operations => 2.0 * M * N * K;

    /// <summary>
    /// Measures it beside the peak with as many threads: into an array that is there, as BLAS is measured, and into a
    /// fresh one.</summary>
    public ProductTime Measure<T>(Peak peak, double seconds) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var a = Transposes[0] == 'T' ? Random<T>(K, M) : Random<T>(M, K);
        var b = Transposes[1] == 'T' ? Random<T>(N, K) : Random<T>(K, N);
        Func<Matrix<T>> fresh = Transposes switch
        {
            "TN" => () => Products.TransposeThisProduct(a, b),
            "NT" => () => Products.ProductWithTranspose(a, b),
            _ => () => Products.Product(a, b),
        };
        var (left, right, result) = (a.AsColumnMajorArray(), b.AsColumnMajorArray(), fresh().AsColumnMajorArray());
        if (new MathNetProvider(peak.Threads) is not ILinearAlgebraProvider<T> provider)
            throw new NotSupportedException($"there are no products of {typeof(T).Name}");
        var time = Timing.Fastest(seconds, () => provider.MatrixMultiplyWithUpdate(
            Operation(0), Operation(1), T.One, left, a.RowCount, a.ColumnCount, right, b.RowCount, b.ColumnCount,
            T.Zero, result));
        var freshTime = Threads.Use(peak.Threads, () => Timing.Fastest(seconds, () => fresh()));
        var gflops = Operations / time / 1e9;
        return new ProductTime(
            M, N, K, Transposes, MachineLimits.NameOf<T>(), peak.Threads, time * 1e6, gflops, gflops / peak.Gflops,
            freshTime * 1e6);
    }

    private Transpose Operation(int operand) =>
        Transposes[operand] == 'T' ? Transpose.Transpose : Transpose.DontTranspose;

    private static Matrix<T> Random<T>(int rows, int columns) where T : unmanaged, IFloatingPointIeee754<T> =>
        Matrix<T>.Build.Dense(rows, columns, Array.ConvertAll(
            Key.OfSeed(rows).Uniforms(rows * columns), x => T.CreateChecked(x - 0.5)));
}
