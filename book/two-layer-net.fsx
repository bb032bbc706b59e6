// 5.7.2: TwoLayerNet. Layers in order: `predict` goes through them, `gradient` goes back.
//
//     dotnet build -c Release && dotnet fsi book/two-layer-net.fsx

#load "../scripts/Functional.fsx"

open System
open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

let key = Key.ofSeed 1L
let x = Matrix<float>.Build.Dense(6, 5, Key.normals 30 (Key.child 0 key))
let t: Matrix<float> = Batch.oneHot 3 [ 0; 2; 1; 1; 0 ]

// By hand, from the library's layers: names and layers in order.
let affine inputs outputs key : ILayer<float> =
    Layer.affine
        { Weight = 0.01 * Matrix<float>.Build.Dense(outputs, inputs, Key.normals (outputs * inputs) key)
          Bias = Vector<float>.Build.Dense outputs }

let layers =
    [ "Affine1", affine 6 4 (Key.child 1 key)
      "Relu1", Layer.activation Activation.Relu
      "Affine2", affine 4 3 (Key.child 2 key) ]

let predict x = List.fold (fun x (_, layer: ILayer<float>) -> layer.Predict x) x layers

let lossOf scores = Loss.forward (Loss.SoftmaxCrossEntropy()) scores (Targets.Values t)

let gradient x =
    // Forward: each layer leaves what it takes to come back; the last one is on top.
    let forward (x, stack) (name, layer) =
        let struct (y, back) = Layer.forward key layer x
        y, (name, back) :: stack
    let scores, stack = List.fold forward (x, []) layers
    let struct (_, dScores) = lossOf scores

    // Backward: from dL/dL = 1 through the layers in reverse.
    let backward (dOut: Matrix<float>, gradients) (name: string, back) =
        let struct (leaves: IReadOnlyList<Parameter<float>>, dx: Lazy<Matrix<float>>) = back dOut
        dx.Value, [ for leaf in leaves -> $"{name}.{leaf.Name}", leaf.Values ] @ gradients
    snd (List.fold backward (1.0 * dScores, []) stack)

// With the library: a network of the same layers.
let network = Network.ofLayers (List.map snd layers)
let ours = Network.gradient key network (Batch.ofTargets x t)

let struct (loss, _) = lossOf (predict x)
let right = Seq.zip (Metrics.classes (predict x)) (Metrics.classes t) |> Seq.filter (fun (y, t) -> y = t) |> Seq.length
printfn $"{network}: loss by hand {loss:F6}, with the library {ours.Loss:F6}; {right} of 5 right"

let differences =
    [ for (name, values), leaf in Seq.zip (gradient x) ours.Parameters do
          let difference = (values - leaf.Values).InfinityNorm()
          printfn $"{name}: largest difference {difference:E1}"
          difference ]
if not (List.max (abs (loss - ours.Loss) :: differences) < 1e-12) then exit 1
