module Functional.Properties.NetworkLaws

open System
open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open FsCheck
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases
open Functional.Properties.Gradients

let private gradient<'T when Real<'T>> (case: Case) : Gradient<'T> =
    Network.gradient case.Key (network case) (batch case)

let private forwardIsGradient<'T when Real<'T>> (case: Case) =
    let network, batch = network<'T> case, batch<'T> case
    let struct (scores, pullback) = Network.forward case.Key network batch.Inputs
    let struct (_, dScores) = Loss.forward network.Loss scores batch.Targets
    let struct (gradient, dx) = pullback dScores
    sameParameters (Network.gradient case.Key network batch).Parameters gradient.Parameters
    Assert.Equal(struct (batch.Features, batch.Samples), struct (dx.Value.RowCount, dx.Value.ColumnCount))

let private lossesAgree<'T when Real<'T>> (case: Case) =
    Assert.Equal(Network.loss (network<'T> case) (batch case), (gradient<'T> case).Loss)

let private sameTwice<'T when Real<'T>> (case: Case) =
    sameMatrix (Network.predict (network<'T> case) (inputs case)) (Network.predict (network<'T> case) (inputs case))
    sameParameters (gradient<'T> case).Parameters (gradient<'T> case).Parameters

/// Shapes from which products are cut into parts for threads.
let private large: Arbitrary<Case> =
    let ofGrid (grid: Grid) =
        { composed [] grid.Columns grid.Seed with
            Inputs = 40
            Layers =
                [ Units grid.Rows; Elementwise Activation.Sigmoid; Units 50; Elementwise Activation.Relu; Units 10 ] }
    let rows (case: Case) = case.Layers |> List.pick (function Units rows -> Some rows | _ -> None)
    let toGrid (case: Case) = { Rows = rows case; Columns = case.Samples; Seed = case.Seed }
    Arb.convert ofGrid toGrid (gridsFrom 70 130)

let private threadsAgree<'T when Real<'T>> (threads: int list) (case: Case) =
    let network, batch = network<'T> case, batch<'T> case
    let run threads = Team.withThreads threads (fun () -> Network.gradient case.Key network batch)
    let alone = run 1
    for threads in threads do
        let together = run threads
        Assert.Equal(alone.Loss, together.Loss)
        sameParameters alone.Parameters together.Parameters

