// 6.2.2: how the deviation of the weights shapes the activations of five layers.
//
//     dotnet build -c Release && dotnet fsi book/activation-histograms.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Host.Charts

let key = Key.ofSeed 1L
let x = Matrix<float>.Build.Dense(100, 200, Key.normals 20_000 (Key.child 0 key))

let compare (name, deviation: float) =
    let weights =
        [ for i in 1..5 -> deviation * Matrix<float>.Build.Dense(100, 100, Key.normals 10_000 (Key.child i key)) ]

    // By hand: a scan, since each layer takes the previous layer's output; and the counts of ten bins.
    let layer (h: Matrix<float>) (weight: Matrix<float>) = (weight * h).Map(fun a -> 1.0 / (1.0 + exp -a))
    let count (h: Matrix<float>) =
        let counts = h.Enumerate() |> Seq.countBy (fun value -> min 9 (int (10.0 * value))) |> Map
        [ for bin in 0..9 -> float (counts.TryFind bin |> Option.defaultValue 0) ]
    let byHand = List.scan layer x weights |> List.tail |> List.map count

    // With the library: a network's trace has the outputs of all layers.
    let network =
        [ for weight in weights do
              Layer.affine { Weight = weight; Bias = Vector<float>.Build.Dense 100 }
              Layer.activation Activation.Sigmoid ]
        |> Network.ofLayers
    let trace = Network.trace key network (Batch.ofLabels x (List.replicate 200 0))
    let ours =
        [ for layer in trace.Layers do
              if layer.Layer.StartsWith "sigmoid" then
                  Bins.Of(Array.ofSeq (layer.Output.Enumerate()), 10, 0.0, 1.0).Counts ]

    printfn $"deviation {name}"
    for i, counts in List.indexed byHand do
        printfn $"""  layer {i + 1}: {counts |> List.map (fun count -> $"{count, 6}") |> String.concat " "}"""
    // A value on the edge of two bins may be rounded into either.
    List.forall2 (fun a b -> Seq.forall2 (fun a b -> abs (a - b) <= 2.0) a b) byHand ours

let agree = [ "1", 1.0; "0.01", 0.01; "Xavier", sqrt (1.0 / 100.0) ] |> List.map compare |> List.forall id
printfn $"""the library's histograms {if agree then "are the same" else "differ"}"""
if not agree then exit 1
