namespace Functional

/// Where dropout makes up for what is dropped.
type DropoutForm =
    /// In training, dividing by 1 - ratio; evaluation changes nothing.
    | Inverted = 0
    /// In evaluation, multiplying by 1 - ratio. Source: Deep Learning from Scratch, 6.4.3.
    | Book = 1

/// In training, drops (sets to 0) a share of the elements at random.
[<StructuredFormatDisplay("{Display}")>]
type Dropout =
    { /// The share that is dropped, from 0 to below 1.
      Ratio: float
      /// Where it makes up for what is dropped.
      Form: DropoutForm }

    member private layer.Display = string layer
    override layer.ToString() =
        $"dropout {string layer.Ratio}" + (if layer.Form = DropoutForm.Book then " (book)" else "")

namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// Source: Srivastava et al. (2014); Deep Learning from Scratch, 6.4.3.
[<RequireQualifiedAccess>]
module Dropout =
    let internal faults (layer: Dropout) : string list =
        [ if not (layer.Ratio >= 0.0 && layer.Ratio < 1.0) then
              $"the ratio dropped must be from 0 to below 1, but is {string layer.Ratio}" ]

    /// The factor of what is kept in training.
    let private keptFactor (layer: Dropout) = if layer.Form = DropoutForm.Book then 1.0 else 1.0 / (1.0 - layer.Ratio)

    let private times<'T when Real<'T>> (factors: 'T[]) (x: Matrix<'T>) : Matrix<'T> =
        Dense.matrix x.RowCount x.ColumnCount (map2 (fun x f -> x * f) (Dense.elements x) factors)

    /// y in evaluation: x, or in the book's form (1 - ratio) x.
    let predict<'T when Real<'T>> (layer: Dropout) (x: Matrix<'T>) : Matrix<'T> =
        match layer.Form with
        | DropoutForm.Book ->
            let factor: Lanes<'T> = broadcast (1.0 - layer.Ratio)
            Dense.matrix x.RowCount x.ColumnCount (map (fun x -> factor * x) (Dense.elements x))
        | _ -> x

    /// y in training with a mask of x's shape, 1 where an element is kept and 0 where it is dropped; and how dL/dy
    /// gives dL/dx. Raises ArgumentException if the mask has another shape.
    let forwardWith<'T when Real<'T>> (mask: Matrix<'T>) (layer: Dropout) (x: Matrix<'T>)
        : struct (Matrix<'T> * (Matrix<'T> -> Matrix<'T>)) =
        if mask.RowCount <> x.RowCount || mask.ColumnCount <> x.ColumnCount then
            invalidArg (nameof mask) $"the mask of {layer} is {mask.RowCount} x {mask.ColumnCount}, \
                                       but x is {x.RowCount} x {x.ColumnCount}"
        let factor: Lanes<'T> = broadcast (keptFactor layer)
        let factors = map (fun m -> factor * m) (Dense.elements mask)
        struct (times factors x, fun dy ->
            Pullback.checkShape x.RowCount x.ColumnCount dy
            times factors dy)

    /// y in training, and the pullback from dL/dy to dL/dx. The mask is a function of the key and of x's shape.
    let forward<'T when Real<'T>> (key: Key) (layer: Dropout) (x: Matrix<'T>)
        : struct (Matrix<'T> * (Matrix<'T> -> Matrix<'T>)) =
        if layer.Ratio = 0.0 then
            struct (x, fun dy ->
                Pullback.checkShape x.RowCount x.ColumnCount dy
                dy)
        else
            let factor: 'T = Real.number<'T, float> (keptFactor layer)
            let kept = Mask.create key layer.Ratio (x.RowCount * x.ColumnCount)
            let apply (x: Matrix<'T>) =
                Dense.matrix x.RowCount x.ColumnCount (Mask.apply kept factor (Dense.elements x))
            struct (apply x, fun dy ->
                Pullback.checkShape x.RowCount x.ColumnCount dy
                apply dy)
