module Functional.Properties.LossesLaws

open System
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Compositions

let private lossOf (loss: Loss) (outputs: Matrix<float>) (targets: Targets<float>) : float =
    let struct (value, _) = Loss.forward loss outputs targets
    value

let private gradientOf (loss: Loss) (outputs: Matrix<float>) (targets: Targets<float>) : Matrix<float> =
    let struct (_, gradient) = Loss.forward loss outputs targets
    gradient

/// Outputs, and distributions and labels as targets for them.
let private shapes = Gen.zip3 (Gen.choose (1, 20)) (Gen.choose (1, 9)) keys

let private distributions rows columns key = SoftmaxCrossEntropy.softmax (normals<float> rows columns key)

let private labels (classes: int) (samples: int) (key: Key) = Key.integers samples classes key

let private same (tolerance: float) (a: float) (b: float) (what: string) =
    require (abs (a - b) <= tolerance * (1.0 + abs a)) $"{what}: {a} and {b}"

[<Tests>]
let laws =
    testList "losses" [
        let every = Loss.Huber 0.3 :: Loss.SoftmaxCrossEntropy(labelSmoothing = 1.0) :: losses
        gradientLaw "Every loss's gradient is its derivative" (Arb.fromGen (Gen.zip shapes (Gen.elements every))) <| fun count ((rows, columns, key), loss) ->
            let y = normals<float> rows columns (Key.child 0 key)
            for targets in
                [ Targets.Values(distributions rows columns (Key.child 1 key))
                  Targets.Labels(ReadOnlyMemory(labels rows columns (Key.child 2 key))) ] do
                let f (y: float[]) = lossOf loss (Dense.matrix rows columns y) targets
                requireGradient count (string loss) f (elements y) (elements (gradientOf loss y targets))

        law "Losses have the values of their definitions" (Arb.fromGen shapes) <| fun (rows, columns, key) ->
            let y, t = normals<float> rows columns (Key.child 0 key), distributions rows columns (Key.child 1 key)
            let pairs = Seq.zip (elements y) (elements t)
            let mean f = pairs |> Seq.averageBy f
            let targets = Targets.Values t
            same 1e-12 (mean (fun (y, t) -> (y - t) ** 2.0)) (lossOf Loss.MeanSquaredError y targets) "mean squared error"
            same 1e-12
                (mean (fun (y, t) -> let d = abs (y - t) in if d <= 0.8 then 0.5 * d * d else 0.8 * (d - 0.4)))
                (lossOf (Loss.Huber 0.8) y targets) "Huber"
            same 1e-12
                (mean (fun (y, t) -> let p = 1.0 / (1.0 + exp -y) in -(t * log p + (1.0 - t) * log (1.0 - p))))
                (lossOf Loss.BinaryCrossEntropy y targets) "binary cross-entropy"
            let p = elements (SoftmaxCrossEntropy.softmax y)
            for smoothing in [ 0.0; 0.1; 1.0 ] do
                let smoothed t = (1.0 - smoothing) * t + smoothing / float rows
                same 1e-12
                    (Seq.map2 (fun t p -> -(smoothed t) * log p) (elements t) p |> Seq.sum |> fun sum -> sum / float columns)
                    (lossOf (Loss.SoftmaxCrossEntropy smoothing) y targets) "softmax cross-entropy"

        law "Labels are one-hot targets" (Arb.fromGen (Gen.zip shapes (Gen.elements losses))) <| fun ((rows, columns, key), loss) ->
            let rows = rows + 1
            let y, labels = normals<float> rows columns (Key.child 0 key), labels rows columns (Key.child 1 key)
            let oneHot = Targets.Values(Batch.oneHot rows labels)
            let byLabels = Targets.Labels(ReadOnlyMemory labels)
            same 1e-14 (lossOf loss y oneHot) (lossOf loss y byLabels) "loss"
            let difference = gradientOf loss y oneHot - gradientOf loss y byLabels
            same 1e-14 0.0 (difference.Enumerate() |> Seq.map abs |> Seq.max) "gradient"

        let ofValues = Gen.elements [ Loss.MeanSquaredError; Loss.BinaryCrossEntropy; Loss.Huber() ]
        law "Labels of a single output are its targets" (Arb.fromGen (Gen.zip keys ofValues)) <| fun (key, loss) ->
            let y, labels = normals<float> 1 6 (Key.child 0 key), labels 2 6 (Key.child 1 key)
            let values = Targets.Values(Dense.matrix 1 6 (Array.map float labels))
            require (lossOf loss y values = lossOf loss y (Targets.Labels(ReadOnlyMemory labels))) $"{loss}"

        testCase "Large outputs overflow nothing" <| fun () ->
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

        law "Every sample twice is the same loss" (Arb.fromGen (Gen.zip shapes (Gen.elements losses))) <| fun ((rows, columns, key), loss) ->
            let y, t = normals<float> rows columns (Key.child 0 key), distributions rows columns (Key.child 1 key)
            same 1e-13 (lossOf loss y (Targets.Values t)) (lossOf loss (y.Append y) (Targets.Values(t.Append t))) "loss"

        law "Huber is half the mean squared error as long as nothing lies outside delta" (Arb.fromGen shapes) <| fun (rows, columns, key) ->
            let y = normals<float> rows columns (Key.child 0 key)
            let t = Targets.Values(normals<float> rows columns (Key.child 1 key))
            same 1e-14 (0.5 * lossOf Loss.MeanSquaredError y t) (lossOf (Loss.Huber 100.0) y t) "loss"

        law "Targets and outputs stay as they are" (Arb.fromGen (Gen.zip shapes (Gen.elements losses))) <| fun ((rows, columns, key), loss) ->
            let y, t = normals<float> rows columns (Key.child 0 key), distributions rows columns (Key.child 1 key)
            let before = elements y, elements t
            gradientOf loss y (Targets.Values t) |> ignore
            require ((elements y, elements t) = before) "an argument changed"

        testCase "Wrong numbers and labels are refused" <| fun () ->
            let network = caseOf<float> [] losses[0] Penalty.None 4 (Key.ofSeed 1L)
            for loss in [ Loss.Huber 0.0; Loss.Huber nan; Loss.SoftmaxCrossEntropy 1.5; Loss.SoftmaxCrossEntropy(0.0, -1.0) ] do
                Assert.Throws<ArgumentException>(fun () -> Network.withLoss loss network.Network |> ignore) |> ignore
            let batch = Batch.ofLabels (normals<float> 3 1 (Key.ofSeed 2L)) [ 4 ]
            for loss in losses do
                let network = Network.withLoss loss network.Network
                let error = Assert.Throws<ArgumentException>(fun () -> Network.loss network batch |> ignore)
                Assert.Contains("label 4", error.Message)
    ]
