/// Laws of every loss, and of softmax cross-entropy in particular.
module Functional.Properties.LossLaws

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

/// Scores of a few units, as of networks.
let private scores<'T when Real<'T>> (grid: Grid) : Matrix<'T> =
    let x = matrix<'T> grid.Rows grid.Columns grid.Key
    x.Add x

let private targetsFor<'T when Real<'T>> (loss: Loss) (kind: TargetKind) (grid: Grid) : Targets<'T> =
    targetsOf loss kind grid.Rows grid.Columns (Key.child 0 grid.Key)

let private crossEntropy = losses.Head

let private targetsOf<'T when Real<'T>> (kind: TargetKind) (grid: Grid) : Targets<'T> =
    targetsFor crossEntropy kind grid

let private lossOf (loss: Loss) (outputs: Matrix<'T>) (targets: Targets<'T>) : float =
    let struct (value, _) = Loss.forward loss outputs targets
    value

let private gradientOf (loss: Loss) (outputs: Matrix<'T>) (targets: Targets<'T>) : Matrix<'T> =
    let struct (_, gradient) = Loss.forward loss outputs targets
    gradient

let private columnSums<'T when Real<'T>> (x: Matrix<'T>) : float[] =
    doubles x |> Array.chunkBySize x.RowCount |> Array.map Array.sum

let private softmaxSums<'T when Real<'T>> (tolerance: float) (grid: Grid) =
    let y = SoftmaxCrossEntropy.softmax (scores<'T> grid)
    near tolerance 0.0 (Array.create grid.Columns 1.0) (columnSums y)
    for y in doubles y do Assert.InRange(y, 0.0, 1.0)

let private samplesAreAlone<'T when Real<'T>> (grid: Grid) =
    let x = scores<'T> grid
    let alone j = elements (SoftmaxCrossEntropy.softmax (x.SubMatrix(0, x.RowCount, j, 1)))
    sameBits (Array.collect alone [| 0 .. grid.Columns - 1 |]) (elements (SoftmaxCrossEntropy.softmax x))

let private labelsAre<'T when Real<'T>> (tolerance: float) (grid: Grid) =
    let labels = Key.integers grid.Columns grid.Rows (Key.child 0 grid.Key)
    let byLabels, oneHot = Targets.Labels(ReadOnlyMemory labels), Targets.Values(Batch.oneHot<'T> grid.Rows labels)
    let x = scores<'T> grid
    for loss in losses do
        // A single output's labels are its targets.
        if grid.Rows > 1 || loss = crossEntropy then
            near tolerance tolerance [| lossOf loss x oneHot |] [| lossOf loss x byLabels |]
            near tolerance tolerance (doubles (gradientOf loss x oneHot)) (doubles (gradientOf loss x byLabels))

let private weightedLoss<'T when Real<'T>> (loss: Loss) (x: Matrix<'T>) (targets: Targets<'T>) (weights: float[]) =
    Loss.ofBatch loss x (Batch.weighted weights (Batch(x, targets)))

let private chosen<'T when Real<'T>> (x: Matrix<'T>) (samples: int[]) : Matrix<'T> =
    samples |> Array.map x.Column |> Matrix<'T>.Build.DenseOfColumnVectors

let private equalWeightsAreNone<'T when Real<'T>> (weight: float) (grid: Grid) =
    for loss in losses do
        // A custom loss is asked once for each sample.
        if not loss.Function.IsCustom then
            for kind in targetKinds do
                let x, targets = scores<'T> grid, targetsFor loss kind grid
                let struct (weighted, gradient) = weightedLoss loss x targets (Array.create grid.Columns weight)
                sameBits [| lossOf loss x targets |] [| weighted |]
                sameMatrix (gradientOf loss x targets) gradient

[<Tests>]
let laws =
    testList "loss" [
        gradientLawOn 300 "every loss's gradient is its derivative" (both (rows losses, grids 20 9))
        <| fun comparison (loss, grid) ->
            for kind in targetKinds do
                let x, targets = scores grid, targetsFor loss kind grid
                let f x = lossOf loss (Dense.matrix grid.Rows grid.Columns x) targets
                comparison.Require(string loss, f, elements x, elements (gradientOf loss x targets))

        gradientLawOn 300 "every weighted loss's gradient is its derivative" (both (rows losses, grids 20 9))
        <| fun comparison (loss, grid) ->
            // The first sample doesn't count at all, unless it is the only one.
            let weights =
                Key.uniforms grid.Columns (Key.child 4 grid.Key)
                |> Array.mapi (fun i share -> if i = 0 then 0.0 else 3.0 * share)
            for kind in targetKinds do
                let x, targets = scores grid, targetsFor loss kind grid
                let f x =
                    let struct (value, _) =
                        weightedLoss loss (Dense.matrix grid.Rows grid.Columns x) targets weights
                    value
                let struct (_, gradient) = weightedLoss loss x targets weights
                comparison.Require(string loss, f, elements x, elements gradient)

        law "weights that are all the same are none, to the last bit" (grids 40 20) <| fun grid ->
            for weight in [ 1.0; 0.3; 1e300 ] do
                equalWeightsAreNone<float32> weight grid
                equalWeightsAreNone<float> weight grid

        law "a weight of 2 is the sample twice, and one of 0 is none" (both (rows losses, grids 20 9))
        <| fun (loss, grid) ->
            let x, targets = scores<float> grid, targetsFor loss Soft grid
            let t = match targets with Targets.Values t -> t | Targets.Labels _ -> failwith "soft targets are values"
            let weights = Key.integers grid.Columns 3 (Key.child 4 grid.Key)
            let repeated = [| for i, weight in Seq.indexed weights do for _ in 1 .. weight -> i |]
            if repeated.Length > 0 then
                let struct (value, gradient) = weightedLoss loss x targets (Array.map float weights)
                let many, manyTargets = chosen x repeated, Targets.Values(chosen t repeated)
                near 1e-12 1e-12 [| lossOf loss many manyTargets |] [| value |]
                let expected = Matrix<float>.Build.Dense(x.RowCount, x.ColumnCount)
                let each = gradientOf loss many manyTargets
                for j in 0 .. repeated.Length - 1 do
                    for i in 0 .. x.RowCount - 1 do
                        expected[i, repeated[j]] <- expected[i, repeated[j]] + each[i, j]
                near 1e-12 1e-12 (elements expected) (elements gradient)
            else
                let struct (value, gradient) = weightedLoss loss x targets (Array.map float weights)
                near 0.0 0.0 [| 0.0 |] [| value |]
                near 0.0 0.0 (Array.zeroCreate (x.RowCount * x.ColumnCount)) (elements gradient)

        law "losses have the values of their definitions" (grids 40 20) <| fun grid ->
            let y, t =
                matrix<float> grid.Rows grid.Columns (Key.child 3 grid.Key), SoftmaxCrossEntropy.softmax (scores grid)
            let pairs, targets = Seq.zip (elements y) (elements t), Targets.Values t
            let is loss expected = near 1e-12 1e-12 [| expected |] [| lossOf loss y targets |]
            let mean f = pairs |> Seq.averageBy f
            is Loss.MeanSquaredError (mean (fun (y, t) -> (y - t) ** 2.0))
            let huber d = if d <= 0.8 then 0.5 * d * d else 0.8 * (d - 0.4)
            let sigmoid y = 1.0 / (1.0 + exp -y)
            is (Loss.Huber 0.8) (mean (fun (y, t) -> huber (abs (y - t))))
            is Loss.BinaryCrossEntropy
                (mean (fun (y, t) -> -(t * log (sigmoid y) + (1.0 - t) * log (1.0 - sigmoid y))))
            for smoothing in [ 0.0; 0.1; 1.0 ] do
                let smoothed t = (1.0 - smoothing) * t + smoothing / float grid.Rows
                let terms =
                    Seq.map2 (fun t p -> -(smoothed t) * log p) (elements t) (elements (SoftmaxCrossEntropy.softmax y))
                is (Loss.SoftmaxCrossEntropy smoothing) (Seq.sum terms / float grid.Columns)

        law "softmax cross-entropy is its formula" (grids 40 20) <| fun grid ->
            for kind in targetKinds do
                for epsilon in [ 0.0; 1e-7 ] do
                    let x = scores<float> grid
                    let targets = targetsOf kind grid
                    let y = SoftmaxCrossEntropy.softmax x
                    let t =
                        match targets with
                        | Targets.Values t -> t
                        | Targets.Labels labels -> Batch.oneHot grid.Rows (labels.ToArray())
                    let logs = elements y |> Array.map (fun y -> log (y + epsilon))
                    let expected = -(dot (elements t) logs) / float grid.Columns
                    let struct (loss, _) = SoftmaxCrossEntropy.forward epsilon x targets [||]
                    near 1e-12 1e-12 [| expected |] [| loss |]

        law "epsilon doesn't change the gradient" (grids 40 20) <| fun grid ->
            for kind in targetKinds do
                let x, targets = scores<float32> grid, targetsOf kind grid
                let struct (_, gradient) = SoftmaxCrossEntropy.forward 1e-7 x targets [||]
                sameMatrix (gradientOf crossEntropy x targets) gradient

        law "probabilities are in [0, 1], and those of a sample sum to 1" (grids 100 20) <| fun grid ->
            softmaxSums<float32> 2e-6 grid
            softmaxSums<float> 1e-14 grid

        law "a sample's probabilities are the same bits alone and in any batch" (grids 40 20) <| fun grid ->
            samplesAreAlone<float32> grid
            samplesAreAlone<float> grid

        law "the gradient of each sample sums to 0" (grids 100 20) <| fun grid ->
            for kind in targetKinds do
                let sums = columnSums (gradientOf crossEntropy (scores<float> grid) (targetsOf kind grid))
                near 0.0 1e-13 (Array.zeroCreate grid.Columns) sums

        law "adding one number to all scores of a sample changes nothing" (grids 40 20) <| fun grid ->
            for kind in [ Labels; OneHot; Soft ] do
                let x, targets = scores<float> grid, targetsOf kind grid
                let shifts = Key.normals grid.Columns (Key.child 1 grid.Key) |> Array.map ((*) 100.0)
                let shifted = x.MapIndexed(fun _ j x -> x + shifts[j])
                near 0.0 1e-12 [| lossOf crossEntropy x targets |] [| lossOf crossEntropy shifted targets |]
                let gradient x = elements (gradientOf crossEntropy x targets)
                near 0.0 1e-12 (gradient x) (gradient shifted)
                let probabilities = SoftmaxCrossEntropy.softmax >> elements
                near 0.0 1e-12 (probabilities x) (probabilities shifted)

        law "labels are one-hot targets" (grids 40 20) <| fun grid ->
            labelsAre<float32> 2e-6 grid
            labelsAre<float> 1e-14 grid

        law "labels of a single output are its targets" seeds <| fun seed ->
            let y, labels =
                matrix<float> 1 6 (Key.child 0 (Key.ofSeed seed)), Key.integers 6 2 (Key.child 1 (Key.ofSeed seed))
            let values = Targets.Values(Dense.matrix 1 6 (Array.map float labels))
            for loss in losses do
                match loss.Function with
                | LossFunction.SoftmaxCrossEntropy _ -> ()
                | _ -> Assert.Equal(lossOf loss y values, lossOf loss y (Targets.Labels(ReadOnlyMemory labels)))

        law "the loss of n samples is the mean of n losses, and so is the gradient" (grids 40 20) <| fun grid ->
            for loss in losses do
                for kind in targetKinds do
                    let x, targets = scores<float> grid, targetsFor loss kind grid
                    let alone = [ for j in 0 .. grid.Columns - 1 -> sample j (batchOf x targets) ]
                    let values = alone |> List.map (fun one -> lossOf loss one.Inputs one.Targets)
                    let gradients = alone |> List.map (fun one -> elements (gradientOf loss one.Inputs one.Targets))
                    near 1e-13 1e-13 [| List.average values |] [| lossOf loss x targets |]
                    let mean = Array.concat gradients |> Array.map (fun g -> g / float grid.Columns)
                    near 1e-13 1e-13 mean (elements (gradientOf loss x targets))

        law "Huber is half the mean squared error as long as nothing lies outside delta" (grids 20 9) <| fun grid ->
            let y, t = scores<float> grid, targetsOf Free grid
            near 1e-14 1e-14 [| 0.5 * lossOf Loss.MeanSquaredError y t |] [| lossOf (Loss.Huber 100.0) y t |]

        law "targets and outputs stay as they are" (grids 20 9) <| fun grid ->
            for loss in losses do
                let y, t = scores<float> grid, SoftmaxCrossEntropy.softmax (scores<float> grid)
                let before = elements y, elements t
                gradientOf loss y (Targets.Values t) |> ignore
                Assert.Equal(before, (elements y, elements t))

        law "enormous scores give finite losses and gradients" (grids 40 20) <| fun grid ->
            for size in [ 1e3; 1e30 ] do
                let x: Matrix<float32> = scores<float32> grid * float32 size
                for kind in targetKinds do
                    let struct (loss, gradient) = SoftmaxCrossEntropy.forward 0.0 x (targetsOf kind grid) [||]
                    Assert.True(Double.IsFinite loss)
                    Assert.All(elements gradient, fun g -> Assert.True(Single.IsFinite g))

        testCase "large outputs overflow nothing" <| fun () ->
            let y = Dense.matrix 2 2 [| 1000.0; -1000.0; -1000.0; 1000.0 |]
            let wrong = Targets.Labels(ReadOnlyMemory [| 1; 0 |])
            let right = Targets.Labels(ReadOnlyMemory [| 0; 1 |])
            Assert.Equal(2000.0, lossOf (Loss.SoftmaxCrossEntropy()) y wrong)
            Assert.Equal(0.0, lossOf (Loss.SoftmaxCrossEntropy()) y right)
            Assert.Equal(1000.0, lossOf Loss.BinaryCrossEntropy y wrong)
            Assert.Equal(0.0, lossOf Loss.BinaryCrossEntropy y right)
            for loss in losses do
                for targets in [ wrong; right ] do
                    Assert.All((gradientOf loss y targets).Enumerate(), fun x -> Assert.True(Double.IsFinite x))

        testCase "wrong numbers and labels are refused" <| fun () ->
            let network = network<float> (composed [] 4 1L)
            let smoothings = [ Loss.SoftmaxCrossEntropy 1.5; Loss.SoftmaxCrossEntropy(0.0, -1.0) ]
            for loss in Loss.Huber 0.0 :: Loss.Huber nan :: smoothings do
                refused (fun () -> Network.withLoss loss network) |> ignore
            let batch = Batch.ofLabels (matrix<float> 3 1 (Key.ofSeed 2L)) [ 4 ]
            for loss in losses do
                Assert.Contains("label 4", refused (fun () -> Network.loss (Network.withLoss loss network) batch))
    ]
