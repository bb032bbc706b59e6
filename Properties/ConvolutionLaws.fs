/// Laws of convolutions and pooling: what they compute, to the last bit, on images of every shape.
module Functional.Properties.ConvolutionLaws

open System
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Expecto
open Xunit
open Functional
open Functional.FSharp
open Functional.Properties.Law
open Functional.Properties.Cases

type private ConvolutionCase =
    { Shape: ConvolutionShape
      Samples: int
      Threads: int
      Seed: int64 }

let private images channels : Gen<ImageShape> =
    gen {
        let! height = Gen.choose (1, 20)
        let! width = Gen.frequency [ 3, Gen.choose (1, 12); 1, Gen.choose (13, 40) ]
        return ImageShape.Of(channels, height, width)
    }

/// Filters that fit, with every setting.
let private convolutions: Arbitrary<ConvolutionCase> =
    let generator =
        gen {
            let! groups = Gen.choose (1, 3)
            let! channels = Gen.choose (1, 3)
            let! filters = Gen.frequency [ 3, Gen.choose (1, 5); 1, Gen.choose (6, 30) ]
            let! height = Gen.choose (1, 5)
            let! width = Gen.choose (1, 5)
            let! stride = Gen.choose (1, 3)
            let! dilation = Gen.choose (1, 2)
            let reach length = dilation * (length - 1)
            let! padding = Gen.choose (0, min (reach height) (reach width))
            let! image = images (channels * groups)
            let! samples = Gen.choose (1, 3)
            let! threads = Gen.elements [ 1; 2; 4 ]
            let! seed = Gen.choose64 (0L, Int64.MaxValue)
            let image =
                { image with
                    Height = max image.Height (reach height + 1 - 2 * padding)
                    Width = max image.Width (reach width + 1 - 2 * padding) }
            return
                { Shape =
                    { Input = image
                      Filters = filters * groups
                      KernelHeight = height
                      KernelWidth = width
                      Stride = stride
                      Padding = padding
                      Dilation = dilation
                      Groups = groups }
                  Samples = samples
                  Threads = threads
                  Seed = seed }
        }
    let simpler (case: ConvolutionCase) =
        let shape = case.Shape
        let shapes =
            [ for height in smaller 1 shape.Input.Height do { shape with Input.Height = height }
              for width in smaller 1 shape.Input.Width do { shape with Input.Width = width }
              if shape.Groups > 1 then
                  { shape with
                      Input.Channels = shape.Input.Channels / shape.Groups
                      Filters = shape.Filters / shape.Groups
                      Groups = 1 }
              { shape with Stride = 1 }
              { shape with Dilation = 1; Padding = 0 } ]
        seq {
            for simpler in shapes do
                if simpler <> shape && simpler.Faults.IsEmpty then { case with Shape = simpler }
            for samples in smaller 1 case.Samples do { case with Samples = samples }
        }
    Arb.fromGenShrink (generator, simpler)

/// A case's layer, x and dy, and what the sums go over.
type private Drawn<'T when Real<'T>>(case: ConvolutionCase) =
    let shape, key = case.Shape, Key.ofSeed case.Seed
    let image, output = shape.Input, shape.Output
    let filters, channels = shape.Filters / shape.Groups, image.Channels / shape.Groups
    member val Layer: Convolution<'T> =
        { Shape = shape
          Weight = matrix shape.Filters shape.FilterSize (Key.child 0 key)
          Bias = vector shape.Filters (Key.child 1 key) }
    member val X: Matrix<'T> = matrix image.Size case.Samples (Key.child 2 key)
    member val Slopes: Matrix<'T> = matrix output.Size case.Samples (Key.child 3 key)

    /// An element of x; 0 outside of the image.
    member drawn.At(sample, channel, row, column) =
        if row < 0 || column < 0 || row >= image.Height || column >= image.Width then 'T.Zero
        else drawn.X[(channel * image.Height + row) * image.Width + column, sample]

    /// Where an element of a filter lies on the image, in a place of the output.
    member drawn.Seen(sample, filter, element, place) =
        let plane = shape.KernelHeight * shape.KernelWidth
        let row = place / output.Width * shape.Stride + element % plane / shape.KernelWidth * shape.Dilation
        let column = place % output.Width * shape.Stride + element % shape.KernelWidth * shape.Dilation
        drawn.At(
            sample, filter / filters * channels + element / plane, row - shape.Padding, column - shape.Padding)

    member drawn.Forward() = Threads.Use(case.Threads, fun () -> Convolution.forward drawn.Layer drawn.X)

