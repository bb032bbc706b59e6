/// Planes: the elements of a channel of a sample, side by side.
module internal Functional.Numerics.Planes

open System
open Functional
open Functional.Numerics.Passes

/// Calls body with each plane's number and its first element, on several threads where that pays.
let each (size: int) (length: int) (body: int -> int -> unit) : unit =
    Team.split (length >= threadsFrom) (length / size) (fun first next ->
        for plane in first .. next - 1 do body plane (plane * size))

/// The sum of each channel: the sums of its planes, added up in the order of the samples.
let sums<'T when Real<'T>> (channels: int) (size: int) (samples: int) (x: 'T[]) : 'T[] =
    let sums: 'T[] = Array.zeroCreate channels
    Team.split (x.Length >= threadsFrom) channels (fun first next ->
        for sample in 0 .. samples - 1 do
            for channel in first .. next - 1 do
                let plane = ReadOnlySpan(x, (sample * channels + channel) * size, size)
                sums[channel] <- sums[channel] + Reductions.sum plane)
    sums
