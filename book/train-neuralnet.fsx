// 5.7.4: training. Take a mini-batch, compute the gradient, take a step, repeat.
//
//     dotnet build -c Release && dotnet fsi book/train-neuralnet.fsx

#load "../scripts/Functional.fsx"

open Functional
open Functional.FSharp
open Functional.Host.Data

let data = (DataSets.Load "digits").Encode()
let test = data.Test.Batch data.Test.All
let loader = Loader(data.Training, data.Training.All, 100, Sampling.Replacement, Key.ofSeed 1L)
let batches = Array.ofSeq (loader.Epoch 0)
let start: Network<float32> = Network.create [ 784; 50; 10 ] Activation.Relu (Initializer.Normal 0.01) (Key.ofSeed 2L)

// By hand.
let rate = 0.1f
let step network batch =
    let gradient = Network.gradient (Key.ofSeed 0L) network batch
    let moved = Parameters.map2 (fun w g -> w - rate * g) (Network.parameters network) gradient.Parameters
    Network.after moved gradient network

let networks = Array.scan step start batches
for iteration in 0..20 .. batches.Length do
    printfn $"iteration {iteration}: test accuracy {Metrics.accuracy networks[iteration] test:P1}"

// With the library: `Training.step`.
let next state batch = let struct (state, _) = Training.step state batch in state
let state = Array.fold next (Training.start start (Optimizer.Sgd(float rate)) (Key.ofSeed 3L)) batches

let numbers network = Parameters.toVector (Network.parameters network)
let difference = (numbers (Array.last networks) - numbers state.Network).InfinityNorm()
printfn $"after {state.Step} iterations {Metrics.accuracy state.Network test:P1}; largest difference: {difference:E1}"
if not (difference < 1e-6) then exit 1
