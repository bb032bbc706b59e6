/// Laws of normalizations beside those of every layer.
module Functional.Properties.NormLaws

open System
open FsCheck.FSharp
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases

let private close (tolerance: float) (expected: float) (found: float) = Assert.Equal(expected, found, tolerance)

let private variance (x: float seq) =
    let mean = Seq.average x
    x |> Seq.averageBy (fun x -> (x - mean) * (x - mean))

[<Tests>]
let laws =
    testList "norm" [
        law "batch norm's output has mean 0 and the deviation 1 less what epsilon takes" (grids 40 30) <| fun grid ->
            let x = matrix<float> grid.Rows (grid.Columns + 1) grid.Key
            let struct (y, seen, _) = BatchNorm.forward (BatchNorm.create BatchNormConfiguration.Default grid.Rows) x
            for i in 0 .. grid.Rows - 1 do
                let v = variance (x.Row i)
                close 1e-12 (Seq.average (x.Row i)) seen.Mean[i]
                close 1e-12 v seen.Variance[i]
                close 1e-10 0.0 (Seq.average (y.Row i))
                close 1e-10 (v / (v + 1e-6)) (variance (y.Row i))

        law "batch norm doesn't see the scale and the place of its input" (both (grids 20 1, size 0 6))
        <| fun (grid, exponent) ->
            let x = matrix<float> grid.Rows 8 grid.Key
            let scaled = x.Multiply(Math.ScaleB(1.0, 3 * exponent - 9)).Add 5.0
            let layer = BatchNorm.create { Momentum = 0.9; Epsilon = 1e-20 } grid.Rows
            let struct (y, _, _) = BatchNorm.forward layer x
            let struct (same, _, _) = BatchNorm.forward layer scaled
            near 0.0 1e-8 (elements y) (elements same)

        law "batch norm evaluates by its running statistics" (grids 40 1) <| fun grid ->
            let row i = vector<float> grid.Rows (Key.child i grid.Key)
            let fresh = BatchNorm.create<float> BatchNormConfiguration.Default grid.Rows
            let layer =
                { fresh with
                    Parameters = { Gamma = row 0; Beta = row 1 }
                    Statistics = { Mean = row 2; Variance = (row 3).PointwiseMultiply(row 3) } }
            let x = matrix<float> grid.Rows 5 (Key.child 4 grid.Key)
            let y = BatchNorm.predict layer x
            for i in 0 .. grid.Rows - 1 do
                for j in 0 .. 4 do
                    let s = layer.Statistics
                    let z = (x[i, j] - s.Mean[i]) / sqrt (s.Variance[i] + 1e-6)
                    close (1e-12 * (1.0 + abs z)) (layer.Parameters.Gamma[i] * z + layer.Parameters.Beta[i]) y[i, j]

        law "a step folds a tenth of what batch norm saw into what it remembers" seeds <| fun seed ->
            let case = composed [ BatchNormalized 1e-6 ] 6 seed
            let network, batch = network<float> case, batch<float> case
            let state = Training.start network (Optimizer.Sgd 0.1) case.Key
            let seen (network: Network<float>) = network.Layers[0].Predict batch.Inputs
            let struct (once, _) = Training.step state batch
            let first, x = Network.statistics once.Network, seen network
            for i in 0 .. 4 do
                close 1e-12 (0.1 * Seq.average (x.Row i)) first["batchnorm1.mean"].Values[i]
                close 1e-12 (0.1 * variance (x.Row i)) first["batchnorm1.variance"].Values[i]
            let gradient = Network.gradient (Key.child 1 case.Key) once.Network batch
            let struct (twice, _) = Training.step once batch
            let second, x = Network.statistics twice.Network, seen once.Network
            sameParameters gradient.Statistics second
            for i in 0 .. 4 do
                let mean, variance' = first["batchnorm1.mean"].Values[i], first["batchnorm1.variance"].Values[i]
                close 1e-12 (0.9 * mean + 0.1 * Seq.average (x.Row i)) second["batchnorm1.mean"].Values[i]
                close 1e-12 (0.9 * variance' + 0.1 * variance (x.Row i)) second["batchnorm1.variance"].Values[i]
            for leaf in Network.parameters twice.Network do Assert.NotEqual(Role.Statistic, leaf.Role)

        law "layer norm's output has mean 0 and the deviation 1 less what epsilon takes in every sample" (grids 40 1)
        <| fun grid ->
            let x = matrix<float> (grid.Rows + 1) 5 grid.Key
            let y = LayerNorm.predict (LayerNorm.create 1e-5 x.RowCount) x
            for j in 0 .. 4 do
                let v = variance (x.Column j)
                close 1e-10 0.0 (Seq.average (y.Column j))
                close 1e-10 (v / (v + 1e-5)) (variance (y.Column j))

        law "RMS norm's output has mean square 1 less what epsilon takes in every sample, and x's direction"
            (grids 40 1) <| fun grid ->
            let x = matrix<float> grid.Rows 5 grid.Key
            let y = (Layer.rmsNorm grid.Rows).Predict x
            for j in 0 .. 4 do
                let square = Seq.averageBy (fun x -> x * x) (x.Column j)
                near 1e-10 1e-10 ((x.Column j / sqrt (square + 1e-6)).ToArray()) ((y.Column j).ToArray())
                close 1e-10 (square / (square + 1e-6)) (Seq.averageBy (fun y -> y * y) (y.Column j))
    ]
