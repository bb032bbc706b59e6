// 6.1.4: Momentum. The parameters are a ball that rolls: gradients change its velocity.
//
//     dotnet build -c Release && dotnet fsi book/momentum.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

let gradient (p: Vector<float>) = vector [ p[0] / 10.0; 2.0 * p[1] ]
let start = vector [ -7.0; 2.0 ]

// By hand: parameters and velocity go from step to step together.
let momentum rate share (p: Vector<float>, velocity: Vector<float>) =
    let velocity = share * velocity - rate * gradient p
    p + velocity, velocity

let byHand, _ = Seq.fold (fun state _ -> momentum 0.1 0.9 state) (start, vector [ 0.0; 0.0 ]) [ 1..30 ]

// With the library: the velocity is in the state that `update` returns.
let optimizer = Optimizer.Momentum(learningRate = 0.1, momentum = 0.9)
let first = Parameters.ofVector start

let step struct (parameters, state) _ =
    Optimizer.update optimizer state parameters (Parameters.ofVector (gradient (Parameters.toVector parameters)))

let struct (last, _) = Seq.fold step (struct (first, Optimizer.init optimizer first)) [ 1..30 ]
let ours = Parameters.toVector last

let difference = (byHand - ours).InfinityNorm()
printfn $"by hand ({byHand[0]:F4}, {byHand[1]:F4}), with the library ({ours[0]:F4}, {ours[1]:F4})"
printfn $"largest difference: {difference:E1}"
if not (difference < 1e-12) then exit 1
