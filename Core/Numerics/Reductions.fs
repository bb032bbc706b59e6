/// Sums in an order that depends on the shape alone.
module internal Functional.Numerics.Reductions

open System
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics.Passes

/// Element i goes into lane i mod `lanes`; then lane l + lane (l + half), halving; elements after the last whole vector
/// are added one by one at the end.
let sum<'T when Real<'T>> (x: ReadOnlySpan<'T>) : 'T =
    let count = lanes<'T>
    let mutable sums = Lanes<'T>.Zero
    let mutable i = 0
    while i <= x.Length - count do
        sums <- sums + Vector512.LoadUnsafe(&MemoryMarshal.GetReference x, unativeint i)
        i <- i + count
    let mutable total = 'T.Zero
    if x.Length >= count then
        let half = sums.GetLower() + sums.GetUpper()
        let quarter = half.GetLower() + half.GetUpper()
        let eighth = quarter.GetLower() + quarter.GetUpper()
        total <- if Vector64<'T>.Count = 2 then eighth[0] + eighth[1] else eighth[0]
    while i < x.Length do
        total <- total + x[i]
        i <- i + 1
    total

/// The sum of the columns of a rows x columns matrix: per row a chain of additions from the first column to the last.
let sumOfColumns<'T when Real<'T>> (rows: int) (columns: int) (x: 'T[]) : 'T[] =
    let sums = Array.zeroCreate rows
    let count = lanes<'T>
    if rows >= count then
        let mutable i = 0
        while i < rows do
            let row = min i (rows - count)
            let mutable s = Lanes<'T>.Zero
            for j in 0 .. columns - 1 do
                s <- s + load x (row + j * rows)
            store s sums row
            i <- i + count
    else
        for j in 0 .. columns - 1 do
            for i in 0 .. rows - 1 do
                sums[i] <- sums[i] + x[i + j * rows]
    sums

/// The sum of the squares, in double for either type, so that it neither overflows nor loses small elements in float32.
/// 8 lanes each for the lower and the upper half of 16 elements, then a tree; the last elements one by one.
let sumOfSquares<'T when Real<'T>> (x: 'T[]) : float =
    let mutable lower, upper = Vector512<float>.Zero, Vector512<float>.Zero
    let mutable i = 0
    while i <= x.Length - 16 do
        let struct (low, high) =
            if typeof<'T> = typeof<float32> then Vector512.Widen((load x i).AsSingle())
            else struct ((load x i).AsDouble(), (load x (i + 8)).AsDouble())
        lower <- lower + low * low
        upper <- upper + high * high
        i <- i + 16
    let half = lower + upper
    let quarter = half.GetLower() + half.GetUpper()
    let eighth = quarter.GetLower() + quarter.GetUpper()
    let mutable total = eighth[0] + eighth[1]
    while i < x.Length do
        let element = Real.toFloat x[i]
        total <- total + element * element
        i <- i + 1
    total
