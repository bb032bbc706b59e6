/// What softplus and the cross-entropy of logits share.
module internal Functional.Numerics.Logistic

open System
open System.Numerics.Tensors
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics.Passes

let exp<'T when Real<'T>> (x: 'T[]) : 'T[] =
    mapSpan (fun x y -> TensorPrimitives.Exp(ReadOnlySpan<'T> x, Span<'T> y)) x

/// 1 / (1 + exp(-x))
let sigmoid<'T when Real<'T>> (x: 'T[]) : 'T[] =
    mapSpan (fun x y -> TensorPrimitives.Sigmoid(ReadOnlySpan<'T> x, Span<'T> y)) x

// 1 / (2 k + 1), highest k first: ln((1 + s) / (1 - s)) = 2 s (1 + s^2 / 3 + s^4 / 5 + ...), here for s up to 1/3.
let private series = [| for k in 17 .. -1 .. 0 -> 1.0 / float (2 * k + 1) |]

/// ln(1 + exp(x)) = max(x, 0) + ln(1 + e), e = exp(-|x|): nothing overflows. With s = e / (2 + e), 1 + e is
/// (1 + s) / (1 - s), so that a small e loses nothing.
let softplus<'T when Real<'T>> (x: 'T[]) : 'T[] =
    let e = exp (map (fun x -> -(Vector512.Abs x)) x)
    let series: Lanes<'T>[] = Array.map broadcast series
    let two: Lanes<'T> = broadcast 2.0
    map2
        (fun x e ->
            let s: Lanes<'T> = e / (two + e)
            let z: Lanes<'T> = s * s
            let mutable sum = series[0]
            for k in 1 .. series.Length - 1 do sum <- sum * z + series[k]
            Vector512.Max(x, Lanes<'T>.Zero) + two * s * sum)
        x e
