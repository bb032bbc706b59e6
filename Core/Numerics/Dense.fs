/// Between Math.NET's matrices and vectors and the arrays inside them. Both are column-major and share the array:
/// callers only read the arrays that they get from here.
module internal Functional.Numerics.Dense

open System
open MathNet.Numerics.LinearAlgebra
open Functional

/// An array of undefined elements: the caller writes every one. Inside of a training step it may be a rented one.
let fresh<'T when Real<'T>> (length: int) : 'T[] = Scratch<'T>.Array length

/// The elements, column after column: the matrix's own array where it has one.
let elements (x: Matrix<'T>) : 'T[] =
    match x.AsColumnMajorArray() with
    | null -> x.ToColumnMajorArray()
    | own -> own

/// The elements: the vector's own array where it has one.
let values (x: Vector<'T>) : 'T[] =
    match x.AsArray() with
    | null -> x.ToArray()
    | own -> own

let matrix (rows: int) (columns: int) (elements: 'T[]) : Matrix<'T> = Matrix<'T>.Build.Dense(rows, columns, elements)

let copy (x: Matrix<'T>) : Matrix<'T> = matrix x.RowCount x.ColumnCount (x.ToColumnMajorArray())

let vector (values: 'T[]) : Vector<'T> = Vector<'T>.Build.Dense values

let private operand (x: Matrix<'T>) (transposed: bool) : Product.Operand<'T> =
    { Data = elements x; Offset = 0; Stride = x.RowCount; Transposed = transposed }

let private multiply (a: Matrix<'T>) (transposeA: bool) (b: Matrix<'T>) (transposeB: bool) : Matrix<'T> when Real<'T> =
    let struct (m, k) = if transposeA then struct (a.ColumnCount, a.RowCount) else struct (a.RowCount, a.ColumnCount)
    let n = if transposeB then b.RowCount else b.ColumnCount
    let inner = if transposeB then b.ColumnCount else b.RowCount
    if inner <> k then
        let product = (if transposeA then "a'" else "a") + (if transposeB then " b'" else " b")
        invalidArg (nameof b) $"{product} needs sums of one length, but a is {a.RowCount} x {a.ColumnCount} and b is \
                                {b.RowCount} x {b.ColumnCount}: {k} and {inner}"
    let c = fresh (m * n)
    let whole: Product.Operand<_> = { Data = c; Offset = 0; Stride = m; Transposed = false }
    Product.multiply m n k (operand a transposeA) (operand b transposeB) whole
    matrix m n c

/// a b. This and the others raise ArgumentException if the sums would not be of one length.
let product a b = multiply a false b false

/// a' b
let transposeThisProduct a b = multiply a true b false

/// a b'
let productWithTranspose a b = multiply a false b true
