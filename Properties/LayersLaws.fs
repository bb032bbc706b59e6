module Functional.Properties.LayersLaws

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

let private close (tolerance: float) (expected: float) (found: float) (what: string) =
    require (abs (expected - found) <= tolerance) $"{what}: expected {expected}, found {found}"

let private mean (x: float seq) = Seq.average x
let private variance (x: float seq) =
    let m = mean x
    x |> Seq.averageBy (fun x -> (x - m) * (x - m))

[<Tests>]
let laws =
    testList "layers" [
        gradientLaw "Every layer's pullback is its derivative" (Arb.fromGen (cases (kinds |> Gen.map List.singleton))) <| requireGradients

        gradientLaw "The gradient of up to six layers is the derivative of the training loss" (Arb.fromGen compositions) <| requireGradients

        let shapes = Gen.zip3 (Gen.choose (1, 40)) (Gen.choose (2, 9)) keys
        let activation = Gen.elements activations
        gradientLaw "Pullbacks hold for every number of rows beside the vector's width" (Arb.fromGen (Gen.zip shapes activation)) <| fun count ((rows, columns, key), activation) ->
            let x, dy = normals<float> rows columns (Key.child 0 key), normals<float> rows columns (Key.child 1 key)
            let struct (_, pullback) = Activation.forward activation x
            let f (x: float[]) =
                let y = Activation.predict activation (Dense.matrix rows columns x)
                y.PointwiseMultiply(dy).Enumerate() |> Seq.sum
            requireGradient count (string activation) f (elements x) (elements (pullback dy))

        gradientLaw "Norms' pullbacks to their input hold for every number of rows beside the vector's width" (Arb.fromGen (Gen.zip3 (Gen.choose (3, 40)) (Gen.choose (4, 9)) keys)) <| fun count (rows, columns, key) ->
            let x, dy = normals<float> rows columns (Key.child 0 key), normals<float> rows columns (Key.child 1 key)
            let p = { Gamma = (normals rows 1 (Key.child 2 key)).Column 0; Beta = (normals rows 1 (Key.child 3 key)).Column 0 }
            let batchNorm = { BatchNorm.create<float> BatchNormConfiguration.Default rows with Parameters = p }
            let layerNorm: LayerNorm<float> = { Epsilon = 1e-5; Parameters = p }
            let inner (y: Matrix<float>) = y.PointwiseMultiply(dy).Enumerate() |> Seq.sum
            let byBatch x =
                let struct (y, _, pullback) = BatchNorm.forward batchNorm x
                struct (y, pullback)
            for name, forward in [ "batch norm", byBatch; "layer norm", LayerNorm.forward layerNorm ] do
                let struct (_, pullback) = forward x
                let struct (_, dx) = pullback dy
                let f (x: float[]) =
                    let struct (y, _) = forward (Dense.matrix rows columns x)
                    inner y
                requireGradient count name f (elements x) (elements dx.Value)

        testCase "Activations have the values of their definitions" <| fun () ->
            // x, then gelu, silu, softplus: computed in 40 digits.
            let known =
                [ -8.0, -4.976768459417427e-15, -0.002682801043731825, 0.00033540637289576885
                  -3.0, -0.0040496940948902835, -0.14227761953270035, 0.04858735157374206
                  -0.5, -0.15426876936299344, -0.18877033439907273, 0.4740769841801067
                  0.0, 0.0, 0.0, 0.6931471805599453
                  0.7, 0.5306254434438489, 0.46773144051771626, 1.103186048885458
                  4.0, 3.9998733150326675, 3.928055160151634, 4.0181499279178094
                  -40.0, 0.0, -1.6993417021166355e-16, 4.248354255291589e-18 ]
            let value activation (x: float) = (Activation.predict activation (Dense.matrix 1 1 [| x |]))[0, 0]
            for x, gelu, silu, softplus in known do
                for activation, expected in
                    [ Activation.Gelu, gelu; Activation.Silu, silu; Activation.Softplus, softplus
                      Activation.Relu, max x 0.0; Activation.LeakyRelu 0.1, (if x > 0.0 then x else 0.1 * x)
                      Activation.Elu 2.0, (if x > 0.0 then x else 2.0 * (exp x - 1.0)); Activation.Tanh, tanh x
                      Activation.Sigmoid, 1.0 / (1.0 + exp -x) ] do
                    close (1e-14 * abs expected + 1e-300) expected (value activation x) $"{activation} at {x}"

        law "Batch norm's output has mean 0 and the deviation 1 less what epsilon takes" (Arb.fromGen (Gen.zip3 (Gen.choose (1, 40)) (Gen.choose (2, 30)) keys)) <| fun (rows, columns, key) ->
            let x = normals<float> rows columns key
            let struct (y, seen, _) = BatchNorm.forward (BatchNorm.create BatchNormConfiguration.Default rows) x
            for i in 0 .. rows - 1 do
                let v = variance (x.Row i)
                close 1e-12 (mean (x.Row i)) seen.Mean[i] "mean seen"
                close 1e-12 v seen.Variance[i] "variance seen"
                close 1e-10 0.0 (mean (y.Row i)) "mean"
                close 1e-10 (v / (v + 1e-6)) (variance (y.Row i)) "variance"

        law "Batch norm doesn't see the scale and the place of its input" (Arb.fromGen (Gen.zip3 (Gen.choose (1, 20)) (Gen.choose (0, 6)) keys)) <| fun (rows, exponent, key) ->
            let x = normals<float> rows 8 key
            let scaled = x.Multiply(Math.ScaleB(1.0, 3 * exponent - 9)).Add 5.0
            let layer = BatchNorm.create { Momentum = 0.9; Epsilon = 1e-20 } rows
            let struct (y, _, _) = BatchNorm.forward layer x
            let struct (same, _, _) = BatchNorm.forward layer scaled
            close 1e-8 0.0 ((y - same).Enumerate() |> Seq.map abs |> Seq.max) "difference"

        law "Batch norm evaluates by its running statistics" (Arb.fromGen (Gen.zip (Gen.choose (1, 40)) keys)) <| fun (rows, key) ->
            let column i = (normals<float> rows 1 (Key.child i key)).Column 0
            let fresh = BatchNorm.create<float> BatchNormConfiguration.Default rows
            let layer =
                { fresh with
                    Parameters = { Gamma = column 0; Beta = column 1 }
                    Statistics = { Mean = column 2; Variance = (column 3).PointwiseMultiply(column 3) } }
            let x = normals<float> rows 5 (Key.child 4 key)
            let y = BatchNorm.predict layer x
            for i in 0 .. rows - 1 do
                for j in 0 .. 4 do
                    let s = layer.Statistics
                    let z = (x[i, j] - s.Mean[i]) / sqrt (s.Variance[i] + 1e-6)
                    close (1e-12 * (1.0 + abs z)) (layer.Parameters.Gamma[i] * z + layer.Parameters.Beta[i]) y[i, j] "y"

        law "A step folds a tenth of what batch norm saw into what it remembers" (Arb.fromGen keys) <| fun key ->
            let case = caseOf<float> [ NormalizedByBatch 1e-6 ] losses[0] Penalty.None 6 key
            let state = Training.start case.Network (Optimizer.Sgd 0.1) key
            let affine = match case.Network.Layers[0] with Affine affine -> affine | _ -> failwith "an affine layer was expected"
            let x = Affine.predict affine case.Batch.Inputs
            let struct (once, _) = Training.step state case.Batch
            let first = Network.statistics once.Network
            for i in 0 .. 4 do
                close 1e-12 (0.1 * mean (x.Row i)) first["batchnorm1.mean"].Values[i] "mean"
                close 1e-12 (0.1 * variance (x.Row i)) first["batchnorm1.variance"].Values[i] "variance"
            let seen = (Network.gradient (Key.child 1 key) once.Network case.Batch).Statistics
            let struct (twice, _) = Training.step once case.Batch
            for before, seen, after in Seq.zip3 first seen (Network.statistics twice.Network) do
                for i in 0 .. 4 do close 1e-12 (0.9 * before.Values[i] + 0.1 * seen.Values[i]) after.Values[i] after.Name
            for leaf in Network.parameters twice.Network do require (leaf.Role <> Role.Statistic) $"{leaf.Name} is trained"

        law "Layer norm's output has mean 0 and the deviation 1 less what epsilon takes in every sample" (Arb.fromGen (Gen.zip (Gen.choose (2, 40)) keys)) <| fun (rows, key) ->
            let x = normals<float> rows 5 key
            let y = LayerNorm.predict (LayerNorm.create 1e-5 rows) x
            for j in 0 .. 4 do
                let v = variance (x.Column j)
                close 1e-10 0.0 (mean (y.Column j)) "mean"
                close 1e-10 (v / (v + 1e-5)) (variance (y.Column j)) "variance"

        let alone (case: Case<'T>) =
            // Statistics as after a step, so that batch norm has something to evaluate by.
            let network = Network.foldStatistics case.Network (Network.gradient case.Key case.Network case.Batch).Statistics
            let together = Network.predict network case.Batch.Inputs
            for j in 0 .. case.Batch.Samples - 1 do
                let y = Network.predict network (case.Batch.Inputs.SubMatrix(0, case.Batch.Features, j, 1))
                require (elements y = together.Column(j).ToArray()) $"sample {j}"
        law "In evaluation a sample gives the same bits alone and in a batch, in float32" (Arb.fromGen compositions<float32>) alone
        law "In evaluation a sample gives the same bits alone and in a batch, in float" (Arb.fromGen compositions<float>) alone

        law "Nothing that training is given changes" (Arb.fromGen compositions<float32>) <| fun case ->
            let digest, inputs = Network.digest case.Network, elements case.Batch.Inputs
            let state = Training.start case.Network (Optimizer.Sgd 0.1) case.Key
            let struct (_, first) = Training.step state case.Batch
            let struct (_, again) = Training.step state case.Batch
            require (first = again) "a step is not a function"
            require (Network.digest case.Network = digest) "the network changed"
            require (elements case.Batch.Inputs = inputs) "the batch changed"

        law "Pullbacks may be used twice, and leave alone what they are given" (Arb.fromGen (cases<float> (kinds |> Gen.map List.singleton))) <| fun case ->
            let layer = case.Network.Layers[1]
            let x = normals<float> 5 7 (Key.child 0 case.Key)
            let passed = Layer.forward "layer" (Drawn case.Key) layer x
            let dy = normals<float> passed.Output.RowCount 7 (Key.child 1 case.Key)
            let before = elements x, elements dy
            let gradients () =
                let struct (leaves, dx) = passed.Pullback dy
                leaves |> List.map _.Values.ToArray(), elements dx.Value
            require (gradients () = gradients ()) "the second time differs"
            require ((elements x, elements dy) = before) "an argument changed"

        let like = Gen.listOfLength 2 kinds |> Gen.map (List.filter (function AffineTo _ | OwnTo _ -> false | _ -> true))
        law "A layer of one's own trains to the same bits as the built-in one that it imitates" (Arb.fromGen (Gen.zip like keys)) <| fun (kinds, key) ->
            let train kind =
                let case = caseOf<float32> (kind 6 :: kinds) losses[0] (Penalty.L2 0.01) 8 key
                let mutable state = Training.start case.Network (Optimizer.Sgd 0.1) key
                for _ in 1 .. 5 do
                    let struct (next, _) = Training.step state case.Batch
                    state <- next
                let network = state.Network
                [ for leaf in Network.parameters network -> leaf.Values.ToArray() ],
                elements (Network.predict network case.Batch.Inputs)
            require (train AffineTo = train OwnTo) "they differ"

        law "Parameters and statistics go out and in again" (Arb.fromGen compositions<float32>) <| fun case ->
            let network = Network.foldStatistics case.Network (Network.gradient case.Key case.Network case.Batch).Statistics
            let again =
                Network.withStatistics
                    (Network.withParameters case.Network (Network.parameters network))
                    (Network.statistics network)
            require (Network.digest again = Network.digest network) "the digest differs"
            if (Network.statistics network).Count > 0 then
                require (Network.digest case.Network <> Network.digest network) "the digest doesn't see statistics"

        testCase "What can't be is refused where it is built" <| fun () ->
            let refused (layer: Layer<float>) (part: string) =
                let build () = Network.ofLayers [ Layer.batchNorm<float> 3; layer ]
                let error = Assert.Throws<ArgumentException>(fun () -> build () |> ignore)
                Assert.Contains(part, error.Message)
            refused (Layer.dropout 1.0) "layer 2 (dropout 1): the ratio"
            refused (Layer.dropout nan) "the ratio"
            refused (Activation(Activation.Elu infinity)) "finite"
            refused (Layer.batchNorm 4) "expects 4 inputs, but layer 1 gives 3"
            refused (BatchNorm(BatchNorm.create { Momentum = 1.1; Epsilon = 1e-6 } 3)) "momentum"
            refused (LayerNorm(LayerNorm.create 0.0 3)) "epsilon"
    ]
