namespace Functional

open System
open System.Numerics.Tensors
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp
open Functional.Numerics

/// Batch normalization of images by channel: in training every channel gets mean 0 and deviation 1 over all places of
/// all images of the batch, then a factor and a summand that are trained. In evaluation the running statistics take the
/// place of the batch's. Source: Ioffe and Szegedy (2015), 3.2.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type ChannelBatchNorm<'T when Real<'T>> =
    { /// The shape of a sample of x and of y.
      Image: ImageShape
      /// Numbers, factors, summands and running statistics, with a unit for each channel.
      Norm: BatchNorm<'T> }

    member private layer.Display = string layer
    override layer.ToString() = $"channel batchnorm on {layer.Image} ({layer.Norm.Configuration})"

    /// Elements of a plane: a channel of a sample.
    member private layer.Places = layer.Image.Height * layer.Image.Width

    member internal layer.Faults: string list =
        [ yield! layer.Image.Faults
          yield! (layer.Norm :> ILayer<'T>).Faults
          if layer.Norm.Units <> layer.Image.Channels then
              $"it normalizes {layer.Norm.Units} channels, but its images are {layer.Image}" ]

    member private layer.Check(x: Matrix<'T>) =
        Faults.refuse layer.Faults
        Pullback.checkRows (fun () -> $"channel batch norm on {layer.Image}") layer.Image.Size x

    /// 1 / sqrt(variance + epsilon) of each channel.
    member private layer.Inverses(variances: 'T[]) : 'T[] =
        let epsilon: 'T = Real.number<'T, float> layer.Norm.Configuration.Epsilon
        let inverse (variance: 'T) : 'T =
            let sum: 'T = variance + epsilon
            'T.One / 'T.Sqrt sum
        Array.map inverse variances

    member private _.Product (a: 'T[]) (b: 'T[]) : 'T[] = Passes.map2 (fun a b -> a * b) a b

    /// The mean of each channel of x.
    member private layer.Means(samples: int, x: 'T[]) : 'T[] =
        let count: 'T = Real.number<'T, float> (float samples * float layer.Places)
        Planes.sums layer.Image.Channels layer.Places samples x |> Array.map (fun (sum: 'T) -> sum / count)

    /// x with its channel's shift subtracted from each element.
    member private layer.Centered(shifts: 'T[], x: 'T[]) : 'T[] =
        let centered = Dense.fresh x.Length
        Planes.each layer.Places x.Length (fun plane from ->
            TensorPrimitives.Subtract(
                ReadOnlySpan(x, from, layer.Places), shifts[plane % shifts.Length], Span(centered, from, layer.Places)))
        centered

    /// Its channel's factor times each element of x, plus its channel's summand.
    member private layer.Stretched(factors: 'T[], summands: 'T[], x: 'T[]) : 'T[] =
        let y = Dense.fresh x.Length
        Planes.each layer.Places x.Length (fun plane from ->
            let into = Span(y, from, layer.Places)
            TensorPrimitives.Multiply(ReadOnlySpan(x, from, layer.Places), factors[plane % factors.Length], into)
            TensorPrimitives.Add(ReadOnlySpan(y, from, layer.Places), summands[plane % summands.Length], into))
        y

    /// y (`Image.Size` x samples) in evaluation, images by channel, row and column: by the running statistics, each
    /// sample by itself. Raises ArgumentException if x has other rows, or numbers of the layer don't go together.
    member layer.Predict(x: Matrix<'T>) : Matrix<'T> =
        layer.Check x
        let norm = layer.Norm
        let factors =
            layer.Product (Dense.values norm.Parameters.Gamma) (layer.Inverses(Dense.values norm.Statistics.Variance))
        let centered = layer.Centered(Dense.values norm.Statistics.Mean, Dense.elements x)
        layer.Stretched(factors, Dense.values norm.Parameters.Beta, centered)
        |> Dense.matrix x.RowCount x.ColumnCount

    /// y in training, what was seen of the batch, and the pullback: that of `BatchNorm`, with a channel's places in all
    /// images for its samples. Sums go over a plane, then over the images in order.
    member layer.Forward(x: Matrix<'T>)
        : struct (Matrix<'T> * BatchNormStatistics<'T>
                  * Func<Matrix<'T>, struct (ScaleShift<'T> * Lazy<Matrix<'T>>)>) =
        layer.Check x
        let rows, samples, channels = x.RowCount, x.ColumnCount, layer.Image.Channels
        let gamma = Dense.values layer.Norm.Parameters.Gamma
        let means = layer.Means(samples, Dense.elements x)
        let centered = layer.Centered(means, Dense.elements x)
        let variances = layer.Means(samples, layer.Product centered centered)
        let inverses = layer.Inverses variances
        let factors = layer.Product gamma inverses
        let y = layer.Stretched(factors, Dense.values layer.Norm.Parameters.Beta, centered)

        let pullback (dy: Matrix<'T>) : struct (ScaleShift<'T> * Lazy<Matrix<'T>>) =
            Pullback.checkShape rows samples dy
            let dy = Dense.elements dy
            let sums (v: 'T[]) = Planes.sums channels layer.Places samples v
            let count: 'T = Real.number<'T, float> (float samples * float layer.Places)
            let shifts, scales = sums dy, layer.Product inverses (sums (layer.Product dy centered))
            let dx () =
                // factor (dy - shift / N - centered inverse scale / N)
                let slope (inverse: 'T) (scale: 'T) : 'T =
                    let product: 'T = inverse * scale
                    -(product / count)
                let slopes = Array.map2 slope inverses scales
                let shift (sum: 'T) : 'T = -(sum / count)
                let dx = layer.Stretched(slopes, Array.map shift shifts, centered)
                Planes.each layer.Places dx.Length (fun plane from ->
                    let into = Span(dx, from, layer.Places)
                    TensorPrimitives.Add(
                        ReadOnlySpan(dx, from, layer.Places), ReadOnlySpan(dy, from, layer.Places), into)
                    TensorPrimitives.Multiply(
                        ReadOnlySpan(dx, from, layer.Places), factors[plane % factors.Length], into))
                Dense.matrix rows samples dx
            struct ({ Gamma = Dense.vector scales; Beta = Dense.vector shifts }, lazy (dx ()))
        struct (Dense.matrix rows samples y, { Mean = Dense.vector means; Variance = Dense.vector variances },
                Func<_, _> pullback)

    interface IImageLayer with
        member layer.Input = layer.Image
        member layer.Output = layer.Image
    interface IBuiltIn with
        member _.Draws = Draws.Nothing
    interface ILayer<'T> with
        member _.Name = "channelbatchnorm"
        member layer.Description = string layer
        member layer.Inputs = layer.Image.Size
        member layer.Outputs = layer.Image.Size
        member layer.Faults = List.toArray layer.Faults
        member layer.Parameters = (layer.Norm :> ILayer<'T>).Parameters
        member layer.WithParameters leaves =
            { layer with
                Norm =
                    { layer.Norm with
                        Parameters = Normalization.ofLeaves leaves
                        Statistics = { Mean = leaves[2].Values; Variance = leaves[3].Values } } }
        member layer.Predict x = layer.Predict x
        member layer.Forward(x, _) =
            let struct (y, seen, pullback) = layer.Forward x
            let leaves gradient = Array.append (Normalization.leaves gradient) (layer.Norm.After seen).Statistics.Leaves
            Pullback.toLeaves leaves (struct (y, pullback))

namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, channel by channel.
[<RequireQualifiedAccess>]
module ChannelBatchNorm =
    /// The layer before training. Raises ArgumentException for an image of no size.
    let create<'T when Real<'T>> (configuration: BatchNormConfiguration) (image: ImageShape) : ChannelBatchNorm<'T> =
        Faults.refuse image.Faults
        { Image = image; Norm = BatchNorm.create configuration image.Channels }

    /// y (`Image.Size` x samples) in evaluation: by the running statistics, each sample by itself. Raises
    /// ArgumentException if x has other rows.
    let predict (layer: ChannelBatchNorm<'T>) (x: Matrix<'T>) : Matrix<'T> = layer.Predict x

    /// y (`Image.Size` x samples) in training, the batch's statistics, and the pullback. Raises ArgumentException if x
    /// has other rows. Source: Ioffe and Szegedy (2015), 3.2.
    let forward (layer: ChannelBatchNorm<'T>) (x: Matrix<'T>)
        : struct (Matrix<'T> * BatchNormStatistics<'T> * Pullback<'T, ScaleShift<'T>>) =
        let struct (y, seen, pullback) = layer.Forward x
        struct (y, seen, pullback.Invoke)
