namespace Functional

/// An elementwise nonlinear function.
type Activation =
    /// max(x, 0); the derivative at 0 is taken as 0.
    | Relu
    /// 1 / (1 + exp(-x))
    | Sigmoid

    /// As it is written on the command line and in files: `relu`, `sigmoid`.
    override activation.ToString() = match activation with Relu -> "relu" | Sigmoid -> "sigmoid"

namespace Functional.FSharp

open System
open System.Numerics.Tensors
open System.Runtime.Intrinsics
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

[<RequireQualifiedAccess>]
module Activation =
    let private like (x: Matrix<'T>) (elements: 'T[]) = Dense.matrix x.RowCount x.ColumnCount elements

    /// y, of the shape of x.
    let predict<'T when Real<'T>> (activation: Activation) (x: Matrix<'T>) : Matrix<'T> =
        match activation with
        | Relu -> map (fun x -> Vector512.Max(x, Lanes<'T>.Zero)) (Dense.elements x)
        | Sigmoid -> mapSpan (fun x y -> TensorPrimitives.Sigmoid(ReadOnlySpan<'T> x, Span<'T> y)) (Dense.elements x)
        |> like x

    /// y, and how dL/dy gives dL/dx. Source: Deep Learning from Scratch, 5.5.
    let forward<'T when Real<'T>> (activation: Activation) (x: Matrix<'T>) : struct (Matrix<'T> * (Matrix<'T> -> Matrix<'T>)) =
        let y = predict activation x
        let pullback (dy: Matrix<'T>) =
            Pullback.checkShape x.RowCount x.ColumnCount dy
            let dy, y = Dense.elements dy, Dense.elements y
            match activation with
            | Relu -> map2 (fun dy y -> Vector512.GreaterThan(y, Lanes<'T>.Zero) &&& dy) dy y
            | Sigmoid -> map2 (fun dy y -> dy * (y * (Lanes<'T>.One - y))) dy y
            |> like x
        struct (y, pullback)
