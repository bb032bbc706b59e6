module Functional.Properties.GatherLaws

open System
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Cases

/// Samples of bytes, a label for each, and the places of a batch among them.
let private bytesOf (grid: Grid) =
    let pixels = Key.integers (grid.Rows * grid.Columns) 256 (Key.child 0 grid.Key) |> Array.map byte
    let labels = Key.integers grid.Columns 256 (Key.child 1 grid.Key)
    struct (pixels, labels, Key.integers (1 + grid.Columns / 2) grid.Columns (Key.child 2 grid.Key))

let private gathered<'T when Real<'T>> (value: byte -> 'T) (scale: ByteScale) (grid: Grid) =
    let struct (pixels, labels, indices) = bytesOf grid
    let batch = Bytes.batch<'T> scale grid.Rows pixels labels indices
    Assert.Equal(struct (grid.Rows, indices.Length), struct (batch.Features, batch.Samples))
    let sample i = pixels[i * grid.Rows .. (i + 1) * grid.Rows - 1]
    let expected = indices |> Array.collect (sample >> Array.map value)
    Law.sameBits expected (Law.elements batch.Inputs)
    match batch.Targets with
    | Targets.Labels found -> Assert.Equal<int>(indices |> Array.map (fun i -> labels[i]), found.ToArray())
    | Targets.Values _ -> Assert.Fail "labels became values"

[<Tests>]
let laws =
    testList "gather" [
        law "bytes are gathered as they are, or as exact shares of 255" (grids 70 20) <| fun grid ->
            gathered<float32> float32 ByteScale.None grid
            gathered<float> float ByteScale.None grid
            gathered<float32> (fun b -> float32 b / 255.0f) ByteScale.Unit grid
            gathered<float> (fun b -> float b / 255.0) ByteScale.Unit grid

        testCase "all 256 bytes are exact shares of 255, wherever they stand" <| fun () ->
            let all = [| 0uy .. 255uy |]
            for features in [ 1; 2; 4; 8; 16; 32; 64; 128; 256 ] do
                let samples = 256 / features
                let indices = [| 0 .. samples - 1 |]
                let single = Bytes.batch<float32> ByteScale.Unit features all (Array.zeroCreate samples) indices
                let double = Bytes.batch<float> ByteScale.Unit features all (Array.zeroCreate samples) indices
                Law.sameBits (all |> Array.map (fun b -> float32 b / 255.0f)) (Law.elements single.Inputs)
                Law.sameBits (all |> Array.map (fun b -> float b / 255.0)) (Law.elements double.Inputs)

        law "standard features have mean 0 and deviation 1" (grids 70 20) <| fun grid ->
            let struct (pixels, labels, indices) = bytesOf grid
            let scale = Bytes.standardScale grid.Rows pixels indices
            let double = Law.elements (Bytes.batch<float> scale grid.Rows pixels labels indices).Inputs
            let single = Law.elements (Bytes.batch<float32> scale grid.Rows pixels labels indices).Inputs
            Assert.Equal(0.0, Array.average double, 1e-12)
            let variance = Array.averageBy (fun x -> x * x) double
            Assert.True(abs (variance - 1.0) < 1e-12 || (variance = 0.0 && scale.Divisor = 1.0))
            // A float32 holds the shift to half a unit in its last place, which a small divisor magnifies.
            Law.near 1e-6 (1e-6 + 6e-8 * scale.Shift / scale.Divisor) double (Law.floats single)

        law "the order of the samples doesn't matter to their scale" (grids 70 20) <| fun grid ->
            let struct (pixels, _, indices) = bytesOf grid
            let scale = Bytes.standardScale grid.Rows pixels
            Assert.Equal(scale indices, scale (Array.rev indices))

        law "samples that are not there, and pixels that don't fit, are refused" (grids 40 20) <| fun grid ->
            let struct (pixels, labels, _) = bytesOf grid
            let batch features indices = Bytes.batch<float32> ByteScale.Unit features pixels labels indices
            for index in [ -1; grid.Columns; Int32.MaxValue; Int32.MinValue ] do
                Assert.Contains($"{index}", Law.refused (fun () -> batch grid.Rows [| 0; index |]))
                let scale () = Bytes.standardScale grid.Rows pixels [| 0; index |] |> ignore
                Assert.Contains($"sample {index} was asked for", Law.refused scale)
            Law.refused (fun () -> batch (grid.Rows + 1) [| 0 |]) |> ignore
            Law.refused (fun () -> batch grid.Rows [||]) |> ignore
    ]
