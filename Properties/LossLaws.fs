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
open Functional.Properties.Cases
open Functional.Properties.CentralDifferences

/// Scores of a few units, as of networks.
let private scores<'T when Real<'T>> (grid: Grid) : Matrix<'T> =
    let x = matrix<'T> grid.Rows grid.Columns grid.Key
    x.Add x

let private targetsOf<'T when Real<'T>> (kind: TargetKind) (grid: Grid) : Targets<'T> =
    targets kind grid.Rows grid.Columns (Key.child 0 grid.Key)

let private lossOf scores targets =
    let struct (loss, _) = SoftmaxCrossEntropy.forward 0.0 scores targets
    loss

let private gradientOf scores targets =
    let struct (_, gradient) = SoftmaxCrossEntropy.forward 0.0 scores targets
    gradient

let private columnSums<'T when Real<'T>> (x: Matrix<'T>) : float[] =
    Law.doubles x |> Array.chunkBySize x.RowCount |> Array.map Array.sum

let private softmaxSums<'T when Real<'T>> (tolerance: float) (grid: Grid) =
    let y = SoftmaxCrossEntropy.softmax (scores<'T> grid)
    Law.near tolerance 0.0 (Array.create grid.Columns 1.0) (columnSums y)
    for y in Law.doubles y do Assert.InRange(y, 0.0, 1.0)

let private samplesAreAlone<'T when Real<'T>> (grid: Grid) =
    let x = scores<'T> grid
    let alone j = Law.elements (SoftmaxCrossEntropy.softmax (x.SubMatrix(0, x.RowCount, j, 1)))
    Law.sameBits (Array.collect alone [| 0 .. grid.Columns - 1 |]) (Law.elements (SoftmaxCrossEntropy.softmax x))

let private labelsAre<'T when Real<'T>> (tolerance: float) (grid: Grid) =
    let labels = Key.integers grid.Columns grid.Rows (Key.child 0 grid.Key)
    let one, two = Targets.Labels(ReadOnlyMemory labels), Targets.Values(Batch.oneHot<'T> grid.Rows labels)
    let x = scores<'T> grid
    Assert.Equal(lossOf x one, lossOf x two)
    Law.near tolerance 0.0 (Law.floats (Law.elements (gradientOf x one))) (Law.floats (Law.elements (gradientOf x two)))

[<Tests>]
let laws =
    testList "loss" [
        gradientLaw "the gradient of softmax cross-entropy agrees with central differences" (grids 12 6) <| fun comparison grid ->
            for kind in targetKinds do
                let targets = targetsOf kind grid
                let loss x = smooth (lossOf (Dense.matrix grid.Rows grid.Columns x) targets)
                let x = scores grid
                comparison.Add(derivatives loss (Law.elements x), Law.elements (gradientOf x targets))

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
                    let logs = Law.elements y |> Array.map (fun y -> log (y + epsilon))
                    let expected = -(dot (Law.elements t) logs) / float grid.Columns
                    let struct (loss, _) = SoftmaxCrossEntropy.forward epsilon x targets
                    Law.near 1e-12 1e-12 [| expected |] [| loss |]

        law "epsilon doesn't change the gradient" (grids 40 20) <| fun grid ->
            for kind in targetKinds do
                let x, targets = scores<float32> grid, targetsOf kind grid
                let struct (_, gradient) = SoftmaxCrossEntropy.forward 1e-7 x targets
                Law.sameMatrix (gradientOf x targets) gradient

        law "probabilities are in [0, 1], and those of a sample sum to 1" (grids 100 20) <| fun grid ->
            softmaxSums<float32> 2e-6 grid
            softmaxSums<float> 1e-14 grid

        law "a sample's probabilities are the same bits alone and in any batch" (grids 40 20) <| fun grid ->
            samplesAreAlone<float32> grid
            samplesAreAlone<float> grid

        law "the gradient of each sample sums to 0" (grids 100 20) <| fun grid ->
            for kind in targetKinds do
                let sums = columnSums (gradientOf (scores<float> grid) (targetsOf kind grid))
                Law.near 0.0 1e-13 (Array.zeroCreate grid.Columns) sums

        law "adding one number to all scores of a sample changes nothing" (grids 40 20) <| fun grid ->
            for kind in [ Labels; OneHot; Soft ] do
                let x, targets = scores<float> grid, targetsOf kind grid
                let shifts = Key.normals grid.Columns (Key.child 1 grid.Key) |> Array.map ((*) 100.0)
                let shifted = x.MapIndexed(fun _ j x -> x + shifts[j])
                Law.near 0.0 1e-12 [| lossOf x targets |] [| lossOf shifted targets |]
                Law.near 0.0 1e-12 (Law.elements (gradientOf x targets)) (Law.elements (gradientOf shifted targets))
                let probabilities = SoftmaxCrossEntropy.softmax >> Law.elements
                Law.near 0.0 1e-12 (probabilities x) (probabilities shifted)

        law "a label is its one-hot target" (grids 40 20) <| fun grid ->
            labelsAre<float32> 1e-6 grid
            labelsAre<float> 1e-15 grid

        law "the loss of n samples is the mean of n losses, and so is the gradient" (grids 40 20) <| fun grid ->
            for kind in targetKinds do
                let x, targets = scores<float> grid, targetsOf kind grid
                let alone = [ for j in 0 .. grid.Columns - 1 -> sample j (batchOf x targets) ]
                let share = 1.0 / float grid.Columns
                let losses = alone |> List.map (fun one -> lossOf one.Inputs one.Targets)
                let gradients = alone |> List.map (fun one -> Law.elements (gradientOf one.Inputs one.Targets))
                Law.near 1e-13 1e-13 [| List.average losses |] [| lossOf x targets |]
                let mean = Array.concat gradients |> Array.map ((*) share)
                Law.near 1e-13 1e-13 mean (Law.elements (gradientOf x targets))

        law "enormous scores give finite losses and gradients" (grids 40 20) <| fun grid ->
            for size in [ 1e3; 1e30 ] do
                let x: Matrix<float32> = scores<float32> grid * float32 size
                for kind in targetKinds do
                    let struct (loss, gradient) = SoftmaxCrossEntropy.forward 0.0 x (targetsOf kind grid)
                    Assert.True(Double.IsFinite loss)
                    Assert.All(Law.elements gradient, fun g -> Assert.True(Single.IsFinite g))
    ]
