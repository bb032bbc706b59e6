/// Which elements dropout keeps: sixteen random bits for each, the same for every element type, vector width and number
/// of threads.
module internal Functional.Numerics.Mask

open System
open System.Buffers.Binary
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics.Dense

/// Elements of eight Philox blocks of 128 bits.
let private group = 64

/// Which of n elements are kept, a bit each: the i-th is bit i mod 8 of byte i / 8 (the last bytes are room for words).
/// A share `ratio` is dropped: element e is kept where its sixteen random bits are at least the ratio; those are half
/// e mod 2 of lane (e mod 16) / 2 of word (e / 16) mod 4 over the eight blocks from counter 8 (e / 64) on.
let create (key: Key) (ratio: float) (n: int) : byte[] =
    let groups = (n + group - 1) / group
    let kept = Array.zeroCreate (groups * group / 8 + sizeof<uint32>)
    let threshold = Vector256.Create(uint16 (min 65535.0 (Math.Round(ratio * 65536.0))))
    Team.split (n >= Passes.threadsFrom) groups (fun first stop ->
        for g in first .. stop - 1 do
            Bits.blocks key Philox.masks g (fun bits word ->
                let bits = Vector256.GreaterThanOrEqual(bits.AsUInt16(), threshold).ExtractMostSignificantBits()
                BinaryPrimitives.WriteUInt16LittleEndian(Span(kept, g * group / 8 + 2 * word, 2), uint16 bits)))
    kept

/// The bits of 32 elements from index i on.
let inline private bitsFrom (kept: byte[]) (i: int) : uint32 =
    BinaryPrimitives.ReadUInt32LittleEndian(ReadOnlySpan(kept, i / 8, sizeof<uint32>)) >>> (i &&& 7)

/// `factor` times what is kept of x, and 0 for the rest.
let apply<'T when Real<'T>> (kept: byte[]) (factor: 'T) (x: 'T[]) : 'T[] =
    let n = x.Length
    let x = Passes.atLeastOneVector x
    let y = fresh x.Length
    let factor = Vector512.Create factor
    // Lane l is kept where the word has bit l.
    if typeof<'T> = typeof<float32> then
        let lane =
            Vector512.Create(
                1u, 2u, 4u, 8u, 16u, 32u, 64u, 128u, 256u, 512u, 1024u, 2048u, 4096u, 8192u, 16384u, 32768u)
        Passes.sweep<'T> x.Length (fun i ->
            let kept = Vector512.Equals(Vector512.Create(bitsFrom kept i) &&& lane, lane).As<uint32, 'T>()
            Passes.store (factor * Passes.load x i &&& kept) y i)
    else
        let lane = Vector512.Create(1UL, 2UL, 4UL, 8UL, 16UL, 32UL, 64UL, 128UL)
        Passes.sweep<'T> x.Length (fun i ->
            let kept = Vector512.Equals(Vector512.Create(uint64 (bitsFrom kept i)) &&& lane, lane).As<uint64, 'T>()
            Passes.store (factor * Passes.load x i &&& kept) y i)
    Passes.cutTo n y
