/// Random displacements that change smoothly over an image.
/// Source: Simard, Steinkraus and Platt, Best Practices for Convolutional Neural Networks (2003).
namespace Functional.Augmentations

open System
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// A Gaussian that smooths: its weights, and arrays to be used again for each field. Rows are whole vectors, and before and
/// after the values of a row there are as many zeros as the Gaussian reaches.
[<Sealed>]
type internal Smoothing(height: int, width: int, deviation: float) =
    let reach = int (ceil (3.0 * deviation))
    let weights =
        let bell = Array.init (2 * reach + 1) (fun k ->
            let x = float (k - reach) / deviation
            Elementary.exp (-0.5 * x * x))
        let sum = Array.sum bell
        bell |> Array.map (fun w -> float32 (w / sum))
    let stride = (width + 15) / 16 * 16
    let padded = stride + 2 * reach
    let rough: float32[] = Array.zeroCreate (height * padded)
    let across: float32[] = Array.zeroCreate (height * stride)

    /// Elements from one row of a field to the next.
    member _.Stride = stride

    /// Fills the field with numbers uniform over -strength to strength, smoothed: a function of the key.
    member _.Fill(key: Key, strength: float32, field: float32[]) : unit =
        Smoothing.Draw(key, height, width, padded, reach, rough)
        for y in 0 .. height - 1 do
            for x in 0 .. 16 .. stride - 1 do
                let mutable sum = Vector512<float32>.Zero
                for k in 0 .. weights.Length - 1 do
                    sum <- Vector512.FusedMultiplyAdd(Vector512.Create weights[k], load rough (y * padded + x + k), sum)
                store sum across (y * stride + x)
        let strength = Vector512.Create strength
        for y in 0 .. height - 1 do
            let first, last = max 0 (y - reach), min (height - 1) (y + reach)
            for x in 0 .. 16 .. stride - 1 do
                let mutable sum = Vector512<float32>.Zero
                for row in first .. last do
                    let weight = Vector512.Create weights[row - y + reach]
                    sum <- Vector512.FusedMultiplyAdd(weight, load across (row * stride + x), sum)
                store (strength * sum) field (y * stride + x)

    /// Numbers out of -255/256, -253/256, ..., 255/256, a byte of the key's stream each: once they are smoothed, nobody can
    /// tell them from finer ones.
    static member private Draw(key: Key, height: int, width: int, padded: int, reach: int, into: float32[]) : unit =
        let mutable block = 0u
        for y in 0 .. height - 1 do
            let first = y * padded + reach
            for x in 0 .. 16 .. width - 1 do
                let struct (a, b, c, d) = Philox.block key block 0u 0u 0u
                let bytes = Vector128.Create(a, b, c, d).AsByte()
                let low, high = Vector128.WidenLower bytes, Vector128.WidenUpper bytes
                let integers =
                    Vector512.Create(
                        Vector256.Create(Vector128.WidenLower low, Vector128.WidenUpper low),
                        Vector256.Create(Vector128.WidenLower high, Vector128.WidenUpper high)).AsInt32()
                let numbers = Vector512.ConvertToSingle integers * Vector512.Create(2.0f / 256.0f) - Vector512.Create(255.0f / 256.0f)
                store numbers into (first + x)
                block <- block + 1u
            let after = (width + 15) / 16 * 16 - width
            Array.Clear(into, first + width, after)
