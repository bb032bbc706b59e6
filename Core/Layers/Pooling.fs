namespace Functional

open System
open System.Runtime.CompilerServices
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

    member private pooling.IsByQuarters<'T when Real<'T>>() : bool =
        pooling.Kind = PoolingKind.Max
        && Quarters.fit<'T> pooling.WindowHeight pooling.WindowWidth pooling.Stride pooling.Output.Width

    /// y, and for Max, in the bits of as many elements, the number in its window of each that was kept, an integer from
    /// 0 by row and column. (An array of this type is in memory that a training step uses again.)
    member private pooling.Kept<'T when Real<'T>>(x: Matrix<'T>) : struct ('T[] * 'T[]) =
        let windows, elements = pooling.Windows, Dense.elements x
        let count, width, size = windows.Count, pooling.Input.Width, pooling.Input.Height * pooling.Input.Width
        let y: 'T[] = Dense.fresh (pooling.Output.Size * x.ColumnCount)
        let kept: 'T[] = if pooling.Kind = PoolingKind.Max then Dense.fresh y.Length else [||]
        let area: 'T = Real.number<'T, float> (float windows.Size)
        let byWindows plane =
            for window in 0 .. count - 1 do
                let start = plane * size + windows.Start window
                let into = plane * count + window
                match pooling.Kind with
                | PoolingKind.Max ->
                    let mutable best, number = elements[start], 0
                    for r in 0 .. pooling.WindowHeight - 1 do
                        for q in 0 .. pooling.WindowWidth - 1 do
                            let value = elements[start + r * width + q]
                            // What isn't a number stays visible.
                            if 'T.op_GreaterThan(value, best) || ('T.IsNaN value && not ('T.IsNaN best)) then
                                best <- value
                                number <- r * pooling.WindowWidth + q
                    y[into] <- best
                    let keptNumber = &Unsafe.As<'T, int>(&kept[into])
                    keptNumber <- number
                | PoolingKind.Average ->
                    let mutable sum = 'T.Zero
                    for r in 0 .. pooling.WindowHeight - 1 do
                        for q in 0 .. pooling.WindowWidth - 1 do
                            sum <- sum + elements[start + r * width + q]
                    y[into] <- sum / area
        let byQuarters plane =
            Quarters.largest windows.Rows windows.Columns width elements (plane * size) y kept (plane * count)
        pooling.Planes(x.ColumnCount, Action<int>(if pooling.IsByQuarters<'T>() then byQuarters else byWindows))
        struct (y, kept)

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
        let struct (y, kept) = pooling.Kept x
        let rows, samples = pooling.Output.Size, x.ColumnCount
        struct (Dense.matrix rows samples y, Func<_, _>(fun dy ->
            Pullback.checkShape rows samples dy
            let windows, dy = pooling.Windows, Dense.elements dy
            let count, width, size = windows.Count, pooling.Input.Width, pooling.Input.Height * pooling.Input.Width
            let dx: 'T[] = Dense.fresh (pooling.Input.Size * samples)
            let area: 'T = Real.number<'T, float> (float windows.Size)
            let byWindows plane =
                Array.Clear(dx, plane * size, size)
                for window in 0 .. count - 1 do
                    let from, start = plane * count + window, plane * size + windows.Start window
                    match pooling.Kind with
                    | PoolingKind.Max ->
                        let number = Unsafe.As<'T, int>(&kept[from])
                        let at = start + number / pooling.WindowWidth * width + number % pooling.WindowWidth
                        dx[at] <- dx[at] + dy[from]
                    | PoolingKind.Average ->
                        let share = dy[from] / area
                        for r in 0 .. pooling.WindowHeight - 1 do
                            for q in 0 .. pooling.WindowWidth - 1 do
                                let at = start + r * width + q
                                dx[at] <- dx[at] + share
            let byQuarters plane =
                // Rows and columns that fill no window.
                if 4 * count < size then Array.Clear(dx, plane * size, size)
                Quarters.back windows.Rows windows.Columns width dy kept (plane * count) dx (plane * size)
            pooling.Planes(samples, Action<int>(if pooling.IsByQuarters<'T>() then byQuarters else byWindows))
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