/// A network's scores, and which inputs of activations are positive on the way: between the two sides may lie a kink.
let private scoresAndSides<'T when Real<'T>> (network: Network<'T>) (x: Matrix<'T>) : struct (Matrix<'T> * bool list) =
    let mutable x, sides = x, []
    for layer in network.Layers do
        match layer with
        | :? ActivationLayer<'T> -> sides <- [ for x in doubles x -> x > 0.0 ] @ sides
        | _ -> ()
        x <- Layer.predict layer x
    struct (x, sides)

/// With statistics as after a step, so that batch norm has something to evaluate by.
let private stepped<'T when Real<'T>> (case: Case) : Network<'T> =
    Network.withStatistics (gradient<'T> case).Statistics (network case)

let private samplesAreAlone<'T when Real<'T>> (case: Case) =
    let network, x = stepped<'T> case, inputs<'T> case
    let together = elements (Network.predict network x)
    let alone j = elements (Network.predict network (x.SubMatrix(0, x.RowCount, j, 1)))
    sameBits (Array.collect alone [| 0 .. case.Samples - 1 |]) together

/// A custom layer that adds what its key draws.
let private noise = passing "noise" id (fun key x -> x + matrix x.RowCount x.ColumnCount key)

/// Affine layers that each fit by themselves, but not each other: one fault per seam, one more per wrong bias.
let private faultyLayers (seams: int) (biases: int) : ILayer<float> list =
    [ for i in 0 .. seams do
          let bias = if i < biases then 50 + i else i + 2
          Layer.affine { Weight = Matrix.Build.Dense(i + 2, 20 + i); Bias = Vector.Build.Dense bias } ]

[<Tests>]
let laws =
    testList "network" [
        gradientLaw
            "the gradient of a network with a layer of any kind is the derivative of its training loss"
            singles requireGradients

        gradientLaw "the gradient of any network is the derivative of its training loss" compositions requireGradients

        gradientLaw
            "the gradient of a wider network is the derivative of its training loss"
            (cases 9 4) requireGradients

        law "forward, a loss and the pullback are the gradient" (cases 20 10) <| fun case ->
            forwardIsGradient<float32> case
            forwardIsGradient<float> case

        law "a gradient has the leaves of the parameters" (cases 20 5) <| fun case ->
            let parameters = Network.parameters (network<float32> case)
            Assert.Equal<string * Role * Shape>(leavesOf parameters, leavesOf (gradient<float32> case).Parameters)

        law "the loss in training is the loss in evaluation" (cases 40 20) <| fun case ->
            lossesAgree<float32> case
            lossesAgree<float> case

        law "a batch of n is the mean of n batches of 1" (cases 20 10) <| fun case ->
            let network, batch = network<float> case, batch<float> case
            let all = Network.gradient case.Key network batch
            let alone = [| for j in 0 .. case.Samples - 1 -> Network.gradient case.Key network (sample j batch) |]
            near 1e-12 1e-13 [| alone |> Array.averageBy _.Loss |] [| all.Loss |]
            let vectors = alone |> Array.map (fun one -> doublesOf one.Parameters)
            let mean = Array.init vectors[0].Length (fun i -> vectors |> Array.averageBy (fun x -> x[i]))
            near 1e-11 1e-12 mean (doublesOf all.Parameters)

        law "a sample's scores are the same bits alone and in any batch" (cases 70 40) <| fun case ->
            samplesAreAlone<float32> case
            samplesAreAlone<float> case

        let many = both (size 100 400, size 1 3)
        law "a sample's scores are the same bits in a batch of more samples than go together" many
        <| fun (samples, threads) ->
            let network = Network.create<float> [ 1100; 17; 3 ] Activation.Tanh Initializer.Xavier (Key.ofSeed 1L)
            let pattern i j = float ((i * 31 + j * 17) % 101) / 50.0 - 1.0
            let x = Matrix<float>.Build.Dense(1100, samples, pattern)
            let together = Team.withThreads threads (fun () -> elements (Network.predict network x))
            for j in [ 0; samples / 3; samples - 1 ] do
                sameBits (elements (Network.predict network (x.SubMatrix(0, 1100, j, 1)))) together[3 * j .. 3 * j + 2]

        law "a sample's scores are the same bits alone and in any batch, whatever the layers" compositions
        <| fun case ->
            samplesAreAlone<float32> case
            samplesAreAlone<float> case

        law "nothing that training is given changes, and a step is a function" compositions <| fun case ->
            let network, batch = network<float32> case, batch<float32> case
            let digest, x = Network.digest network, elements batch.Inputs
            let state = Training.start network (Optimizer.Sgd 0.1) case.Key
            let struct (next, first) = Training.step state batch
            let struct (again, second) = Training.step state batch
            Assert.Equal((first, Network.digest next.Network), (second, Network.digest again.Network))
            Assert.Equal(digest, Network.digest network)
            sameBits x (elements batch.Inputs)

        law "a custom layer trains to the same bits as the built-in one that it imitates" compositions <| fun case ->
            let train (units: int -> Plan) =
                let like = function Units n | CustomUnits n -> units n | other -> other
                let case = { case with Layers = List.map like case.Layers }
                let mutable state = Training.start (network<float32> case) (Optimizer.Sgd 0.01) case.Key
                for _ in 1 .. 3 do
                    let struct (next, _) = Training.step state (batch case)
                    state <- next
                bytes ((Parameters.toVector (Network.parameters state.Network)).ToArray()),
                bytes (elements (Network.predict state.Network (inputs case)))
            Assert.Equal(train Units, train CustomUnits)

        law "parameters and statistics go out and in again" compositions <| fun case ->
            let fresh, network = network<float32> case, stepped<float32> case
            let again =
                fresh
                |> Network.withParameters (Network.parameters network)
                |> Network.withStatistics (Network.statistics network)
            Assert.Equal(Network.digest network, Network.digest again)
            // Behind units that are all 0, statistics stay what they were.
            let all (network: Network<float32>) =
                doublesOf (Network.parameters network), doublesOf (Network.statistics network)
            Assert.Equal((all fresh = all network), (Network.digest fresh = Network.digest network))

        law "the same network and batch give the same bits" (cases 40 20) <| fun case ->
            sameTwice<float32> case
            sameTwice<float> case

        law "float32 stays near double" (cases 30 10) <| fun case ->
            let struct (single, sides) = scoresAndSides (network<float32> case) (inputs case)
            let struct (double, sides') = scoresAndSides (network<float> case) (inputs case)
            near 1e-4 1e-5 (elements double) (doubles single)
            // An input of a ReLU beside 0 may fall on the other side in float32; then the gradients differ for good.
            if sides = sides' then
                let single, double = gradient<float32> case, gradient<float> case
                near 1e-4 1e-5 [| double.Loss |] [| single.Loss |]
                near 1e-4 1e-5 (doublesOf double.Parameters) (doublesOf single.Parameters)

        law "the number of threads changes no bit" large <| fun case ->
            threadsAgree<float32> [ 2; 4 ] case
            threadsAgree<float> [ 3 ] case

        law "a network is its parameters" (cases 30 5) <| fun case ->
            let network = network<float> case
            let parameters = Network.parameters network
            sameParameters parameters (Network.parameters (Network.withParameters parameters network))
            let other = Parameters.map (fun x -> x + 1.0) parameters
            sameParameters other (Network.parameters (Network.withParameters other network))

        law "each layer is drawn from a child of its own" (grids 20 20) <| fun grid ->
            let create sizes = Network.create<float32> sizes Activation.Relu Initializer.He grid.Key
            let short, long = create [ grid.Rows; grid.Columns; 3 ], create [ grid.Rows; grid.Columns; 3; 4 ]
            let longer = Network.parameters long
            for leaf in Network.parameters short do
                sameBits (leaf.Values.ToArray()) (longer[leaf.Name].Values.ToArray())
            for i, layer in short.Layers |> Seq.filter (fun layer -> layer.Inputs > 0) |> Seq.indexed do
                let weights = Initializer.weights (Key.child i grid.Key) Initializer.He layer.Outputs layer.Inputs
                sameMatrix weights layer.Parameters[0].Matrix

        law "each custom layer draws from a child of the step's key that is its own, and no dropout's" (grids 12 12)
        <| fun grid ->
            let layers = [ Layer.affine (affine grid.Rows 4 grid.Key); noise; Layer.dropout 0.5; noise ]
            let batch = Batch.ofLabels (matrix grid.Rows grid.Columns grid.Key) (Key.integers grid.Columns 4 grid.Key)
            let key = Key.child 1 grid.Key
            let outputs = (Network.trace key (Network.ofLayers layers) batch).Layers |> Seq.map _.Output |> Array.ofSeq
            for own, i in [ 0, 1; 1, 3 ] do
                let drawn = matrix 4 grid.Columns (key |> Key.child 1 |> Key.child own)
                near 1e-12 0.0 (elements (outputs[i - 1] + drawn)) (elements outputs[i])

        let faultCounts = both (size 1 5, size 1 6)
        law "everything wrong with layers is said at once, with place, expectation and finding" faultCounts
        <| fun (seams, biases) ->
            let biases = min biases (seams + 1)
            let message = refused (fun () -> Network.ofLayers (faultyLayers seams biases))
            let lines = message.Split '\n'
            Assert.Equal(seams + biases, lines.Length)
            let place i = $"layer {i + 1} (affine {20 + i} -> {i + 2})"
            for i in 0 .. biases - 1 do
                let fault = $"{place i}: its weight gives {i + 2} outputs, but its bias has {50 + i} elements"
                Assert.Contains(fault, lines)
            for i in 1 .. seams do
                Assert.Contains($"{place i} expects {20 + i} inputs, but layer {i} gives {i + 1}", lines)
            Assert.Equal<string>(lines, Network.faults (faultyLayers seams biases))

        law "everything wrong with sizes and initializer is said at once" (grids 10 10) <| fun grid ->
            let sizes = [ 1 - grid.Rows; 5; 1 - grid.Columns ]
            let message =
                refused (fun () -> Network.create<float> sizes Activation.Relu (Initializer.Normal nan) grid.Key)
            Assert.Equal(3, (message.Split '\n').Length)
            Assert.Contains($"size 1 of 3 must be at least 1, but is {1 - grid.Rows}", message)
            Assert.Contains($"size 3 of 3 must be at least 1, but is {1 - grid.Columns}", message)

        testCase "no layers, and layers of no size, are refused" <| fun () ->
            Assert.Contains("at least one layer", refused (fun () -> Network.ofLayers ([]: ILayer<float> list)))
            let empty = Layer.affine { Weight = Matrix<float>.Build.Dense(0, 3); Bias = Vector<float>.Build.Dense 0 }
            Assert.Contains("layer 1 (affine 3 -> 0): it needs", refused (fun () -> Network.ofLayers [ empty ]))
            let alone: ILayer<float> = Layer.activation Activation.Relu
            Assert.Contains("inputs", refused (fun () -> Network.ofLayers [ alone ]))

        testCase "an epsilon that is none is refused, together with the layers' faults" <| fun () ->
            for epsilon in [ -1e-7; nan; Double.PositiveInfinity ] do
                let loss = Loss.SoftmaxCrossEntropy(epsilon = epsilon)
                let message = refused (fun () -> Network.ofLayersWith loss (faultyLayers 2 1))
                Assert.Equal(4, (message.Split '\n').Length)
                Assert.Contains($"{epsilon}", message)

        law "batches that don't fit are refused, and say what was expected" (cases 20 10) <| fun case ->
            let network, x = network<float> case, inputs<float> case
            let gradient batch = Network.gradient case.Key network batch
            let label = Batch.ofLabels x (Array.create case.Samples (max 2 case.Outputs))
            let tall = Batch.ofTargets x (matrix (case.Outputs + 1) case.Samples case.Key)
            let wide = Batch.ofLabels (matrix (case.Inputs + 1) case.Samples case.Key) (Array.zeroCreate case.Samples)
            let expected =
                [ label, $"label {max 2 case.Outputs}"
                  tall, $"{case.Outputs} outputs"
                  wide, $"expects {case.Inputs} features" ]
            for batch, what in expected do
                Assert.Contains(what, refused (fun () -> gradient batch))
                Assert.Contains(what, refused (fun () -> Network.loss network batch))

        law "no samples, other numbers of targets, and negative labels are refused" (grids 20 20) <| fun grid ->
            let x = matrix<float> grid.Rows grid.Columns grid.Key
            let more = grid.Columns + 1
            let nobody = Matrix<float>.Build.Dense(grid.Rows, 0)
            refused (fun () -> Batch.ofLabels nobody []) |> ignore
            refused (fun () -> Batch.ofTargets nobody (Matrix<float>.Build.Dense(3, 0))) |> ignore
            refused (fun () -> Batch.ofLabels x (Array.zeroCreate more)) |> ignore
            refused (fun () -> Batch.ofTargets x (matrix 3 more grid.Key)) |> ignore
            refused (fun () -> Batch.ofRows x (Array.zeroCreate (grid.Rows + 1))) |> ignore
            Assert.Contains("-1", refused (fun () -> Batch.ofLabels x (Array.create grid.Columns -1)))
            refused (fun () -> Batch.oneHot<float> grid.Rows [ grid.Rows ]) |> ignore

        law "rows make the same batch as columns" (grids 20 20) <| fun grid ->
            let columns = matrix<float32> grid.Rows grid.Columns grid.Key
            let labels = Key.integers grid.Columns 5 grid.Key
            let rows = columns.Transpose()
            for batch in [ Batch.ofRows rows labels; Functional.Batch.OfRows(rows.ToArray(), labels) ] do
                sameMatrix columns batch.Inputs
                match batch.Targets with
                | Targets.Labels found -> Assert.Equal<int>(labels, found.ToArray())
                | Targets.Values _ -> Assert.Fail "labels became values"
    ]
