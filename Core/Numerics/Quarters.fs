/// Maxima of windows of 2 x 2 that lie side by side, on planes of float32: a quarter of the elements is kept. Four
/// windows of a row at a time, on vectors of four elements: the same on every processor.
module internal Functional.Numerics.Quarters

open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open Functional

type private Four = Vector128<float32>

let private four = Four.Count

/// Elements of a type that is float32.
let private singles<'T when Real<'T>> (x: 'T[]) : float32[] =
    match box x with
    | :? (float32[]) as singles -> singles
    | _ -> invalidArg (nameof x) $"{typeof<'T>.Name} isn't float32"

/// Whether windows of this size and stride fit these passes; columns: windows in a row.
let fit<'T when Real<'T>> (height: int) (width: int) (stride: int) (columns: int) : bool =
    Memory.isSingle<'T> && height = 2 && width = 2 && stride = 2 && columns >= four

let inline private load (x: float32[]) (i: int) =
    Vector128.LoadUnsafe(&MemoryMarshal.GetArrayDataReference x, unativeint i)

let inline private store (v: Four) (x: float32[]) (i: int) =
    Vector128.StoreUnsafe(v, &MemoryMarshal.GetArrayDataReference x, unativeint i)

/// The even and the odd ones of the eight elements from index i on.
let inline private deal (x: float32[]) (i: int) : struct (Four * Four) =
    let low, high = (load x i).AsUInt64(), (load x (i + four)).AsUInt64()
    struct (Vector128.Narrow(low, high).AsSingle(), Vector128.Narrow(low >>> 32, high >>> 32).AsSingle())

/// Calls body with the first of each four windows of each row of windows, and its first element; the last four of a row
/// may overlap others.
let inline private each rows columns width ([<InlineIfLambda>] body: int -> int -> unit) =
    for row in 0 .. rows - 1 do
        let mutable column = 0
        while column < columns do
            let first = min column (columns - four)
            body (row * columns + first) (2 * row * width + 2 * first)
            column <- column + four

/// Of a plane of x from index `from` on, the largest element of each window, the first of equal ones, goes to y from
/// index `into` on; its number in the window, from 0 by row and column, to the bits of kept. What isn't a number stays.
let largest<'T when Real<'T>>
    (rows: int) (columns: int) (width: int) (x: 'T[]) (from: int) (y: 'T[]) (kept: 'T[]) (into: int) : unit =
    let x, y, kept = singles x, singles y, singles kept
    let inline better (value: Four) (best: Four) =
        let isNew = Vector128.AndNot(Vector128.Equals(best, best), Vector128.Equals(value, value))
        Vector128.GreaterThan(value, best) ||| isNew
    each rows columns width (fun window start ->
        let struct (a, b) = deal x (from + start)
        let struct (c, d) = deal x (from + start + width)
        let better1 = better b a
        let best1 = Vector128.ConditionalSelect(better1, b, a)
        let better2 = better c best1
        let best2 = Vector128.ConditionalSelect(better2, c, best1)
        let better3 = better d best2
        let number1 = better1.AsInt32() &&& Vector128<int>.One
        let number2 = Vector128.ConditionalSelect(better2.AsInt32(), Vector128.Create 2, number1)
        let number3 = Vector128.ConditionalSelect(better3.AsInt32(), Vector128.Create 3, number2)
        store (Vector128.ConditionalSelect(better3, d, best2)) y (into + window)
        store (number3.AsSingle()) kept (into + window))

/// Each slope of dy goes to the element of dx whose number is kept, and 0 to the others of its window.
let back<'T when Real<'T>>
    (rows: int) (columns: int) (width: int) (dy: 'T[]) (kept: 'T[]) (from: int) (dx: 'T[]) (into: int) : unit =
    let dy, kept, dx = singles dy, singles kept, singles dx
    each rows columns width (fun window start ->
        // Never -0, as in a sum.
        let slope = load dy (from + window) + Four.Zero
        let number = (load kept (from + window)).AsInt32()
        let inline share (n: int) = Vector128.Equals(number, Vector128.Create n).AsUInt32() &&& slope.AsUInt32()
        let inline interleave (even: Vector128<uint32>) (odd: Vector128<uint32>) into =
            let struct (low, high) = Vector128.Widen even
            let struct (low', high') = Vector128.Widen odd
            store ((low ||| (low' <<< 32)).AsSingle()) dx into
            store ((high ||| (high' <<< 32)).AsSingle()) dx (into + four)
        interleave (share 0) (share 1) (into + start)
        interleave (share 2) (share 3) (into + start + width))
