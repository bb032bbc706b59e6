/// Every optimizer, at a rate of its own, finds two minima that are hard to find.
module Functional.Properties.ConvergenceTests

open System
open Xunit
open Expecto
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Descents

let private most = 100_000

/// Steps until value is at most the target; looked at every few steps. Fails if that takes too long.
let private stepsTo
    (target: float) (value: Vector<float> -> float) gradient (start: Vector<float>) (optimizer: Optimizer) : int =
    let rec go step struct (x, state) =
        let point = Parameters.toVector x
        if step % 10 = 0 && value point <= target then step
        elif step = most then failwith $"{optimizer} came to {value point}, not to {target}"
        else go (step + 1) (Optimizer.update optimizer state x (Parameters.ofVector (gradient point)))
    let start = Parameters.ofVector start
    go 0 struct (start, Optimizer.init optimizer start)

// Every rule treats each element by itself, so 20 starts are one vector: x1, y1, x2, y2, ...
let private starts = 20

let private rosenbrock (p: Vector<float>) =
    Seq.init starts (fun i -> (1.0 - p[2 * i]) ** 2.0 + 100.0 * (p[2 * i + 1] - p[2 * i] ** 2.0) ** 2.0) |> Seq.max

let private rosenbrockGradient (p: Vector<float>) =
    Vector<float>.Build.Dense(2 * starts, fun k ->
        let x, y = p[k / 2 * 2], p[k / 2 * 2 + 1]
        if k % 2 = 0 then -2.0 * (1.0 - x) - 400.0 * x * (y - x * x) else 200.0 * (y - x * x))

// x' Q L Q x / 2 in fifty dimensions, with L from 1 to 1000 and Q a reflection, so that no axis is special.
let private dimensions = 50
let private curvatures = Vector<float>.Build.Dense(dimensions, fun i -> 1000.0 ** (float i / float (dimensions - 1)))
let private normal = Vector<float>.Build.Dense(Key.normals dimensions (Key.ofSeed 2L)).Normalize 2.0
let private reflect (x: Vector<float>) = x - 2.0 * (normal * x) * normal
let private quadratic (x: Vector<float>) = let z = reflect x in 0.5 * (curvatures * z.PointwiseMultiply z)
let private quadraticGradient (x: Vector<float>) = reflect (curvatures.PointwiseMultiply(reflect x))

[<Tests>]
let laws =
    testList "convergence" [
        testCase "every optimizer follows the valley of Rosenbrock's function from 20 places" <| fun () ->
            let start = Vector<float>.Build.Dense(Key.uniforms (2 * starts) (Key.ofSeed 1L)) * 4.0 - 2.0
            for entry in optimizers do
                Assert.InRange(stepsTo 1e-3 rosenbrock rosenbrockGradient start entry.Finding, 1, most)

        testCase "every optimizer goes down a quadratic of condition 1000 in fifty dimensions" <| fun () ->
            let start = Vector<float>.Build.Dense(Key.normals dimensions (Key.ofSeed 3L))
            for entry in optimizers do
                let steps = stepsTo (1e-6 * quadratic start) quadratic quadraticGradient start entry.Finding
                Assert.InRange(steps, 1, most)

        testCase "the paths over the book's valley are those of its code" <| fun () ->
            // x^2/20 + y^2 from (-7, 2), 30 steps, as in figures 6-3 to 6-7; the last points come from the book's own
            // NumPy code.
            let gradient (p: Vector<float>) = Vector<float>.Build.Dense([| p[0] / 10.0; 2.0 * p[1] |])
            let start = Vector<float>.Build.Dense([| -7.0; 2.0 |])
            for optimizer, x, y in 
                [ Optimizer.Sgd 0.95, -0.3503929957523197, 0.0847823165504322
                  Optimizer.Momentum 0.1, 0.896413858493733, 0.08808560171506971
                  Optimizer.AdaGrad 1.5, -0.12016232231416045, 2.486389893984459e-17
                  Optimizer.Adam 0.3, 0.13600685239498186, 0.31824537553721943 ] do
                let path = Optimizer.path optimizer 30 gradient start
                Assert.Equal(31, path.Length)
                Assert.Equal<float>(start, path[0])
                near 1e-12 1e-12 [| x; y |] (path[30].ToArray())
                Assert.Equal<float>(path[30], Optimizer.minimize optimizer 30 gradient start)
    ]
