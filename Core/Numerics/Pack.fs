namespace Functional.Numerics

#nowarn "9" "51" "3535" "3536"

open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.X86
open Functional
open Functional.Numerics.Memory
open Microsoft.FSharp.NativeInterop

/// Copies of operands in the order in which tiles read them: for each k, the rows of a panel or the columns of a strip
/// side by side. `depth` counts the k, steps are in bytes.
module internal Pack =

    let inline private copyElement<'T when 'T: unmanaged> (from: nativeint) (into: nativeint) =
        NativePtr.write (at<'T> into) (NativePtr.read (at<'T> from))

    /// Copies one vector for each k.
    let vectors<'V, 'S when 'S: struct and 'S :> ISimd<'V>>
        (depth: int) (from: nativeint) (fromStep: nativeint) (into: nativeint) (intoStep: nativeint) =
        let mutable from = from
        let mutable into = into
        for _ in 1 .. depth do
            'S.Store('S.Load from, into)
            from <- from + fromStep
            into <- into + intoStep

    /// Copies `count` elements that are side by side, for each k. The last vector overlaps the one before.
    let elements<'T when Real<'T>>
        (count: int) (depth: int) (from: nativeint) (fromStep: nativeint) (into: nativeint) (intoStep: nativeint) =
        let lanes = Vector128<'T>.Count
        if count >= lanes then
            for vector in 0 .. (count - 1) / lanes do
                let offset = nativeint (min (vector * lanes) (count - lanes) * sizeof<'T>)
                vectors<Vector128<'T>, Simd128<'T>> depth (from + offset) fromStep (into + offset) intoStep
        else
            for i in 0 .. count - 1 do
                let offset = nativeint (i * sizeof<'T>)
                vectors<'T, Scalar<'T>> depth (from + offset) fromStep (into + offset) intoStep

    /// 4 rows become 4 lanes for 4 k, or 2 rows of doubles 2 lanes for 2 k.
    let inline private transpose128<'T when Real<'T>>
        (from: nativeint) (fromStep: nativeint) (into: nativeint) (intoStep: nativeint) =
        let inline row (r: int) = Vector128.Load(at<'T> (from + nativeint r * fromStep))
        if isSingle<'T> then
            let r0, r1, r2, r3 = (row 0).AsSingle(), (row 1).AsSingle(), (row 2).AsSingle(), (row 3).AsSingle()
            let low01, low23 = Sse.UnpackLow(r0, r1), Sse.UnpackLow(r2, r3)
            let high01, high23 = Sse.UnpackHigh(r0, r1), Sse.UnpackHigh(r2, r3)
            Sse.MoveLowToHigh(low01, low23).Store(at<float32> into)
            Sse.MoveHighToLow(low23, low01).Store(at<float32> (into + intoStep))
            Sse.MoveLowToHigh(high01, high23).Store(at<float32> (into + 2n * intoStep))
            Sse.MoveHighToLow(high23, high01).Store(at<float32> (into + 3n * intoStep))
        else
            let r0, r1 = (row 0).AsDouble(), (row 1).AsDouble()
            Sse2.UnpackLow(r0, r1).Store(at<float> into)
            Sse2.UnpackHigh(r0, r1).Store(at<float> (into + intoStep))

    /// Twice as many rows as `transpose128`: the two halves of a register transpose independently.
    let inline private transpose256<'T when Real<'T>>
        (from: nativeint) (fromStep: nativeint) (into: nativeint) (intoStep: nativeint) =
        let inline row (r: int) =
            let half = nativeint (Vector128<'T>.Count) * fromStep
            let address = from + nativeint r * fromStep
            Vector256.Create(Vector128.Load(at<'T> address), Vector128.Load(at<'T> (address + half)))
        if isSingle<'T> then
            let r0, r1, r2, r3 = (row 0).AsSingle(), (row 1).AsSingle(), (row 2).AsSingle(), (row 3).AsSingle()
            let low01, low23 = Avx.UnpackLow(r0, r1).AsDouble(), Avx.UnpackLow(r2, r3).AsDouble()
            let high01, high23 = Avx.UnpackHigh(r0, r1).AsDouble(), Avx.UnpackHigh(r2, r3).AsDouble()
            Avx.UnpackLow(low01, low23).Store(at<float> into)
            Avx.UnpackHigh(low01, low23).Store(at<float> (into + intoStep))
            Avx.UnpackLow(high01, high23).Store(at<float> (into + 2n * intoStep))
            Avx.UnpackHigh(high01, high23).Store(at<float> (into + 3n * intoStep))
        else
            let r0, r1 = (row 0).AsDouble(), (row 1).AsDouble()
            Avx.UnpackLow(r0, r1).Store(at<float> into)
            Avx.UnpackHigh(r0, r1).Store(at<float> (into + intoStep))

    /// Copies `count` elements that are `fromStep` apart, for each k, where the k are side by side. Blocks overlap at
    /// the ends.
    let transpose<'T when Real<'T>>
        (count: int) (depth: int) (from: nativeint) (fromStep: nativeint) (into: nativeint) (intoStep: nativeint) =
        let lanes, element = Vector128<'T>.Count, nativeint sizeof<'T>
        if Sse2.IsSupported && count >= lanes && depth >= lanes then
            let mutable begun = 0
            while begun < count do
                let wide = Avx.IsSupported && count >= 2 * lanes && count - begun > lanes
                let first = nativeint (min begun (count - (if wide then 2 * lanes else lanes)))
                let source, target = from + first * fromStep, into + first * element
                for block in 0 .. (depth - 1) / lanes do
                    let k = nativeint (min (block * lanes) (depth - lanes))
                    if wide then transpose256<'T> (source + k * element) fromStep (target + k * intoStep) intoStep
                    else transpose128<'T> (source + k * element) fromStep (target + k * intoStep) intoStep
                begun <- begun + (if wide then 2 * lanes else lanes)
        else
            for i in 0 .. count - 1 do
                for k in 0 .. depth - 1 do
                    copyElement<'T>
                        (from + nativeint i * fromStep + nativeint k * element)
                        (into + nativeint i * element + nativeint k * intoStep)
