/// Planes: the elements of a channel of a sample, side by side.
module internal Functional.Numerics.Planes

open System
open Functional
open Functional.Numerics.Passes

/// Calls body with each plane's number and its first element, on several threads where that pays.
let each (size: int) (length: int) (body: int -> int -> unit) : unit =
    Team.split (length >= threadsFrom) (length / size) (fun first next ->
        for plane in first .. next - 1 do body plane (plane * size))

/// A number of each plane, from its first element, added up for each channel in the order of the samples.
let private totals<'T when Real<'T>> (channels: int) (size: int) (length: int) (ofPlane: Func<int, 'T>) : 'T[] =
    let totals: 'T[] = Array.zeroCreate channels
    Team.split (length >= threadsFrom) channels (fun first next ->
        for sample in 0 .. length / (channels * size) - 1 do
            for channel in first .. next - 1 do
                totals[channel] <- totals[channel] + ofPlane.Invoke((sample * channels + channel) * size))
    totals

/// The sum of each channel.
let sums<'T when Real<'T>> (channels: int) (size: int) (x: 'T[]) : 'T[] =
    totals channels size x.Length (Func<_, _>(fun from -> Reductions.sum (ReadOnlySpan(x, from, size))))

/// The sum of a b in each channel.
let dots<'T when Real<'T>> (channels: int) (size: int) (a: 'T[]) (b: 'T[]) : 'T[] =
    totals channels size a.Length (Func<_, _>(fun from -> Reductions.dot a from b from size))
