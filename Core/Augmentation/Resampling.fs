/// Images whose pixels come from other places of an image.
module internal Functional.Augmentations.Resampling

open System
open Functional

/// a + f (b - a), and within 0 and 1 wherever a and b are, rounding included: f b + (1 - f) a with two roundings.
let inline lerp<'T when Real<'T>> (f: 'T) (a: 'T) (b: 'T) : 'T =
    'T.FusedMultiplyAdd(f, b, 'T.FusedMultiplyAdd(-f, a, a))

/// Columns of a frame: the image with one pixel of background before and two after it, so that each pixel of the frame
/// but the last two has neighbors.
let stride (image: ImageFormat) = image.Width + 3

/// A frame of background, to put images of this format into.
let frame<'T when Real<'T>> (image: ImageFormat) (background: 'T) : 'T[] =
    Array.create ((image.Height + 3) * stride image) background

let put (image: ImageFormat) (pixels: ReadOnlySpan<'T>) (frame: 'T[]) =
    for y in 0 .. image.Height - 1 do
        pixels.Slice(y * image.Width, image.Width).CopyTo(Span(frame, (y + 1) * stride image + 1, image.Width))

/// Fills `into` with the image `from`, where pixel (row y, column x) comes from the place (row v, column u) that
/// `place y x` gives as struct (v, u), by bilinear interpolation; outside is background. The frame is there to be overwritten.
let inline warp<'T when Real<'T>>
    (image: ImageFormat) (frame: 'T[]) (from: ReadOnlySpan<'T>) (into: Span<'T>)
    ([<InlineIfLambda>] place: int -> int -> struct (float32 * float32)) : unit =
    let height, width = image.Height, image.Width
    let stride = width + 3
    let lastRow, lastColumn = float32 (height + 1), float32 (width + 1)
    for channel in 0 .. image.Channels - 1 do
        let first = channel * height * width
        put image (from.Slice(first, height * width)) frame
        for y in 0 .. height - 1 do
            for x in 0 .. width - 1 do
                let struct (v, u) = place y x
                let v, u = Single.Clamp(v + 1.0f, 0.0f, lastRow), Single.Clamp(u + 1.0f, 0.0f, lastColumn)
                let row, column = int v, int u
                let down, across = 'T.CreateTruncating(v - float32 row), 'T.CreateTruncating(u - float32 column)
                let at = row * stride + column
                let above = lerp across frame[at] frame[at + 1]
                let below = lerp across frame[at + stride] frame[at + stride + 1]
                into[first + y * width + x] <- lerp down above below
