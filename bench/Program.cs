using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(Functional.Benchmarks.StepBenchmarks).Assembly).Run(args);
