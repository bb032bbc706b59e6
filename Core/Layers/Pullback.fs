namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional

/// How a change in a layer's output would change what went in (the vector-Jacobian product): dL/dy to the gradient of
/// the layer's parameters and dL/dx. The latter is computed when somebody asks for it; nobody asks the first layer.
type Pullback<'T, 'Gradient when Real<'T>> = Matrix<'T> -> struct ('Gradient * Lazy<Matrix<'T>>)
