// 5.7.3: is backpropagation right? Every derivative by central differences, and the mean absolute difference.
//
//     dotnet build -c Release && dotnet fsi book/gradient-check.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

let key = Key.ofSeed 1L
let batch = Batch.ofLabels (Matrix<float>.Build.Dense(8, 3, Key.normals 24 (Key.child 0 key))) [ 0; 2; 1 ]
let network: Network<float> = Network.create [ 8; 5; 3 ] Activation.Tanh Initializer.Xavier (Key.child 1 key)
let gradient = (Network.gradient key network batch).Parameters

// By hand: move each parameter up and down, one at a time, and see how the loss changes.
let parameters = Network.parameters network
let lossAt (values: float[]) =
    Network.loss (network |> Network.withParameters (parameters |> Parameters.withVector (vector values))) batch
let numbers = Vector.toArray (Parameters.toVector parameters)
let numerical =
    numbers
    |> Array.mapi (fun i w ->
        let h = 1e-4
        (lossAt (Array.updateAt i (w + h) numbers) - lossAt (Array.updateAt i (w - h) numbers)) / (2.0 * h))
let byHand =
    [ for measured, leaf in Seq.zip (parameters |> Parameters.withVector (vector numerical)) gradient ->
          (measured.Values - leaf.Values).PointwiseAbs().Sum() / float leaf.Values.Count ]

// With the library, in one line.
let ours = Differences.check network batch

for byHand, leaf in Seq.zip byHand ours do
    printfn $"{leaf.Parameter}: by hand {byHand:E2}, with the library {leaf.MeanAbsolute:E2}"
if not (List.max byHand < 1e-8 && ours |> Array.forall (fun leaf -> leaf.MeanAbsolute < 1e-8)) then exit 1
