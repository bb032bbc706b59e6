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

    /// Those, times the channels' factors.
    member private layer.Factors(inverses: 'T[]) : 'T[] =
        let times (gamma: 'T) (inverse: 'T) : 'T = gamma * inverse
        Array.map2 times (Dense.values layer.Norm.Parameters.Gamma) inverses

    /// Sums of the channels, divided by the elements of a channel in all samples.
    member private layer.Means(samples: int, sums: 'T[]) : 'T[] =
        let count: 'T = Real.number<'T, float> (float samples * float layer.Places)
        let mean (sum: 'T) : 'T = sum / count
        Array.map mean sums

    /// y (`Image.Size` x samples) in evaluation, images by channel, row and column: by the running statistics, each
    /// sample by itself. Raises ArgumentException if x has other rows, or numbers of the layer don't go together.
    member layer.Predict(x: Matrix<'T>) : Matrix<'T> =
        layer.Check x
        let norm, places, elements = layer.Norm, layer.Places, Dense.elements x
        let means, beta = Dense.values norm.Statistics.Mean, Dense.values norm.Parameters.Beta
        let factors = layer.Factors(layer.Inverses(Dense.values norm.Statistics.Variance))
        let y = Dense.fresh elements.Length
        Planes.each places y.Length (fun plane from ->
            let channel = plane % factors.Length
            let into = Span(y, from, places)
            TensorPrimitives.Subtract(ReadOnlySpan(elements, from, places), means[channel], into)
            TensorPrimitives.Multiply(Span<'T>.op_Implicit into, factors[channel], into)
            TensorPrimitives.Add(Span<'T>.op_Implicit into, beta[channel], into))
        Dense.matrix x.RowCount x.ColumnCount y

    /// y in training, what was seen of the batch, and the pullback: that of `BatchNorm`, with a channel's places in all
    /// images for its samples. Sums go over a plane, then over the images in order.
    member layer.Forward(x: Matrix<'T>)
        : struct (Matrix<'T> * BatchNormStatistics<'T>
                  * Func<Matrix<'T>, struct (ScaleShift<'T> * Lazy<Matrix<'T>>)>) =
        layer.Check x
        let rows, samples, channels, places = x.RowCount, x.ColumnCount, layer.Image.Channels, layer.Places
        let elements = Dense.elements x
        let means = layer.Means(samples, Planes.sums channels places elements)
        let centered = Dense.fresh elements.Length
        Planes.each places centered.Length (fun plane from ->
            TensorPrimitives.Subtract(
                ReadOnlySpan(elements, from, places), means[plane % channels], Span(centered, from, places)))
        let variances = layer.Means(samples, Planes.dots channels places centered centered)
        let inverses = layer.Inverses variances
        let factors, beta = layer.Factors inverses, Dense.values layer.Norm.Parameters.Beta
        let y = Dense.fresh centered.Length
        Planes.each places y.Length (fun plane from ->
            let channel = plane % channels
            let into = Span(y, from, places)
            TensorPrimitives.Multiply(ReadOnlySpan(centered, from, places), factors[channel], into)
            TensorPrimitives.Add(Span<'T>.op_Implicit into, beta[channel], into))

        let pullback (dy: Matrix<'T>) : struct (ScaleShift<'T> * Lazy<Matrix<'T>>) =
            Pullback.checkShape rows samples dy
            let dy = Dense.elements dy
            let times (inverse: 'T) (dot: 'T) : 'T = inverse * dot
            let shifts = Planes.sums channels places dy
            let scales = Array.map2 times inverses (Planes.dots channels places dy centered)
            let dx () =
                // factor (dy - shift / N - centered inverse scale / N)
                let negative (sum: 'T) : 'T = -sum
                let meanShifts = layer.Means(samples, shifts) |> Array.map negative
                let slopes = layer.Means(samples, Array.map2 times inverses scales) |> Array.map negative
                let dx = Dense.fresh dy.Length
                Planes.each places dx.Length (fun plane from ->
                    let channel = plane % channels
                    let into = Span(dx, from, places)
                    TensorPrimitives.Multiply(ReadOnlySpan(centered, from, places), slopes[channel], into)
                    TensorPrimitives.Add(Span<'T>.op_Implicit into, meanShifts[channel], into)
                    TensorPrimitives.Add(Span<'T>.op_Implicit into, ReadOnlySpan(dy, from, places), into)
                    TensorPrimitives.Multiply(Span<'T>.op_Implicit into, factors[channel], into))
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
