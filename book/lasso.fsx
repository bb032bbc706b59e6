// Exercise: lasso. The gradient of a loss with rate times the sum of all |w| added: the same push for every weight.
//
//     dotnet build -c Release && dotnet fsi book/lasso.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

let weight = matrix [ [ 1.0; -2.0 ]; [ 0.0; 0.5 ] ]
let gradient = matrix [ [ 0.1; 0.2 ]; [ 0.3; 0.4 ] ]

// By hand: the derivative of |w| is the sign of w. At 0 there is none; 0 keeps zero weights at 0.
let lasso (rate: float) (weight: Matrix<float>) (gradient: Matrix<float>) =
    gradient + (weight |> Matrix.map (fun w -> rate * float (sign w)))
let byHand = lasso 0.1 weight gradient

// With the library; for a whole network, `Network.withPenalty (Penalty.L1 0.1)`.
let ours = Penalty.lasso 0.1 weight gradient

printfn $"by hand\n{byHand}with the library\n{ours}"
let difference = (byHand - ours).L2Norm()
printfn $"largest difference: {difference:E1}"
if not (difference < 1e-12) then exit 1
