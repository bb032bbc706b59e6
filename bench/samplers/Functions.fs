/// Functions whose least value is known: of real numbers, of integers and choices, and with hyperparameters that only
/// some configurations have.
module Functional.Benchmarks.Samplers.Functions

open System
open Functional
open Functional.Host.Search
open Functional.Properties.Search

let private named (name: string) = TestFunctions.all |> List.find (fun test -> test.Name = name)

let private square (x: float) = x * x

let private choice (name: string) (values: string) = Hyperparameter.Choice(name, values.Split '|')

let private onlyIf (name: string) (values: string) (one: Hyperparameter) = one.When(name, values.Split '|')

let private log10 (x: float) = Elementary.Log x / Elementary.Log 10.0

/// The function in a number of dimensions, over a range whose middle is not the best place.
let private real (name: string) (dimensions: int) (low: float, high: float) : Task =
    let test = named name
    let kind = name.Split(' ')[0]
    { Name = $"{kind} {dimensions}"
      Space = [ for i in 1..dimensions -> Hyperparameter.Uniform($"x{i}", low, high) ]
      Least = test.Least * float dimensions / float test.Ranges.Length
      Value = fun c -> test.Value [| for i in 1..dimensions -> c.Number $"x{i}" |] }

let private asPublished (name: string) : Task =
    let test = named name
    { Name = if Char.IsDigit name[name.Length - 1] then name else $"{name} {test.Ranges.Length}"
      Space = [ for i, (low, high) in List.indexed test.Ranges -> Hyperparameter.Uniform($"x{i}", low, high) ]
      Least = test.Least
      Value = fun c -> test.Value [| for i in 0 .. test.Ranges.Length - 1 -> c.Number $"x{i}" |] }

let private branin, hartmann3, hartmann6, rosenbrock =
    named "Branin", named "Hartmann 3", named "Hartmann 6", named "Rosenbrock 4"

/// Real, integer and chosen numbers side by side.
let private mixed: Task list =
    [ { Name = "mixed Rosenbrock"
        Space =
          [ Hyperparameter.UniformInteger("a", -5, 10); Hyperparameter.Uniform("b", -5.0, 10.0)
            Hyperparameter.UniformInteger("c", -5, 10); Hyperparameter.Uniform("d", -5.0, 10.0) ]
        Least = 0.0
        Value = fun c -> rosenbrock.Value [| for name in [ "a"; "b"; "c"; "d" ] -> c.Number name |] }
      { Name = "five Branins"
        Space =
          [ choice "kind" "a|b|c|d|e"
            Hyperparameter.Uniform("x", -5.0, 10.0); Hyperparameter.Uniform("y", 0.0, 15.0) ]
        Least = branin.Least
        Value =
          fun c ->
              // The others are moved out of their range in part, and lie higher.
              let place = "dbeac".IndexOf(c.Choice "kind", StringComparison.Ordinal)
              branin.Value [| c.Number "x" + 2.0 * float place; c.Number "y" - float place |] + 3.0 * float place }
      { Name = "mixed Hartmann"
        Space =
          [ choice "order" "forward|backward|turned"
            yield! [ for i in 1..3 -> Hyperparameter.Uniform($"x{i}", 0.0, 1.0) ]
            yield! [ for i in 4..6 -> Hyperparameter.UniformInteger($"x{i}", 0, 20) ] ]
        Least = hartmann6.Least
        Value =
          fun c ->
              let x = [| for i in 1..6 -> if i <= 3 then c.Number $"x{i}" else c.Number $"x{i}" / 20.0 |]
              match c.Choice "order" with
              | "forward" -> hartmann6.Value x
              | "backward" -> hartmann6.Value(Array.rev x)
              | _ -> hartmann6.Value [| for i in 0..5 -> x[(i + 3) % 6] |] }
      { Name = "rates"
        Space =
          [ Hyperparameter.LogUniform("rate", 1e-6, 10.0); Hyperparameter.LogUniform("decay", 1e-8, 1e-1)
            Hyperparameter.LogUniformInteger("batch", 1, 1024); Hyperparameter.UniformInteger("depth", 1, 8)
            Hyperparameter.LogUniformInteger("units", 8, 2048); choice "act" "relu|tanh|sigmoid" ]
        Least = 0.0
        Value =
          fun c ->
              // A valley along which rate and batch make up for each other, with a cliff where the rate is too large.
              let rate, batch = log10 (c.Number "rate"), log10 (c.Number "batch" / 32.0)
              let off = rate + 2.0 - 0.5 * batch
              square off + (if off > 1.5 then 10.0 else 0.0)
              + 0.1 * square (log10 (c.Number "decay") + 4.0) + 0.2 * square batch
              + 0.05 * square (c.Number "depth" - 3.0) + 0.3 * square (log10 (c.Number "units" / 256.0))
              + (match c.Choice "act" with "relu" -> 0.0 | "tanh" -> 0.1 | _ -> 0.05 * c.Number "depth") } ]

