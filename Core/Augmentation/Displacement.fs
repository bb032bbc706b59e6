/// Random displacements that change smoothly over an image.
/// Source: Simard, Steinkraus and Platt, Best Practices for Convolutional Neural Networks (2003).
namespace Functional.Augmentations

open System
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// A Gaussian that smooths, cut off after three deviations, and arrays to be used again for each field. Rows are whole
/// vectors; around the rough numbers there are as many zeros as the Gaussian reaches.
[<Sealed>]
type internal Smoothing(height: int, width: int, deviation: float) =
    let reach = int (ceil (3.0 * deviation))
    let weights =
        let bell =
            Array.init (2 * reach + 1) (fun k ->
                let x = float (k - reach) / deviation
                Elementary.exp (-0.5 * x * x))
        let sum = Array.sum bell
        // Zeros up to a multiple of four.
        Array.init ((bell.Length + 3) / 4 * 4) (fun k -> if k < bell.Length then float32 (bell[k] / sum) else 0.0f)
    let stride = (width + 15) / 16 * 16
    let padded = stride + weights.Length
    let bytes: byte[] = Array.zeroCreate (Bits.length (height * stride))
    let rough: float32[] = Array.zeroCreate (height * padded)
    let across: float32[] = Array.zeroCreate ((height + weights.Length) * stride)

    /// The sum over k of weight k times the vector at first + k step. Four sums, so that no addition waits for another.
    static let weighted (weights: float32[]) (x: float32[]) (first: int) (step: int) : Vector512<float32> =
        let inline add k sum = Vector512.FusedMultiplyAdd(Vector512.Create weights[k], load x (first + k * step), sum)
        let mutable a, b = Vector512<float32>.Zero, Vector512<float32>.Zero
        let mutable c, d = Vector512<float32>.Zero, Vector512<float32>.Zero
        let mutable k = 0
        while k < weights.Length do
            a <- add k a
            b <- add (k + 1) b
            c <- add (k + 2) c
            d <- add (k + 3) d
            k <- k + 4
        (a + b) + (c + d)

    /// Elements from one row of a field to the next.
    member _.Stride = stride

    /// Fills the field with numbers uniform over -strength to strength, smoothed: a function of the key.
    member _.Fill(key: Key, strength: float32, field: float32[]) : unit =
        Smoothing.Draw(key, height, width, padded, reach, bytes, rough)
        for y in 0 .. height - 1 do
            for x in 0 .. 16 .. stride - 1 do
                store (weighted weights rough (y * padded + x) 1) across ((y + reach) * stride + x)
        let strength = Vector512.Create strength
        for y in 0 .. height - 1 do
            for x in 0 .. 16 .. stride - 1 do
                store (strength * weighted weights across (y * stride + x) stride) field (y * stride + x)

    /// Numbers out of -255/256, -253/256, ..., 255/256, a byte of the key's stream each: once they are smoothed, nobody can
    /// tell them from finer ones.
    static member private Draw(key: Key, height: int, width: int, padded: int, reach: int, bytes: byte[], into: float32[]) : unit =
        Bits.fill key bytes
        let stride = (width + 15) / 16 * 16
        for y in 0 .. height - 1 do
            let first = y * padded + reach
            for x in 0 .. 16 .. width - 1 do
                let some = Vector128.LoadUnsafe(&MemoryMarshal.GetArrayDataReference bytes, unativeint (y * stride + x))
                let low, high = Vector128.WidenLower some, Vector128.WidenUpper some
                let integers =
                    Vector512.Create(
                        Vector256.Create(Vector128.WidenLower low, Vector128.WidenUpper low),
                        Vector256.Create(Vector128.WidenLower high, Vector128.WidenUpper high)).AsInt32()
                let numbers = Vector512.ConvertToSingle integers * Vector512.Create(2.0f / 256.0f) - Vector512.Create(255.0f / 256.0f)
                store numbers into (first + x)
            Array.Clear(into, first + width, stride - width)
