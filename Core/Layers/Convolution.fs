namespace Functional

open System
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp
open Functional.Numerics

/// What a convolution is besides its weights.
[<StructuredFormatDisplay("{Display}")>]
type ConvolutionShape =
    { /// The shape of a sample of x.
      Input: ImageShape
      /// Channels of y.
      Filters: int
      /// Rows of a filter.
      KernelHeight: int
      /// Columns of a filter.
      KernelWidth: int
      /// From one position of a filter to the next, in both directions.
      Stride: int
      /// Rows and columns of zeros on each side of the image.
      Padding: int
      /// From one element of a filter to the next on the image: 1 without gaps.
      Dilation: int
      /// Channels and filters are cut into this many groups; each filter sees the channels of its own. With as many
      /// groups as channels the convolution is depthwise.
      Groups: int }

    /// Square filters. Raises ArgumentException unless they fit.
    static member Of
        (
            input: ImageShape,
            filters: int,
            kernel: int,
            [<Optional; DefaultParameterValue 1>] stride: int,
            [<Optional; DefaultParameterValue 0>] padding: int,
            [<Optional; DefaultParameterValue 1>] dilation: int,
            [<Optional; DefaultParameterValue 1>] groups: int
        ) : ConvolutionShape =
        let shape =
            { Input = input
              Filters = filters
              KernelHeight = kernel
              KernelWidth = kernel
              Stride = stride
              Padding = padding
              Dilation = dilation
              Groups = groups }
        shape.Checked()

    /// The shape itself. Raises ArgumentException with what is wrong with it, a line each.
    member shape.Checked() : ConvolutionShape =
        Faults.refuse shape.Faults
        shape

    /// The windows of one group.
    member internal shape.Windows: Windows =
        Windows.ofImage
            (shape.Input.Channels / shape.Groups) shape.Input.Height shape.Input.Width
            shape.KernelHeight shape.KernelWidth shape.Stride shape.Padding shape.Dilation

    /// The shape of a sample of y.
    member shape.Output: ImageShape =
        let windows = shape.Windows
        { Channels = shape.Filters; Height = windows.Rows; Width = windows.Columns }

    /// Elements of a filter.
    member shape.FilterSize = shape.Input.Channels / shape.Groups * shape.KernelHeight * shape.KernelWidth

    member private shape.Display = string shape
    override shape.ToString() =
        let extra =
            [ if shape.Stride <> 1 then $"stride {shape.Stride}"
              if shape.Padding <> 0 then $"padding {shape.Padding}"
              if shape.Dilation <> 1 then $"dilation {shape.Dilation}"
              if shape.Groups <> 1 then $"{shape.Groups} groups" ]
        $"convolution {shape.Filters} of {shape.KernelHeight} x {shape.KernelWidth} on {shape.Input}"
        + (if extra.IsEmpty then "" else " (" + String.Join(", ", extra) + ")")

    /// What is wrong with it, a line each; empty if nothing is.
    member internal shape.Faults: string list =
        let least =
            [ "number of filters", shape.Filters
              "kernel", min shape.KernelHeight shape.KernelWidth
              "stride", shape.Stride
              "dilation", shape.Dilation
              "number of groups", shape.Groups ]
        let small =
            [ yield! shape.Input.Faults
              for name, number in least do
                  if number < 1 then $"its {name} must be at least 1, but is {number}"
              if shape.Padding < 0 then $"its padding must be at least 0, but is {shape.Padding}" ]
        if not small.IsEmpty then small
        else
            let covered length = int64 shape.Dilation * int64 (length - 1) + 1L
            let rows, columns = covered shape.KernelHeight, covered shape.KernelWidth
            [ if shape.Input.Channels % shape.Groups <> 0 || shape.Filters % shape.Groups <> 0 then
                  $"{shape.Input.Channels} channels and {shape.Filters} filters can't both be cut into \
                    {shape.Groups} groups"
              if int64 shape.Padding >= min rows columns then
                  $"a padding of {shape.Padding} leaves filters that cover {rows} x {columns} without an image"
              elif rows > int64 shape.Input.Height + 2L * int64 shape.Padding
                   || columns > int64 shape.Input.Width + 2L * int64 shape.Padding then
                  $"filters that cover {rows} x {columns} don't fit on {shape.Input}"
              else yield! shape.Output.Faults ]

