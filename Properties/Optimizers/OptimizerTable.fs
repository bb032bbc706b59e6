/// All optimizers, each with its formula as a book writes it; and what the laws about them run on.
module Functional.Properties.OptimizerTable

open System
open System.Runtime.InteropServices
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Xunit
open Functional
open Functional.FSharp
open Functional.Numerics

/// The new w and what is remembered, from step t = 1, 2, ..., what was remembered, w and g, all of one element.
type Formula = int -> float[] -> float -> float -> struct (float * float[])

type Entry =
    { Optimizer: float -> Optimizer
      /// The formula for a learning rate, applied to a weight (biases don't decay).
      Formula: float -> Formula
      /// A rate, and a schedule where it needs one, at which it finds the minima of `ConvergenceTests`.
      Finding: Optimizer }

let private adamRate rate t = rate * sqrt (1.0 - 0.999 ** float t) / (1.0 - 0.9 ** float t)
let private decaying = Schedule.Cosine 100_000

let optimizers: Entry list =
    [ { Optimizer = fun rate -> Optimizer.Sgd rate
        Formula = fun rate _ _ w g -> struct (w - rate * g, [||])
        Finding = Optimizer.Sgd(1e-3).With decaying }
      { Optimizer = fun rate -> Optimizer.Momentum rate
        Formula = fun rate _ s w g ->
            let v = 0.9 * s[0] - rate * g
            struct (w + v, [| v |])
        Finding = Optimizer.Momentum 2e-4 }
      { Optimizer = fun rate -> Optimizer.Nesterov rate
        // The book's form, with the velocity before this step.
        Formula = fun rate _ s w g -> struct (w + 0.81 * s[0] - 1.9 * rate * g, [| 0.9 * s[0] - rate * g |])
        Finding = Optimizer.Nesterov 1e-4 }
      { Optimizer = fun rate -> Optimizer.AdaGrad rate
        Formula = fun rate _ s w g ->
            let h = s[0] + g * g
            struct (w - rate * g / (sqrt h + 1e-7), [| h |])
        Finding = Optimizer.AdaGrad 1.0 }
      { Optimizer = fun rate -> Optimizer.RmsProp rate
        Formula = fun rate _ s w g ->
            let h = 0.99 * s[0] + 0.01 * g * g
            struct (w - rate * g / (sqrt h + 1e-7), [| h |])
        Finding = Optimizer.RmsProp 1e-3 }
      { Optimizer = fun rate -> Optimizer.AdaDelta rate
        Formula = fun rate _ s w g ->
            let h = 0.95 * s[0] + 0.05 * g * g
            let d = sqrt (s[1] + 1e-6) / sqrt (h + 1e-6) * g
            struct (w - rate * d, [| h; 0.95 * s[1] + 0.05 * d * d |])
        Finding = Optimizer.AdaDelta 0.01 }
      { Optimizer = fun rate -> Optimizer.Adam rate
        Formula = fun rate t s w g ->
            let m, v = s[0] + 0.1 * (g - s[0]), s[1] + 0.001 * (g * g - s[1])
            struct (w - adamRate rate t * m / (sqrt v + 1e-7), [| m; v |])
        Finding = Optimizer.Adam 0.03 }
      { Optimizer = fun rate -> Optimizer.AmsGrad rate
        Formula = fun rate t s w g ->
            let m, v = s[0] + 0.1 * (g - s[0]), s[1] + 0.001 * (g * g - s[1])
            let largest = max s[2] v
            struct (w - adamRate rate t * m / (sqrt largest + 1e-7), [| m; v; largest |])
        Finding = Optimizer.AmsGrad 0.1 }
      { Optimizer = fun rate -> Optimizer.AdamW(rate, 0.05)
        Formula = fun rate t s w g ->
            let m, v = s[0] + 0.1 * (g - s[0]), s[1] + 0.001 * (g * g - s[1])
            struct (w - rate * 0.05 * w - adamRate rate t * m / (sqrt v + 1e-7), [| m; v |])
        Finding = Optimizer.AdamW(0.03, 1e-4) }
      { Optimizer = fun rate -> Optimizer.Lion rate
        Formula = fun rate _ s w g ->
            struct (w - rate * float (sign (0.9 * s[0] + 0.1 * g)), [| 0.99 * s[0] + 0.01 * g |])
        Finding = Optimizer.Lion(1e-3).With decaying } ]

/// Leaves with their lengths and roles, and how many gradients there are.
type Case = { Leaves: (int * Role) list; Steps: int; Rate: float; Seed: int }

let cases: Arbitrary<Case> =
    let leaf = Gen.zip (Gen.choose (1, 40)) (Gen.elements [ Role.Weight; Role.Bias; Role.Scale; Role.Shift ])
    gen {
        let! count = Gen.choose (1, 4)
        let! leaves = Gen.listOfLength count leaf
        let! steps = Gen.choose (1, 6)
        let! rate = Gen.elements [ 1e-4; 1e-3; 0.01; 0.1; 0.5 ]
        let! seed = Gen.choose (0, 1_000_000)
        return { Leaves = leaves; Steps = steps; Rate = rate; Seed = seed }
    }
    |> Arb.fromGen

/// Normal numbers as leaves of the case; another index gives others.
let draw<'T when Real<'T>> (case: Case) (index: int) : Parameters<'T> =
    let key = Key.ofSeed (int64 case.Seed) |> Key.child index
    Parameters.ofSeq
        [ for i, (length, role) in Seq.indexed case.Leaves ->
              let values = Key.normals length (Key.child i key) |> Array.map Real.number<'T, float>
              Parameter.ofVector $"leaf{i}" role (Vector<'T>.Build.Dense values) ]

let gradients<'T when Real<'T>> (case: Case) : Parameters<'T> list = [ for k in 1 .. case.Steps -> draw case k ]

/// The parameters and the state after all gradients, in order.
let after<'T when Real<'T>> (optimizer: Optimizer) (parameters: Parameters<'T>) (gradients: Parameters<'T> seq) =
    gradients
    |> Seq.fold
        (fun struct (x, state) gradient -> Optimizer.update optimizer state x gradient)
        struct (parameters, Optimizer.init optimizer parameters)

let bits<'T when Real<'T>> (parameters: Parameters<'T>) : byte[] =
    let values = (Parameters.toVector parameters).ToArray()
    MemoryMarshal.AsBytes(ReadOnlySpan values).ToArray()

let sameBits (what: string) (expected: Parameters<'T>) (found: Parameters<'T>) : unit =
    Assert.Equal<string>([ for leaf in expected -> leaf.Name ], [ for leaf in found -> leaf.Name ])
    if bits expected <> bits found then
        Assert.Fail $"{what}: expected %A{Parameters.toVector expected}, found %A{Parameters.toVector found}"

let floats<'T when Real<'T>> (parameters: Parameters<'T>) : float[] =
    (Parameters.toVector parameters).ToArray() |> Array.map Real.toFloat

/// Every element within tolerance x (1 + its size).
let near (what: string) (tolerance: float) (expected: float[]) (found: float[]) : unit =
    Assert.Equal(expected.Length, found.Length)
    for e, f in Seq.zip expected found do
        if not (abs (e - f) <= tolerance * (1.0 + abs e)) then Assert.Fail $"{what}: expected {e}, found {f}"

let refused (f: unit -> 'R) : string = Assert.ThrowsAny<ArgumentException>(fun () -> f () |> ignore).Message