let private chain<'T when Real<'T>> (terms: struct ('T * 'T) seq) : 'T =
    let mutable sum = 'T.Zero
    for struct (a, b) in terms do sum <- 'T.FusedMultiplyAdd(a, b, sum)
    sum

let private isSumOfWindows<'T when Real<'T>> (case: ConvolutionCase) =
    let drawn = Drawn<'T> case
    let struct (y, _) = drawn.Forward()
    let places = case.Shape.Output.Height * case.Shape.Output.Width
    let expected =
        Matrix<'T>.Build.Dense(y.RowCount, case.Samples, fun row sample ->
            let filter = row / places
            let sum =
                chain (seq {
                    for element in 0 .. case.Shape.FilterSize - 1 ->
                        struct (drawn.Seen(sample, filter, element, row % places),
                                drawn.Layer.Weight[filter, element]) })
            sum + drawn.Layer.Bias[filter])
    sameMatrix expected y
    sameMatrix y (Convolution.predict drawn.Layer drawn.X)

let private isGradientOfWeights<'T when Real<'T>> (case: ConvolutionCase) =
    let drawn = Drawn<'T> case
    let places = case.Shape.Output.Height * case.Shape.Output.Width
    let struct (_, pullback) = drawn.Forward()
    let struct (gradient, _) = Threads.Use(case.Threads, fun () -> pullback drawn.Slopes)
    let expected =
        Matrix<'T>.Build.Dense(case.Shape.Filters, case.Shape.FilterSize, fun filter element ->
            chain (seq {
                for sample in 0 .. case.Samples - 1 do
                    for place in 0 .. places - 1 ->
                        struct (drawn.Seen(sample, filter, element, place),
                                drawn.Slopes[filter * places + place, sample]) }))
    sameMatrix expected gradient.Weight
    Assert.Equal(case.Shape, gradient.Shape)

/// y is linear in x and w, so what pullbacks give must have the same inner products.
let private isAdjoint (case: ConvolutionCase) =
    let drawn = Drawn<float> case
    let layer = { drawn.Layer with Bias = Vector<float>.Build.Dense case.Shape.Filters }
    let struct (y, pullback) = Convolution.forward layer drawn.X
    let struct (gradient, dx) = pullback drawn.Slopes
    let product (a: Matrix<float>) (b: Matrix<float>) = (a.PointwiseMultiply b).Enumerate() |> Seq.sum
    let expected = product y drawn.Slopes
    let size = product (y.PointwiseAbs()) (drawn.Slopes.PointwiseAbs())
    Assert.Equal(expected, product drawn.X dx.Value, 1e-12 * (1.0 + size))
    Assert.Equal(expected, product layer.Weight gradient.Weight, 1e-12 * (1.0 + size))
    let struct (g, _) = Threads.Use(case.Threads, fun () -> pullback drawn.Slopes)
    sameMatrix dx.Value (let struct (_, again) = pullback drawn.Slopes in again.Value)
    let places = case.Shape.Output.Height * case.Shape.Output.Width
    let bias filter =
        seq { for sample in 0 .. case.Samples - 1 do
                  for place in 0 .. places - 1 -> drawn.Slopes[filter * places + place, sample] }
        |> Seq.sum
    near 1e-13 1e-13 (Array.init case.Shape.Filters bias) (g.Bias.ToArray())

/// A convolution, and the pooling that follows it after ReLU, or another convolution.
let private followed: Arbitrary<ConvolutionCase * PoolingKind voption> =
    let last = Gen.elements [ ValueNone; ValueSome PoolingKind.Max; ValueSome PoolingKind.Average ]
    let generator = Gen.zip convolutions.Generator last
    Arb.fromGenShrink (generator, fun (case, last) -> convolutions.Shrinker case |> Seq.map (fun case -> case, last))