/// A two-dimensional convolution: filters slide over an image, and each gives a channel of the output,
/// y(o, i, j) = b(o) + the sum over c, r, q of w(o, c, r, q) x(c, s i + d r - p, s j + d q - p), with stride s,
/// dilation d, padding p, and x = 0 outside of the image. Every sum is one chain of fused multiply-adds over channel,
/// row and column, from zero; the bias is added at the end.
/// Source: LeCun et al. (1998); Deep Learning from Scratch, 7.2 and 7.4.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type Convolution<'T when Real<'T>> =
    { /// All but the weights.
      Shape: ConvolutionShape
      /// filters x (channels of a group x rows x columns): PyTorch's weight with its last three axes as one.
      Weight: Matrix<'T>
      /// filters
      Bias: Vector<'T> }

    member private layer.Display = string layer
    override layer.ToString() = string layer.Shape

    member internal layer.Faults: string list =
        let shape = layer.Shape
        [ yield! shape.Faults
          if (layer.Weight.RowCount, layer.Weight.ColumnCount) <> (shape.Filters, shape.FilterSize) then
              $"{shape.Filters} filters of {shape.FilterSize} elements are a matrix of as many rows and columns, but \
                the weight is {layer.Weight.RowCount} x {layer.Weight.ColumnCount}"
          if layer.Bias.Count <> shape.Filters then
              $"it has {shape.Filters} filters, but a bias of {layer.Bias.Count} elements" ]

    member private layer.Check(x: Matrix<'T>) =
        let shape = layer.Shape
        match layer.Faults with
        | [] -> ()
        | fault :: _ -> invalidArg (nameof layer) $"{layer}: {fault}"
        Pullback.checkRows (fun () -> $"a convolution on {shape.Input}") shape.Input.Size x

    /// `Predict` or, where `rectified`, the larger of 0 and that.
    member internal layer.Sums(x: Matrix<'T>, rectified: bool) : Matrix<'T> =
        layer.Check x
        let shape = layer.Shape
        let windows, filters, samples = shape.Windows, shape.Filters, x.ColumnCount
        let y = Dense.fresh (filters * windows.Count * samples)
        Correlation.outputsWith
            rectified (Dense.values layer.Bias) windows shape.Groups samples (filters / shape.Groups)
            (Dense.elements x) (Dense.elements layer.Weight) y
        Dense.matrix (filters * windows.Count) samples y

    /// The pullback for x; where `rectified`, x is the output of ReLU, and dL/dx is that of ReLU's input.
    member internal layer.Pullback
        (x: Matrix<'T>, rectified: bool) : Func<Matrix<'T>, struct (Convolution<'T> * Lazy<Matrix<'T>>)> =
        let shape = layer.Shape
        Func<_, _>(fun dy ->
            Pullback.checkShape shape.Output.Size x.ColumnCount dy
            let windows, filters, groups = shape.Windows, shape.Filters, shape.Groups
            let samples, dy = x.ColumnCount, Dense.elements dy
            let weight = Dense.fresh (filters * windows.Size)
            Correlation.gradient windows groups samples (filters / groups) (Dense.elements x) dy weight
            let dx () =
                let dx = Dense.fresh (shape.Input.Size * samples)
                let channels = windows.Canvas.Channels
                let back = Windows.back (filters / groups) windows
                let outputs =
                    if rectified then Correlation.outputsWhere (Dense.elements x) else Correlation.outputs
                outputs back groups samples channels dy (layer.Rotated()) dx
                Dense.matrix shape.Input.Size samples dx
            struct ({ layer with
                        Weight = Dense.matrix filters windows.Size weight
                        Bias = Dense.vector (Planes.sums filters windows.Count dy) },
                    lazy (dx ())))

    /// y (`Output.Size` x samples) for x (`Input.Size` x samples), images by channel, row and column. Raises
    /// ArgumentException if x has other rows, or numbers of the layer don't go together.
    member layer.Predict(x: Matrix<'T>) : Matrix<'T> = layer.Sums(x, rectified = false)

    /// y, and its pullback: dw is the sum over samples and places of dy times the window there, db that of dy, and dx
    /// the convolution of dy, spread by the stride, with the filters rotated by 180 degrees.
    member layer.Forward(x: Matrix<'T>)
        : struct (Matrix<'T> * Func<Matrix<'T>, struct (Convolution<'T> * Lazy<Matrix<'T>>)>) =
        struct (layer.Predict x, layer.Pullback(x, rectified = false))

    /// The filters rotated by 180 degrees, with channels in the place of filters: (groups x channels) x (filters of a
    /// group x rows x columns).
    member private layer.Rotated() : 'T[] =
        let shape = layer.Shape
        let w, plane = Dense.elements layer.Weight, shape.KernelHeight * shape.KernelWidth
        let filters, channels = shape.Filters / shape.Groups, shape.Input.Channels / shape.Groups
        let rotated = Array.zeroCreate w.Length
        for group in 0 .. shape.Groups - 1 do
            for filter in 0 .. filters - 1 do
                for channel in 0 .. channels - 1 do
                    for place in 0 .. plane - 1 do
                        let from = group * filters + filter + (channel * plane + place) * shape.Filters
                        let into = group * channels + channel
                                   + (filter * plane + plane - 1 - place) * shape.Input.Channels
                        rotated[into] <- w[from]
        rotated

    member internal layer.Leaves: Parameter<'T>[] = Parameter.ofWeightAndBias layer.Weight layer.Bias

    interface IImageLayer with
        member layer.Input = layer.Shape.Input
        member layer.Output = layer.Shape.Output
    interface IBuiltIn with
        member _.Draws = Draws.Nothing
    interface ILayer<'T> with
        member _.Name = "convolution"
        member layer.Description = string layer
        member layer.Inputs = layer.Shape.Input.Size
        member layer.Outputs = layer.Shape.Output.Size
        member layer.Faults = List.toArray layer.Faults
        member layer.Parameters = layer.Leaves
        member layer.WithParameters leaves = { layer with Weight = leaves[0].Matrix; Bias = leaves[1].Values }
        member layer.Predict x = layer.Predict x
        member layer.Forward(x, _) =
            Pullback.toLeaves (fun (gradient: Convolution<'T>) -> gradient.Leaves) (layer.Forward x)

namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional

/// Filters that slide over an image, one channel of the output each.
[<RequireQualifiedAccess>]
module Convolution =
    /// The layer before training, with biases of 0. Raises ArgumentException unless the filters fit on the image.
    let create<'T when Real<'T>> (key: Key) (initializer: Initializer) (shape: ConvolutionShape) : Convolution<'T> =
        Faults.refuse shape.Faults
        { Shape = shape
          Weight = Initializer.weights key initializer shape.Filters shape.FilterSize
          Bias = Vector<'T>.Build.Dense shape.Filters }

    /// y (`Output.Size` x samples) for x (`Input.Size` x samples). Raises ArgumentException if x has other rows, or
    /// the weight or the bias another shape.
    let predict (layer: Convolution<'T>) (x: Matrix<'T>) : Matrix<'T> = layer.Predict x

    /// y, and its pullback: dw is the sum over samples and places of dy times the window there, db that of dy, and dx
    /// the convolution of dy, spread by the stride, with the filters rotated by 180 degrees. Raises ArgumentException
    /// as `predict` does. Source: Deep Learning from Scratch, 7.4.
    let forward (layer: Convolution<'T>) (x: Matrix<'T>) : struct (Matrix<'T> * Pullback<'T, Convolution<'T>>) =
        Pullback.ofFunc (layer.Forward x)
