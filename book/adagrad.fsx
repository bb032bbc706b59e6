// 6.1.5: AdaGrad. The more a parameter has moved, the smaller its steps become.
//
//     dotnet build -c Release && dotnet fsi book/adagrad.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

let gradient (p: Vector<float>) = vector [ p[0] / 10.0; 2.0 * p[1] ]
let start = vector [ -7.0; 2.0 ]

// By hand: 1e-7 outside the root, so that nothing is divided by 0.
let adaGrad rate (p: Vector<float>, squares: Vector<float>) =
    let g = gradient p
    let squares = squares + g.PointwiseMultiply g
    p - rate * g.PointwiseDivide(squares.PointwiseSqrt() + 1e-7), squares

let byHand, _ = Seq.fold (fun state _ -> adaGrad 1.5 state) (start, vector [ 0.0; 0.0 ]) [ 1..30 ]

// With the library: all points of the path.
let ours = Array.last (Optimizer.path (Optimizer.AdaGrad(learningRate = 1.5)) 30 gradient start)

let difference = (byHand - ours).InfinityNorm()
printfn $"by hand ({byHand[0]:F4}, {byHand[1]:F4}), with the library ({ours[0]:F4}, {ours[1]:F4})"
printfn $"largest difference: {difference:E1}"
if not (difference < 1e-12) then exit 1
