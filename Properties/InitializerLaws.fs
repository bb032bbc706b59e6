/// Laws of every row of the table of initializers.
module Functional.Properties.InitializerLaws

open System
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases

let private weights<'T when Real<'T>> initializer (grid: Grid) : Matrix<'T> =
    Initializer.weights grid.Key initializer grid.Rows grid.Columns

[<Tests>]
let laws =
    testList "initializer" [
        law "weights are a function of the key, and float32 ones are the double ones rounded" (grids 40 40)
        <| fun grid ->
            for { Initializer = initializer } in initializers do
                let found = weights<float> initializer grid
                sameMatrix found (weights initializer grid)
                sameBits (elements found |> Array.map float32) (elements (weights<float32> initializer grid))
                // An orthogonal 1 x 1 matrix is 1 or -1, whatever the key.
                if initializer.Distribution <> Distribution.Orthogonal then
                    let other = Initializer.weights (Key.child 0 grid.Key) initializer grid.Rows grid.Columns
                    Assert.Equal(initializer.Distribution <> Distribution.Constant, (found <> other))

        law "deviations are those of the definitions, and means are 0" (gridsFrom 50 90) <| fun grid ->
            for row in initializers do
                if row.Initializer.Distribution <> Distribution.Constant then
                    let outputs, inputs = float grid.Rows, float grid.Columns
                    let w, expected = elements (weights<float> row.Initializer grid), row.Deviation inputs outputs
                    // Six standard errors of a deviation, and of a mean, of this many normal numbers.
                    let found = sqrt (Array.averageBy (fun x -> x * x) w) / expected
                    Assert.InRange(abs (found - 1.0), 0.0, 6.0 / sqrt (2.0 * inputs * outputs))
                    Assert.InRange(abs (Array.average w) / expected, 0.0, 6.0 / sqrt (inputs * outputs))

        law "uniform weights fill their range and stay inside" seeds <| fun seed ->
            let bound = sqrt (6.0 / (100.0 + 50.0))
            let w = elements (weights<float> Initializer.GlorotUniform { Rows = 100; Columns = 50; Seed = seed })
            Assert.InRange(Array.max w, 0.99 * bound, bound)
            Assert.InRange(Array.min w, -bound, -0.99 * bound)

        law "an orthogonal matrix is orthogonal" (grids 40 40) <| fun grid ->
            let w = weights<float> Initializer.Orthogonal grid
            let product = if grid.Rows >= grid.Columns then w.TransposeThisAndMultiply w else w.TransposeAndMultiply w
            near 0.0 4e-15 (elements (Matrix<float>.Build.DenseIdentity product.RowCount)) (elements product)

        law "a constant is everywhere" (grids 40 40) <| fun grid ->
            let value = (Key.normals 1 grid.Key)[0]
            Assert.All(elements (weights<float> (Initializer.Constant value) grid), fun x -> Assert.Equal(value, x))

        testCase "what is not a deviation is refused" <| fun () ->
            for value in [ -1.0; nan; Double.PositiveInfinity ] do
                refused (fun () -> Initializer.weights<float> key (Initializer.Normal value) 2 2) |> ignore

        testCase "initializers print as they are written" <| fun () ->
            for row in initializers do Assert.Equal(row.Text, string row.Initializer)
    ]
