/// Which elements dropout keeps: sixteen random bits for each, the same for every element type, vector width and number
/// of threads. 32-byte vectors: integer products of 64-byte ones are calls where there is no AVX-512.
module internal Functional.Numerics.Mask

open System
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.X86
open Functional
open Functional.Numerics.Dense

/// Elements of eight Philox blocks of 128 bits.
let private group = 64

let private counters = Vector256.Create(0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u)

/// The 64-bit products of the even elements.
let inline private multiplyEven (a: Vector256<uint32>) (b: Vector256<uint32>) : Vector256<uint64> =
    if Avx2.IsSupported then Avx2.Multiply(a, b)
    else (a.AsUInt64() &&& Vector256.Create 0xFFFFFFFFUL) * (b.AsUInt64() &&& Vector256.Create 0xFFFFFFFFUL)

/// The high and the low words of a times m.
let inline private multiply (a: Vector256<uint32>) (m: uint32) : struct (Vector256<uint32> * Vector256<uint32>) =
    let m = Vector256.Create m
    let low, high = Vector256.Create 0xFFFFFFFFUL, Vector256.Create 0xFFFFFFFF00000000UL
    let even, odd = multiplyEven a m, multiplyEven ((a.AsUInt64() >>> 32).AsUInt32()) m
    struct (((even >>> 32) ||| (odd &&& high)).AsUInt32(), ((even &&& low) ||| (odd <<< 32)).AsUInt32())

/// Sixteen elements from index i on: the value where a lane's bits are all set, else 0.
let inline private put<'T when Real<'T>> (value: 'T) (y: 'T[]) (i: int) (kept: Vector256<uint16>) : unit =
    let lower, upper = Vector256.WidenLower(kept.AsInt16()), Vector256.WidenUpper(kept.AsInt16())
    let inline store (v: Vector256<'V>) (offset: int) =
        Vector256.StoreUnsafe(v.As<'V, 'T>() &&& Vector256.Create value, &MemoryMarshal.GetArrayDataReference y, unativeint (i + offset))
    if Unsafe.SizeOf<'T>() = 4 then
        store lower 0
        store upper 8
    else
        store (Vector256.WidenLower lower) 0
        store (Vector256.WidenUpper lower) 4
        store (Vector256.WidenLower upper) 8
        store (Vector256.WidenUpper upper) 12

/// `value` where an element is kept and 0 where it is dropped (a share `ratio` of all), for n elements; the array is as
/// long as the next multiple of 64. Element e keeps its place where its sixteen bits are at least the ratio:
/// bits e mod 16 of word (e / 16) mod 4, over the eight blocks from counter 8 (e / 64) on.
let create<'T when Real<'T>> (key: Key) (ratio: float) (value: 'T) (n: int) : 'T[] =
    let groups = (n + group - 1) / group
    let y = fresh (groups * group)
    let threshold = Vector256.Create(uint16 (min 65535.0 (Math.Round(ratio * 65536.0))))
    let fill first stop =
        for g in first .. stop - 1 do
            let mutable x0 = counters + Vector256.Create(uint32 (8 * g))
            let mutable x1, x2, x3 = Vector256<uint32>.Zero, Vector256<uint32>.Zero, Vector256.Create Philox.masks
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
            let inline keep (bits: Vector256<uint32>) word =
                put value y (g * group + 16 * word) (Vector256.GreaterThanOrEqual(bits.AsUInt16(), threshold))
            keep x0 0
            keep x1 1
            keep x2 2
            keep x3 3
    if n < Passes.threadsFrom || Team.threads () = 1 then fill 0 groups
    else
        let parts = Team.threads ()
        Team.run parts (Action<int>(fun part -> fill (part * groups / parts) ((part + 1) * groups / parts)))
    y
