using BenchmarkDotNet.Running;
using Functional.Benchmarks;

if (args is ["rows", .. var rest])
    return RowsBenchmark.Run(rest);
BenchmarkSwitcher.FromAssembly(typeof(StepBenchmarks).Assembly).Run(args);
return 0;
