module Functional.Properties.InitializerLaws

open System
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Properties.Law
open Functional.Properties.Cases

let private initializers =
    [ Initializer.Zero; Initializer.Constant 0.3; Initializer.Normal 0.01; Initializer.Xavier; Initializer.He ]

[<Tests>]
let laws =
    testList "initializer" [
        law "weights are a function of the key, and float32 ones are the double ones rounded" (grids 40 40) <| fun grid ->
            for initializer in initializers do
                let weights key = Initializer.weights<float> initializer key grid.Rows grid.Columns
                let single = Initializer.weights<float32> initializer grid.Key grid.Rows grid.Columns
                Law.sameMatrix (weights grid.Key) (weights grid.Key)
                Law.sameBits (Law.elements (weights grid.Key) |> Array.map float32) (Law.elements single)
                let drawn = initializer.Distribution = Distribution.Normal
                Assert.Equal(drawn, weights grid.Key <> weights (Key.child 0 grid.Key))

        testCase "the deviation is the one asked for" <| fun () ->
            let outputs, inputs = 300, 400
            let count = float (outputs * inputs)
            let deviations = [ Initializer.Normal 0.01, 0.01; Initializer.Xavier, 0.05; Initializer.He, 0.05 * sqrt 2.0 ]
            for i, (initializer, deviation) in List.indexed deviations do
                let x = Law.elements (Initializer.weights<float> initializer (Key.child (100 + i) Law.key) outputs inputs)
                let found = sqrt (Array.averageBy (fun x -> x * x) x)
                // Five standard errors of a deviation, and of a mean.
                Assert.InRange(found / deviation, 1.0 - 5.0 / sqrt (2.0 * count), 1.0 + 5.0 / sqrt (2.0 * count))
                Assert.InRange(Array.average x / deviation, -5.0 / sqrt count, 5.0 / sqrt count)

        law "a constant is everywhere" (grids 40 40) <| fun grid ->
            let value = (Key.normals 1 grid.Key)[0]
            let weights = Initializer.weights<float> (Initializer.Constant value) grid.Key grid.Rows grid.Columns
            Assert.All(Law.elements weights, fun x -> Assert.Equal(value, x))

        testCase "what is no deviation is refused" <| fun () ->
            for value in [ -1.0; nan; Double.PositiveInfinity ] do
                Law.refused (fun () -> Initializer.weights<float> (Initializer.Normal value) Law.key 2 2) |> ignore
    ]
