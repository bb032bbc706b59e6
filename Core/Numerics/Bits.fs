/// Random bits in bulk.
module internal Functional.Numerics.Bits

open System
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.X86
open Functional

let private low = Vector256.Create 0xFFFFFFFFUL

/// The 64-bit products of the low words; one instruction where there is one.
let inline private multiply (a: Vector256<uint64>) (b: Vector256<uint64>) : Vector256<uint64> =
    if Avx2.IsSupported then Avx2.Multiply(a.AsUInt32(), b.AsUInt32()) else (a &&& low) * (b &&& low)

/// Bytes of a group: four blocks of Philox.
let private group = 64

/// The least array that `fill` takes for so many bytes.
let length (count: int) : int = (count + group - 1) / group * group

/// Fills an array, whose length is one that `length` gives, with random bytes: a function of the key. Byte i is the
/// same for every length. A lane holds a word of a block; what is in its upper half doesn't matter until the end.
let fill (key: Key) (bytes: byte[]) : unit =
    let words = MemoryMarshal.Cast<byte, uint64>(Span bytes)
    for g in 0 .. bytes.Length / group - 1 do
        let mutable x0 = Vector256.Create(uint64 (4 * g)) + Vector256<uint64>.Indices
        let mutable x1, x2, x3 = Vector256<uint64>.Zero, Vector256<uint64>.Zero, Vector256<uint64>.Zero
        let mutable k0, k1 = key.Low, key.High
        for _ in 1 .. 10 do
            let a = multiply x0 (Vector256.Create 0xD2511F53UL)
            let b = multiply x2 (Vector256.Create 0xCD9E8D57UL)
            x0 <- (b >>> 32) ^^^ x1 ^^^ Vector256.Create(uint64 k0)
            x1 <- b
            x2 <- (a >>> 32) ^^^ x3 ^^^ Vector256.Create(uint64 k1)
            x3 <- a
            k0 <- k0 + 0x9E3779B9u
            k1 <- k1 + 0xBB67AE85u
        ((x0 &&& low) ||| (x1 <<< 32)).CopyTo(words.Slice(g * 8))
        ((x2 &&& low) ||| (x3 <<< 32)).CopyTo(words.Slice(g * 8 + 4))
