namespace Functional

open System
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp
open Functional.Numerics

/// A fully connected layer, y = W x + b for every sample (column) of x; or the gradient of one.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type Affine<'T when Real<'T>> =
    { /// outputs x inputs
      Weight: Matrix<'T>
      /// outputs
      Bias: Vector<'T> }

    /// Rows of x.
    member layer.Inputs = layer.Weight.ColumnCount
    /// Rows of y.
    member layer.Outputs = layer.Weight.RowCount
    member private layer.Display = string layer
    override layer.ToString() = $"affine {layer.Inputs} -> {layer.Outputs}"

    /// W x.
    member internal layer.Product(x: Matrix<'T>) : Matrix<'T> =
        Pullback.checkRows (fun () -> $"an affine layer {layer.Inputs} -> {layer.Outputs}") layer.Inputs x
        if layer.Bias.Count <> layer.Outputs then
            invalidArg
                (nameof layer)
                $"the weight gives {layer.Outputs} outputs, but the bias has {layer.Bias.Count} elements"
        Dense.product layer.Weight x

    member internal layer.Pullback(x: Matrix<'T>) : Func<Matrix<'T>, struct (Affine<'T> * Lazy<Matrix<'T>>)> =
        Func<_, _>(fun dy ->
            Pullback.checkShape layer.Outputs x.ColumnCount dy
            let bias = Reductions.sumOfColumns dy.RowCount dy.ColumnCount (Dense.elements dy)
            struct ({ Weight = Dense.productWithTranspose dy x; Bias = Dense.vector bias },
                    lazy (Dense.transposeThisProduct layer.Weight dy)))

    /// y (outputs x samples) for x (inputs x samples). Raises ArgumentException if x has other than `Inputs` rows,
    /// or the bias other than `Outputs` elements.
    member layer.Predict(x: Matrix<'T>) : Matrix<'T> =
        let y = layer.Product x
        Passes.addToColumns (Dense.values layer.Bias) (Dense.elements y)
        y

    /// y, and its pullback: dW = dy x', db = the sum of the columns of dy, dx = W' dy.
    /// Source: Deep Learning from Scratch, 5.6.2.
    member layer.Forward(x: Matrix<'T>)
        : struct (Matrix<'T> * Func<Matrix<'T>, struct (Affine<'T> * Lazy<Matrix<'T>>)>) =
        struct (layer.Predict x, layer.Pullback x)

    member internal layer.Leaves: Parameter<'T>[] = Parameter.ofWeightAndBias layer.Weight layer.Bias

    interface IBuiltIn with
        member _.Draws = Draws.Nothing
    interface ILayer<'T> with
        member _.Name = "affine"
        member layer.Description = string layer
        member layer.Inputs = layer.Inputs
        member layer.Outputs = layer.Outputs
        member layer.Faults =
            [| if layer.Inputs < 1 || layer.Outputs < 1 then "it needs at least one input and one output"
               if layer.Bias.Count <> layer.Outputs then
                   $"its weight gives {layer.Outputs} outputs, but its bias has {layer.Bias.Count} elements" |]
        member layer.Parameters = layer.Leaves
        member _.WithParameters leaves = { Weight = leaves[0].Matrix; Bias = leaves[1].Values }
        member layer.Predict x = layer.Predict x
        member layer.Forward(x, _) = Pullback.toLeaves (fun (gradient: Affine<'T>) -> gradient.Leaves) (layer.Forward x)

namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional

/// y = W x + b, for every sample (column) of x.
[<RequireQualifiedAccess>]
module Affine =
    /// y (outputs x samples) for x (inputs x samples). Raises ArgumentException if x has other than `Inputs` rows, or
    /// the bias other than `Outputs` elements.
    let predict (layer: Affine<'T>) (x: Matrix<'T>) : Matrix<'T> = layer.Predict x

    /// y = W x + b, and its pullback: dW = dy x', db = the sum of the columns of dy, dx = W' dy. Raises
    /// ArgumentException as `predict` does. Source: Deep Learning from Scratch, 5.6.2.
    let forward (layer: Affine<'T>) (x: Matrix<'T>) : struct (Matrix<'T> * Pullback<'T, Affine<'T>>) =
        Pullback.ofFunc (layer.Forward x)
