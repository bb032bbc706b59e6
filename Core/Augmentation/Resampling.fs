/// Images whose pixels come from other places of an image.
namespace Functional.Augmentations

open System
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// Where to put an image that is to be resampled, used again for each: its channels, one below the other, each with a
/// row and a column of background before it and two after it, so that every place in it has neighbors. And for one row
/// of the result, the pixel above and left of each place, and how far below and right of that it is.
[<Sealed>]
type internal Frame<'T when Real<'T>>(image: ImageFormat, background: 'T) =
    let stride = image.Width + 3
    let length = (image.Width + 15) / 16 * 16
    let pixels: 'T[] = Array.create (image.Channels * (image.Height + 3) * stride) background
    member _.Image = image
    member _.Stride = stride
    /// Elements from one channel to the next.
    member _.Plane = (image.Height + 3) * stride
    member _.Pixels = pixels
    member val Corners: int[] = Array.zeroCreate length
    member val Down: float32[] = Array.zeroCreate length
    member val Across: float32[] = Array.zeroCreate length

    member frame.Put(from: ReadOnlySpan<'T>) =
        for channel in 0 .. image.Channels - 1 do
            for y in 0 .. image.Height - 1 do
                from.Slice((channel * image.Height + y) * image.Width, image.Width)
                    .CopyTo(Span(pixels, channel * frame.Plane + (y + 1) * stride + 1, image.Width))

module internal Resampling =
    /// a + f (b - a), and within 0 and 1 wherever a and b are, rounding included: f b + (1 - f) a with two roundings.
    let inline lerp<'T when Real<'T>> (f: 'T) (a: 'T) (b: 'T) : 'T =
        'T.FusedMultiplyAdd(f, b, 'T.FusedMultiplyAdd(-f, a, a))

    /// Whole and fractional part of places along one side of a frame, which counts from -1 and ends at `size`.
    let inline private split (size: int) (place: Vector512<float32>) : struct (Vector512<int> * Vector512<float32>) =
        let last = Vector512.Create(float32 (size + 1))
        let place = Vector512.Min(Vector512.Max(place + Vector512.One, Vector512.Zero), last)
        let whole = Vector512.ConvertToInt32 place
        struct (whole, place - Vector512.ConvertToSingle whole)

    /// Prepares one row of a result whose pixels come from these places, from column x on.
    let prepare (frame: Frame<'T>) (x: int) (down: Vector512<float32>) (across: Vector512<float32>) : unit =
        let struct (row, below) = split frame.Image.Height down
        let struct (column, right) = split frame.Image.Width across
        store (row * Vector512.Create frame.Stride + column) frame.Corners x
        store below frame.Down x
        store right frame.Across x

    /// Writes one row of one channel, by bilinear interpolation.
    let interpolate<'T when Real<'T>> (frame: Frame<'T>) (channel: int) (row: Span<'T>) : unit =
        // The corners are in the frame: `split` has seen to that.
        let pixels = &Unsafe.Add(&MemoryMarshal.GetArrayDataReference frame.Pixels, channel * frame.Plane)
        let corners, downs, acrosses, stride = frame.Corners, frame.Down, frame.Across, frame.Stride
        for x in 0 .. row.Length - 1 do
            let corner = &Unsafe.Add(&pixels, corners[x])
            let next = &Unsafe.Add(&corner, stride)
            let across = Real.number<'T, float32> acrosses[x]
            let above = lerp across corner (Unsafe.Add(&corner, 1))
            let below = lerp across next (Unsafe.Add(&next, 1))
            row[x] <- lerp (Real.number<'T, float32> downs[x]) above below

    /// Fills `into` with the image `from`, where the 16 pixels of row y from column x on come from the places
    /// `place y x`, as struct (rows, columns); outside is background.
    let inline warp<'T when Real<'T>>
        (frame: Frame<'T>) (from: ReadOnlySpan<'T>) (into: Span<'T>)
        ([<InlineIfLambda>] place: int -> int -> struct (Vector512<float32> * Vector512<float32>)) : unit =
        let image = frame.Image
        frame.Put from
        for y in 0 .. image.Height - 1 do
            for x in 0 .. 16 .. image.Width - 1 do
                let struct (down, across) = place y x
                prepare frame x down across
            for channel in 0 .. image.Channels - 1 do
                interpolate frame channel (into.Slice((channel * image.Height + y) * image.Width, image.Width))

    /// The numbers of 16 columns from x on.
    let inline columns (x: int) : Vector512<float32> =
        Vector512.ConvertToSingle(Vector512.Create x + Vector512<int>.Indices)
