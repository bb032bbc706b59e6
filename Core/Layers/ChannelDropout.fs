namespace Functional

open System
open System.Numerics.Tensors
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp
open Functional.Numerics

/// Dropout of images by channel: in training, a fraction of the channels of each image is set to 0 at random. Elements
/// of one channel are much alike, so that its neighbors make up for a single one.
/// Source: Tompson et al. (2015), Efficient Object Localization Using Convolutional Networks, 3.2.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type ChannelDropout<'T when Real<'T>> =
    { /// The shape of a sample of x and of y.
      Image: ImageShape
      /// Its numbers.
      Dropout: Dropout }

    member private layer.Display = string layer
    override layer.ToString() = $"channel {layer.Dropout} on {layer.Image}"

    member internal layer.Faults: string list = layer.Image.Faults @ layer.Dropout.Faults

    member private layer.Check(x: Matrix<'T>) =
        Faults.refuse layer.Faults
        Pullback.checkRows (fun () -> $"channel dropout on {layer.Image}") layer.Image.Size x

    /// y (`Image.Size` x samples) in evaluation: x, or in the book's form (1 - ratio) x. Raises ArgumentException if x
    /// has other rows.
    member layer.Predict(x: Matrix<'T>) : Matrix<'T> =
        layer.Check x
        layer.Dropout.Predict x

    /// y in training, and the pullback from dL/dy to dL/dx. Which channels of which samples are kept is a function of
    /// the key and of their number. Raises ArgumentException if x has other rows.
    member layer.Forward(x: Matrix<'T>, key: Key) : struct (Matrix<'T> * Func<Matrix<'T>, Matrix<'T>>) =
        layer.Check x
        let rows, samples = x.RowCount, x.ColumnCount
        let apply =
            if layer.Dropout.Ratio = 0.0 then id
            else
                let planes, places = layer.Image.Channels * samples, layer.Image.Height * layer.Image.Width
                let factor: 'T = Real.number<'T, float> layer.Dropout.KeptFactor
                let factors =
                    Mask.apply (Mask.create key layer.Dropout.Ratio planes) factor (Array.create planes 'T.One)
                fun (x: Matrix<'T>) ->
                    let x, y = Dense.elements x, Dense.fresh (rows * samples)
                    Planes.each places y.Length (fun plane from ->
                        // 0 times what isn't a number would be none.
                        if 'T.IsZero factors[plane] then Array.Clear(y, from, places)
                        else
                            TensorPrimitives.Multiply(
                                ReadOnlySpan(x, from, places), factors[plane], Span(y, from, places)))
                    Dense.matrix rows samples y
        struct (apply x, Func<_, _>(fun dy ->
            Pullback.checkShape rows samples dy
            apply dy))

    interface IImageLayer with
        member layer.Input = layer.Image
        member layer.Output = layer.Image
    interface IBuiltIn with
        member _.Draws = Draws.Mask
    interface ILayer<'T> with
        member _.Name = "channeldropout"
        member layer.Description = string layer
        member layer.Inputs = layer.Image.Size
        member layer.Outputs = layer.Image.Size
        member layer.Faults = List.toArray layer.Faults
        member _.Parameters = Array.Empty()
        member layer.WithParameters _ = layer
        member layer.Predict x = layer.Predict x
        member layer.Forward(x, key) = Pullback.withoutLeaves (layer.Forward(x, key))

namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional

/// Sets a fraction of the channels of each image to 0 at random.
[<RequireQualifiedAccess>]
module ChannelDropout =
    /// y in evaluation: x, or in the book's form (1 - ratio) x. Raises ArgumentException if x has other than
    /// `Image.Size` rows.
    let predict (layer: ChannelDropout<'T>) (x: Matrix<'T>) : Matrix<'T> = layer.Predict x

    /// y in training, and the pullback from dL/dy to dL/dx, with the same channels kept: a function of the key and of
    /// the number of channels and samples. Raises ArgumentException as `predict` does. Source: Tompson et al. (2015).
    let forward (key: Key) (layer: ChannelDropout<'T>) (x: Matrix<'T>)
        : struct (Matrix<'T> * (Matrix<'T> -> Matrix<'T>)) =
        Pullback.ofFunc (layer.Forward(x, key))
