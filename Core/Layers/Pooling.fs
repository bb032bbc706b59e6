namespace Functional

open System
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp
open Functional.Numerics

/// What a pooling layer keeps of a window.
[<RequireQualifiedAccess>]
type PoolingKind =
    /// Its largest element; of equal ones the first, by row and column.
    | Max
    /// The mean of its elements, summed up by row and column.
    | Average

/// Windows slide over each channel of an image, and one number is kept of each.
/// Source: Deep Learning from Scratch, 7.3 and 7.4.4.
[<StructuredFormatDisplay("{Display}")>]
type Pooling =
    { /// The maximum or the mean.
      Kind: PoolingKind
      /// The shape of a sample of x.
      Input: ImageShape
      /// Rows of a window.
      WindowHeight: int
      /// Columns of a window.
      WindowWidth: int
      /// From one window to the next, in both directions. Rows and columns that fill no window are left out.
      Stride: int }

    /// The largest element of square windows, side by side unless a stride is given. Raises ArgumentException unless
    /// they fit.
    static member Max(input: ImageShape, window: int, [<Optional; DefaultParameterValue 0>] stride: int) : Pooling =
        Pooling.Of(PoolingKind.Max, input, window, window, (if stride = 0 then max 1 window else stride))

    /// The mean of square windows, side by side unless a stride is given. Raises ArgumentException unless they fit.
    static member Average(input: ImageShape, window: int, [<Optional; DefaultParameterValue 0>] stride: int) : Pooling =
        Pooling.Of(PoolingKind.Average, input, window, window, (if stride = 0 then max 1 window else stride))

    /// The mean of each channel. Raises ArgumentException for an image of no size.
    static member GlobalAverage(input: ImageShape) : Pooling =
        Pooling.Of(PoolingKind.Average, input, input.Height, input.Width, 1)

    static member private Of(kind, input, height, width, stride) : Pooling =
        let pooling = { Kind = kind; Input = input; WindowHeight = height; WindowWidth = width; Stride = stride }
        pooling.Checked()

    /// The value itself. Raises ArgumentException with what is wrong with it, a line each.
    member pooling.Checked() : Pooling =
        Faults.refuse pooling.Faults
        pooling

    /// The windows of one channel.
    member internal pooling.Windows: Windows =
        Windows.ofImage
            1 pooling.Input.Height pooling.Input.Width pooling.WindowHeight pooling.WindowWidth pooling.Stride 0 1

    /// The shape of a sample of y.
    member pooling.Output: ImageShape =
        let windows = pooling.Windows
        { Channels = pooling.Input.Channels; Height = windows.Rows; Width = windows.Columns }

    member private pooling.Display = string pooling
    override pooling.ToString() =
        let kind = match pooling.Kind with PoolingKind.Max -> "maximum" | PoolingKind.Average -> "mean"
        $"{kind} of {pooling.WindowHeight} x {pooling.WindowWidth} on {pooling.Input} (stride {pooling.Stride})"

    /// What is wrong with it, a line each; empty if nothing is.
    member internal pooling.Faults: string list =
        let small =
            [ yield! pooling.Input.Faults
              if min pooling.WindowHeight pooling.WindowWidth < 1 then
                  $"its windows need at least 1 row and column, but are {pooling.WindowHeight} x {pooling.WindowWidth}"
              if pooling.Stride < 1 then $"its stride must be at least 1, but is {pooling.Stride}" ]
        if small.IsEmpty
           && (pooling.WindowHeight > pooling.Input.Height || pooling.WindowWidth > pooling.Input.Width) then
            [ $"windows of {pooling.WindowHeight} x {pooling.WindowWidth} don't fit on {pooling.Input}" ]
        else small

    member private pooling.Check<'T when Real<'T>>(x: Matrix<'T>) =
        Faults.refuse pooling.Faults
        Pullback.checkRows (fun () -> $"pooling on {pooling.Input}") pooling.Input.Size x

    /// Calls body for each channel of each sample with its number, on several threads where that pays.
    member private pooling.Planes(samples: int, body: Action<int>) =
        let planes = samples * pooling.Input.Channels
        Team.split (samples * pooling.Input.Size >= Passes.threadsFrom) planes (fun first next ->
            for plane in first .. next - 1 do body.Invoke plane)

    /// y, and for Max the place in its channel of each element that was kept.
    member private pooling.Kept<'T when Real<'T>>(x: Matrix<'T>) : struct ('T[] * int[]) =
        let windows, elements = pooling.Windows, Dense.elements x
        let count, width, size = windows.Count, pooling.Input.Width, pooling.Input.Height * pooling.Input.Width
        let y: 'T[] = Dense.fresh (pooling.Output.Size * x.ColumnCount)
        let places = if pooling.Kind = PoolingKind.Max then Array.zeroCreate y.Length else [||]
        let area: 'T = Real.number<'T, float> (float windows.Size)
        pooling.Planes(x.ColumnCount, Action<int>(fun plane ->
            for window in 0 .. count - 1 do
                let start = windows.Start window
                let into = plane * count + window
                match pooling.Kind with
                | PoolingKind.Max ->
                    let mutable best, place = elements[plane * size + start], start
                    for r in 0 .. pooling.WindowHeight - 1 do
                        for q in 0 .. pooling.WindowWidth - 1 do
                            let at = start + r * width + q
                            let value = elements[plane * size + at]
                            // What isn't a number stays visible.
                            if 'T.op_GreaterThan(value, best) || ('T.IsNaN value && not ('T.IsNaN best)) then
                                best <- value
                                place <- at
                    y[into] <- best
                    places[into] <- place
                | PoolingKind.Average ->
                    let mutable sum = 'T.Zero
                    for r in 0 .. pooling.WindowHeight - 1 do
                        for q in 0 .. pooling.WindowWidth - 1 do
                            sum <- sum + elements[plane * size + start + r * width + q]
                    y[into] <- sum / area))
        struct (y, places)

    /// y (`Output.Size` x samples) for x (`Input.Size` x samples), images by channel, row and column. Raises
    /// ArgumentException if x has other rows.
    member pooling.Predict<'T when Real<'T>>(x: Matrix<'T>) : Matrix<'T> =
        pooling.Check x
        let struct (y, _) = pooling.Kept x
        Dense.matrix pooling.Output.Size x.ColumnCount y

    /// y, and its pullback: of a maximum, dy goes to the element that was kept; of a mean, to all of a window in equal
    /// parts. What several windows share adds up in their order.
    member pooling.Forward<'T when Real<'T>>(x: Matrix<'T>)
        : struct (Matrix<'T> * Func<Matrix<'T>, Matrix<'T>>) =
        pooling.Check x
        let struct (y, places) = pooling.Kept x
        let rows, samples = pooling.Output.Size, x.ColumnCount
        struct (Dense.matrix rows samples y, Func<_, _>(fun dy ->
            Pullback.checkShape rows samples dy
            let windows, dy = pooling.Windows, Dense.elements dy
            let count, width, size = windows.Count, pooling.Input.Width, pooling.Input.Height * pooling.Input.Width
            let dx: 'T[] = Dense.fresh (pooling.Input.Size * samples)
            let area: 'T = Real.number<'T, float> (float windows.Size)
            pooling.Planes(samples, Action<int>(fun plane ->
                Array.Clear(dx, plane * size, size)
                for window in 0 .. count - 1 do
                    let slope = dy[plane * count + window]
                    match pooling.Kind with
                    | PoolingKind.Max ->
                        let at = plane * size + places[plane * count + window]
                        dx[at] <- dx[at] + slope
                    | PoolingKind.Average ->
                        let share, start = slope / area, plane * size + windows.Start window
                        for r in 0 .. pooling.WindowHeight - 1 do
                            for q in 0 .. pooling.WindowWidth - 1 do
                                let at = start + r * width + q
                                dx[at] <- dx[at] + share))
            Dense.matrix pooling.Input.Size samples dx))

/// A pooling layer of a network.
[<StructuredFormatDisplay("{Display}")>]
type PoolingLayer<'T when Real<'T>> =
    { /// What it does.
      Pooling: Pooling }

    member private layer.Display = string layer
    override layer.ToString() = string layer.Pooling

    interface IImageLayer with
        member layer.Input = layer.Pooling.Input
        member layer.Output = layer.Pooling.Output
    interface IBuiltIn with
        member _.Draws = Draws.Nothing
    interface ILayer<'T> with
        member layer.Name =
            match layer.Pooling.Kind with PoolingKind.Max -> "maxpool" | PoolingKind.Average -> "averagepool"
        member layer.Description = string layer
        member layer.Inputs = layer.Pooling.Input.Size
        member layer.Outputs = layer.Pooling.Output.Size
        member layer.Faults = List.toArray layer.Pooling.Faults
        member _.Parameters = Array.Empty()
        member layer.WithParameters _ = layer
        member layer.Predict x = layer.Pooling.Predict<'T> x
        member layer.Forward(x, _) = Pullback.withoutLeaves (layer.Pooling.Forward<'T> x)

namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional

/// One number of each window of an image: its maximum or its mean.
[<RequireQualifiedAccess>]
module Pooling =
    /// y (`Output.Size` x samples) for x (`Input.Size` x samples). Raises ArgumentException if x has other rows.
    let predict (pooling: Pooling) (x: Matrix<'T>) : Matrix<'T> = pooling.Predict x

    /// y, and its pullback: of a maximum, dy goes to the element that was kept; of a mean, to all of a window in equal
    /// parts. Raises ArgumentException as `predict` does. Source: Deep Learning from Scratch, 7.4.4.
    let forward (pooling: Pooling) (x: Matrix<'T>) : struct (Matrix<'T> * (Matrix<'T> -> Matrix<'T>)) =
        Pullback.ofFunc (pooling.Forward x)