/// In a network a convolution's bias and ReLU are added to the sums at once, and ReLU's derivative is left to what
/// follows: the same bits as one after the other.
let private isOneAfterTheOther<'T when Real<'T>> (case: ConvolutionCase, last: PoolingKind voption) =
    let drawn = Drawn<'T> case
    let image, key = case.Shape.Output, Key.ofSeed case.Seed
    let next: Convolution<'T> =
        let shape = ConvolutionShape.Of(image, 3, min 2 (min image.Height image.Width), padding = 0)
        { Shape = shape
          Weight = matrix 3 shape.FilterSize (Key.child 4 key)
          Bias = vector 3 (Key.child 5 key) }
    let relu: ILayer<'T> = Layer.activation Activation.Relu
    let layers: ILayer<'T> list =
        [ Layer.convolution drawn.Layer
          relu
          match last with
          | ValueNone ->
              Layer.convolution next
              relu
          | ValueSome kind ->
              Layer.pooling
                  { Kind = kind
                    Input = image
                    WindowHeight = min 2 image.Height
                    WindowWidth = min 2 image.Width
                    Stride = 1 + case.Samples % 2 } ]
    let network = Network.ofLayers layers
    let mutable y, pullbacks = drawn.X, []
    for layer in layers do
        let struct (output, pullback) = layer.Forward(y, key)
        y <- output
        pullbacks <- pullback :: pullbacks
    let slopes = matrix<'T> y.RowCount case.Samples (Key.child 6 key)
    let mutable dx, leaves = slopes, []
    for pullback in pullbacks do
        let struct (gradient, back) = pullback.Invoke dx
        dx <- back.Value
        leaves <- List.ofSeq gradient @ leaves
    let struct (found, pullback) =
        Threads.Use(case.Threads, fun () -> Network.forward key network drawn.X)
    let struct (gradient, foundDx) = Threads.Use(case.Threads, fun () -> pullback slopes)
    sameMatrix y found
    sameMatrix y (Network.predict network drawn.X)
    sameMatrix dx foundDx.Value
    for i, leaf in List.indexed leaves do
        sameBits (leaf.Values.ToArray()) (gradient.Parameters[i].Values.ToArray())

