namespace Functional.FSharp

open System.Runtime.Intrinsics
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// What is done to a gradient before the rule: sums, means, clipping. (The proximal step after it is
/// `Penalty.softThreshold`.) No function writes to its argument.
[<RequireQualifiedAccess>]
module Transform =
    /// a + b, leaf by leaf; the leaves are alike.
    let internal sum (a: Parameters<'T>) (b: Parameters<'T>) : Parameters<'T> =
        let add (a: Parameter<'T>) (b: Parameter<'T>) =
            { a with Values = Dense.vector (map2 (fun a b -> a + b) (Dense.values a.Values) (Dense.values b.Values)) }
        Parameters(Array.map2 add a.Leaves b.Leaves)

    let internal divide (x: Parameters<'T>) (divisor: int) : Parameters<'T> =
        let divisor: Lanes<'T> = broadcast (float divisor)
        x |> Parameters.mapLeaves (fun leaf -> map (fun x -> x / divisor) (Dense.values leaf.Values))

    /// Elements within [-limit, limit].
    let inline private clamp (limit: Lanes<'T>) (x: Lanes<'T>) = Vector512.Min(Vector512.Max(x, -limit), limit)

    /// Every element within [-limit, limit].
    let clipByValue (limit: float) (gradient: Parameters<'T>) : Parameters<'T> =
        if limit = infinity then gradient
        else
            let limit: Lanes<'T> = broadcast limit
            gradient |> Parameters.mapLeaves (fun leaf -> map (fun g -> clamp limit g) (Dense.values leaf.Values))

    /// The square root of the sum of the squares of all elements of all leaves, computed in double.
    let norm (gradient: Parameters<'T>) : float =
        let add total (leaf: Parameter<'T>) = total + Reductions.sumOfSquares (Dense.values leaf.Values)
        sqrt (Array.fold add 0.0 gradient.Leaves)

    /// The same direction, and a norm over all leaves of at most the limit.
    /// Source: Pascanu et al., On the Difficulty of Training Recurrent Neural Networks (2013).
    let clipByNorm (limit: float) (gradient: Parameters<'T>) : Parameters<'T> =
        if limit = infinity then gradient
        else
            let norm = norm gradient
            if norm > limit then
                let share: Lanes<'T> = broadcast (limit / norm)
                gradient |> Parameters.mapLeaves (fun leaf -> map (fun g -> share * g) (Dense.values leaf.Values))
            else gradient
