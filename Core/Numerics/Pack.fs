/// Copies of operands in the order in which the tiles read them.
module internal Functional.Numerics.Pack

#nowarn "9" "51" "3535" "3536"

open System.Runtime.CompilerServices
open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.X86
open Microsoft.FSharp.NativeInterop
open Functional.Numerics.Lanes

let inline private at<'T when 'T: unmanaged> (address: nativeint) : nativeptr<'T> = NativePtr.ofNativeInt address

/// The rows of one panel of A: `rows` vectors from row `first`, the last of them beginning at row `lastVector`.
[<Struct>]
type Panel = { First: int; Rows: int; LastVector: int }

/// Cuts m rows into panels of 1 to `most` vectors of `lanes` rows, as equal as can be. The last vector of all is moved
/// up to end at row m, so that it overlaps its neighbour; a row computed twice gets the same bits twice.
let panels (lanes: int) (most: int) (m: int) : Panel[] =
    let vectors = (m + lanes - 1) / lanes
    let count = (vectors + most - 1) / most
    Array.init count (fun p ->
        let first, next = p * vectors / count, (p + 1) * vectors / count
        { First = first * lanes; Rows = next - first; LastVector = min ((next - 1) * lanes) (m - lanes) })

/// A panel whose rows are contiguous in memory: one vector copy per vector and k.
[<AbstractClass; Sealed>]
type Copy<'V, 'L when 'L: struct and 'L :> ILanes<'V>> =
    [<MethodImpl(MethodImplOptions.AggressiveOptimization)>]
    static member Rows(panel: Panel, depth: int, a: nativeint, aStep: nativeint, into: nativeint) =
        let width = nativeint 'L.Width
        for i in 0 .. panel.Rows - 1 do
            let row = if i = panel.Rows - 1 then panel.LastVector else panel.First + i * ('L.Width / 'L.Element)
            let mutable from = a + nativeint (row * 'L.Element)
            let mutable into = into + nativeint i * width
            let step = nativeint panel.Rows * width
            for _ in 1 .. depth do
                'L.Store('L.Load from, into)
                from <- from + aStep
                into <- into + step

/// into[k * intoStep + lane] = from[lane * fromStep + k] for four-byte elements, in 4 x 4 blocks.
[<MethodImpl(MethodImplOptions.AggressiveOptimization)>]
let private transpose4 (lanes: int) (depth: int) (from: nativeint) (fromStep: nativeint) (into: nativeint) (intoStep: nativeint) =
    let mutable lane = 0
    if Sse.IsSupported then
        while lane + 4 <= lanes do
            let mutable f = from + nativeint lane * fromStep
            let mutable t = into + nativeint (lane * 4)
            for _ in 1 .. depth / 4 do
                let r0 = Vector128.Load(at<float32> f)
                let r1 = Vector128.Load(at<float32> (f + fromStep))
                let r2 = Vector128.Load(at<float32> (f + 2n * fromStep))
                let r3 = Vector128.Load(at<float32> (f + 3n * fromStep))
                let a, b = Sse.UnpackLow(r0, r1), Sse.UnpackLow(r2, r3)
                let c, d = Sse.UnpackHigh(r0, r1), Sse.UnpackHigh(r2, r3)
                Sse.MoveLowToHigh(a, b).Store(at t)
                Sse.MoveHighToLow(b, a).Store(at (t + intoStep))
                Sse.MoveLowToHigh(c, d).Store(at (t + 2n * intoStep))
                Sse.MoveHighToLow(d, c).Store(at (t + 3n * intoStep))
                f <- f + 16n
                t <- t + 4n * intoStep
            for k in depth / 4 * 4 .. depth - 1 do
                for l in lane .. lane + 3 do
                    NativePtr.write (at<int> (into + nativeint k * intoStep + nativeint (l * 4))) (NativePtr.read (at<int> (from + nativeint l * fromStep + nativeint (k * 4))))
            lane <- lane + 4
    for l in lane .. lanes - 1 do
        for k in 0 .. depth - 1 do
            NativePtr.write (at<int> (into + nativeint k * intoStep + nativeint (l * 4))) (NativePtr.read (at<int> (from + nativeint l * fromStep + nativeint (k * 4))))

/// The same for eight-byte elements.
[<MethodImpl(MethodImplOptions.AggressiveOptimization)>]
let private transpose8 (lanes: int) (depth: int) (from: nativeint) (fromStep: nativeint) (into: nativeint) (intoStep: nativeint) =
    let mutable lane = 0
    if Sse2.IsSupported then
        while lane + 2 <= lanes do
            let mutable f = from + nativeint lane * fromStep
            let mutable t = into + nativeint (lane * 8)
            for _ in 1 .. depth / 2 do
                let r0, r1 = Vector128.Load(at<float> f), Vector128.Load(at<float> (f + fromStep))
                Sse2.UnpackLow(r0, r1).Store(at t)
                Sse2.UnpackHigh(r0, r1).Store(at (t + intoStep))
                f <- f + 16n
                t <- t + 2n * intoStep
            if depth % 2 = 1 then
                let k = depth - 1
                for l in lane .. lane + 1 do
                    NativePtr.write (at<int64> (into + nativeint k * intoStep + nativeint (l * 8))) (NativePtr.read (at<int64> (from + nativeint l * fromStep + nativeint (k * 8))))
            lane <- lane + 2
    for l in lane .. lanes - 1 do
        for k in 0 .. depth - 1 do
            NativePtr.write (at<int64> (into + nativeint k * intoStep + nativeint (l * 8))) (NativePtr.read (at<int64> (from + nativeint l * fromStep + nativeint (k * 8))))

/// into[k * intoStep + lane] = from[lane * fromStep + k]; steps in bytes.
let transpose (element: int) (lanes: int) (depth: int) from fromStep into intoStep =
    if element = 4 then transpose4 lanes depth from fromStep into intoStep
    else transpose8 lanes depth from fromStep into intoStep
