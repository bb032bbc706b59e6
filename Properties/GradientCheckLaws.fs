module Functional.Properties.GradientCheckLaws

open System
open System.Collections.Generic
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases

let private settings = GradientCheckSettings.Default

/// A layer whose forward pass is right and whose gradient has been tampered with.
type private Planted
    (name: string, inputs: int, outputs: int, leaves: Parameter<float> list,
     forward: Parameter<float> list -> Matrix<float> -> Matrix<float>,
     pullback: Parameter<float> list -> Matrix<float> -> Matrix<float> -> Parameter<float> list * Matrix<float>) =
    interface ILayer<float> with
        member _.Name = name
        member _.Description = name
        member _.Inputs = inputs
        member _.Outputs = outputs
        member _.Faults = [||]
        member _.Parameters = Array.ofList leaves
        member _.WithParameters other = Planted(name, inputs, outputs, List.ofSeq other, forward, pullback)
        member _.Predict x = forward leaves x
        member _.Forward(x, _) =
            struct (forward leaves x, Func<_, _>(fun dy ->
                let gradient, dx = pullback leaves x dy
                struct (Array.ofList gradient :> IReadOnlyList<_>, lazy dx)))

let private units = 4

let private affineLeaves =
    [ Parameter.ofMatrix "weight" Role.Weight (matrix units units (Key.ofSeed 1L))
      Parameter.ofVector "bias" Role.Bias ((matrix units 1 (Key.ofSeed 2L)).Column 0) ]

let private column (v: Vector<float>) n = Matrix<float>.Build.Dense(v.Count, n, fun i _ -> v[i])

let private affineForward (leaves: Parameter<float> list) (x: Matrix<float>) =
    leaves[0].Matrix * x + column leaves[1].Values x.ColumnCount

let private planted
    name (tamper: Matrix<float> -> Matrix<float> -> Matrix<float> -> Matrix<float> * Vector<float> * Matrix<float>) =
    Planted(name, units, units, affineLeaves, affineForward, fun leaves x dy ->
        let w = leaves[0].Matrix
        let dw, db, dx = tamper w x dy
        [ Parameter.ofMatrix "weight" Role.Weight dw; Parameter.ofVector "bias" Role.Bias db ], dx)

let private right (w: Matrix<float>) (x: Matrix<float>) (dy: Matrix<float>) =
    dy * x.Transpose(), dy.RowSums(), w.Transpose() * dy

/// Normalizes each feature over the batch, with a factor each.
let private normalized (x: Matrix<float>) =
    let centered = x - column (x.RowSums() / float x.ColumnCount) x.ColumnCount
    let deviation = (centered.PointwisePower(2.0).RowSums() / float x.ColumnCount + 1e-6).PointwiseSqrt()
    centered.PointwiseDivide(column deviation x.ColumnCount), deviation

let private batchNorm name (input: Matrix<float> -> Matrix<float> -> Vector<float> -> Matrix<float>) =
    let leaves = [ Parameter.ofVector "gamma" Role.Scale ((matrix units 1 (Key.ofSeed 3L)).Column 0) ]
    Planted(name, units, units, leaves,
            (fun leaves x -> (fst (normalized x)).PointwiseMultiply(column leaves[0].Values x.ColumnCount)),
            fun leaves x dy ->
                let z, deviation = normalized x
                let dz = dy.PointwiseMultiply(column leaves[0].Values x.ColumnCount)
                [ Parameter.ofVector "gamma" Role.Scale (dy.PointwiseMultiply(z).RowSums()) ], input z dz deviation)

let private batchNormRight (z: Matrix<float>) (dz: Matrix<float>) (deviation: Vector<float>) =
    let n = z.ColumnCount
    let mean (x: Matrix<float>) = column (x.RowSums() / float n) n
    (dz - mean dz - z.PointwiseMultiply(mean (dz.PointwiseMultiply z))).PointwiseDivide(column deviation n)

