/// Sums in an order that depends on the shape alone.
module internal Functional.Numerics.Reductions

open System
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics.Passes

/// Lane l + lane (l + half), halving.
let total<'T when Real<'T>> (sums: Lanes<'T>) : 'T =
    let half = sums.GetLower() + sums.GetUpper()
    let quarter = half.GetLower() + half.GetUpper()
    let eighth = quarter.GetLower() + quarter.GetUpper()
    if Vector64<'T>.Count = 2 then eighth[0] + eighth[1] else eighth[0]

/// Element i goes into lane i mod `lanes`; then the lanes' total; elements after the last whole vector are added one by
/// one at the end.
let sum<'T when Real<'T>> (x: ReadOnlySpan<'T>) : 'T =
    let count = lanes<'T>
    let mutable sums = Lanes<'T>.Zero
    let mutable i = 0
    while i <= x.Length - count do
        sums <- sums + Vector512.LoadUnsafe(&MemoryMarshal.GetReference x, unativeint i)
        i <- i + count
    let mutable result = if x.Length >= count then total sums else 'T.Zero
    while i < x.Length do
        result <- result + x[i]
        i <- i + 1
    result

/// The sum, in the order of `sum`, of n terms: a function of the first index of a vector, and the same one of an index.
let inline sumOf<'T when Real<'T>>
    (n: int) ([<InlineIfLambda>] terms: int -> Lanes<'T>) ([<InlineIfLambda>] term: int -> 'T) : 'T =
    let count = lanes<'T>
    let mutable sums = Lanes<'T>.Zero
    let mutable i = 0
    while i <= n - count do
        sums <- sums + terms i
        i <- i + count
    let mutable result = if n >= count then total sums else 'T.Zero
    while i < n do
        result <- result + term i
        i <- i + 1
    result

/// The sum of a b over n elements, from the offsets on.
let dot<'T when Real<'T>> (a: 'T[]) (fromA: int) (b: 'T[]) (fromB: int) (n: int) : 'T =
    sumOf n (fun i -> load a (fromA + i) * load b (fromB + i)) (fun i -> a[fromA + i] * b[fromB + i])

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
