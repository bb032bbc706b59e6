/// Loops over the rows of a column-major matrix, a vector of them at a time: what is one number per feature.
module internal Functional.Numerics.Rows

open System
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics.Dense
open Functional.Numerics.Passes

/// The matrix's elements with at least a vector of rows (and how many those are); the rows added are 0.
let atLeastOneVector<'T when Real<'T>> (rows: int) (x: 'T[]) : struct (int * 'T[]) =
    let count = lanes<'T>
    if rows >= count then struct (rows, x)
    else
        let columns = x.Length / rows
        let longer = Array.zeroCreate (count * columns)
        for j in 0 .. columns - 1 do Array.blit x (j * rows) longer (j * count) rows
        struct (count, longer)

/// Undoes `atLeastOneVector` on a matrix that has now `longer` rows.
let cutTo (rows: int) (longer: int) (x: 'T[]) : 'T[] when Real<'T> =
    if longer = rows then x
    else
        let columns = x.Length / longer
        let y = fresh (rows * columns)
        for j in 0 .. columns - 1 do Array.blit x (j * longer) y (j * rows) rows
        y

/// Calls body with the first row of each vector of rows (the last may overlap its neighbour), on several threads where
/// that pays for this many columns.
let sweep<'T> (rows: int) (columns: int) (body: int -> unit) : unit =
    let count = lanes<'T>
    let vectors = (rows + count - 1) / count
    Team.split (rows * columns >= threadsFrom) vectors (fun first stop ->
        for i in first .. stop - 1 do body (min (i * count) (rows - count)))

/// The sum over columns j = 0, 1, ... of terms (the index of the vector in column j). Four chains, so that additions
/// need not wait for each other: column j goes into chain j mod 4, and (0 + 1) + (2 + 3) at the end.
let inline sum<'T when Real<'T>>
    (rows: int) (columns: int) (row: int) ([<InlineIfLambda>] terms: int -> Lanes<'T>) : Lanes<'T> =
    let mutable s0, s1, s2, s3 = Lanes<'T>.Zero, Lanes<'T>.Zero, Lanes<'T>.Zero, Lanes<'T>.Zero
    let mutable i = row
    for _ in 1 .. columns / 4 do
        s0 <- s0 + terms i
        s1 <- s1 + terms (i + rows)
        s2 <- s2 + terms (i + 2 * rows)
        s3 <- s3 + terms (i + 3 * rows)
        i <- i + 4 * rows
    if columns % 4 > 0 then s0 <- s0 + terms i
    if columns % 4 > 1 then s1 <- s1 + terms (i + rows)
    if columns % 4 > 2 then s2 <- s2 + terms (i + 2 * rows)
    (s0 + s1) + (s2 + s3)
