/// Laws of augmentations: for any images, of any sizes, under any key.
module Functional.Properties.AugmentationLaws

open System
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open Functional
open Functional.Augmentations
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases

type private Images =
    { Image: ImageFormat
      Samples: int
      Seed: int64 }

let private cases: Arbitrary<Images> =
    let imagesOf channels height width samples seed =
        { Image = { ImageFormat.Gray(height, width, samples) with Channels = channels }
          Samples = samples
          Seed = seed }
    let generator =
        Gen.map5 imagesOf
            (Gen.choose (1, 3)) (Gen.choose (1, 12)) (Gen.choose (1, 40)) (Gen.choose (1, 6)) seeds.Generator
    let shrink { Image = image; Samples = samples; Seed = seed } =
        seq {
            for samples in smaller 1 samples do imagesOf image.Channels image.Height image.Width samples seed
            for channels in smaller 1 image.Channels do imagesOf channels image.Height image.Width samples seed
            for height in smaller 1 image.Height do imagesOf image.Channels height image.Width samples seed
            for width in smaller 1 image.Width do imagesOf image.Channels image.Height width samples seed
        }
    Arb.fromGenShrink (generator, shrink)

let private keyOf (case: Images) = Key.ofSeed case.Seed

/// Many pixels are exactly 0 or 1, where a range is easily left.
let private images<'T when Real<'T>> (case: Images) : Matrix<'T> =
    let numbers = Key.uniforms (case.Image.Features * case.Samples) (Key.child 0 (keyOf case))
    let pixels = numbers |> Array.map (fun u -> Real.number<'T, float> (Math.Clamp(2.0 * u - 0.5, 0.0, 1.0)))
    Dense.matrix case.Image.Features case.Samples pixels

let private batch<'T when Real<'T>> (case: Images) : Batch<'T> =
    Batch.ofLabels (images<'T> case) (seq { 0 .. case.Samples - 1 })

let private apply augmentations (case: Images) (x: Batch<'T>) =
    Augmentation.apply (Key.child 1 (keyOf case)) augmentations case.Image x

/// One of each kind that fits the case's images.
let private kindsOf (case: Images) : Augmentation list =
    let key = Key.child 2 (keyOf case)
    [ for i, row in List.indexed augmentations -> row.Drawn case.Image (Key.uniforms 3 (Key.child i key)) ]

let private same (a: Batch<'T>) (b: Batch<'T>) =
    let targets (x: Batch<'T>) =
        match x.Targets with
        | Targets.Labels labels -> Choice1Of2(labels.ToArray())
        | Targets.Values values -> Choice2Of2(values.ToColumnMajorArray())
    a.Inputs.RowCount = b.Inputs.RowCount
    && a.Inputs.ToColumnMajorArray() = b.Inputs.ToColumnMajorArray()
    && targets a = targets b

let private inRange<'T when Real<'T>> (case: Images) =
    let within (augmentations: Augmentation list) =
        let augmented = apply augmentations case (batch<'T> case)
        augmented.Features = (Augmentation.output augmentations case.Image).Features
        && augmented.Inputs.Enumerate() |> Seq.forall (fun x -> Real.toFloat x >= 0.0 && Real.toFloat x <= 1.0)
    // Flips, rotations and elastic distortions fit any size: they can follow a crop.
    List.forall (fun kind -> within [ kind; Augmentation.Elastic(9.0, 2.0); Augmentation.Flip 0.5 ]) (kindsOf case)

/// The window of this size with its upper left corner at this place, with zeros around the image.
let private window (image: ImageFormat) height width (top: int, left: int) (x: Vector<float>) : Vector<float> =
    let pixel i =
        let channel, y, x' = i / (height * width), i / width % height + top, i % width + left
        if y >= 0 && y < image.Height && x' >= 0 && x' < image.Width then
            x[(channel * image.Height + y) * image.Width + x'] else 0.0
    Vector<float>.Build.Dense(image.Channels * height * width, pixel)

let private mixes<'T when Real<'T>> (tolerance: float) (case: Images) =
    let x = batch<'T> case
    let mixed = apply [ Augmentation.Mixup(0.1 + float (case.Seed % 40L) / 10.0) ] case x
    match mixed.Targets with
    | Targets.Labels _ -> false
    | Targets.Values targets ->
        let floats (matrix: Matrix<'T>) =
            Matrix<float>.Build.Dense(matrix.RowCount, matrix.ColumnCount, fun i j -> Real.toFloat matrix[i, j])
        // Each sample has a class of its own, so that the targets are the weights.
        let weights = floats targets
        weights.RowCount = case.Image.Classes
        && weights.ColumnSums() |> Seq.forall (fun sum -> abs (sum - 1.0) <= tolerance)
        && weights.Enumerate() |> Seq.forall (fun w -> w >= 0.0 && w <= 1.0)
        && (floats x.Inputs * weights - floats mixed.Inputs).L2Norm() <= 100.0 * tolerance

[<Tests>]
let laws =
    testList "augmentation" [
        law "Pixels stay within 0 and 1, in both precisions" cases <| fun case ->
            inRange<float32> case && inRange<float> case

        law "Noise stays in the range that the format tells" cases <| fun case ->
            let image = { case.Image with Lowest = -0.5; Highest = 1.5 }
            let augmented = Augmentation.apply (keyOf case) [ Augmentation.Noise 1.0 ] image (batch<float32> case)
            augmented.Inputs.Enumerate() |> Seq.forall (fun x -> x >= -0.5f && x <= 1.5f)

        law "What comes from outside is background" cases <| fun case ->
            let size = Math.Min(case.Image.Height, case.Image.Width)
            let image = { case.Image with Background = 0.25 }
            let gray = Batch.ofLabels (Dense.matrix image.Features 1 (Array.create image.Features 0.25)) [ 0 ]
            let augmentations =
                [ Augmentation.Shift(size - 1); Augmentation.Rotation 90.0; Augmentation.Scale 3.0
                  Augmentation.Elastic(30.0, 1.0); Augmentation.Cutout 9; Augmentation.Crop(size, size, size) ]
            let augmented = Augmentation.apply (keyOf case) augmentations image gray
            augmented.Inputs.Enumerate() |> Seq.forall (fun x -> abs (x - 0.25) < 1e-12)

        law "The same key gives the same bits" cases <| fun case ->
            let augmented kind = apply [ kind ] case (batch<float32> case)
            kindsOf case |> List.forall (fun kind -> same (augmented kind) (augmented kind))

        testCase "Other keys give other images" <| fun () ->
            let image = ImageFormat.Gray(20, 20, 30)
            let x = batch<float32> { Image = image; Samples = 30; Seed = 5L }
            for { Strong = augmentation } in augmentations do
                let augmented seed = Augmentation.apply (Key.ofSeed seed) [ augmentation ] image x
                Assert.False(same (augmented 1L) (augmented 2L), string augmentation)
                // The samples of a batch are not all changed in the same way, either.
                let columns = Array.create 30 (x.Inputs.Column 0)
                let alike = Batch.ofLabels (Matrix<float32>.Build.DenseOfColumnVectors columns) (seq { 0 .. 29 })
                let changed = (Augmentation.apply (Key.ofSeed 1L) [ augmentation ] image alike).Inputs
                let different = changed.EnumerateColumns() |> Seq.distinct |> Seq.length
                match augmentation with
                | Augmentation.Mixup _ -> Assert.InRange(different, 1, 30)
                | _ -> Assert.InRange(different, 2, 30)

        law "Any number of threads gives the same bits" cases <| fun case ->
            let case = { case with Samples = 50_000 / case.Image.Features + 9 }
            let kind = List.item (int (case.Seed % int64 augmentations.Length)) (kindsOf case)
            let x = batch<float32> case
            // Of very many small images, one-hot targets would be the larger part.
            let ones = Dense.matrix 1 case.Samples (Array.create case.Samples 1.0f)
            let x = if case.Samples > 256 then Batch.ofTargets x.Inputs ones else x
            let augmentations = [ Augmentation.Cutout 3; kind ]
            let case = { case with Image = { case.Image with Classes = case.Samples } }
            let alone = Team.withThreads 1 (fun () -> apply augmentations case x)
            same alone (Team.withThreads (2 + int (case.Seed % 3L)) (fun () -> apply augmentations case x))

        law "A sample's augmentation doesn't depend on its batch mates, but for mixup" cases <| fun case ->
            kindsOf case
            |> List.filter (fun kind -> not kind.IsMixup)
            |> List.forall (fun kind ->
                let all = apply [ Augmentation.Noise 0.1; kind ] case (batch<float32> case)
                let first = Batch.ofLabels ((images<float32> case).SubMatrix(0, case.Image.Features, 0, 1)) [ 0 ]
                (apply [ Augmentation.Noise 0.1; kind ] case first).Inputs.Column 0 = all.Inputs.Column 0)

        law "Arguments are left as they were" cases <| fun case ->
            let x = batch<float32> case
            let before = x.Inputs.ToColumnMajorArray()
            for kind in kindsOf case do apply [ kind ] case x |> ignore
            x.Inputs.ToColumnMajorArray() = before

        law "Augmentations of no strength change nothing" cases <| fun case ->
            let idle = augmentations |> List.choose (fun row -> row.Idle |> Option.map (fun idle -> idle case.Image))
            [] :: idle :: List.map List.singleton idle
            |> List.forall (fun nothing -> same (batch<float32> case) (apply nothing case (batch<float32> case)))

        law "A flip undoes a flip" cases <| fun case ->
            let x = batch<float32> case
            let always, sometimes = [ Augmentation.Flip 1.0 ], [ Augmentation.Flip 0.5 ]
            let mirrored (y: Batch<float32>) =
                let width = case.Image.Width
                let opposite row = row / width * width + width - 1 - row % width
                y.Inputs = x.Inputs.MapIndexed(fun row column _ -> x.Inputs[opposite row, column])
            mirrored (apply always case x)
            && same x (apply always case (apply always case x))
            && same x (apply sometimes case (apply sometimes case x))

        testCase "A crop takes every window that there is, and a shift goes everywhere" <| fun () ->
            let image = { ImageFormat.Gray(4, 5, 1) with Channels = 2 }
            // No two pixels are alike, so that a window tells its place.
            let column = Vector<float>.Build.Dense(image.Features, fun i -> float (i + 1) / 100.0)
            let alike = Matrix<float>.Build.DenseOfColumnVectors(Array.create 2000 column)
            let x = Batch.ofLabels alike (Array.zeroCreate 2000)
            let seen augmentation =
                let augmented = Augmentation.apply (Key.ofSeed 3L) [ augmentation ] image x
                augmented.Inputs.EnumerateColumns() |> Seq.map _.ToArray() |> set
            let windows height width tops lefts =
                set [ for top in tops do for left in lefts -> (window image height width (top, left) column).ToArray() ]
            Assert.Equal<Set<float[]>>(windows 2 3 [ 0..2 ] [ 0..2 ], seen (Augmentation.Crop(2, 3, 0)))
            Assert.Equal<Set<float[]>>(windows 4 5 [ -1..1 ] [ -1..1 ], seen (Augmentation.Crop(4, 5, 1)))
            Assert.Equal<Set<float[]>>(windows 7 3 [ -2..-1 ] [ -2..4 ], seen (Augmentation.Crop(7, 3, 2)))
            Assert.Equal<Set<float[]>>(windows 4 5 [ -2..2 ] [ -2..2 ], seen (Augmentation.Shift 2))

        testCase "A cutout takes a square out of every channel" <| fun () ->
            let image = { ImageFormat.Gray(6, 7, 1) with Channels = 2 }
            let x = Batch.ofLabels (Matrix<float>.Build.Dense(image.Features, 500, 1.0)) (Array.zeroCreate 500)
            let centers =
                [ for y in 0..5 do
                    for x in 0..6 ->
                      Array.init image.Features (fun i ->
                          let row, column = i / 7 % 6, i % 7
                          if row >= y - 1 && row <= y + 1 && column >= x - 1 && column <= x + 1 then 0.0 else 1.0) ]
            let augmented = Augmentation.apply (Key.ofSeed 3L) [ Augmentation.Cutout 3 ] image x
            let seen = augmented.Inputs.EnumerateColumns() |> Seq.map _.ToArray()
            Assert.Equal<Set<float[]>>(set centers, set seen)

        let bilinear (image: ImageFormat) (x: Vector<float>) (v: float) (u: float) =
            let at y x' = (window image 1 1 (y, x') x)[0]
            let top, left = int (floor v), int (floor u)
            let down, across = v - floor v, u - floor u
            (1.0 - down) * ((1.0 - across) * at top left + across * at top (left + 1))
            + down * ((1.0 - across) * at (top + 1) left + across * at (top + 1) (left + 1))
        law "A rotation and a scale are bilinear interpolations at turned places" cases <| fun case ->
            let image = { case.Image with Channels = 1 }
            let case = { case with Image = image }
            let x = images<float> case
            let draw j = (Key.child 1 (keyOf case) |> Key.child j |> Key.child 0 |> Key.uniforms 1)[0]
            let agrees augmentation (angle: float -> float) (factor: float -> float) =
                let y = (apply [ augmentation ] case (batch<float> case)).Inputs
                Seq.forall (fun j ->
                    let a, f = angle (draw j), factor (draw j)
                    let c, s = Math.Cos a / f, Math.Sin a / f
                    let middle, center = float (image.Height - 1) / 2.0, float (image.Width - 1) / 2.0
                    Seq.forall (fun i ->
                        let down, across = float (i / image.Width) - middle, float (i % image.Width) - center
                        let v, u = middle + c * down + s * across, center + c * across - s * down
                        let expected = bilinear image (x.Column j) v u
                        abs (expected - y[i, j]) < 2e-5) (seq { 0 .. image.Features - 1 }))
                            (seq { 0 .. case.Samples - 1 })
            agrees (Augmentation.Rotation 40.0) (fun u -> (2.0 * u - 1.0) * 40.0 * Math.PI / 180.0) (fun _ -> 1.0)
            && agrees (Augmentation.Scale 1.5) (fun _ -> 0.0) (fun u -> 1.0 / 1.5 + u * (1.5 - 1.0 / 1.5))

        // The row and the column from which an elastic distortion with this key takes a pixel.
        let displaced (image: ImageFormat) strength deviation (key: Key) =
            let smoothing = Smoothing(image.Height, image.Width, deviation)
            let along i =
                let field = Array.zeroCreate smoothing.Length
                smoothing.Fill(Key.child i key, strength, field)
                fun row column -> float (if i = 0 then row else column) + float field[row * smoothing.Stride + column]
            along 0, along 1
        law "An elastic distortion is a bilinear interpolation at displaced places" cases <| fun case ->
            let image = { case.Image with Channels = 1 }
            let case = { case with Image = image }
            let x, strength, deviation = images<float> case, 20.0f, 1.5
            let y = (apply [ Augmentation.Elastic(float strength, deviation) ] case (batch<float> case)).Inputs
            Seq.forall (fun j ->
                let key = Key.child 1 (keyOf case) |> Key.child j |> Key.child 0
                let down, across = displaced image strength deviation key
                Seq.forall (fun i ->
                    let row, column = i / image.Width, i % image.Width
                    let expected = bilinear image (x.Column j) (down row column) (across row column)
                    abs (expected - y[i, j]) < 2e-5) (seq { 0 .. image.Features - 1 })) (seq { 0 .. case.Samples - 1 })

        law "Turns with a distortion behind them are a single bilinear interpolation" cases <| fun case ->
            let image = { case.Image with Channels = 1 }
            let case = { case with Image = image }
            let x, strength, deviation = images<float> case, 9.0f, 1.5
            let turns = [ Augmentation.Rotation 40.0; Augmentation.Scale 1.5; Augmentation.Rotation 20.0 ]
            let elastic = Augmentation.Elastic(float strength, deviation)
            let y = (apply (turns @ [ elastic ]) case (batch<float> case)).Inputs
            let middle, center = float (image.Height - 1) / 2.0, float (image.Width - 1) / 2.0
            Seq.forall (fun j ->
                let key i = Key.child 1 (keyOf case) |> Key.child j |> Key.child i
                let draw i = (Key.uniforms 1 (key i))[0]
                let turn (degrees: float) i (down: float, across: float) =
                    let angle = (2.0 * draw i - 1.0) * degrees * Math.PI / 180.0
                    cos angle * down + sin angle * across, cos angle * across - sin angle * down
                let downs, acrosses = displaced image strength deviation (key 3)
                Seq.forall (fun i ->
                    let row, column = i / image.Width, i % image.Width
                    let factor = 1.0 / 1.5 + draw 1 * (1.5 - 1.0 / 1.5)
                    // The last augmentation is the first to say where a pixel comes from.
                    let down, across =
                        turn 20.0 2 (downs row column - middle, acrosses row column - center)
                        |> fun (down, across) -> down / factor, across / factor
                        |> turn 40.0 0
                    let expected = bilinear image (x.Column j) (middle + down) (center + across)
                    abs (expected - y[i, j]) < 5e-5) (seq { 0 .. image.Features - 1 })) (seq { 0 .. case.Samples - 1 })

        let gray = ImageFormat.Gray(20, 20, 1)
        let grays = Batch.ofLabels (Dense.matrix gray.Features 5 (Array.create 2000 0.5)) (Array.zeroCreate 5)
        law "Noise has its share of the pixels' range as deviation" cases <| fun case ->
            let image = { gray with Lowest = -1.5; Highest = 2.5 }
            let noisy = (Augmentation.apply (keyOf case) [ Augmentation.Noise 0.05 ] image grays).Inputs
            let squares = noisy.Enumerate() |> Seq.averageBy (fun x -> (x - 0.5) * (x - 0.5))
            // Of 2,000 numbers: within six deviations.
            abs (sqrt squares / (0.05 * 4.0) - 1.0) < 6.0 / sqrt 4000.0

        law "Each augmentation of an image draws for itself" cases <| fun case ->
            let augmented augmentations =
                (Augmentation.apply (keyOf case) augmentations gray grays).Inputs.ToColumnMajorArray()
            let nothing, noise = Augmentation.Cutout 0, Augmentation.Noise 0.1
            augmented [ noise; nothing ] <> augmented [ nothing; noise ]

        law "Displacements are random numbers under a Gaussian" (both (grids 11 40, between 1 30))
        <| fun (grid, tenths) ->
            let height, width, seed = grid.Rows, grid.Columns, grid.Seed
            let deviation, key = float tenths / 5.0, Key.ofSeed seed
            let smoothing = Smoothing(height, width, deviation)
            let field = Array.zeroCreate smoothing.Length
            // Once for another key: nothing of it remains.
            smoothing.Fill(Key.child 0 key, 7.0f, field)
            smoothing.Fill(key, 7.0f, field)
            let bytes = Array.zeroCreate (Bits.length (height * smoothing.Stride))
            Bits.fill key bytes
            let rough y x =
                if y < 0 || y >= height || x < 0 || x >= width then 0.0
                else float (2 * int bytes[y * smoothing.Stride + x] - 255) / 256.0
            let reach = int (ceil (3.0 * deviation))
            let bell k = Math.Exp(-0.5 * float (k * k) / (deviation * deviation))
            let sum = Seq.sumBy bell (seq { -reach .. reach })
            let expected y x =
                7.0 * Seq.sum (seq {
                    for i in -reach .. reach do
                        for k in -reach .. reach do
                            if y + i >= 0 && y + i < height && x + k >= 0 && x + k < width then
                                bell i * bell k * rough (y + i) (x + k) }) / (sum * sum)
            let y, x = int (seed % int64 height), int (seed / 64L % int64 width)
            abs (expected y x - float field[y * smoothing.Stride + x]) < 1e-5

        law "Images of interleaved channels become planes and back" cases <| fun case ->
            let { ImageFormat.Channels = channels; Height = height; Width = width } = case.Image
            let x = images<float> case
            let planes = Augmentation.channelsFirst case.Image x
            let pixel channel y x = (channel * height + y) * width + x
            let interleaved channel y x = (y * width + x) * channels + channel
            let c, i, j = channels - 1, height / 2, width / 3
            planes[pixel c i j, 0] = x[interleaved c i j, 0] && (Augmentation.channelsLast case.Image planes).Equals x

        law "Bits in bulk are those of Philox, and the first are the same in every number" seeds <| fun seed ->
            let key = Key.ofSeed seed
            let few, many = Array.zeroCreate (Bits.length 65), Array.zeroCreate (Bits.length 1000)
            Bits.fill key few
            Bits.fill key many
            let struct (a, b, c, d) = Philox.block key 14u 0u 0u 0u
            // Block 14 is the sixth of the second group: the first words of all eight, then their second words, ...
            let word i = BitConverter.ToUInt32(many, 128 + 32 * i + 4 * 6)
            few.Length = 128 && few = many[..127] && List.init 4 word = [ a; b; c; d ]

        law "Mixup mixes samples as it mixes targets, and targets sum to 1" cases <| fun case ->
            mixes<float32> 1e-7 case && mixes<float> 1e-15 case

        testCase "Mixup's weights have the moments of the beta distribution" <| fun () ->
            for alpha in [ 0.05; 0.2; 0.5; 1.0; 1.5; 4.0; 50.0 ] do
                let weights = Array.init 20_000 (fun j -> Mixing.beta alpha (Key.child j (Key.ofSeed 9L)))
                let mean = Array.average weights
                let variance = Array.averageBy (fun w -> (w - 0.5) * (w - 0.5)) weights
                Assert.All(weights, fun w -> Assert.InRange(w, 0.0, 1.0))
                // The means of 20,000: within five deviations.
                let expected = 1.0 / (4.0 * (2.0 * alpha + 1.0))
                Assert.InRange(mean, 0.5 - 5.0 * sqrt (expected / 20_000.0), 0.5 + 5.0 * sqrt (expected / 20_000.0))
                Assert.InRange(variance, 0.93 * expected, 1.07 * expected)

        testCase "wrong numbers and formats are reported, all at once" <| fun () ->
            let image = ImageFormat.Gray(5, 8, 3)
            let faults augmentations = Augmentation.faultsFor image augmentations
            for row in augmentations do
                for augmentation in row.Wrong do
                    Assert.StartsWith(string augmentation, Assert.Single(faults [ augmentation ]))
            let two = [ Augmentation.Flip -1.0; Augmentation.Crop(3, 3, 0); Augmentation.Shift 3 ]
            Assert.Equal(2, (faults two).Length)
            Assert.Empty(faults [ Augmentation.Crop(3, 3, 0); Augmentation.Shift 2; Augmentation.Mixup 0.2 ])
            let x = batch<float32> { Image = image; Samples = 4; Seed = 1L }
            let refused augmentations format =
                let augment () = Augmentation.apply (Key.ofSeed 1L) augmentations format x |> ignore
                Assert.Throws<ArgumentException> augment |> ignore
            refused [ Augmentation.Shift -1 ] image
            refused [] { image with Channels = 2 }
            refused [] { image with Background = 2.0 }
            refused [ Augmentation.Mixup 0.2 ] image
            Assert.Throws<ArgumentException>(fun () -> Augment.Shift -1 |> ignore) |> ignore

        let near (own: float) (system: float) =
            abs (BitConverter.DoubleToInt64Bits own - BitConverter.DoubleToInt64Bits system) <= 2L
        let most = 1L <<< 53
        let shares = Gen.choose64 (-most, most) |> Gen.map (fun u -> float u / float most)
        let numbers = Arb.fromGen (Gen.map2 (*) shares (Gen.elements [ 1.0; 10.0; 700.0 ]))
        lawOn 20_000 "Sines, cosines and exponentials agree with the system's to two units in the last place" numbers
        <| fun x ->
            near (Elementary.sin x) (Math.Sin x)
            && near (Elementary.cos x) (Math.Cos x)
            && near (Elementary.exp x) (Math.Exp x)

        testCase "Sines and cosines agree with the system's near the zeros of both, and far out" <| fun () ->
            for n in -1000 .. 1000 do
                let x = float n * (Math.PI / 2.0)
                Assert.True(near (Elementary.sin x) (Math.Sin x) && near (Elementary.cos x) (Math.Cos x), $"{x:R}")
                let far = float n * 999.7
                let areNear = near (Elementary.sin far) (Math.Sin far) && near (Elementary.cos far) (Math.Cos far)
                Assert.True(areNear, $"{far:R}")
            Assert.Equal(0.0, Elementary.sin 0.0)
            Assert.Equal(1.0, Elementary.cos 0.0)
            for x in [ Elementary.sin infinity; Elementary.cos nan; Elementary.exp nan ] do Assert.Equal(nan, x)
            Assert.Equal(infinity, Elementary.exp 710.5)
            Assert.Equal(0.0, Elementary.exp -800.0)
            Assert.Equal(1.0, Elementary.exp 0.0)
    ]
