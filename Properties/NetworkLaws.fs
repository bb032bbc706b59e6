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
open Functional.Properties.Cases
open Functional.Properties.CentralDifferences

let private gradient<'T when Real<'T>> (case: Case) : Gradient<'T> =
    Network.gradient case.Key (network case) (batch case)

let private forwardIsGradient<'T when Real<'T>> (case: Case) =
    let network, batch = network<'T> case, batch<'T> case
    let struct (scores, pullback) = Network.forward case.Key network batch.Inputs
    let struct (_, dScores) = Loss.forward network.Loss scores batch.Targets
    let struct (gradient, dx) = pullback dScores
    Law.sameBits ((Parameters.toVector (Network.gradient case.Key network batch).Parameters).ToArray()) ((Parameters.toVector gradient).ToArray())
    Assert.Equal(struct (batch.Features, batch.Samples), struct (dx.Value.RowCount, dx.Value.ColumnCount))

let private lossesAgree<'T when Real<'T>> (case: Case) =
    Assert.Equal(Network.loss (network<'T> case) (batch case), (gradient<'T> case).Loss)

let private samplesAreAlone<'T when Real<'T>> (case: Case) =
    let network, x = network<'T> case, inputs<'T> case
    let together = Law.elements (Network.predict network x)
    let alone j = Law.elements (Network.predict network (x.SubMatrix(0, x.RowCount, j, 1)))
    Law.sameBits (Array.collect alone [| 0 .. case.Samples - 1 |]) together

let private sameTwice<'T when Real<'T>> (case: Case) =
    Law.sameMatrix (Network.predict (network<'T> case) (inputs case)) (Network.predict (network<'T> case) (inputs case))
    Law.sameParameters (gradient<'T> case).Parameters (gradient<'T> case).Parameters

/// Shapes from which products are cut into parts for threads.
let private large: Arbitrary<Case> =
    let ofGrid (grid: Grid) =
        { Inputs = 40; Layers = [ Units grid.Rows; Elementwise Activation.Sigmoid; Units 50; Elementwise Activation.Relu; Units 10 ]
          Samples = grid.Columns; Targets = Labels; Seed = grid.Seed }
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
        Law.sameParameters alone.Parameters together.Parameters

/// Affine layers that each fit by themselves, but not each other: one fault per seam, one more per wrong bias.
let private faultyLayers (seams: int) (biases: int) : Layer<float> list =
    [ for i in 0 .. seams do
          let bias = if i < biases then 50 + i else i + 2
          Affine { Weight = Matrix.Build.Dense(i + 2, 20 + i); Bias = Vector.Build.Dense bias } ]

