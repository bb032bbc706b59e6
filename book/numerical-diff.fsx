// 4.3, 5.7.2: derivatives by central differences, (f(x + h) - f(x - h)) / 2h.
//
//     dotnet build -c Release && dotnet fsi book/numerical-diff.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

// By hand.
let numericalDiff f x =
    let h = 1e-4
    (f (x + h) - f (x - h)) / (2.0 * h)

let numericalGradient (f: float[] -> float) (x: float[]) =
    x |> Array.mapi (fun i xi -> numericalDiff (fun value -> f (Array.updateAt i value x)) xi)

let line x = 0.01 * x * x + 0.1 * x
let bowl (x: float[]) = x[0] * x[0] + x[1] * x[1]
let slopeByHand, byHand = numericalDiff line 5.0, numericalGradient bowl [| 3.0; 4.0 |]

// With the library.
let slope = Differences.numericalDiff line 5.0
let gradient = Differences.numericalGradient (fun (x: Vector<float>) -> bowl (x.ToArray())) (vector [ 3.0; 4.0 ])

printfn $"by hand {slopeByHand:F9} and ({byHand[0]:F6}, {byHand[1]:F6})"
printfn $"with the library {slope:F9} and ({gradient[0]:F6}, {gradient[1]:F6}); exactly 0.2 and (6, 8)"
let difference = max (abs (slopeByHand - slope)) ((vector byHand - gradient).InfinityNorm())
printfn $"largest difference: {difference:E1}"
// The library divides by the distance actually moved, so rounding differs.
if not (difference < 1e-9) then exit 1
