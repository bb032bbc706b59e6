using BenchmarkDotNet.Attributes;
using Functional.Host.Benchmarks;
using Functional.Host.Charts;
using Functional.Host.Data;

namespace Functional.Benchmarks;

/// <summary>A mini-batch gathered out of 60,000 images that are held as bytes.</summary>
[MemoryDiagnoser]
public class GatherBenchmarks
{
    private const int Batches = 1000;
    private Examples images = null!;
    private int[][] indices = null!;
    private int next;

    /// <summary>Samples of a batch.</summary>
    [Params(100, 128, 256)]
    public int BatchSize { get; set; }

    /// <summary>Draws the batches' samples: so many that the images are no longer in the caches when they come
    /// again.</summary>
    [GlobalSetup]
    public void Setup()
    {
        images = BenchmarkImages.Load().Examples;
        indices = [.. Key.OfSeed(1).Split(Batches).Select(key => key.Integers(BatchSize, images.Count))];
    }

    /// <summary>The next batch.</summary>
    [Benchmark]
    public Batch<float> Gather()
    {
        next = (next + 1) % Batches;
        return images.Batch(indices[next]);
    }
}
