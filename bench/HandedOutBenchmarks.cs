using BenchmarkDotNet.Attributes;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Storage;

namespace Functional.Benchmarks;

/// <summary>What it costs that nobody can write to a network through what it hands out: a copy of 784 x 256 weights and
/// what is computed with it, and the same through a matrix that refuses writes (docs/architecture.md).</summary>
[MemoryDiagnoser]
public class HandedOutBenchmarks
{
    private readonly Network<float> network = Network.Create([784, 256, 10], Activation.Relu, Initializer.He, seed: 1);
    private readonly Matrix<float> x = Matrix<float>.Build.Dense(784, 100, 0.5f);
    private readonly Batch<float> batch = Batch.Of(Matrix<float>.Build.Dense(784, 100, 0.5f), new int[100]);
    private Matrix<float> copy = null!;
    private Matrix<float> view = null!;

    /// <summary>Makes the copy and the view.</summary>
    [GlobalSetup]
    public void Setup() => (copy, view) = (network.Parameters()[0].Matrix, new View(network.Parameters()[0].Matrix));

    /// <summary>A copy, as the library hands it out.</summary>
    [Benchmark(Baseline = true)]
    public Matrix<float> Copy() => network.Parameters()[0].Matrix;

    /// <summary>A view.</summary>
    [Benchmark]
    public Matrix<float> ReadOnlyView() => new View(copy);

    /// <summary>The inputs of a batch of 100, a copy, too.</summary>
    [Benchmark]
    public Matrix<float> BatchInputs() => batch.Inputs;

    /// <summary>Sums of rows, with the copy.</summary>
    [Benchmark]
    public Vector<float> SumsOfCopy() => copy.RowSums();

    /// <summary>Sums of rows, through the view.</summary>
    [Benchmark]
    public Vector<float> SumsOfView() => view.RowSums();

    /// <summary>A product with 100 samples, with the copy.</summary>
    [Benchmark]
    public Matrix<float> ProductOfCopy() => copy * x;

    /// <summary>A product with 100 samples, through the view.</summary>
    [Benchmark]
    public Matrix<float> ProductOfView() => view * x;

    private sealed class View(Matrix<float> inner) : MathNet.Numerics.LinearAlgebra.Single.Matrix(new Storage(inner));

    private sealed class Storage(Matrix<float> inner) : MatrixStorage<float>(inner.RowCount, inner.ColumnCount)
    {
        public override bool IsDense => true;

        public override bool IsFullyMutable => false;

        public override bool IsMutableAt(int row, int column) => false;

        public override float At(int row, int column) => inner.At(row, column);

        public override void At(int row, int column, float value) => throw new NotSupportedException("read-only");
    }
}
