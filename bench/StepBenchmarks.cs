using BenchmarkDotNet.Attributes;
using Functional.Host.Benchmarks;

namespace Functional.Benchmarks;

/// <summary>Training steps, the workloads of <c>functional bench</c> with a batch that is gathered already.</summary>
[MemoryDiagnoser]
public class StepBenchmarks
{
    private TrainingState<float> state = null!;
    private Batch<float> batch = null!;

    /// <summary>The workloads' names.</summary>
    public static IEnumerable<string> Workloads => StepWorkload.All.Select(workload => workload.Name);

    /// <summary>The workload.</summary>
    [ParamsSource(nameof(Workloads))]
    public string Workload { get; set; } = "";

    /// <summary>How many threads the core may use.</summary>
    [Params(1, 2)]
    public int ThreadCount { get; set; }

    /// <summary>Makes the network and a batch.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var workload = StepWorkload.All.First(workload => workload.Name == Workload);
        var images = BenchmarkImages.Load().Examples;
        state = Training.Start(workload.Network(), workload.Optimizer, seed: 1);
        batch = images.Batch(Key.OfSeed(1).Integers(workload.BatchSize, images.Count));
    }

    /// <summary>The next state; this one is used again.</summary>
    [Benchmark]
    public TrainingState<float> Step() => Threads.Use(ThreadCount, () => Training.Step(state, batch).Item1);
}
