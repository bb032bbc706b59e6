module Functional.Properties.DataLaws

open System.IO
open Xunit
open Expecto
open FsCheck
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Functional.Host.Data
open Functional.Properties.Law
open Functional.Host.Files
open Functional.Properties.Cases

/// Samples of one pixel, drawn in batches; the label of sample i is i.
type Draw = { Samples: int; BatchSize: int; Epoch: int; Seed: int64 }

let private draws: Arbitrary<Draw> =
    let generator =
        gen {
            let! samples = (size 1 250).Generator
            let! batchSize = (size 1 (samples + 10)).Generator
            let! epoch = Gen.choose (0, 1000)
            let! seed = seeds.Generator
            return { Samples = samples; BatchSize = batchSize; Epoch = epoch; Seed = seed }
        }
    let shrink draw =
        seq {
            for samples in smaller 1 draw.Samples do
                { draw with Samples = samples; BatchSize = min draw.BatchSize (samples + 10) }
            for batchSize in smaller 1 draw.BatchSize do { draw with BatchSize = batchSize }
            for epoch in smaller 0 draw.Epoch do { draw with Epoch = epoch }
        }
    Arb.fromGenShrink (generator, shrink)

let private examples (count: int) (pixel: int -> byte) (scale: ByteScale) =
    let kinds = Classification.Numbered(max 1 count)
    let part = DataPart(Images(1, 1, Array.init count pixel), Classes(kinds, Array.init count id))
    Examples(part, FeatureEncoder.Images(1, 1, scale), kinds)

let private samplesOf (draw: Draw) = Key.permutation draw.Samples (Key.child 99 (Key.ofSeed draw.Seed))

let private loaderOf (pixel: int -> byte) (scale: ByteScale) (samples: int[]) (sampling: Sampling) (draw: Draw) =
    Loader(examples draw.Samples pixel scale, samples, draw.BatchSize, sampling, Key.ofSeed draw.Seed)

let private loader sampling draw = loaderOf byte ByteScale.Unit (samplesOf draw) sampling draw

let private indicesOf (loader: Loader) (draw: Draw) : int list list =
    [ for batch in loader.Indices draw.Epoch -> List.ofArray batch ]

let private indices sampling draw = indicesOf (loader sampling draw) draw

let private samplings (draw: Draw) =
    [ Sampling.Shuffle; Sampling.Replacement; if draw.BatchSize <= draw.Samples then Sampling.Distinct ]

