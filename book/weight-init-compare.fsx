// 6.2.4: initial weights with deviation 0.01, Xavier's and He's, and the loss with each.
//
//     dotnet build -c Release && dotnet fsi book/weight-init-compare.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Host.Data

let data = (DataSets.Load "digits").Encode()
let loader = Loader(data.Training, data.Training.All, 128, Sampling.Replacement, Key.ofSeed 1L)
let batches = loader.Epoch 0 |> Seq.truncate 60 |> Array.ofSeq
let sizes = [ 784; 100; 100; 100; 100; 10 ]
let key = Key.ofSeed 2L

let compare (name, deviation: int -> float, initializer) =
    // By hand: normal numbers times the deviation.
    let affine i (inputs, outputs) =
        let numbers = Key.normals (outputs * inputs) (Key.child i key)
        Matrix<float32>.Build.Dense(outputs, inputs, Array.map (fun z -> float32 (deviation inputs * z)) numbers)
    let byHand = List.pairwise sizes |> List.mapi affine

    // With the library: an initializer.
    let network: Network<float32> = Network.create sizes Activation.Relu initializer key
    let ours = [ for leaf in Network.parameters network do if leaf.Role = Role.Weight then leaf.Matrix ]
    let off (a: Matrix<float32>) (b: Matrix<float32>) = (a - b).Enumerate() |> Seq.map abs |> Seq.max
    let difference = List.max (List.map2 off byHand ours)

    let step (state, losses) batch =
        let struct (state, report: StepReport) = Training.step state batch
        state, if report.Step % 20 = 0 then report.Loss :: losses else losses
    let _, losses = Array.fold step (Training.start network (Optimizer.Sgd 0.01) key, []) batches
    let losses = List.rev losses |> List.map (fun loss -> $"{loss:F3}") |> String.concat " "
    printfn $"{name, -7} weights differ by {difference:E1}; loss {losses}"
    difference

let differences =
    [ "0.01", (fun _ -> 0.01), Initializer.Normal 0.01
      "Xavier", (fun inputs -> sqrt (1.0 / float inputs)), Initializer.Xavier
      "He", (fun inputs -> sqrt (2.0 / float inputs)), Initializer.He ]
    |> List.map compare
if not (List.max differences < 1e-6f) then exit 1
