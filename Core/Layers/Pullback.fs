namespace Functional.FSharp

open System
open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Functional

/// How a change in a layer's output would change what went in (the vector-Jacobian product): dL/dy to the gradient of
/// the layer's parameters and dL/dx. Where that saves work, dL/dx is computed on demand: the first layer never needs
/// it.
type Pullback<'T, 'Gradient when Real<'T>> = Matrix<'T> -> struct ('Gradient * Lazy<Matrix<'T>>)

module internal Pullback =
    /// Raises ArgumentException about an x that hasn't a row per input.
    let refuseInputs (expectation: string) (inputs: int) (x: Matrix<'T>) =
        let hint = if x.ColumnCount = inputs then "; samples are columns here: transpose it" else ""
        invalidArg (nameof x) $"{expectation}, but x is {x.RowCount} x {x.ColumnCount}{hint}"

    /// Raises ArgumentException unless x has a row for each input of the layer.
    let inline checkRows ([<InlineIfLambda>] layer: unit -> string) (inputs: int) (x: Matrix<'T>) =
        ArgumentNullException.ThrowIfNull(x, nameof x)
        if x.RowCount <> inputs then refuseInputs $"{layer ()} expects {inputs} rows" inputs x

    /// Raises ArgumentException unless dy has the shape of the layer's output.
    let checkShape (rows: int) (columns: int) (dy: Matrix<'T>) =
        if dy.RowCount <> rows || dy.ColumnCount <> columns then
            invalidArg (nameof dy) $"dL/dy is {dy.RowCount} x {dy.ColumnCount}, but y is {rows} x {columns}"

    /// For F#: y and the pullback as a function.
    let ofFunc (struct (y: 'Y, pullback: Func<'A, 'B>)) : struct ('Y * ('A -> 'B)) = struct (y, pullback.Invoke)

    /// For networks: y and the pullback to leaves.
    let toLeaves
        (leaves: 'Gradient -> Parameter<'T>[])
        (struct (y: Matrix<'T>, pullback: Func<Matrix<'T>, struct ('Gradient * Lazy<Matrix<'T>>)>))
        : struct (Matrix<'T> * Func<Matrix<'T>, struct (IReadOnlyList<Parameter<'T>> * Lazy<Matrix<'T>>)>) =
        struct (y, Func<_, _>(fun dy ->
            let struct (gradient, dx) = pullback.Invoke dy
            struct (leaves gradient :> IReadOnlyList<Parameter<'T>>, dx)))

    /// For networks: y and the pullback of what has no leaves.
    let withoutLeaves (struct (y: Matrix<'T>, pullback: Func<Matrix<'T>, Matrix<'T>>))
        : struct (Matrix<'T> * Func<Matrix<'T>, struct (IReadOnlyList<Parameter<'T>> * Lazy<Matrix<'T>>)>) =
        struct (y, Func<_, _>(fun dy ->
            struct (Array.Empty<Parameter<'T>>() :> IReadOnlyList<_>, lazy (pullback.Invoke dy))))
