/// Derivatives by central differences in double, to hold pullbacks against. Nothing of the core's is used.
module Functional.Properties.CentralDifferences

open MathNet.Numerics.LinearAlgebra
open Xunit
open Functional
open Functional.FSharp

/// Small, so that few kinks lie within it; rounding then costs about 1e-11.
let step = 1e-5

/// A function's value, and on which side of every kink it was computed: between different sides lies a kink.
type Value = { Value: float; Sides: bool[] }

let smooth (value: float) = { Value = value; Sides = [||] }

/// The derivatives of f at x, one per element; nothing where a kink lies within the step.
let derivatives (f: float[] -> Value) (x: float[]) : float voption[] =
    let sides = (f x).Sides
    Array.init x.Length (fun i ->
        let upper, lower = f (Array.updateAt i (x[i] + step) x), f (Array.updateAt i (x[i] - step) x)
        let distance = (x[i] + step) - (x[i] - step)
        if upper.Sides <> sides || lower.Sides <> sides then ValueNone
        else ValueSome((upper.Value - lower.Value) / distance))

/// Compares pullbacks with differences over many cases, and counts what kinks leave out.
type Comparison() =
    let mutable all, leftOut = 0, 0

    /// Raises unless the largest difference is at most 1e-6 of the largest element, plus 1e-9.
    member _.Add(expected: float voption[], found: float[]) =
        let count = found.Length
        let expected, found = Array.zip expected found |> Array.filter (fst >> _.IsSome) |> Array.unzip
        all <- all + count
        leftOut <- leftOut + count - found.Length
        Law.near 1e-6 1e-9 (Array.map ValueOption.get expected) found

    /// Raises unless something was compared, and under 1% was left out.
    member _.AssertFewLeftOut() =
        Assert.True(all > 0 && 100 * leftOut < all, $"{leftOut} of {all} elements lay at kinks")

/// A law about gradients, which leaves out few.
let gradientLaw name arbitrary (holds: Comparison -> 'Case -> unit) =
    let comparison = Comparison()
    Law.lawThen comparison.AssertFewLeftOut 200 name arbitrary (holds comparison)

/// The sum of y * dy: its derivatives are what a pullback gives for dy.
let dot (y: float[]) (dy: float[]) : float = Array.fold2 (fun sum y dy -> sum + y * dy) 0.0 y dy

/// A network's scores, and which inputs of ReLUs are positive on the way.
let scoresAndSides<'T when Real<'T>> (network: Network<'T>) (x: Matrix<'T>) : struct (Matrix<'T> * bool[]) =
    let sides = ResizeArray<bool>()
    let scores =
        network.Layers
        |> Seq.fold
            (fun x layer ->
                match layer with
                | Activation activation when activation = Activation.Relu -> sides.AddRange(Law.doubles x |> Array.map (fun x -> x > 0.0))
                | _ -> ()
                Layer.predict layer x)
            x
    struct (scores, sides.ToArray())
