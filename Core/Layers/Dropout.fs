namespace Functional

open System
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp
open Functional.Numerics
open Functional.Numerics.Passes

/// Where dropout makes up for what is dropped.
type DropoutForm =
    /// In training, dividing by 1 - ratio; evaluation changes nothing.
    | Inverted = 0
    /// In evaluation, multiplying by 1 - ratio. Source: Deep Learning from Scratch, 6.4.3.
    | Book = 1

/// In training, drops (sets to 0) a fraction of the elements at random.
/// Source: Srivastava et al. (2014); Deep Learning from Scratch, 6.4.3.
[<StructuredFormatDisplay("{Display}")>]
type Dropout =
    { /// The fraction that is dropped, from 0 to below 1.
      Ratio: float
      /// Where it makes up for what is dropped.
      Form: DropoutForm }

    member private layer.Display = string layer
    override layer.ToString() =
        $"dropout {string layer.Ratio}" + (if layer.Form = DropoutForm.Book then " (book)" else "")

    /// The factor of what is kept in training.
    member internal layer.KeptFactor = if layer.Form = DropoutForm.Book then 1.0 else 1.0 / (1.0 - layer.Ratio)

    member internal layer.Faults: string list =
        [ if not (layer.Ratio >= 0.0 && layer.Ratio < 1.0) then
              $"the ratio dropped must be from 0 to below 1, but is {string layer.Ratio}"
          if not (Enum.IsDefined layer.Form) then $"there is no form {int layer.Form}" ]

    /// y in evaluation: x, or in the book's form (1 - ratio) x.
    member layer.Predict<'T when Real<'T>>(x: Matrix<'T>) : Matrix<'T> =
        ArgumentNullException.ThrowIfNull(x, nameof x)
        match layer.Form with
        | DropoutForm.Book ->
            let factor: Lanes<'T> = broadcast (1.0 - layer.Ratio)
            Dense.matrix x.RowCount x.ColumnCount (map (fun x -> factor * x) (Dense.elements x))
        | _ -> x

    /// y in training, and the pullback from dL/dy to dL/dx. The mask is a function of the key and of x's shape.
    member layer.Forward<'T when Real<'T>>
        (x: Matrix<'T>, key: Key) : struct (Matrix<'T> * Func<Matrix<'T>, Matrix<'T>>) =
        ArgumentNullException.ThrowIfNull(x, nameof x)
        let apply =
            if layer.Ratio = 0.0 then id
            else
                let factor: 'T = Real.number<'T, float> layer.KeptFactor
                let kept = Mask.create key layer.Ratio (x.RowCount * x.ColumnCount)
                fun (x: Matrix<'T>) ->
                    Dense.matrix x.RowCount x.ColumnCount (Mask.apply kept factor (Dense.elements x))
        struct (apply x, Func<_, _>(fun dy ->
            Pullback.checkShape x.RowCount x.ColumnCount dy
            apply dy))

    /// `Forward` with a mask of x's shape, 1 where an element is kept and 0 where it is dropped.
    /// Raises ArgumentException if the mask has another shape.
    member layer.ForwardWith<'T when Real<'T>>(x: Matrix<'T>, mask: Matrix<'T>)
        : struct (Matrix<'T> * Func<Matrix<'T>, Matrix<'T>>) =
        ArgumentNullException.ThrowIfNull(x, nameof x)
        ArgumentNullException.ThrowIfNull(mask, nameof mask)
        if mask.RowCount <> x.RowCount || mask.ColumnCount <> x.ColumnCount then
            invalidArg (nameof mask) $"the mask of {layer} is {mask.RowCount} x {mask.ColumnCount}, \
                                       but x is {x.RowCount} x {x.ColumnCount}"
        let factor: Lanes<'T> = broadcast layer.KeptFactor
        let factors = map (fun m -> factor * m) (Dense.elements mask)
        let times (x: Matrix<'T>) =
            Dense.matrix x.RowCount x.ColumnCount (map2 (fun x f -> x * f) (Dense.elements x) factors)
        struct (times x, Func<_, _>(fun dy ->
            Pullback.checkShape x.RowCount x.ColumnCount dy
            times dy))

/// Dropout as a layer of networks.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type DropoutLayer<'T when Real<'T>> =
    { /// Its numbers.
      Dropout: Dropout }

    member private layer.Display = string layer
    override layer.ToString() = string layer.Dropout

    interface IBuiltIn with
        member _.Draws = Draws.Mask
    interface ILayer<'T> with
        member _.Name = "dropout"
        member layer.Description = string layer
        member _.Inputs = 0
        member _.Outputs = 0
        member layer.Faults = List.toArray layer.Dropout.Faults
        member _.Parameters = [||]
        member layer.WithParameters _ = layer
        member layer.Predict x = layer.Dropout.Predict x
        member layer.Forward(x, key) = Pullback.withoutLeaves (layer.Dropout.Forward(x, key))

/// Dropout with a given mask, for replays of others' runs.
type internal MaskedDropout<'T when Real<'T>>(dropout: Dropout, mask: Matrix<'T>) =
    interface IBuiltIn with
        member _.Draws = Draws.Nothing
    interface ILayer<'T> with
        member _.Name = "dropout"
        member _.Description = string dropout
        member _.Inputs = 0
        member _.Outputs = 0
        member _.Faults = [||]
        member _.Parameters = [||]
        member layer.WithParameters _ = layer
        member _.Predict x = dropout.Predict x
        member _.Forward(x, _) = Pullback.withoutLeaves (dropout.ForwardWith(x, mask))

namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional

/// Sets a fraction of the elements to 0 at random.
[<RequireQualifiedAccess>]
module Dropout =
    /// y in evaluation: x, or in the book's form (1 - ratio) x.
    let predict (layer: Dropout) (x: Matrix<'T>) : Matrix<'T> = layer.Predict x

    /// y in training (elements dropped, and the rest times 1 / (1 - ratio) in the inverted form), and the pullback from
    /// dL/dy to dL/dx, with the same mask: a function of the key and of x's shape. Source: Srivastava et al. (2014).
    let forward (key: Key) (layer: Dropout) (x: Matrix<'T>) : struct (Matrix<'T> * (Matrix<'T> -> Matrix<'T>)) =
        Pullback.ofFunc (layer.Forward(x, key))

    /// `forward` with a mask of x's shape, 1 where an element is kept and 0 where it is dropped. Raises
    /// ArgumentException if the mask has another shape.
    let forwardWith (mask: Matrix<'T>) (layer: Dropout) (x: Matrix<'T>)
        : struct (Matrix<'T> * (Matrix<'T> -> Matrix<'T>)) =
        Pullback.ofFunc (layer.ForwardWith(x, mask))
