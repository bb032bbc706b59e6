module Functional.Properties.EncoderLaws

open System
open System.IO
open Xunit
open Expecto
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Host.Data
open Functional.Host.Models
open Functional.Properties.Law
open Functional.Properties.Cases

/// A table of a column of numbers, one of whole numbers and one of text, all with gaps; some of its rows are trained
/// on.
type Table = { Rows: int; Seed: int64 }

let private tables: Arbitrary<Table> =
    let generator =
        gen {
            let! rows = (size 4 60).Generator
            let! seed = seeds.Generator
            return { Rows = rows; Seed = seed }
        }
    Arb.fromGenShrink (generator, fun table -> seq { for rows in smaller 4 table.Rows do { table with Rows = rows } })

/// A table's rows: those at `changed` have other cells.
let private rowsOf (table: Table) (changed: Set<int>) : Rows =
    let key = Key.ofSeed table.Seed
    let keyOf column row = Key.child row (Key.child (if changed.Contains row then 100 + column else column) key)
    let gap column row = (Key.uniforms 1 (Key.child 7 (keyOf column row)))[0] < 0.2
    let numbers column (value: Key -> float) =
        Array.init table.Rows (fun row -> if gap column row && row > 0 then nan else value (keyOf column row))
    let texts = [| "b"; "a"; "c"; "d" |]
    let codes =
        Array.init table.Rows (fun row -> if gap 2 row && row > 0 then -1 else (Key.integers 1 4 (keyOf 2 row))[0])
    Rows(
        [ NumberColumn("x", numbers 0 (fun key -> 1000.0 + 50.0 * ((Key.normals 1 key)[0]))) :> Column
          NumberColumn("n", numbers 1 (fun key -> float ((Key.integers 1 9 key)[0]))) :> Column
          TextColumn("t", texts, codes) :> Column ])

/// Row 0 has no gaps, so that every column can be learned from.
let private trainedOn (table: Table) =
    let order = Key.permutation table.Rows (Key.child 50 (Key.ofSeed table.Seed))
    Array.distinct (Array.append [| 0 |] order[.. table.Rows / 2])

let private learn (rows: Rows) (training: int[]) = FeatureEncoder.Learn(rows, training, DataScale.Standard)

let private featuresOf (encoder: FeatureEncoder) (rows: Rows) = encoder.Encode<float32>(rows, rows.All)

let private column (features: Matrix<float32>) (i: int) = (features.Column i).ToArray()

[<Tests>]
let laws =
    testList "encoder" [
        law "what is learned never depends on rows that are not trained on" tables <| fun table ->
            let training = trainedOn table
            let others = Set.ofSeq (Seq.except training (seq { 0 .. table.Rows - 1 }))
            let encoder = learn (rowsOf table Set.empty) training
            Assert.Equal(encoder, learn (rowsOf table others) training)
            // It does depend on those that are.
            if table.Rows > 8 then
                Assert.NotEqual(encoder, learn (rowsOf table (Set.ofSeq training)) training)

        law "a row encoded alone is the row encoded in the table" tables <| fun table ->
            let rows = rowsOf table Set.empty
            let encoder = learn rows (trainedOn table)
            let features = featuresOf encoder rows
            for i in rows.All do
                Law.sameBits (column features i) (Law.elements (encoder.Encode<float32>(rows, [| i |])))
                Law.sameBits (column features i) (Law.elements (featuresOf encoder (rows.Take [| i |])))

        law "rows in another order are encoded the same, in that order" tables <| fun table ->
            let rows = rowsOf table Set.empty
            let order = Key.permutation table.Rows (Key.child 51 (Key.ofSeed table.Seed))
            let encoder = learn rows (trainedOn table)
            let features, permuted = featuresOf encoder rows, featuresOf encoder (rows.Take order)
            order |> Array.iteri (fun place i -> Law.sameBits (column features i) (column permuted place))
            // Columns in another order are found by their names.
            let turned = Rows(Seq.rev rows.Columns |> List.ofSeq)
            Law.sameBits (Law.elements features) (Law.elements (featuresOf encoder turned))

        law "features are finite, whatever is empty or unknown" tables <| fun table ->
            let rows = rowsOf table Set.empty
            let encoder = learn rows (trainedOn table)
            let empty =
                Rows(
                    [ NumberColumn("x", [| nan |]) :> Column
                      NumberColumn("n", [| nan |]) :> Column
                      TextColumn("t", [| "unknown" |], [| 0 |]) :> Column ])
            for found in [ rows; empty ] do
                Assert.All(Law.elements (featuresOf encoder found), fun x -> Assert.True(Single.IsFinite x))

        law "a model from a file predicts what it predicts in memory, bit for bit" (both (tables, size 1 5))
        <| fun (table, outputs) ->
            let rows = rowsOf table Set.empty
            let encoder = learn rows (trainedOn table)
            let network: Network<float32> =
                Network.create
                    [ encoder.Features; 4; outputs ] Activation.Tanh Initializer.Xavier (Key.ofSeed table.Seed)
                |> Network.withLoss Loss.MeanSquaredError
            let names = [ for i in 1 .. outputs -> $"y{i}" ]
            let scales = [ for i in 1 .. outputs -> NumberScale(100.0 * float i, 3.5) ]
            let model = Model<float32>(network, Encoder = encoder, Task = Regression(scales, names))
            use stream = new MemoryStream()
            Model.Save(stream, model)
            stream.Position <- 0L
            let loaded = Model.Load<float32>(stream, "model")
            Assert.Equal(model.Encoder, loaded.Encoder)
            Assert.Equal(model.Task, loaded.Task)
            let answers (model: Model<float32>) =
                [| for answer in Model.Predict(model, rows) do yield! answer.Quantities |]
            Law.sameBits (answers model) (answers loaded)
    ]
