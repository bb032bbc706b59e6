namespace Functional.Numerics

#nowarn "9" "51" "3535" "3536"

open System
open Functional
open Microsoft.FSharp.NativeInterop

/// One product c = a b of m x k by a single column on vectors 'V, with at least a vector of rows, which are neighbours
/// in memory. Sums of a few vectors stay in registers. Of more, A is read column after column, as fast as memory gives
/// it: what takes some rows through all columns reads a piece of each page.
/// Each element of c is the chain of fused multiply-adds of `Kernel`.
[<Sealed>]
type internal ColumnKernel<'T, 'V, 'S when Real<'T> and 'S: struct and 'S :> ISimd<'V>>
    (tuning: Tuning, m: int, k: int, a: View, b: View, c: View) =

    let element, width = nativeint sizeof<'T>, nativeint 'S.Width
    let lanes = 'S.Width / sizeof<'T>
    let vectors = (m + lanes - 1) / lanes

    /// Vectors of rows up to which they are taken four at a time through all of A.
    let fewVectors = 12

    /// Where a vector of rows begins, in bytes. The last one overlaps the one before: its sums are kept apart, or some
    /// would be added to twice.
    let rowOf (vector: int) = nativeint (min (vector * lanes) (m - lanes)) * element

    /// Adds eight columns of A to the sums.
    let addEight (column: nativeint) (x: nativeint) (first: int) (next: int) (sums: nativeint) =
        let x0, x1 = 'S.Broadcast x, 'S.Broadcast(x + b.Row)
        let x2, x3 = 'S.Broadcast(x + 2n * b.Row), 'S.Broadcast(x + 3n * b.Row)
        let x4, x5 = 'S.Broadcast(x + 4n * b.Row), 'S.Broadcast(x + 5n * b.Row)
        let x6, x7 = 'S.Broadcast(x + 6n * b.Row), 'S.Broadcast(x + 7n * b.Row)
        let step = a.Column
        let step2, step3 = 2n * step, 3n * step
        for vector in first .. next - 1 do
            let place = sums + nativeint (vector - first) * width
            let p = column + rowOf vector
            let q = p + 4n * step
            let mutable sum = 'S.Fma('S.Load p, x0, 'S.Load place)
            sum <- 'S.Fma('S.Load(p + step), x1, sum)
            sum <- 'S.Fma('S.Load(p + step2), x2, sum)
            sum <- 'S.Fma('S.Load(p + step3), x3, sum)
            sum <- 'S.Fma('S.Load q, x4, sum)
            sum <- 'S.Fma('S.Load(q + step), x5, sum)
            sum <- 'S.Fma('S.Load(q + step2), x6, sum)
            sum <- 'S.Fma('S.Load(q + step3), x7, sum)
            'S.Store(sum, place)

    let addOne (column: nativeint) (x: nativeint) (first: int) (next: int) (sums: nativeint) =
        let x = 'S.Broadcast x
        for vector in first .. next - 1 do
            let place = sums + nativeint (vector - first) * width
            'S.Store('S.Fma('S.Load(column + rowOf vector), x, 'S.Load place), place)

    /// Four vectors, or the last ones, of which the last stands in for what is missing.
    let four (first: int) =
        let row i = rowOf (min (first + i) (vectors - 1))
        let r0, r1, r2, r3 = row 0, row 1, row 2, row 3
        let mutable s0, s1, s2, s3 = 'S.Zero, 'S.Zero, 'S.Zero, 'S.Zero
        let mutable p = a.Address
        let mutable q = b.Address
        for _ in 1 .. k do
            let x = 'S.Broadcast q
            s0 <- 'S.Fma('S.Load(p + r0), x, s0)
            s1 <- 'S.Fma('S.Load(p + r1), x, s1)
            s2 <- 'S.Fma('S.Load(p + r2), x, s2)
            s3 <- 'S.Fma('S.Load(p + r3), x, s3)
            p <- p + a.Column
            q <- q + b.Row
        'S.Store(s0, c.Address + r0)
        'S.Store(s1, c.Address + r1)
        'S.Store(s2, c.Address + r2)
        'S.Store(s3, c.Address + r3)

    /// Some vectors of rows.
    let part first next =
        let bytes = nativeint (next - first) * width
        let buffer = Memory.rent bytes
        use pin = fixed buffer
        let sums = Memory.align (NativePtr.toNativeInt pin)
        (Memory.bytes sums (int bytes)).Clear()
        let mutable i = 0
        while i < k do
            let column, x = a.Address + nativeint i * a.Column, b.Address + nativeint i * b.Row
            if i + 8 <= k then
                addEight column x first next sums
                i <- i + 8
            else
                addOne column x first next sums
                i <- i + 1
        for vector in first .. next - 1 do
            'S.Store('S.Load(sums + nativeint (vector - first) * width), c.Address + rowOf vector)
        Memory.giveBack buffer

    member _.Run() : unit =
        // It waits for memory, not for multiply-adds: threads pay sooner.
        if int64 m * int64 k < tuning.Threading / 4L then
            if vectors <= fewVectors then (for first in 0 .. 4 .. vectors - 1 do four first) else part 0 vectors
        else Team.split true vectors part
