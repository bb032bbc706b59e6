// A layer is a function x -> (y, pullback). The pullback takes the loss's gradient from y back to x and the parameters.
//
//     dotnet build -c Release && dotnet fsi scripts/layers-and-pullbacks.fsx
//
// Sections 5.3 to 5.6 of the book at the prompt: send it to F# Interactive block by block and look at the values.

#load "Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

let matrix (rows: float list list) = Matrix<float>.Build.DenseOfRows(rows |> List.map Seq.ofList)
let vector (values: float list) = Vector<float>.Build.DenseOfEnumerable values

// A fully connected layer of 3 inputs and 2 outputs is data: y = W x + b.
let layer: Affine<float> =
    { Weight = matrix [ [ 1.0; 0.0; -1.0 ]; [ 0.5; 2.0; 0.0 ] ]
      Bias = vector [ 0.1; -0.2 ] }

// Two samples, one per column.
let x = matrix [ [ 1.0; 2.0 ]; [ 0.0; 1.0 ]; [ 3.0; 0.0 ] ]

// Forward. The layer stores nothing: the pullback holds what the backward pass needs.
let struct (y, affineBack) = Affine.forward layer x
printfn $"W x + b =\n{y}"

// ReLU passes positive values, and its pullback passes gradients at the same places.
let struct (z, reluBack) = Activation.forward Activation.Relu y
printfn $"after relu:\n{z}"

// Let the loss be the sum of all elements of z. Then dL/dz is 1 everywhere.
let dz = Matrix<float>.Build.Dense(2, 2, 1.0)
let dy = reluBack dz
printfn $"dL/dy, only where y was positive:\n{dy}"

// The gradient of an Affine is an Affine: dW = dy x', db = the sum of dy over the samples.
let struct (gradient, dx) = affineBack dy
printfn $"dL/dW =\n{gradient.Weight}dL/db = {gradient.Bias}"

// dL/dx = W' dy is computed on demand; the first layer of a network never needs it.
printfn $"dL/dx =\n{dx.Value}"

// Is that right? Change one weight a little and see how the loss changes (section 4.4).
let loss (weight: Matrix<float>) =
    let z = Activation.predict Activation.Relu (Affine.predict { layer with Weight = weight } x)
    Seq.sum (z.Enumerate())

let moved by =
    let weight = layer.Weight.Clone()
    weight[1, 1] <- weight[1, 1] + by
    loss weight

printfn $"dL/dW[1, 1]: {gradient.Weight[1, 1]} by the pullback, {(moved 1e-4 - moved -1e-4) / 2e-4:F6} by differences"

// A network is layers in order. Its trace shows all values of the forward pass and all gradients of the backward pass.
let network: Network<float> = Network.create [ 3; 4; 2 ] Activation.Relu Initializer.He (Key.ofSeed 1L)
let trace = Network.trace (Key.ofSeed 2L) network (Batch.ofLabels x [ 0; 1 ])

for layer in trace.Layers do
    printfn $"{layer}"

printfn $"{trace.Gradient}"
