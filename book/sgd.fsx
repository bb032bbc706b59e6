// 6.1.2: SGD. Every parameter moves a little against its gradient.
//
//     dotnet build -c Release && dotnet fsi book/sgd.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

// f(x, y) = x²/20 + y², a long valley: the gradient points across it, and hardly along it.
let gradient (p: Vector<float>) = vector [ p[0] / 10.0; 2.0 * p[1] ]
let start = vector [ -7.0; 2.0 ]

// By hand: a step is a function, and thirty of them a fold.
let sgd rate (p: Vector<float>) = p - rate * gradient p
let byHand = Seq.fold (fun p _ -> sgd 0.95 p) start [ 1..30 ]

// With the library: an optimizer is data, and `minimize` follows it.
let ours = Optimizer.minimize (Optimizer.Sgd 0.95) 30 gradient start

let difference = (byHand - ours).InfinityNorm()
printfn $"by hand ({byHand[0]:F4}, {byHand[1]:F4}), with the library ({ours[0]:F4}, {ours[1]:F4})"
printfn $"largest difference: {difference:E1}"
if not (difference < 1e-12) then exit 1
