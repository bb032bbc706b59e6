// Exercise: ridge. The gradient of a loss with rate/2 times the sum of all w² added.
//
//     dotnet build -c Release && dotnet fsi book/ridge.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

let weight = matrix [ [ 1.0; -2.0 ]; [ 0.0; 0.5 ] ]
let gradient = matrix [ [ 0.1; 0.2 ]; [ 0.3; 0.4 ] ]

// By hand: the derivative of rate/2 w² is rate w.
let ridge (rate: float) (weight: Matrix<float>) (gradient: Matrix<float>) = gradient + rate * weight
let byHand = ridge 0.1 weight gradient

// With the library; for a whole network, `Network.withPenalty (Penalty.L2 0.1)`.
let ours = Penalty.ridge 0.1 weight gradient

printfn $"by hand\n{byHand}with the library\n{ours}"
let difference = (byHand - ours).L2Norm()
printfn $"largest difference: {difference:E1}"
if not (difference < 1e-12) then exit 1
