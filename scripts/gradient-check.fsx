// Is backpropagation right? Differences tell (section 5.7.3), for the library's layers and for one of your own.
//
//     dotnet build -c Release && dotnet fsi scripts/gradient-check.fsx

#load "Functional.fsx"

open Functional
open Functional.FSharp

// Double precision: the very same code as in float32, and differences can be trusted to ten digits.
let key = Key.ofSeed 1L
let x = MathNet.Numerics.LinearAlgebra.Matrix<float>.Build.Dense(20, 3, Key.normals 60 key)
let batch = Batch.ofLabels x [ 0; 3; 1 ]

let network: Network<float> = Network.create [ 20; 10; 4 ] Activation.Relu Initializer.He key

for difference in Differences.check network batch do
    printfn $"{difference}"
