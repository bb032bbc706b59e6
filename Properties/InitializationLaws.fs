module Functional.Properties.InitializationLaws

open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Properties.Law
open Functional.Properties.Compositions

let private sizes = Gen.zip3 (Gen.choose (1, 40)) (Gen.choose (1, 40)) keys

let private every =
    [ Initializer.Zero; Initializer.Constant 0.3; Initializer.Normal 0.01; Initializer.Xavier; Initializer.He
      Initializer.GlorotUniform; Initializer.LeCun; Initializer.Orthogonal ]

[<Tests>]
let laws =
    testList "initialization" [
        law "An orthogonal matrix is orthogonal" (Arb.fromGen sizes) <| fun (outputs, inputs, key) ->
            let w = Initializer.weights<float> Initializer.Orthogonal key outputs inputs
            let product = if outputs >= inputs then w.TransposeThisAndMultiply w else w.TransposeAndMultiply w
            let difference = product - Matrix<float>.Build.DenseIdentity product.RowCount
            require (difference.ForAll(fun x -> abs x < 4e-15)) $"{outputs} x {inputs}"

        law "Deviations are those of the definitions" (Arb.fromGen (Gen.zip3 (Gen.choose (50, 200)) (Gen.choose (50, 200)) keys)) <| fun (outputs, inputs, key) ->
            let n, m = float inputs, float outputs
            for initializer, expected in
                [ Initializer.Xavier, sqrt (1.0 / n); Initializer.LeCun, sqrt (1.0 / n); Initializer.He, sqrt (2.0 / n)
                  Initializer.GlorotUniform, sqrt (2.0 / (n + m)); Initializer.Normal 0.01, 0.01
                  Initializer.Orthogonal, sqrt (1.0 / max n m) ] do
                let w = elements (Initializer.weights<float> initializer key outputs inputs)
                let deviation = w |> Array.averageBy (fun x -> x * x) |> sqrt
                // Six deviations of the deviation of so many normal numbers.
                require (abs (deviation / expected - 1.0) < 6.0 / sqrt (2.0 * n * m)) $"{initializer}: {deviation}, not {expected}"
                require (abs (Array.average w) < 6.0 * expected / sqrt (n * m)) $"{initializer}: mean"

        law "Uniform weights fill their range and stay inside" (Arb.fromGen keys) <| fun key ->
            let bound = sqrt (6.0 / (100.0 + 50.0))
            let w = elements (Initializer.weights<float> Initializer.GlorotUniform key 100 50)
            require (Array.max w <= bound && Array.min w >= -bound) "outside"
            require (Array.max w > 0.99 * bound && Array.min w < -0.99 * bound) "not filled"

        law "Weights are a function of the key, and single precision is double rounded" (Arb.fromGen (Gen.zip sizes (Gen.elements every))) <| fun ((outputs, inputs, key), initializer) ->
            let w = Initializer.weights<float> initializer key outputs inputs
            require (w = Initializer.weights<float> initializer key outputs inputs) "a second time"
            require (w.Map float32 = Initializer.weights<float32> initializer key outputs inputs) "single precision"

        testCase "Initializers print as they are written" <| fun () ->
            Assert.Equal<string list>(
                [ "zero"; "constant:0.3"; "normal:0.01"; "xavier"; "he"; "glorot-uniform"; "xavier"; "orthogonal" ], List.map string every)
    ]
