namespace Functional.Benchmarks.Samplers

open Functional.Host.Search

/// Something to search, with a value to be minimized.
type Task =
    { Name: string
      Space: Hyperparameter list
      /// The least value there is.
      Least: float
      Value: Configuration -> float }
