// All of training is one value. Use it twice, and the experiment has two branches with the same past.
//
//     dotnet build -c Release && dotnet fsi scripts/branching.fsx

#load "Functional.fsx"

open Functional
open Functional.FSharp
open Functional.Host.Data

let data = (DataSets.Load "digits").Encode()
let loader = Loader(data.Training, [| 0 .. data.Training.Count - 1 |], 100, Sampling.Shuffle, Key.ofSeed 1L)

let network: Network<float32> =
    Network.create [ data.Encoder.Features; 50; 10 ] Activation.Relu Initializer.He (Key.ofSeed 2L)

/// The state after an epoch, and the losses of its steps.
let epoch (state, losses) number =
    ((state, losses), loader.Epoch number)
    ||> Seq.fold (fun (state, losses) batch ->
        let struct (next, report) = Training.step state batch
        next, report.Loss :: losses)

// Two epochs that all branches share.
let trunk, past = List.fold epoch (Training.start network (Optimizer.Sgd 0.1) (Key.ofSeed 3L), []) [ 0; 1 ]
printfn $"after {trunk.Step} steps: {trunk}"

// Three futures of the same state: with the same rate, a tenth of it, and ten times as much. Each uses the same
// batches, so only the rate makes a difference.
let future rate =
    let state = { trunk with Optimizer = trunk.Optimizer.WithLearningRate rate }
    let last, losses = List.fold epoch (state, []) [ 2; 3 ]
    printfn $"rate {rate, 4}: mean loss {List.average losses:F4} after the branch, last {List.head losses:F4}"
    List.rev (losses @ past)

[ for rate in [ 0.1; 0.01; 1.0 ] -> $"rate {rate}", Seq.ofList (future rate) ]
|> Chart.line "One past, three futures" "step" "loss"
|> Chart.show

// The trunk has not changed.
printfn $"the trunk is still at step {trunk.Step}"
