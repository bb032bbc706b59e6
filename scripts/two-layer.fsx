// A two-layer network learns to recognize digits, one pure step after another.
//
//     dotnet build -c Release && dotnet fsi scripts/two-layer.fsx
//
// Send it to F# Interactive line by line and look at every value. None of them ever changes.

#load "Functional.fsx"

open Functional
open Functional.FSharp
open Functional.Host.Data

let data = (DataSets.Load "digits").Encode()

// Pixels stay bytes until a batch is gathered; a batch holds one sample per column.
let loader = Loader(data.Training, [| 0 .. data.Training.Count - 1 |], 100, Sampling.Shuffle, Key.ofSeed 1L)

let test = data.Test.Batch data.Test.All

// 784 pixels, 50 hidden units, 10 classes. The key determines the initial weights.
let network: Network<float32> = Network.create [ data.Encoder.Features; 50; 10 ] Activation.Relu Initializer.He (Key.ofSeed 2L)

printfn $"{network}"
printfn $"before training: loss {Network.loss network test:F3}, accuracy {Metrics.accuracy network test:P1}"

// Training is a fold: the step takes a state and a batch, and returns the next state.
let epoch state number =
    loader.Epoch number |> Seq.fold (fun state batch -> let struct (next, _) = Training.step state batch in next) state

let start = Training.start network (Optimizer.Sgd 0.1) (Key.ofSeed 3L)
let states = [ 0..2 ] |> List.scan epoch start

for state in states.Tail do
    printfn $"after {state.Step} steps: loss {Network.loss state.Network test:F3}, accuracy {Metrics.accuracy state.Network test:P1}"

// All earlier states still exist; the first one has learned nothing.
printfn $"the first state again: accuracy {Metrics.accuracy start.Network test:P1}"