/// What is planted, and the leaf that the checker has to name.
let private plants: (string * Planted) list =
    [ "weight", planted "sign" (fun w x dy -> let dw, db, dx = right w x dy in -dw, db, dx)
      "bias", planted "factor" (fun w x dy -> let dw, db, dx = right w x dy in dw, 2.0 * db, dx)
      "input", planted "transposed" (fun w x dy -> let dw, db, _ = right w x dy in dw, db, w * dy)
      "bias", planted "axis" (fun w x dy -> let dw, _, dx = right w x dy in dw, dy.ColumnSums(), dx)
      "weight", planted "average" (fun w x dy -> let dw, db, dx = right w x dy in dw / float x.ColumnCount, db, dx)
      "input", planted "one element" (fun w x dy ->
          let dw, db, dx = right w x dy
          dw, db, dx.MapIndexed(fun i j d -> if i = 1 && j = 2 then d * 1.001 else d))
      "input", batchNorm "constant statistics" (fun _ dz deviation ->
          dz.PointwiseDivide(column deviation dz.ColumnCount))
      "input", batchNorm "constant variance" (fun z dz deviation ->
          let n = z.ColumnCount
          (dz - column (dz.RowSums() / float n) n).PointwiseDivide(column deviation n))
      "input", batchNorm "missing term" (fun z dz deviation ->
          let n = z.ColumnCount
          let mean = column ((dz.PointwiseMultiply z).RowSums() / float n) n
          (dz - z.PointwiseMultiply mean).PointwiseDivide(column deviation n)) ]

let private samples = matrix<float> units units

