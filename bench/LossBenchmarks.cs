using BenchmarkDotNet.Attributes;
using Functional.FSharp;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Benchmarks;

/// <summary>Softmax cross-entropy of ten classes with its gradient.</summary>
[MemoryDiagnoser]
public class LossBenchmarks
{
    private const int Classes = 10;
    private Matrix<float> scores = null!;
    private Targets<float> labels = null!;
    private Targets<float> oneHot = null!;

    /// <summary>Samples of the batch.</summary>
    [Params(100, 128, 256)]
    public int BatchSize { get; set; }

    /// <summary>Draws scores and labels.</summary>
    [GlobalSetup]
    public void Setup()
    {
        scores = Matrix<float>.Build.Dense(
            Classes, BatchSize, Array.ConvertAll(Key.OfSeed(1).Normals(Classes * BatchSize), x => (float)x));
        var classes = Key.OfSeed(2).Integers(BatchSize, Classes);
        labels = Targets<float>.NewLabels(classes);
        oneHot = Targets<float>.NewValues(Batch.OneHot<float>(Classes, classes));
    }

    /// <summary>With a label per sample.</summary>
    [Benchmark(Baseline = true)]
    public double Labels() => FSharp.Loss.forward(Loss.SoftmaxCrossEntropy(), scores, labels).Item1;

    /// <summary>With a column of targets per sample.</summary>
    [Benchmark]
    public double OneHot() => FSharp.Loss.forward(Loss.SoftmaxCrossEntropy(), scores, oneHot).Item1;
}