[<Tests>]
let laws =
    testList "network" [
        gradientLaw "the gradient of every network agrees with central differences" (cases 9 4) <| fun comparison case ->
            let network, batch = network<float> case, batch<float> case
            let parameters = Network.parameters network
            let loss x =
                let varied = Network.withParameters network (Parameters.withVector parameters (Dense.vector x))
                let struct (scores, sides) = scoresAndSides varied batch.Inputs
                let struct (value, _) = Loss.forward network.Loss scores batch.Targets
                { Value = value; Sides = sides }
            comparison.Add(derivatives loss (Law.doublesOf parameters), Law.doublesOf (gradient<float> case).Parameters)

        law "forward, a loss and the pullback are the gradient" (cases 20 10) <| fun case ->
            forwardIsGradient<float32> case
            forwardIsGradient<float> case

        law "a gradient has the leaves of the parameters" (cases 20 5) <| fun case ->
            let parameters = Network.parameters (network<float32> case)
            Assert.Equal<string * Role * Shape>(Law.leavesOf parameters, Law.leavesOf (gradient<float32> case).Parameters)

        law "the loss in training is the loss in evaluation" (cases 40 20) <| fun case ->
            lossesAgree<float32> case
            lossesAgree<float> case

        law "a batch of n is the mean of n batches of 1" (cases 20 10) <| fun case ->
            let network, batch = network<float> case, batch<float> case
            let all = Network.gradient case.Key network batch
            let alone = [| for j in 0 .. case.Samples - 1 -> Network.gradient case.Key network (sample j batch) |]
            Law.near 1e-12 1e-13 [| alone |> Array.averageBy _.Loss |] [| all.Loss |]
            let vectors = alone |> Array.map (fun one -> Law.doublesOf one.Parameters)
            let mean = Array.init vectors[0].Length (fun i -> vectors |> Array.averageBy (fun x -> x[i]))
            Law.near 1e-11 1e-12 mean (Law.doublesOf all.Parameters)

        law "a sample's scores are the same bits alone and in any batch" (cases 70 40) <| fun case ->
            samplesAreAlone<float32> case
            samplesAreAlone<float> case

        law "the same network and batch give the same bits" (cases 40 20) <| fun case ->
            sameTwice<float32> case
            sameTwice<float> case

        law "float32 stays near double" (cases 30 10) <| fun case ->
            let struct (single, sides) = scoresAndSides (network<float32> case) (inputs case)
            let struct (double, sides') = scoresAndSides (network<float> case) (inputs case)
            Law.near 1e-4 1e-5 (Law.elements double) (Law.doubles single)
            // An input of a ReLU beside 0 may fall on the other side in float32; then the gradients differ for good.
            if sides = sides' then
                let single, double = gradient<float32> case, gradient<float> case
                Law.near 1e-4 1e-5 [| double.Loss |] [| single.Loss |]
                Law.near 1e-4 1e-5 (Law.doublesOf double.Parameters) (Law.doublesOf single.Parameters)

        law "the number of threads changes no bit" large <| fun case ->
            threadsAgree<float32> [ 2; 4 ] case
            threadsAgree<float> [ 3 ] case

        law "a network is its parameters" (cases 30 5) <| fun case ->
            let network = network<float> case
            let parameters = Network.parameters network
            Law.sameParameters parameters (Network.parameters (Network.withParameters network parameters))
            let other = Parameters.map (fun x -> x + 1.0) parameters
            Law.sameParameters other (Network.parameters (Network.withParameters network other))

        law "each layer is drawn from a child of its own" (grids 20 20) <| fun grid ->
            let create sizes = Network.create<float32> sizes Activation.Relu Initializer.He grid.Key
            let short, long = create [ grid.Rows; grid.Columns; 3 ], create [ grid.Rows; grid.Columns; 3; 4 ]
            let longer = Network.parameters long
            for leaf in Network.parameters short do
                Law.sameBits (leaf.Values.ToArray()) (longer[leaf.Name].Values.ToArray())
            for i, layer in short.Layers |> Seq.choose (function Affine a -> Some a | _ -> None) |> Seq.indexed do
                let weights = Initializer.weights Initializer.He (Key.child i grid.Key) layer.Outputs layer.Inputs
                Law.sameMatrix weights layer.Weight

        law "everything wrong with layers is said at once, with place, expectation and finding" (Arb.zip (size 1 5, size 1 6)) <| fun (seams, biases) ->
            let biases = min biases (seams + 1)
            let message = Law.refused (fun () -> Network.ofLayers (faultyLayers seams biases))
            let lines = message.Split '\n'
            Assert.Equal(seams + biases, lines.Length)
            let place i = $"layer {i + 1} (affine {20 + i} -> {i + 2})"
            for i in 0 .. biases - 1 do
                Assert.Contains($"{place i}: its weight gives {i + 2} outputs, but its bias has {50 + i} elements", lines)
            for i in 1 .. seams do
                Assert.Contains($"{place i} expects {20 + i} inputs, but layer {i} gives {i + 1}", lines)
            Assert.Equal<string>(lines, Network.faults (faultyLayers seams biases))

        law "everything wrong with sizes and initializer is said at once" (grids 10 10) <| fun grid ->
            let sizes = [ 1 - grid.Rows; 5; 1 - grid.Columns ]
            let message = Law.refused (fun () -> Network.create<float> sizes Activation.Relu (Initializer.Normal nan) grid.Key)
            Assert.Equal(3, (message.Split '\n').Length)
            Assert.Contains($"size 1 of 3 must be at least 1, but is {1 - grid.Rows}", message)
            Assert.Contains($"size 3 of 3 must be at least 1, but is {1 - grid.Columns}", message)

        testCase "no layers, and layers of no size, are refused" <| fun () ->
            Assert.Contains("at least one layer", Law.refused (fun () -> Network.ofLayers ([]: Layer<float> list)))
            let empty = Affine { Weight = Matrix<float>.Build.Dense(0, 3); Bias = Vector<float>.Build.Dense 0 }
            Assert.Contains("layer 1 (affine 3 -> 0): it needs", Law.refused (fun () -> Network.ofLayers [ empty ]))
            Assert.Contains("inputs", Law.refused (fun () -> Network.ofLayers [ (Activation Activation.Relu: Layer<float>) ]))

        testCase "an epsilon that is none is refused, together with the layers' faults" <| fun () ->
            for epsilon in [ -1e-7; nan; Double.PositiveInfinity ] do
                let message = Law.refused (fun () -> Network.ofLayersWith (Loss.SoftmaxCrossEntropy(epsilon = epsilon)) (faultyLayers 2 1))
                Assert.Equal(4, (message.Split '\n').Length)
                Assert.Contains($"{epsilon}", message)

        law "batches that don't fit are refused, and say what was expected" (cases 20 10) <| fun case ->
            let network, x = network<float> case, inputs<float> case
            let gradient batch = Network.gradient case.Key network batch
            let label = Batch.ofLabels x (Array.create case.Samples case.Outputs)
            let tall = Batch.ofTargets x (matrix (case.Outputs + 1) case.Samples case.Key)
            let wide = Batch.ofLabels (matrix (case.Inputs + 1) case.Samples case.Key) (Array.zeroCreate case.Samples)
            let expected =
                [ label, $"label {case.Outputs}"; tall, $"{case.Outputs} outputs"; wide, $"expects {case.Inputs} features" ]
            for batch, what in expected do
                Assert.Contains(what, Law.refused (fun () -> gradient batch))
                Assert.Contains(what, Law.refused (fun () -> Network.loss network batch))

        law "no samples, other numbers of targets, and negative labels are refused" (grids 20 20) <| fun grid ->
            let x = matrix<float> grid.Rows grid.Columns grid.Key
            let more = grid.Columns + 1
            let nobody = Matrix<float>.Build.Dense(grid.Rows, 0)
            Law.refused (fun () -> Batch.ofLabels nobody []) |> ignore
            Law.refused (fun () -> Batch.ofTargets nobody (Matrix<float>.Build.Dense(3, 0))) |> ignore
            Law.refused (fun () -> Batch.ofLabels x (Array.zeroCreate more)) |> ignore
            Law.refused (fun () -> Batch.ofTargets x (matrix 3 more grid.Key)) |> ignore
            Law.refused (fun () -> Batch.ofRows x (Array.zeroCreate (grid.Rows + 1))) |> ignore
            Assert.Contains("-1", Law.refused (fun () -> Batch.ofLabels x (Array.create grid.Columns -1)))
            Law.refused (fun () -> Batch.oneHot<float> grid.Rows [ grid.Rows ]) |> ignore

        law "rows make the same batch as columns" (grids 20 20) <| fun grid ->
            let columns = matrix<float32> grid.Rows grid.Columns grid.Key
            let labels = Key.integers grid.Columns 5 grid.Key
            let rows = columns.Transpose()
            for batch in [ Batch.ofRows rows labels; Functional.Batch.OfRows(rows.ToArray(), labels) ] do
                Law.sameMatrix columns batch.Inputs
                match batch.Targets with
                | Targets.Labels found -> Assert.Equal<int>(labels, found.ToArray())
                | Targets.Values _ -> Assert.Fail "labels became values"
    ]