/// Hyperparameters that only some configurations have.
let private conditional: Task list =
    [ { Name = "one of three"
        Space =
          [ choice "kind" "plane|cube|line"
            Hyperparameter.Uniform("x", -5.0, 10.0) |> onlyIf "kind" "plane"
            Hyperparameter.Uniform("y", 0.0, 15.0) |> onlyIf "kind" "plane"
            yield! [ for i in 1..3 -> Hyperparameter.Uniform($"u{i}", 0.0, 1.0) |> onlyIf "kind" "cube" ]
            Hyperparameter.Uniform("t", -3.0, 1.0) |> onlyIf "kind" "line" ]
        Least = 0.0
        Value =
          fun c ->
              match c.Choice "kind" with
              | "plane" -> (branin.Value [| c.Number "x"; c.Number "y" |] - branin.Least) / 10.0 + 0.2
              | "cube" -> hartmann3.Value [| for i in 1..3 -> c.Number $"u{i}" |] - hartmann3.Least
              | _ -> square (c.Number "t") + 0.5 }
      { Name = "layers"
        Space =
          [ choice "layers" "1|2|3"; Hyperparameter.LogUniform("rate", 1e-5, 1.0)
            Hyperparameter.LogUniformInteger("units1", 4, 512)
            Hyperparameter.LogUniformInteger("units2", 4, 512) |> onlyIf "layers" "2|3"
            Hyperparameter.LogUniformInteger("units3", 4, 512) |> onlyIf "layers" "3" ]
        Least = 0.0
        Value =
          fun c ->
              let layers = c.Integer "layers"
              // Of two layers, the first large and the second small; each number of layers has a rate of its own.
              let far (name: string) (best: float) = square (log10 (c.Number name / best))
              0.5 * square (log10 (c.Number "rate") + 1.5 + 0.5 * float layers)
              + (match layers with
                 | 1 -> 0.3 + far "units1" 300.0
                 | 2 -> far "units1" 200.0 + far "units2" 40.0
                 | _ -> 0.1 + far "units1" 100.0 + far "units2" 100.0 + far "units3" 20.0) }
      { Name = "optimizers"
        Space =
          [ choice "optimizer" "sgd|momentum|adam"
            Hyperparameter.LogUniform("rate", 1e-6, 10.0)
            Hyperparameter.Uniform("momentum", 0.0, 0.99) |> onlyIf "optimizer" "momentum"
            Hyperparameter.Uniform("beta1", 0.5, 0.99) |> onlyIf "optimizer" "adam"
            Hyperparameter.LogUniform("epsilon", 1e-10, 1e-2) |> onlyIf "optimizer" "adam"
            Hyperparameter.Uniform("dropout", 0.0, 0.8) ]
        Least = 0.0
        Value =
          fun c ->
              let rate = log10 (c.Number "rate")
              2.0 * square (c.Number "dropout" - 0.3)
              + (match c.Choice "optimizer" with
                 | "sgd" -> 0.4 + 0.5 * square rate
                 // What counts is rate / (1 - momentum).
                 | "momentum" ->
                     0.5 * square (rate - log10 (1.0 - c.Number "momentum")) + square (c.Number "momentum" - 0.9)
                 | _ ->
                     0.1 + 0.3 * square (rate + 3.0) + square (c.Number "beta1" - 0.9)
                     + 0.02 * square (log10 (c.Number "epsilon") + 8.0)) } ]

let all: Task list =
    [ asPublished "Branin"
      asPublished "six-hump camel"
      asPublished "Beale"
      asPublished "Hartmann 3"
      asPublished "Hartmann 6"
      asPublished "Rosenbrock 4"
      real "Rastrigin 3" 3 (-4.0, 6.5)
      real "Ackley 4" 4 (-20.0, 45.0)
      real "Levy 4" 4 (-10.0, 8.0)
      real "Styblinski-Tang 4" 4 (-5.0, 5.0)
      real "Ackley 4" 10 (-20.0, 45.0)
      real "Rosenbrock 4" 10 (-5.0, 10.0)
      real "Styblinski-Tang 4" 10 (-5.0, 5.0)
      real "Levy 4" 20 (-10.0, 8.0)
      yield! mixed
      yield! conditional ]
