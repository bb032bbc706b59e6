// States are values, so you can keep every state of a run, and go back to where something happened.
//
//     dotnet build -c Release && dotnet fsi scripts/time-travel.fsx

#load "Functional.fsx"

open Functional
open Functional.FSharp
open Functional.Host.Data

let data = (DataSets.Load "digits").Encode()
let batch (samples: int[]) = data.Training.Batch samples
let loader = Loader(data.Training, [| 0 .. data.Training.Count - 1 |], 100, Sampling.Replacement, Key.ofSeed 1L)

let network: Network<float32> =
    Network.create [ data.Encoder.Features; 50; 10 ] Activation.Relu Initializer.He (Key.ofSeed 2L)

// A learning rate that is too high, and every state along the way: a scan.
let start = Training.start network (Optimizer.Sgd 2.0) (Key.ofSeed 3L)
let batches = Seq.initInfinite loader.Epoch |> Seq.concat |> Seq.take 60 |> Array.ofSeq

let history =
    (struct (start, { Step = 0; Loss = nan }), batches)
    ||> Array.scan (fun (struct (state, _)) batch -> Training.step state batch)

let losses = [| for struct (_, report) in Array.tail history -> report.Loss |]
Chart.line "A rate that is too high" "step" "loss" [ ("loss", losses) ] |> Chart.show

// Where did the loss jump most?
let jump = Array.pairwise losses |> Array.indexed |> Array.maxBy (fun (_, (before, after)) -> after - before) |> fst
printfn $"the loss jumped most after step {jump + 1}: from {losses[jump]:F3} to {losses[jump + 1]:F3}"

// Go back to the state before that step, and repeat the step with other rates.
let struct (before, _) = history[jump]
printfn $"back at {before}"

for rate in [ 2.0; 1.0; 0.5; 0.1 ] do
    let state = { before with Optimizer = before.Optimizer.WithLearningRate rate }
    let struct (after, _) = Training.step state batches[jump]
    printfn $"  rate {rate, 4}: the next batch's loss is {Network.loss after.Network batches[jump + 1]:F3}"

// The same step from the same state always gives the same bits.
let struct (again, _) = Training.step before batches[jump]
let struct (after, _) = history[jump + 1]
printfn $"the step again: {Network.digest again.Network = Network.digest after.Network}"
