/// Random displacements that change smoothly over an image.
/// Source: Simard, Steinkraus and Platt, Best Practices for Convolutional Neural Networks (2003).
namespace Functional.Augmentations

open System
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// A Gaussian that smooths, cut off after three deviations, and arrays to be used again for each field. Fields are
/// whole blocks of 4 rows x 16 columns; around the rough numbers there are as many zeros as the Gaussian reaches.
[<Sealed>]
type internal Smoothing(height: int, width: int, deviation: float) =
    let reach = int (ceil (3.0 * deviation))
    let weights =
        let bell =
            Array.init (2 * reach + 1) (fun k ->
                let x = float (k - reach) / deviation
                Elementary.exp (-0.5 * x * x))
        let sum = Array.sum bell
        bell |> Array.map (fun w -> float32 (w / sum))
    let rows, stride = (height + 3) / 4 * 4, (width + 15) / 16 * 16
    let padded = stride + 2 * reach
    let bytes: byte[] = Array.zeroCreate (Bits.length (height * stride))
    let rough: float32[] = Array.zeroCreate (rows * padded)
    let across: float32[] = Array.zeroCreate ((rows + 2 * reach) * stride)

    /// Numbers out of -255/256, -253/256, ..., 255/256, a byte of the key's stream each: once they are smoothed,
    /// they can't be told from finer ones.
    let draw (key: Key) =
        Bits.fill key bytes
        let scale, shift = Vector512.Create(2.0f / 256.0f), Vector512.Create(255.0f / 256.0f)
        for y in 0 .. height - 1 do
            let first = y * padded + reach
            for x in 0 .. 16 .. stride - 1 do
                let some = Vector128.LoadUnsafe(&MemoryMarshal.GetArrayDataReference bytes, unativeint (y * stride + x))
                let low, high = Vector128.WidenLower some, Vector128.WidenUpper some
                let integers =
                    Vector512.Create(
                        Vector256.Create(Vector128.WidenLower low, Vector128.WidenUpper low),
                        Vector256.Create(Vector128.WidenLower high, Vector128.WidenUpper high)).AsInt32()
                store (Vector512.ConvertToSingle integers * scale - shift) rough (first + x)
            Array.Clear(rough, first + width, stride - width)

    /// The sum over k of weight k times what is k steps after the places, for blocks of 4 rows x 16 columns.
    let smooth (from: float32[]) (fromStride: int) (step: int) (into: float32[]) (intoFirst: int) (scale: float32) =
        let scale = Vector512.Create scale
        for y in 0 .. 4 .. rows - 1 do
            for x in 0 .. 16 .. stride - 1 do
                let mutable a, b = Vector512<float32>.Zero, Vector512<float32>.Zero
                let mutable c, d = Vector512<float32>.Zero, Vector512<float32>.Zero
                let mutable at = y * fromStride + x
                for weight in weights do
                    let weight = Vector512.Create weight
                    a <- Vector512.FusedMultiplyAdd(weight, load from at, a)
                    b <- Vector512.FusedMultiplyAdd(weight, load from (at + fromStride), b)
                    c <- Vector512.FusedMultiplyAdd(weight, load from (at + 2 * fromStride), c)
                    d <- Vector512.FusedMultiplyAdd(weight, load from (at + 3 * fromStride), d)
                    at <- at + step
                let first = intoFirst + y * stride + x
                store (scale * a) into first
                store (scale * b) into (first + stride)
                store (scale * c) into (first + 2 * stride)
                store (scale * d) into (first + 3 * stride)

    /// Elements from one row of a field to the next.
    member _.Stride = stride

    /// Elements of a field.
    member _.Length = rows * stride

    /// Fills the field with numbers uniform over -strength to strength, smoothed: a function of the key.
    member _.Fill(key: Key, strength: float32, field: float32[]) : unit =
        draw key
        smooth rough padded 1 across (reach * stride) 1.0f
        smooth across stride stride field 0 strength