/// Bytes that f allocates, the first time excepted.
let private allocated (f: unit -> 'R) : int64 =
    f () |> ignore
    let before = GC.GetAllocatedBytesForCurrentThread()
    f () |> ignore
    GC.GetAllocatedBytesForCurrentThread() - before

/// Windows that fit on an image, of one kind or the other, and a matrix for it. (Few different numbers: ties.)
let private poolings: Arbitrary<Pooling * int * int64> =
    gen {
        let! channels = Gen.choose (1, 3)
        let! image = images channels
        let! height = Gen.choose (1, min 4 image.Height)
        let! width = Gen.choose (1, min 4 image.Width)
        let! stride = Gen.choose (1, 4)
        let! kind = Gen.elements [ PoolingKind.Max; PoolingKind.Average ]
        let! samples = Gen.choose (1, 3)
        let! seed = Gen.choose64 (0L, Int64.MaxValue)
        let pooling = { Kind = kind; Input = image; WindowHeight = height; WindowWidth = width; Stride = stride }
        // Half of them are the usual ones, where they fit: windows of 2 x 2 side by side have a path of their own.
        let! usual = Gen.elements [ true; false ]
        let usual = usual && image.Height > 1 && image.Width > 1
        return (if usual then Pooling.Max(image, 2) else pooling), samples, seed
    }
    |> Arb.fromGen

/// An image, a number of samples, and a key.
let private batches: Arbitrary<ImageShape * int * Key> =
    gen {
        let! channels = Gen.choose (1, 5)
        let! image = images channels
        let! samples = Gen.choose (1, 4)
        let! seed = Gen.choose64 (0L, Int64.MaxValue)
        return image, samples, Key.ofSeed seed
    }
    |> Arb.fromGen

/// Channels x (places of all samples), for images as columns.
let private byChannel (image: ImageShape) (x: Matrix<float>) : Matrix<float> =
    let places = image.Height * image.Width
    Matrix<float>.Build.Dense(image.Channels, places * x.ColumnCount, fun channel at ->
        x[channel * places + at % places, at / places])

/// Pooling's y and dx, to the last bit. Maxima are taken of few different numbers, some of which are none.
let private keepsFirstLargestOrMean<'T when Real<'T>> (pooling: Pooling, samples: int, seed: int64) =
    let image, output, key = pooling.Input, pooling.Output, Key.ofSeed seed
    let ofFew (x: 'T) =
        let twice: 'T = x + x
        let rounded: 'T = 'T.Round twice
        if pooling.Kind = PoolingKind.Max && rounded.Equals('T.CreateChecked 2) then 'T.NaN else rounded
    let x = (matrix<'T> image.Size samples key).Map(fun x -> ofFew x)
    let struct (y, pullback) = Pooling.forward pooling x
    let slopes = matrix<'T> output.Size samples (Key.child 1 key)
    let dx = Matrix<'T>.Build.Dense(image.Size, samples)
    let expected =
        Matrix<'T>.Build.Dense(output.Size, samples, fun row sample ->
            let channel, place = row / (output.Height * output.Width), row % (output.Height * output.Width)
            let seen =
                [ for r in 0 .. pooling.WindowHeight - 1 do
                      for q in 0 .. pooling.WindowWidth - 1 ->
                          (channel * image.Height + place / output.Width * pooling.Stride + r) * image.Width
                          + place % output.Width * pooling.Stride + q ]
            let count: 'T = 'T.CreateChecked seen.Length
            match pooling.Kind with
            | PoolingKind.Max ->
                let first =
                    match seen |> List.tryFind (fun i -> 'T.IsNaN x[i, sample]) with
                    | Some none -> none
                    | None -> seen |> List.maxBy (fun i -> Double.CreateChecked(x[i, sample]))
                dx[first, sample] <- dx[first, sample] + slopes[row, sample]
                x[first, sample]
            | PoolingKind.Average ->
                for i in seen do dx[i, sample] <- dx[i, sample] + slopes[row, sample] / count
                let mutable sum: 'T = 'T.Zero
                for i in seen do sum <- sum + x[i, sample]
                sum / count)
    sameMatrix expected y
    sameMatrix expected (Pooling.predict pooling x)
    sameMatrix dx (pullback slopes)

[<Tests>]
let laws =
    testList "convolution" [
        law "channel batch norm is batch norm of channels, with the places of all images for samples" batches
        <| fun (image, samples, key) ->
            let row i = vector<float> image.Channels (Key.child i key)
            let norm =
                { BatchNorm.create<float> { Momentum = 0.9; Epsilon = 1e-3 } image.Channels with
                    Parameters = { Gamma = row 0; Beta = row 1 }
                    Statistics = { Mean = row 2; Variance = (row 3).PointwiseMultiply(row 3) } }
            let layer = { Image = image; Norm = norm }
            let draw i = matrix<float> image.Size samples (Key.child i key)
            let x, slopes = draw 4, draw 5
            let close (expected: Matrix<float>) (found: Matrix<float>) =
                near 1e-10 1e-11 (elements expected) (elements (byChannel image found))
            close (BatchNorm.predict norm (byChannel image x)) (ChannelBatchNorm.predict layer x)
            let struct (y, seen, pullback) = ChannelBatchNorm.forward layer x
            let struct (y', seen', pullback') = BatchNorm.forward norm (byChannel image x)
            close y' y
            near 1e-10 1e-11 (seen'.Mean.ToArray()) (seen.Mean.ToArray())
            near 1e-10 1e-11 (seen'.Variance.ToArray()) (seen.Variance.ToArray())
            let struct (gradient, dx) = pullback slopes
            let struct (gradient', dx') = pullback' (byChannel image slopes)
            near 1e-9 1e-10 (gradient'.Gamma.ToArray()) (gradient.Gamma.ToArray())
            near 1e-9 1e-10 (gradient'.Beta.ToArray()) (gradient.Beta.ToArray())
            near 1e-9 1e-10 (elements dx'.Value) (elements (byChannel image dx.Value))

        law "channel dropout drops whole channels: those that dropout of a number for each would drop" batches
        <| fun (image, samples, key) ->
            let dropout = { Ratio = 0.4; Form = DropoutForm.Inverted }
            let layer = { Image = image; Dropout = dropout }
            let ones = Matrix<float>.Build.Dense(image.Channels, samples, 1.0)
            let struct (factors, _) = Dropout.forward key dropout ones
            let x = matrix<float> image.Size samples key
            let places = image.Height * image.Width
            let isDropped row sample = factors[row / places, sample] = 0.0
            let expected = x.MapIndexed(fun row sample x ->
                if isDropped row sample then 0.0 else x * factors[row / places, sample])
            let struct (y, pullback) = ChannelDropout.forward key layer x
            sameMatrix expected y
            sameMatrix expected (pullback x)
            sameMatrix x (ChannelDropout.predict layer x)
            let notNumbers = Matrix<float>.Build.Dense(image.Size, samples, nan)
            let struct (y, _) = ChannelDropout.forward key layer notNumbers
            sameMatrix (notNumbers.MapIndexed(fun row sample x -> if isDropped row sample then 0.0 else x)) y

        law "y is a chain of fused multiply-adds over channel, row and column, in float32" convolutions
            isSumOfWindows<float32>
        law "y is a chain of fused multiply-adds over channel, row and column, in double" convolutions
            isSumOfWindows<float>
        law "dw is a chain over samples and places, in float32" convolutions isGradientOfWeights<float32>
        law "dw is a chain over samples and places, in double" convolutions isGradientOfWeights<float>
        law "dx, dw and db are the transposes of what y is linear in" convolutions isAdjoint

        law "convolution, ReLU and what follows in a network give the bits of one after the other, in float32"
            followed isOneAfterTheOther<float32>
        law "convolution, ReLU and what follows in a network give the bits of one after the other, in double"
            followed isOneAfterTheOther<float>

        testCase "no more is allocated than results: windows are never written out for a batch" <| fun () ->
            let shape = ConvolutionShape.Of(ImageShape.Of(8, 16, 16), 10, 5)
            let layer = Convolution.create<float32> (Key.ofSeed 1L) Initializer.He shape
            let samples, element = 50, int64 sizeof<float32>
            let x = matrix<float32> shape.Input.Size samples (Key.ofSeed 2L)
            let slopes = matrix<float32> shape.Output.Size samples (Key.ofSeed 3L)
            let y, dx = int64 (shape.Output.Size * samples) * element, int64 (shape.Input.Size * samples) * element
            let windows = y / int64 shape.Filters * int64 shape.FilterSize
            let little = 200_000L
            Assert.True(windows > 5L * (y + dx + little))
            Assert.InRange(allocated (fun () -> Convolution.predict layer x), y, y + little)
            let struct (_, pullback) = Convolution.forward layer x
            Assert.InRange(allocated (fun () -> pullback slopes), 0L, little)
            Assert.InRange(allocated (fun () -> (let struct (_, dx) = pullback slopes in dx.Value)), dx, dx + little)

        law "what doesn't fit on the image is refused" convolutions <| fun case ->
            let shape = case.Shape
            for wrong in
                [ { shape with Stride = 0 }; { shape with Dilation = -1 }; { shape with Padding = -1 }
                  { shape with Filters = 0 }; { shape with KernelWidth = 0 }; { shape with Groups = 0 }
                  { shape with KernelHeight = shape.Input.Height + 2 * shape.Padding + 1 }
                  { shape with Padding = 100 } ] do
                refused (fun () -> wrong.Checked()) |> ignore
                refused (fun () -> Convolution.create<float> (Key.ofSeed 1L) Initializer.He wrong) |> ignore

        law "pooling keeps the first largest element, or the mean, of each window, in float32" poolings
            keepsFirstLargestOrMean<float32>
        law "pooling keeps the first largest element, or the mean, of each window, in double" poolings
            keepsFirstLargestOrMean<float>

        testCase "pooling shows what isn't a number" <| fun () ->
            let pooling = Pooling.Max(ImageShape.Of(1, 1, 3), 1, 1)
            let pooling = { pooling with WindowWidth = 3 }
            for row in [ [| nan; 1.0; 2.0 |]; [| 1.0; nan; 2.0 |]; [| 1.0; 2.0; nan |] ] do
                let y = Pooling.predict pooling (Matrix<float>.Build.Dense(3, 1, row))
                Assert.Equal<float>([| nan |], elements y)
    ]
