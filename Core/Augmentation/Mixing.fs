/// Samples that are mixtures of two.
/// Source: Zhang et al., mixup: Beyond Empirical Risk Minimization (2018).
module internal Functional.Augmentations.Mixing

open System.Runtime.Intrinsics
open Functional
open Functional.FSharp
open Functional.Numerics

/// The logarithm of a number from the gamma distribution with this shape and scale 1.
/// Source: Marsaglia and Tsang, A Simple Method for Generating Gamma Variables (2000); below a shape of 1, their note
/// on U^(1/shape). Logarithms, because for small shapes the numbers themselves are too small for a double.
let rec private logGamma (shape: float) (key: Key) : float =
    if shape < 1.0 then
        // 1 - U is above 0.
        let u = 1.0 - (Key.child 0 key |> Key.uniforms 1)[0]
        logGamma (shape + 1.0) (Key.child 1 key) + Elementary.log u / shape
    else
        let d = shape - 1.0 / 3.0
        let c = 1.0 / sqrt (9.0 * d)
        let rec attempt i =
            let draw = Key.child i key
            let x, u = (Key.child 0 draw |> Key.normals 1)[0], 1.0 - (Key.child 1 draw |> Key.uniforms 1)[0]
            let root = 1.0 + c * x
            let v = root * root * root
            // Asked so that a shape that is not a number ends it, too.
            if root <= 0.0 || Elementary.log u >= 0.5 * x * x + d * (1.0 - v + Elementary.log v) then attempt (i + 1)
            else Elementary.log d + Elementary.log v
        attempt 0

/// A number from Beta(alpha, alpha): the first of two gamma variables as a share of their sum.
let beta (alpha: float) (key: Key) : float =
    1.0 / (1.0 + Elementary.exp (logGamma alpha (Key.child 1 key) - logGamma alpha (Key.child 0 key)))

/// What a sample is mixed with: the sample's own weight, and another sample of the batch (or itself).
let partner (alpha: float) (samples: int) (key: Key) : struct (float * int) =
    struct (beta alpha (Key.child 0 key), (Key.child 1 key |> Key.integers 1 samples)[0])

/// w a + (1 - w) b for column j of `from` as a and the partner's as b.
let column<'T when Real<'T>>
    (length: int) (struct (weight: float, other: int)) (j: int) (from: 'T[]) (into: 'T[]) : unit =
    let own: 'T = Real.number<'T, float> weight
    // Of the rounded weight, so that both together are 1 and nothing leaves its range.
    let others: 'T = 'T.One - own
    let own, others = Vector512.Create own, Vector512.Create others
    let a, b, count = j * length, other * length, Passes.lanes<'T>
    let mutable i = 0
    while i <= length - count do
        Passes.store (own * Passes.load from (a + i) + others * Passes.load from (b + i)) into (a + i)
        i <- i + count
    while i < length do
        let mine: 'T = own[0] * from[a + i]
        into[a + i] <- mine + others[0] * from[b + i]
        i <- i + 1
