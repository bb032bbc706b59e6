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

/// ln(1 + exp(x)) = max(x, 0) + ln(1 + e), e = exp(-|x|): nothing overflows.
let softplus<'T when Real<'T>> (x: 'T[]) : 'T[] =
    let e = exp (map (fun x -> -(Vector512.Abs x)) x)
    let sum = map (fun e -> Lanes<'T>.One + e) e
    let log = mapSpan (fun x y -> TensorPrimitives.Log(ReadOnlySpan<'T> x, Span<'T> y)) sum
    // What 1 + e loses of e in rounding is put right by the factor e / ((1 + e) - 1). Source: W. Kahan.
    let logOnePlus =
        map3 (fun e sum log ->
            let kept: Lanes<'T> = sum - Lanes<'T>.One
            Vector512.ConditionalSelect(Vector512.Equals(kept, Lanes<'T>.Zero), e, log * (e / kept))) e sum log
    map2 (fun x l -> Vector512.Max(x, Lanes<'T>.Zero) + l) x logOnePlus
