// 6.1.8: four optimizers on the same digits, from the same weights, with the same mini-batches.
//
//     dotnet build -c Release && dotnet fsi book/optimizer-compare.fsx

#load "../scripts/Functional.fsx"

open Functional
open Functional.FSharp
open Functional.Host.Data

let data = (DataSets.Load "digits").Encode()
let loader = Loader(data.Training, data.Training.All[..1999], 100, Sampling.Shuffle, Key.ofSeed 1L)
let batches = Seq.append (loader.Epoch 0) (loader.Epoch 1) |> Array.ofSeq
let start: Network<float32> = Network.create [ 784; 100; 100; 10 ] Activation.Relu Initializer.He (Key.ofSeed 2L)

let compare (optimizer: Optimizer) =
    // By hand: gradient and update, as in the book's loop.
    let step (network, state, _) batch =
        let gradient = Network.gradient (Key.ofSeed 0L) network batch
        let struct (moved, state) = Optimizer.update optimizer state (Network.parameters network) gradient.Parameters
        Network.after moved gradient network, state, gradient.Loss
    let _, _, byHand = Array.fold step (start, Optimizer.init optimizer (Network.parameters start), 0.0) batches

    // With the library.
    let next (state, _) batch = let struct (state, report: StepReport) = Training.step state batch in state, report.Loss
    let _, ours = Array.fold next (Training.start start optimizer (Key.ofSeed 3L), 0.0) batches

    printfn $"{optimizer.Rule.Name, -9} loss by hand {byHand:F6}, with the library {ours:F6}"
    abs (byHand - ours)

let differences =
    [ Optimizer.Sgd 0.01; Optimizer.Momentum(); Optimizer.AdaGrad 0.01; Optimizer.Adam() ] |> List.map compare
if not (List.max differences < 1e-6) then exit 1
