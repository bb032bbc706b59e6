// 6.4.1, 6.4.2: overfitting on 300 digits, and weight decay: large weights cost something.
//
//     dotnet build -c Release && dotnet fsi book/weight-decay.fsx

#load "../scripts/Functional.fsx"

open Functional
open Functional.FSharp
open Functional.Host.Data

let data = (DataSets.Load "digits").Encode()
let few = data.Training.All[..299]
let training, test = data.Training.Batch few, data.Test.Batch data.Test.All
let loader = Loader(data.Training, few, 100, Sampling.Shuffle, Key.ofSeed 1L)
let batches = Seq.collect loader.Epoch [ 0..9 ] |> Array.ofSeq
let start: Network<float32> =
    Network.create [ 784; 100; 100; 100; 100; 100; 100; 10 ] Activation.Relu Initializer.He (Key.ofSeed 2L)

// By hand: lambda/2 times all weights squared is added to the loss, and lambda W to the gradient of each W.
let lambda, rate = 0.1f, 0.01f
let penalty network =
    Seq.sum
        [ for leaf in Network.parameters network do
              if leaf.Role = Role.Weight then float (lambda / 2.0f * (leaf.Values * leaf.Values)) ]

let step (network, _) batch =
    let gradient = Network.gradient (Key.ofSeed 0L) network batch
    let move (leaf: Parameter<float32>) (g: Parameter<float32>) =
        leaf.Values - rate * (if leaf.Role = Role.Weight then g.Values + lambda * leaf.Values else g.Values)
    let moved = Parameters.map2ByLeaf move (Network.parameters network) gradient.Parameters
    Network.after moved gradient network, gradient.Loss + penalty network

let byHand = Array.scan step (start, 0.0) batches |> Array.tail

// With the library: a penalty is a property of the network.
let next (state, _) batch = let struct (state, report: StepReport) = Training.step state batch in state, report.Loss
let penalized = Network.withPenalty (Penalty.L2(float lambda)) start
let first = Training.start penalized (Optimizer.Sgd(float rate)) (Key.ofSeed 3L)
let ours = Array.scan next (first, 0.0) batches |> Array.tail

let network, state = fst (Array.last byHand), fst (Array.last ours)
printfn $"after {state.Step} steps: training {Metrics.accuracy state.Network training:P1}, \
          test {Metrics.accuracy state.Network test:P1}; loss {Network.loss state.Network training:F4}, \
          by hand {Network.loss network training + penalty network:F4}"
let difference = Array.map2 (fun (_, a) (_, b) -> abs (a - b) / b) byHand ours |> Array.max
printfn $"largest difference of a loss: {difference:E1} of it"
if not (difference < 1e-4) then exit 1
