/// Derivatives by central differences in double, to hold pullbacks against. Nothing of the core's is used.
module Functional.Properties.Gradients

open Expecto
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Cases

/// The derivative at 0 by central differences of the fourth order, and how far those of other step lengths are from it:
/// at a kink, and where the function bends too much, they are far.
let private derivative (f: float -> float) : struct (float * float) =
    let difference h = f h - f -h
    let fine, middle, coarse, coarsest = difference 1e-5, difference 5e-5, difference 1e-4, difference 2e-4
    let slope h (near: float) (far: float) = (8.0 * near - far) / (12.0 * h)
    let value = slope 5e-5 middle coarse
    struct (value, max (abs (value - slope 1e-4 coarse coarsest)) (abs (value - slope 1e-5 fine (difference 2e-5))))

/// Compares gradients with differences over many cases, and counts what it has to leave out.
type Comparison() =
    let mutable all, leftOut = 0, 0

    /// Raises unless the gradient of f at x is this, to 1e-6 of its largest element and 1e-9.
    member _.Require(name: string, f: float[] -> float, x: float[], gradient: float[]) : unit =
        let measured = Array.init x.Length (fun i -> derivative (fun step -> f (Array.updateAt i (x[i] + step) x)))
        let largest = measured |> Array.fold (fun most (struct (d, _)) -> max most (abs d)) 0.0
        let limit = 1e-6 * largest + 1e-9
        for i in 0 .. x.Length - 1 do
            let struct (d, uncertainty) = measured[i]
            all <- all + 1
            if uncertainty > 0.5 * limit then leftOut <- leftOut + 1
            elif not (abs (d - gradient[i]) <= limit) then
                failtest $"{name}[{i}]: differences give {d}, the pullback {gradient[i]}"

    /// Raises unless something was compared, and under 1% was left out.
    member _.RequireFewLeftOut() : unit =
        if not (all > 0 && 100 * leftOut < all) then failtest $"{leftOut} of {all} derivatives had to be left out"

/// A law about gradients, which leaves out few of them.
let gradientLawOn (cases: int) name arbitrary (holds: Comparison -> 'Case -> unit) : Test =
    let comparison = Comparison()
    Law.lawThen comparison.RequireFewLeftOut cases name arbitrary (holds comparison)

let gradientLaw name arbitrary (holds: Comparison -> 'Case -> unit) : Test = gradientLawOn 200 name arbitrary holds

/// Raises unless the gradient of every leaf is that of the training loss.
let requireGradients (comparison: Comparison) (case: Case) : unit =
    let network, batch = network<float> case, batch<float> case
    let parameters = Network.parameters network
    let gradient = (Network.gradient case.Key network batch).Parameters
    for leaf in parameters do
        let loss (moved: float[]) =
            let replace (p: Parameter<float>) = if p.Name = leaf.Name then { p with Values = Dense.vector moved } else p
            let parameters = Parameters.ofSeq (Seq.map replace parameters)
            Network.trainingLoss case.Key (Network.withParameters parameters network) batch
        comparison.Require(leaf.Name, loss, leaf.Values.ToArray(), gradient[leaf.Name].Values.ToArray())

/// The sum of y * dy: its derivatives are what a pullback gives for dy.
let dot (y: float[]) (dy: float[]) : float = Array.fold2 (fun sum y dy -> sum + y * dy) 0.0 y dy
