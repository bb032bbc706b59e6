namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// Math.NET's vectors as F# works with collections. What MathNet.Numerics.FSharp has under the same names does the
/// same.
[<RequireQualifiedAccess>]
module Vector =
    /// Of these elements.
    let ofSeq (elements: 'T seq) : Vector<'T> when Real<'T> =
        Dense.vector (Array.ofSeq (given (nameof elements) elements))

    /// `count` elements, the i-th (from 0) a function of i.
    let init (count: int) (f: int -> 'T) : Vector<'T> when Real<'T> = Dense.vector (Array.init count f)

    /// The elements, copied.
    let toArray (v: Vector<'T>) : 'T[] when Real<'T> = (given (nameof v) v).ToArray()

    /// A function of every element.
    let map (f: 'T -> 'U) (v: Vector<'T>) : Vector<'U> when Real<'T> and Real<'U> =
        Dense.vector (Array.map f (Dense.values (given (nameof v) v)))

    /// A function of every two elements in the same place. Raises ArgumentException if the lengths differ.
    let map2 (f: 'T -> 'T -> 'T) (a: Vector<'T>) (b: Vector<'T>) : Vector<'T> when Real<'T> =
        Dense.vector (Array.map2 f (Dense.values (given (nameof a) a)) (Dense.values (given (nameof b) b)))

    /// The sum of the elements.
    let sum (v: Vector<'T>) : 'T when Real<'T> = (given (nameof v) v).Sum()

/// Math.NET's matrices as F# works with collections. What MathNet.Numerics.FSharp has under the same names does the
/// same.
[<RequireQualifiedAccess>]
module Matrix =
    /// Of rows, which must be of equal length. Raises ArgumentException if they are not.
    let ofRowSeq (rows: #seq<'T> seq) : Matrix<'T> when Real<'T> =
        Matrix<'T>.Build.DenseOfRowArrays(Seq.map Array.ofSeq (given (nameof rows) rows) |> Array.ofSeq)

    /// Of columns (samples, in a batch), which must be of equal length. Raises ArgumentException if they are not.
    let ofColumnSeq (columns: #seq<'T> seq) : Matrix<'T> when Real<'T> =
        Matrix<'T>.Build.DenseOfColumnArrays(Seq.map Array.ofSeq (given (nameof columns) columns) |> Array.ofSeq)

    /// rows x columns elements, that of row i and column j (from 0) a function of both.
    let init (rows: int) (columns: int) (f: int -> int -> 'T) : Matrix<'T> when Real<'T> =
        Matrix<'T>.Build.Dense(rows, columns, f)

    /// A function of every element.
    let map (f: 'T -> 'U) (m: Matrix<'T>) : Matrix<'U> when Real<'T> and Real<'U> =
        Dense.matrix (given (nameof m) m).RowCount m.ColumnCount (Array.map f (Dense.elements m))

    /// A function of every two elements in the same place. Raises ArgumentException if the shapes differ.
    let map2 (f: 'T -> 'T -> 'T) (a: Matrix<'T>) (b: Matrix<'T>) : Matrix<'T> when Real<'T> =
        if (given (nameof a) a).RowCount <> (given (nameof b) b).RowCount || a.ColumnCount <> b.ColumnCount then
            invalidArg (nameof b) $"a is {a.RowCount} x {a.ColumnCount}, but b is {b.RowCount} x {b.ColumnCount}"
        Dense.matrix a.RowCount a.ColumnCount (Array.map2 f (Dense.elements a) (Dense.elements b))

    /// Rows as columns.
    let transpose (m: Matrix<'T>) : Matrix<'T> when Real<'T> = (given (nameof m) m).Transpose()

/// What F# people write first.
[<AutoOpen>]
module Linear =
    /// `vector [ 1.0; 2.0 ]`
    let vector (elements: 'T seq) : Vector<'T> when Real<'T> = Vector.ofSeq elements

    /// `matrix [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ] ]`, row by row. Raises ArgumentException if the rows are not of equal
    /// length.
    let matrix (rows: #seq<'T> seq) : Matrix<'T> when Real<'T> = Matrix.ofRowSeq rows
