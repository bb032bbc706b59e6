/// Planes: the elements of a channel of a sample, side by side.
module internal Functional.Numerics.Planes

open System
open System.Numerics.Tensors
open Functional
open Functional.Numerics.Passes

/// Calls body with each plane's number and its first element, on several threads where that pays.
let each (size: int) (length: int) (body: int -> int -> unit) : unit =
    Team.split (length >= threadsFrom) (length / size) (fun first next ->
        for plane in first .. next - 1 do body plane (plane * size))

/// Adds its channel's summand to each plane, of `size` elements, of every sample.
let add<'T when Real<'T>> (summands: 'T[]) (size: int) (x: 'T[]) : unit =
    each size x.Length (fun plane from ->
        TensorPrimitives.Add(ReadOnlySpan(x, from, size), summands[plane % summands.Length], Span(x, from, size)))

/// The sum of each channel: the sums of its planes, added up in the order of the samples.
let sums<'T when Real<'T>> (channels: int) (size: int) (samples: int) (x: 'T[]) : 'T[] =
    Array.init channels (fun channel ->
        let mutable sum = 'T.Zero
        for sample in 0 .. samples - 1 do
            sum <- sum + Reductions.sum (ReadOnlySpan(x, (sample * channels + channel) * size, size))
        sum)
