/// Random bits in bulk: eight blocks of Philox at a time. 32-byte vectors: integer products of 64-byte ones are calls
/// where there is no AVX-512.
module internal Functional.Numerics.Bits

open System
open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.X86
open Functional

let counters = Vector256.Create(0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u)

/// The 64-bit products of the even elements.
let inline multiplyEven (a: Vector256<uint32>) (b: Vector256<uint32>) : Vector256<uint64> =
    if Avx2.IsSupported then Avx2.Multiply(a, b)
    else (a.AsUInt64() &&& Vector256.Create 0xFFFFFFFFUL) * (b.AsUInt64() &&& Vector256.Create 0xFFFFFFFFUL)

/// The high and the low words of a times m.
let inline multiply (a: Vector256<uint32>) (m: uint32) : struct (Vector256<uint32> * Vector256<uint32>) =
    let m = Vector256.Create m
    let low, high = Vector256.Create 0xFFFFFFFFUL, Vector256.Create 0xFFFFFFFF00000000UL
    let even, odd = multiplyEven a m, multiplyEven ((a.AsUInt64() >>> 32).AsUInt32()) m
    struct (((even >>> 32) ||| (odd &&& high)).AsUInt32(), ((even &&& low) ||| (odd <<< 32)).AsUInt32())

/// Words 0 to 3 of the blocks whose counters begin with 8 group, 8 group + 1, ... and end with `purpose`, one block in
/// each lane: what `Philox.block` gives.
let inline blocks
    (key: Key) (purpose: uint32) (group: int) ([<InlineIfLambda>] consume: Vector256<uint32> -> int -> unit) =
    let mutable x0 = counters + Vector256.Create(uint32 (8 * group))
    let mutable x1, x2, x3 = Vector256<uint32>.Zero, Vector256<uint32>.Zero, Vector256.Create purpose
    let mutable k0, k1 = key.Low, key.High
    for _ in 1 .. 10 do
        let struct (highA, lowA) = multiply x0 0xD2511F53u
        let struct (highB, lowB) = multiply x2 0xCD9E8D57u
        x0 <- highB ^^^ x1 ^^^ Vector256.Create k0
        x1 <- lowB
        x2 <- highA ^^^ x3 ^^^ Vector256.Create k1
        x3 <- lowA
        k0 <- k0 + 0x9E3779B9u
        k1 <- k1 + 0xBB67AE85u
    consume x0 0
    consume x1 1
    consume x2 2
    consume x3 3

/// Bytes of a group: eight blocks.
let private group = 128

/// The least array that `fill` takes for this many bytes.
let length (count: int) : int = (count + group - 1) / group * group

/// Fills an array, whose length is one that `length` gives, with random bytes: a function of the key. Byte i is the
/// same for every length.
let fill (key: Key) (bytes: byte[]) : unit =
    for g in 0 .. bytes.Length / group - 1 do
        blocks key Philox.numbers g (fun lanes word ->
            lanes.AsByte().CopyTo(Span(bytes, g * group + word * Vector256<byte>.Count, Vector256<byte>.Count)))
