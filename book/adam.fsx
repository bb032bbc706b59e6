// 6.1.6: Adam. Momentum and AdaGrad together: moving averages of the gradient and of its square.
//
//     dotnet build -c Release && dotnet fsi book/adam.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

let gradient (p: Vector<float>) = vector [ p[0] / 10.0; 2.0 * p[1] ]
let start, zero = vector [ -7.0; 2.0 ], vector [ 0.0; 0.0 ]

// By hand. Both averages begin at 0, which makes them too small at first; the rate corrects for it.
let adam rate beta1 beta2 (p: Vector<float>, mean: Vector<float>, squares: Vector<float>) step =
    let g = gradient p
    let mean = mean + (1.0 - beta1) * (g - mean)
    let squares = squares + (1.0 - beta2) * (g.PointwiseMultiply g - squares)
    let corrected = rate * sqrt (1.0 - beta2 ** float step) / (1.0 - beta1 ** float step)
    p - corrected * mean.PointwiseDivide(squares.PointwiseSqrt() + 1e-7), mean, squares

let byHand, _, _ = Seq.fold (adam 0.3 0.9 0.999) (start, zero, zero) [ 1..30 ]

// With the library.
let ours = Optimizer.minimize (Optimizer.Adam(learningRate = 0.3)) 30 gradient start

let difference = (byHand - ours).InfinityNorm()
printfn $"by hand ({byHand[0]:F4}, {byHand[1]:F4}), with the library ({ours[0]:F4}, {ours[1]:F4})"
printfn $"largest difference: {difference:E1}"
if not (difference < 1e-12) then exit 1
