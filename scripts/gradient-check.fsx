// Is backpropagation right? Central differences tell (section 5.7.3), for the library's layers and for a custom one.
//
//     dotnet build -c Release && dotnet fsi scripts/gradient-check.fsx

#load "Functional.fsx"

open System
open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

// In double precision: the same code as in float32, but differences are accurate to ten digits.
let key = Key.ofSeed 1L
let x = Matrix<float>.Build.Dense(20, 3, Key.normals 60 key)
let batch = Batch.ofLabels x [ 0; 3; 1 ]
let network: Network<float> = Network.create [ 20; 10; 4 ] Activation.Relu Initializer.He key

// Every derivative of every leaf. Differences are wrong across ReLU's kink; the check detects and counts these cases.
printfn $"the network: {GradientCheck.ofNetwork GradientCheckSettings.Default network batch}"

// A new activation: softsign, x / (1 + |x|). Its derivative is 1 / (1 + |x|)².
let softsign (slope: float -> float) =
    { new ILayer<float> with
        member _.Name = "softsign"
        member _.Description = "softsign"
        member _.Inputs = 0 // any number of features
        member _.Outputs = 0 // the same number
        member _.Faults = [||]
        member _.Parameters = [||]
        member this.WithParameters _ = this
        member _.Predict x = x.Map(fun x -> x / (1.0 + abs x))
        member this.Forward(x, _) =
            let pullback (dy: Matrix<float>) =
                struct (this.Parameters, lazy (dy.PointwiseMultiply(x.Map slope)))
            struct (this.Predict x, Func<_, _> pullback) }

let right = softsign (fun x -> 1.0 / ((1.0 + abs x) * (1.0 + abs x)))
printfn $"softsign: {GradientCheck.ofLayer GradientCheckSettings.Default right x}"

// What if we forget the square? The check names the element and both values.
let wrong = softsign (fun x -> 1.0 / (1.0 + abs x))
let report = GradientCheck.ofLayer GradientCheckSettings.Default wrong x
printfn $"with a mistake: {report.Mismatches.Count} of {report.Compared} differ, for example\n  {report.Mismatches[0]}"

// All laws for a custom layer in one line, as in a test.
Laws.require (Laws.ofLayer right)
