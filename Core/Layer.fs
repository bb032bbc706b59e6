namespace Functional

/// One layer of a network. A new kind of layer is a case here, a file in Layers, and its laws.
[<NoComparison>]
type Layer<'T when Real<'T>> =
    | Affine of Affine<'T>
    | Activation of Activation

namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

[<RequireQualifiedAccess>]
module Layer =
    /// `affine`, `relu`, ...
    let kind (layer: Layer<'T>) : string =
        match layer with
        | Affine _ -> "affine"
        | Activation activation -> string activation

    /// `affine 784 -> 50`, `relu`, ...
    let describe (layer: Layer<'T>) : string =
        match layer with
        | Affine affine -> $"affine {affine.Inputs} -> {affine.Outputs}"
        | Activation activation -> string activation

    /// How many inputs it takes and outputs it gives; nothing where any number will do.
    let internal size (layer: Layer<'T>) : struct (int * int) voption =
        match layer with
        | Affine affine -> ValueSome(struct (affine.Inputs, affine.Outputs))
        | Activation _ -> ValueNone

    /// What is wrong with the layer by itself.
    let internal faults (layer: Layer<'T>) : string list =
        match layer with
        | Affine affine ->
            [ if affine.Inputs < 1 || affine.Outputs < 1 then "it needs at least one input and one output"
              if affine.Bias.Count <> affine.Outputs then
                  $"its weight gives {affine.Outputs} outputs, but its bias has {affine.Bias.Count} elements" ]
        | Activation _ -> []

    /// The trained leaves, in order, named after the layer.
    let internal leaves (name: string) (layer: Layer<'T>) : Parameter<'T> list =
        match layer with
        | Affine affine -> Affine.leaves name affine
        | Activation _ -> []

    /// The same layer with other leaves, taken in the order of `leaves`.
    let internal withLeaves (next: unit -> Parameter<'T>) (layer: Layer<'T>) : Layer<'T> =
        match layer with
        | Affine _ -> Affine(Affine.ofLeaves next)
        | Activation _ -> layer

    /// A layer that shares nothing with its maker's matrices.
    let internal copy (layer: Layer<'T>) : Layer<'T> =
        match layer with
        | Affine a ->
            Affine { Weight = Dense.matrix a.Outputs a.Inputs (a.Weight.ToColumnMajorArray()); Bias = Dense.vector (a.Bias.ToArray()) }
        | Activation _ -> layer

    /// y for x (both features x samples), as in evaluation: nothing random, nothing learned.
    let predict (layer: Layer<'T>) (x: Matrix<'T>) : Matrix<'T> =
        match layer with
        | Affine affine -> Affine.predict affine x
        | Activation activation -> Activation.predict activation x

    /// y as in training, and the pullback to the leaves' gradients (named after the layer) and to dL/dx.
    let internal forward (name: string) (layer: Layer<'T>) (x: Matrix<'T>) : struct (Matrix<'T> * Pullback<'T, Parameter<'T> list>) =
        match layer with
        | Affine affine ->
            let struct (y, pullback) = Affine.forward affine x
            struct (y, fun dy ->
                let struct (gradient, dx) = pullback dy
                struct (Affine.leaves name gradient, dx))
        | Activation activation ->
            let struct (y, pullback) = Activation.forward activation x
            struct (y, fun dy -> struct ([], lazy (pullback dy)))