[<Tests>]
let laws =
    testList "gradient check" [
        testCase "a fault in a gradient is found, and its leaf is named" <| fun () ->
            for seed in 1L .. 20L do
                let x = samples (Key.ofSeed seed)
                for leaf, layer in plants do
                    for directions in [ 0; 3 ] do
                        let settings = { settings with Directions = directions; Key = Key.ofSeed seed }
                        let report = GradientCheck.ofLayer settings layer x
                        let name = (layer :> ILayer<float>).Name
                        Assert.True((not report.Agrees), $"{name} was not found along {directions} directions")
                        for mismatch in report.Mismatches do
                            let isNamed = mismatch.Parameter = leaf || mismatch.Parameter.EndsWith("." + leaf)
                            Assert.True(isNamed, $"{name}: {mismatch}")

        testCase "one wrong element is named by its place, with both values" <| fun () ->
            let _, layer = plants |> List.find (fun (_, layer) -> (layer :> ILayer<float>).Name = "one element")
            let report = GradientCheck.ofLayer settings layer (samples (Key.ofSeed 1L))
            let only = Assert.Single report.Mismatches
            Assert.Equal<int seq>([ 1; 2 ], only.Index)
            Assert.Equal(1.001, only.Claimed / only.Measured, 1e-6)
            Assert.Contains("input[1, 2]: the gradient is", string report)
            Assert.Contains("differ", Assert.Throws<InvalidOperationException>(fun () -> report.Require()).Message)

        law "the layers without the faults are right" seeds <| fun seed ->
            for layer in [ planted "affine" right; batchNorm "batch norm" batchNormRight ] do
                let settings, x = { settings with Key = Key.ofSeed seed }, samples (Key.ofSeed seed)
                (GradientCheck.ofLayer settings layer x).Require()

        testCase "the layers without the faults keep the laws" <| fun () ->
            Assert.Empty(Laws.ofLayer (planted "affine" right))
            // Its evaluation is by the batch, as no layer's may be, since it has no statistics.
            Assert.Equal<string list>(
                [ "what it sees of a batch is remembered"; "in evaluation a sample is by itself" ],
                Laws.ofLayer (batchNorm "batch norm" batchNormRight)
                |> List.map (fun failure -> failure.Split(':')[0])
                |> List.distinct)

        let compared, atKinks = ref 0, ref 0
        let fewAtKinks () =
            if 20 * atKinks.Value >= compared.Value then
                failtest $"{atKinks.Value} derivatives lay at kinks, {compared.Value} were compared"
        lawThen fewAtKinks 200 "right compositions raise no false alarm" compositions <| fun case ->
            let network, batch = network<float> case, batch<float> case
            let settings = { settings with Key = case.Key }
            let directions = GradientCheck.ofNetwork { settings with Directions = 4 } network batch
            let reports =
                if (Network.parameters network).Length > 150 then [ directions ]
                else [ directions; GradientCheck.ofNetwork settings network batch ]
            for report in reports do
                Assert.True((report.Mismatches.Count = 0), (string report))
                compared.Value <- compared.Value + report.Compared
                atKinks.Value <- atKinks.Value + report.AtKinks

        testCase "kinks are left out and counted" <| fun () ->
            let relu (x: Vector<float>) = x |> Seq.sumBy (max 0.0)
            let slope (x: Vector<float>) = x.Map(fun x -> if x > 0.0 then 1.0 else 0.0)
            let at = Vector<float>.Build.Dense [| 0.0; 1.0; -1.0; 3e-5; 0.0 |]
            let report = GradientCheck.ofFunction settings relu slope at
            Assert.Equal((3, 2), (report.Compared, report.AtKinks))
            report.Require()

        testCase "what is not a number is not a kink" <| fun () ->
            let vector (x: float list) = MathNet.Numerics.LinearAlgebra.Vector<float>.Build.DenseOfEnumerable x
            let report =
                vector [ -7.0; 1.0 ]
                |> GradientCheck.ofFunction settings (fun x -> log x[0] + x[1]) (fun x -> vector [ 1.0 / x[0]; 1.0 ])
            Assert.Equal((0, 2, false), (report.AtKinks, report.Mismatches.Count, report.Agrees))
            Assert.Contains("the function's value there or beside is not finite", string report)

        law "every element of a network that can be written down is right or wrong" (cases 3 3) <| fun case ->
            let network, batch = network<float> case, batch case
            (GradientCheck.ofNetwork settings network batch).Mismatches |> Assert.Empty

        testCase "losses are checked" <| fun () ->
            let y, key = matrix<float> 4 5 (Key.ofSeed 7L), Key.ofSeed 8L
            for loss in losses do
                let targets = Targets.Values(SoftmaxCrossEntropy.softmax (matrix 4 5 key))
                (GradientCheck.ofLoss settings loss y targets).Require()

        testCase "a gradient with NaN is wrong" <| fun () ->
            let x = Vector<float>.Build.Dense [| 1.0; 2.0 |]
            let gradient _ = Vector<float>.Build.Dense [| nan; 1.0 |]
            let report = GradientCheck.ofFunction settings (fun x -> x.Sum()) gradient x
            Assert.Equal(1, report.Mismatches.Count)
            Assert.Throws<ArgumentException>(fun () ->
                GradientCheck.ofFunction settings (fun x -> x.Sum()) (fun _ -> Vector<float>.Build.Dense 3) x |> ignore)
            |> ignore

        testCase "every optimizer keeps the laws" <| fun () ->
            for entry in optimizers do
                let optimizer = entry.Optimizer 0.02
                // Lion goes by signs alone, AdaDelta begins with the tiniest steps.
                let optimizer =
                    if optimizer.Rule.Name = "AdaDelta" then { optimizer with LearningRate = 5.0 } else optimizer
                let failures = Laws.ofOptimizer (Optimizer.init optimizer) (Optimizer.update optimizer)
                Assert.True(failures.IsEmpty, $"{optimizer}: %A{failures}")

        testCase "an optimizer that breaks a law is reported" <| fun () ->
            let plain f = Laws.ofOptimizer (fun _ -> ()) (fun () p g -> struct (f p g, ()))
            let broken = plain (Parameters.map2 (fun p g -> p + 0.01 * g))
            Assert.Contains(broken, fun failure -> failure.StartsWith "a first step goes downhill")
            Assert.Contains(broken, fun failure -> failure.StartsWith "it comes down a bowl")
            let divided = plain (Parameters.map2 (fun p g -> p - 0.01 * g / abs g))
            Assert.Contains(divided, fun failure -> failure.StartsWith "a gradient of 0")
            let writing = plain (fun p g ->
                p[0].Values[0] <- p[0].Values[0] - g[0].Values[0]
                p)
            // What it is given is a copy.
            Assert.DoesNotContain(writing, fun failure -> failure.StartsWith "no argument is written to")

        testCase "a layer that breaks a law is reported" <| fun () ->
            let failures (predict: Matrix<float> -> Matrix<float>) pullback =
                Laws.ofLayer (Planted("own", 0, 0, [], (fun _ x -> predict x), fun _ x dy -> [], pullback x dy))
            Assert.Empty(failures (fun x -> 3.0 * x) (fun _ dy -> 3.0 * dy))
            let law (name: string) (found: string list) = Assert.Contains(found, fun failure -> failure.StartsWith name)
            law "gradients are derivatives" (failures (fun x -> 3.0 * x) (fun _ dy -> dy))
            law "in evaluation a sample is by itself" (failures (fun x -> x * x.FrobeniusNorm()) (fun _ dy -> dy))
            law "no argument is written to" (failures (fun x -> x[0, 0] <- 1.0; x) (fun _ dy -> dy))
            law "shapes" (failures id (fun _ dy -> dy.Transpose()))
            let mutable calls = 0.0
            let counting (x: Matrix<float>) =
                calls <- calls + 1.0
                x + calls
            law "the same arguments give the same bits" (failures counting (fun _ dy -> dy))
    ]