[<Tests>]
let laws =
    testList "data" [
        law "a shuffled epoch visits each sample once" draws <| fun draw ->
            let batches = indices Sampling.Shuffle draw
            Assert.Equal<int>([ 0 .. draw.Samples - 1 ], List.sort (List.concat batches))
            Assert.Equal((loader Sampling.Shuffle draw).StepsPerEpoch, batches.Length)
            Assert.All(batches[.. batches.Length - 2], fun batch -> Assert.Equal(draw.BatchSize, batch.Length))

        law "distinct batches have no sample twice, and full size" draws <| fun draw ->
            let draw = { draw with BatchSize = min draw.BatchSize draw.Samples }
            for batch in indices Sampling.Distinct draw do
                Assert.Equal(draw.BatchSize, (List.distinct batch).Length)
                Assert.All(batch, fun i -> Assert.InRange(i, 0, draw.Samples - 1))

        law "batches drawn with replacement have full size" draws <| fun draw ->
            for batch in indices Sampling.Replacement draw do
                Assert.Equal(draw.BatchSize, batch.Length)
                Assert.All(batch, fun i -> Assert.InRange(i, 0, draw.Samples - 1))

        law "the order depends on the key and the epoch alone" draws <| fun draw ->
            for sampling in samplings draw do
                // Other images, another scale, epochs before this one, and this one begun and left.
                let other = loaderOf (fun _ -> 7uy) ByteScale.None (samplesOf draw) sampling draw
                for epoch in 0 .. 2 do other.Epoch epoch |> Seq.head |> ignore
                other.Indices draw.Epoch |> Seq.head |> ignore
                Assert.Equal<int list>(indices sampling draw, indicesOf other draw)

        law "other keys and other epochs give other orders" draws <| fun draw ->
            // Of 30 samples or more, two orders agree by chance once in 10^32.
            let draw = { draw with Samples = draw.Samples + 30; BatchSize = 30 }
            for sampling in samplings draw do
                let order draw = indicesOf (loaderOf byte ByteScale.Unit [| 0 .. draw.Samples - 1 |] sampling draw) draw
                Assert.NotEqual<int list list>(order draw, order { draw with Epoch = draw.Epoch + 1 })
                Assert.NotEqual<int list list>(order draw, order { draw with Seed = draw.Seed ^^^ 1L })

        law "batches hold the samples that the indices name" draws <| fun draw ->
            for sampling in samplings draw do
                let loader = loader sampling draw
                for batch, indices in Seq.zip (loader.Epoch draw.Epoch) (loader.Indices draw.Epoch) do
                    Law.sameBits (indices |> Array.map (fun i -> float32 (byte i) / 255.0f)) (Law.elements batch.Inputs)
                    match batch.Targets with
                    | Targets.Labels labels -> Assert.Equal<int>(indices, labels.ToArray())
                    | Targets.Values _ -> Assert.Fail "labels became values"

        law "samples that a caller changes afterwards don't reach his loader" draws <| fun draw ->
            let samples = samplesOf draw
            let loader = loaderOf byte ByteScale.Unit samples Sampling.Shuffle draw
            Array.fill samples 0 samples.Length -1
            Assert.Equal<int list>(indices Sampling.Shuffle draw, indicesOf loader draw)

        law "a split is a partition" (both (draws, Arb.fromGen (Gen.choose (1, 99)))) <| fun (draw, percent) ->
            let n = draw.Samples + 1
            let order = Key.permutation n (Key.ofSeed draw.Seed)
            let check expected (split: Split) =
                Assert.Equal<int>([| 0 .. n - 1 |], Array.sort (Array.append split.Training split.Validation))
                Assert.Equal(expected, split.Validation.Length)
            let count = 1 + draw.BatchSize % draw.Samples
            check count (Split.ByCount(order, count))
            let share = float percent / 100.0
            let rounded = int (System.Math.Round(float n * share, System.MidpointRounding.AwayFromZero))
            if rounded > 0 && rounded < n then check rounded (Split.ByFraction(order, share))
            else Law.refused (fun () -> Split.ByFraction(order, share)) |> ignore

        law "IDX written and read again is the same, plain and gzip" (both (grids 12 12, size 1 30))
        <| fun (grid, count) ->
            let bytes i n = Key.integers n 256 (Key.child i grid.Key) |> Array.map byte
            let file = ImageFile(count, grid.Rows, grid.Columns, bytes 0 (count * grid.Rows * grid.Columns))
            let labels = bytes 1 count
            for gzip in [ false; true ] do
                use stream = new MemoryStream()
                Idx.WriteImages(stream, file, gzip)
                stream.Position <- 0L
                let found = Idx.ReadImages(stream, "images")
                let sizes (file: ImageFile) = struct (file.Count, file.Height, file.Width)
                Assert.Equal(sizes file, sizes found)
                Assert.Equal<byte>(file.Pixels, found.Pixels)
                use stream = new MemoryStream()
                Idx.WriteLabels(stream, labels, gzip)
                stream.Position <- 0L
                Assert.Equal<byte>(labels, Idx.ReadLabels(stream, "labels"))

        law "IDX cut short or with anything after it is refused" (both (grids 12 12, size 1 30)) <| fun (grid, count) ->
            use stream = new MemoryStream()
            let pixels = Array.zeroCreate (count * grid.Rows * grid.Columns)
            Idx.WriteImages(stream, ImageFile(count, grid.Rows, grid.Columns, pixels), false)
            let whole = stream.ToArray()
            let cut = whole[.. (Key.integers 1 whole.Length grid.Key)[0] - 1]
            for wrong in [ cut; Array.append whole [| 0uy |] ] do
                let read () = Idx.ReadImages(new MemoryStream(wrong), "images") |> ignore
                Assert.Throws<DataException> read |> ignore
    ]
