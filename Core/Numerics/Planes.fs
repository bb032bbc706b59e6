/// Planes: the elements of a channel of a sample, side by side.
module internal Functional.Numerics.Planes

open System
open System.Numerics.Tensors
open Functional
open Functional.Numerics.Passes

/// Adds its channel's summand to each plane, of `size` elements, of every sample.
let add<'T when Real<'T>> (summands: 'T[]) (size: int) (x: 'T[]) : unit =
    let planes = x.Length / size
    Team.split (x.Length >= threadsFrom) planes (fun first next ->
        for plane in first .. next - 1 do
            let from, summand = plane * size, summands[plane % summands.Length]
            TensorPrimitives.Add(ReadOnlySpan(x, from, size), summand, Span(x, from, size)))

/// The sum of each channel: the sums of its planes, added up in the order of the samples.
let sums<'T when Real<'T>> (channels: int) (size: int) (samples: int) (x: 'T[]) : 'T[] =
    Array.init channels (fun channel ->
        let mutable sum = 'T.Zero
        for sample in 0 .. samples - 1 do
            sum <- sum + Reductions.sum (ReadOnlySpan(x, (sample * channels + channel) * size, size))
        sum)
