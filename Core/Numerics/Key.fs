namespace Functional

open System

/// Randomness as a value: 64 bits from which numbers and child keys are computed. The same key always gives
/// the same numbers, on every system; nothing is advanced behind anybody's back. Numbers and children of one key, and
/// of different keys, are independent for all practical purposes. Give each consumer a key of its own: `Network.create`
/// draws from children 0, 1, ... of its key, training from child n in step n.
/// Source: Philox4x32-10 of Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011).
[<Struct; StructuredFormatDisplay("{Display}")>]
type Key =
    { /// The upper half of its bits.
      High: uint32
      /// The lower half of its bits.
      Low: uint32 }

    /// The key of a seed.
    static member OfSeed(seed: int64) : Key = { High = uint32 (seed >>> 32); Low = uint32 seed }

    /// A seed where a key is expected, as in `seed: 1`.
    static member op_Implicit(seed: int64) : Key = Key.OfSeed seed

    member private key.Display = string key
    override key.ToString() = $"key {key.High:x8}{key.Low:x8}"

namespace Functional.Numerics

open System
open Functional

module internal Philox =
    /// Ten rounds of Philox over a counter of four words.
    let block
        (key: Key) (c0: uint32) (c1: uint32) (c2: uint32) (c3: uint32) : struct (uint32 * uint32 * uint32 * uint32) =
        let mutable x0, x1, x2, x3 = c0, c1, c2, c3
        let mutable k0, k1 = key.Low, key.High
        for _ in 1 .. 10 do
            let a = uint64 x0 * 0xD2511F53UL
            let b = uint64 x2 * 0xCD9E8D57UL
            x0 <- uint32 (b >>> 32) ^^^ x1 ^^^ k0
            x1 <- uint32 b
            x2 <- uint32 (a >>> 32) ^^^ x3 ^^^ k1
            x3 <- uint32 a
            k0 <- k0 + 0x9E3779B9u
            k1 <- k1 + 0xBB67AE85u
        struct (x0, x1, x2, x3)

    // The counter's last word says what a block is for, so that a key's children never share a block with its numbers.
    let numbers = 0u
    let private children = 1u
    let masks = 2u

    let child (key: Key) (index: int) : Key =
        let struct (low, high, _, _) = block key (uint32 index) 0u 0u children
        { High = high; Low = low }

    /// Calls put i bits for i = 0 .. count - 1 with 64 random bits each.
    let inline fill (key: Key) (count: int) ([<InlineIfLambda>] put: int -> uint64 -> unit) =
        for pair in 0 .. (count + 1) / 2 - 1 do
            let struct (a, b, c, d) = block key (uint32 pair) 0u 0u numbers
            put (2 * pair) (uint64 a <<< 32 ||| uint64 b)
            if 2 * pair + 1 < count then put (2 * pair + 1) (uint64 c <<< 32 ||| uint64 d)

namespace Functional.FSharp

open System
open System.Collections.Generic
open Functional
open Functional.Numerics

/// Randomness as a value: the same key gives the same numbers.
[<RequireQualifiedAccess>]
module Key =
    /// The distance between neighbours among the uniform numbers.
    let private twoToMinus53 = 1.0 / 9007199254740992.0

    let private checkCount (count: int) =
        if count < 0 then invalidArg (nameof count) $"a count of random numbers can't be negative, but is {count}"

    /// 64 random bits to an integer, uniform over 0 .. bound - 1 to within bound / 2^64.
    let private below (bound: int) (bits: uint64) : int = int (Math.BigMul(bits, uint64 bound) >>> 64)

    /// The key of a seed.
    let ofSeed (seed: int64) : Key = Key.OfSeed seed

    /// Another key, independent of this one and of its other children.
    let child (index: int) (key: Key) : Key = Philox.child key index

    /// The first `count` children.
    let split (count: int) (key: Key) : Key[] = checkCount count; Array.init count (Philox.child key)

    /// `count` numbers, uniform over [0, 1), multiples of 2^-53.
    let uniforms (count: int) (key: Key) : float[] =
        checkCount count
        let x = Array.zeroCreate count
        Philox.fill key count (fun i bits -> x[i] <- float (bits >>> 11) * twoToMinus53)
        x

    /// `count` numbers, normal with mean 0 and deviation 1.
    let normals (count: int) (key: Key) : float[] =
        checkCount count
        let x = Array.zeroCreate count
        Philox.fill key count (fun i bits ->
            x[i] <- Elementary.normalQuantile ((float (bits >>> 11) + 0.5) * twoToMinus53))
        x

    /// `count` integers, uniform over 0 .. bound - 1. Raises ArgumentException if bound < 1.
    let integers (count: int) (bound: int) (key: Key) : int[] =
        checkCount count
        if bound < 1 then invalidArg (nameof bound) $"the bound must be at least 1, but is {bound}"
        let x = Array.zeroCreate count
        Philox.fill key count (fun i bits -> x[i] <- below bound bits)
        x

    /// `count` different integers out of 0 .. bound - 1, every subset equally likely (Floyd's algorithm).
    /// Raises ArgumentException if count > bound.
    let distinct (count: int) (bound: int) (key: Key) : int[] =
        checkCount count
        if count > bound then invalidArg (nameof count) $"{count} different integers can't come out of {bound}"
        let taken = HashSet<int> count
        let chosen = Array.zeroCreate count
        Philox.fill key count (fun i bits ->
            let last = bound - count + i
            let pick = below (last + 1) bits
            chosen[i] <- if taken.Add pick then pick else last
            taken.Add chosen[i] |> ignore)
        chosen

    /// The numbers 0 .. n - 1 in random order, every order equally likely (Fisher and Yates).
    let permutation (n: int) (key: Key) : int[] =
        checkCount n
        let order = Array.init n id
        // The i-th draw picks among the first n - i places.
        Philox.fill key n (fun i bits ->
            let last = n - 1 - i
            let pick = below (last + 1) bits
            let taken = order[pick]
            order[pick] <- order[last]
            order[last] <- taken)
        order
