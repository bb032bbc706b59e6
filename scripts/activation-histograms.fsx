// How do initial weights spread the activations? Five layers of 100 units (section 6.2.2).
//
//     dotnet build -c Release && dotnet fsi scripts/activation-histograms.fsx

#load "Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Host.Charts

let key = Key.ofSeed 1L

// 1,000 samples of 100 features, all standard normal.
let x = Matrix<float32>.Build.Dense(100, 1000, Key.normals 100_000 (Key.child 0 key) |> Array.map float32)

// The outputs of five layers, each the input of the next: a scan.
let activations activation initializer =
    let layer (h: Matrix<float32>) number =
        let weight: Matrix<float32> = Initializer.weights (Key.child number key) initializer 100 100
        Activation.predict activation (weight * h)
    List.scan layer x [ 1..5 ] |> List.tail

let describe name activation initializer =
    printfn $"\n{name}"
    for i, h in List.indexed (activations activation initializer) do
        let values = h.Enumerate() |> Seq.map float |> Array.ofSeq
        let mean = Array.average values
        let deviation = sqrt (values |> Array.averageBy (fun v -> (v - mean) * (v - mean)))
        printfn $"  layer {i + 1}: mean {mean, 6:F3}, deviation {deviation:F3}"

// Too wide: every sigmoid is close to 0 or 1, where it is flat and passes no gradient.
describe "sigmoid, deviation 1" Activation.Sigmoid (Initializer.Normal 1.0)
// Too narrow: all units give nearly the same output, so one would be enough.
describe "sigmoid, deviation 0.01" Activation.Sigmoid (Initializer.Normal 0.01)
// Just right: the deviation follows the number of inputs.
describe "sigmoid, Xavier" Activation.Sigmoid Initializer.Xavier
// ReLU sets half of its inputs to 0, and He initialization compensates.
describe "relu, Xavier" Activation.Relu Initializer.Xavier
describe "relu, He" Activation.Relu Initializer.He

let histogram name (h: Matrix<float32>) : AxesChart =
    Histogram(name, Axis.Between("activation", 0.0, 1.0), Axis "count", Bins = Bins.Of([| for v in h.Enumerate() -> float v |], 30, 0.0, 1.0))

let histograms activation initializer =
    [| for i, h in List.indexed (activations activation initializer) -> histogram $"layer {i + 1}" h |]

SmallMultiples("Sigmoid with deviation 1: at the ends", histograms Activation.Sigmoid (Initializer.Normal 1.0), Columns = 5) |> Chart.show
SmallMultiples("Sigmoid with Xavier: spread out", histograms Activation.Sigmoid Initializer.Xavier, Columns = 5) |> Chart.show
