namespace Functional

open MathNet.Numerics.LinearAlgebra

/// A fully connected layer, or the gradient of one.
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

namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// y = W x + b, for every sample (column) of x.
[<RequireQualifiedAccess>]
module Affine =
    /// W x.
    let internal product (layer: Affine<'T>) (x: Matrix<'T>) : Matrix<'T> =
        if x.RowCount <> layer.Inputs then
            Pullback.refuseInputs
                $"an affine layer {layer.Inputs} -> {layer.Outputs} expects {layer.Inputs} rows" layer.Inputs x
        if layer.Bias.Count <> layer.Outputs then
            invalidArg
                (nameof layer)
                $"the weight gives {layer.Outputs} outputs, but the bias has {layer.Bias.Count} elements"
        Dense.product layer.Weight x

    let internal pullback (layer: Affine<'T>) (x: Matrix<'T>) : Pullback<'T, Affine<'T>> =
        fun dy ->
            Pullback.checkShape layer.Outputs x.ColumnCount dy
            let bias = Reductions.sumOfColumns dy.RowCount dy.ColumnCount (Dense.elements dy)
            struct ({ Weight = Dense.productWithTranspose dy x; Bias = Dense.vector bias },
                    lazy (Dense.transposeThisProduct layer.Weight dy))

    /// y (outputs x samples) for x (inputs x samples). Raises ArgumentException if x has other than `inputs` rows,
    /// or the bias other than `outputs` elements.
    let predict (layer: Affine<'T>) (x: Matrix<'T>) : Matrix<'T> =
        let y = product layer x
        Passes.addToColumns (Dense.values layer.Bias) (Dense.elements y)
        y

    /// y, and its pullback: dW = dy x', db = the sum of the columns of dy, dx = W' dy.
    /// Source: Deep Learning from Scratch, 5.6.2.
    let forward (layer: Affine<'T>) (x: Matrix<'T>) : struct (Matrix<'T> * Pullback<'T, Affine<'T>>) =
        struct (predict layer x, pullback layer x)

    let internal leaves (name: string) (layer: Affine<'T>) : Parameter<'T> list =
        [ Parameter.ofFreshMatrix (name + ".weight") Role.Weight layer.Weight
          Parameter.ofFreshVector (name + ".bias") Role.Bias layer.Bias ]

    let internal ofLeaves (next: unit -> Parameter<'T>) : Affine<'T> =
        let weight = next ()
        { Weight = weight.Matrix; Bias = (next ()).Values }
