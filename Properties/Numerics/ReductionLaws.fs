module Functional.Properties.Numerics.ReductionLaws

open System
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties
open Functional.Properties.Law
open Functional.Properties.Cases

let private add<'T when Real<'T>> (a: 'T) (b: 'T) : 'T = a + b

/// The order that `Reductions.sum` promises, one element at a time.
let private sumInOrder<'T when Real<'T>> (x: 'T[]) : 'T =
    let lanes = 64 / sizeof<'T>
    let whole = x.Length / lanes * lanes
    let mutable sums: 'T[] = Array.zeroCreate lanes
    for i in 0 .. whole - 1 do sums[i % lanes] <- add sums[i % lanes] x[i]
    while sums.Length > 1 do
        let half = sums.Length / 2
        sums <- Array.init half (fun lane -> add sums[lane] sums[lane + half])
    Array.fold add sums[0] x[whole..]

let private sumOf<'T when Real<'T>> (grid: Grid) =
    let x: 'T[] = numbers grid.Rows grid.Key
    let sum = Reductions.sum (ReadOnlySpan x)
    Law.sameBits [| sumInOrder x |] [| sum |]
    let exact, sizes = Array.sum (Law.floats x), Array.sumBy abs (Law.floats x)
    let unit = if sizeof<'T> = 4 then 6e-8 else 1.2e-16
    Assert.True(abs (Real.toFloat sum - exact) <= float x.Length * unit * sizes)

let private columns<'T when Real<'T>> (grid: Grid) =
    let x: 'T[] = numbers (grid.Rows * grid.Columns) grid.Key
    let row i = Array.fold add 'T.Zero [| for j in 0 .. grid.Columns - 1 -> x[i + j * grid.Rows] |]
    Law.sameBits (Array.init grid.Rows row) (Reductions.sumOfColumns grid.Rows grid.Columns x)

[<Tests>]
let laws =
    testList "reduction" [
        law "the order of a sum depends on its length alone" (grids 500 1) <| fun grid ->
            sumOf<float32> grid
            sumOf<float> grid

        law "a sum takes no notice of what stands beside its span" (grids 100 20) <| fun grid ->
            let x = numbers<float32> (grid.Rows + 2 * grid.Columns) grid.Key
            let alone = x[grid.Columns .. grid.Columns + grid.Rows - 1]
            let inside = Reductions.sum (ReadOnlySpan(x, grid.Columns, grid.Rows))
            Law.sameBits [| Reductions.sum (ReadOnlySpan alone) |] [| inside |]

        law "a sum of columns is a chain from the first to the last in each row" (grids 100 30) <| fun grid ->
            columns<float32> grid
            columns<float> grid
    ]
