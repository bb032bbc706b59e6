using BenchmarkDotNet.Running;
using Functional.Benchmarks;

if (args is ["inference", .. var words])
    return InferenceBenchmark.Run(words);
if (args is ["rows", .. var rest])
    return RowsBenchmark.Run(rest);
BenchmarkSwitcher.FromAssembly(typeof(StepBenchmarks).Assembly).Run(args);
return 0;
