module Functional.Properties.Numerics.KeyLaws

open System
open Xunit
open Expecto
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties
open Functional.Properties.Law
open Functional.Properties.Cases

/// All that can be drawn from a key, as bytes.
let private draws (count: int) (key: Key) : byte[] list =
    let integers (x: int[]) = x |> Array.collect BitConverter.GetBytes
    [ Law.bytes (Key.uniforms count key)
      Law.bytes (Key.normals count key)
      integers (Key.integers count 1000 key)
      integers (Key.distinct count (2 * count) key)
      integers (Key.permutation count key)
      Key.split count key
      |> Array.collect (fun key -> Array.append (BitConverter.GetBytes key.High) (BitConverter.GetBytes key.Low)) ]

let private draw = 100_000

/// Raises unless that many of `draw` trials are within 5 deviations of what the probability leads to expect.
let private likely (what: string) (probability: float) (hits: int) =
    let expected, deviation = float draw * probability, sqrt (float draw * probability * (1.0 - probability))
    Assert.True(abs (float hits - expected) <= 5.0 * deviation, $"{what}: {hits} of {draw}, expected {expected}")

/// How often each result comes among those of the key's children.
let private frequencies (f: Key -> 'R) (key: Key) = Key.split draw key |> Array.countBy f

[<Tests>]
let laws =
    testList "key" [
        testCase "Philox gives the known answers" <| fun () ->
            // Source: kat_vectors of Random123, philox4x32 with 10 rounds.
            let block low high a b c d = Philox.block { Low = low; High = high } a b c d
            let all = UInt32.MaxValue
            Assert.Equal(struct (0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), block 0u 0u 0u 0u 0u 0u)
            Assert.Equal(struct (0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu), block all all all all all all)
            Assert.Equal(
                struct (0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u),
                block 0xa4093822u 0x299f31d0u 0x243f6a88u 0x85a308d3u 0x13198a2eu 0x03707344u)

        law "the same key gives the same numbers" (grids 50 1) <| fun grid ->
            Assert.Equal<byte[]>(draws grid.Rows (Key.ofSeed grid.Seed), draws grid.Rows (Key.ofSeed grid.Seed))

        law "children differ from each other and from their parent" (grids 100 1) <| fun grid ->
            let family = Array.append [| grid.Key |] (Key.split grid.Rows grid.Key)
            Assert.Equal(family.Length, (Array.distinct family).Length)
            Assert.Equal(family.Length, (family |> Array.distinctBy (Key.uniforms 1)).Length)

        law "children are none of their parent's numbers" (grids 100 1) <| fun grid ->
            // A uniform number is the upper 53 of 64 bits.
            let numbers = set (Key.uniforms (2 * grid.Rows) grid.Key)
            for child in Key.split grid.Rows grid.Key do
                let bits = uint64 child.Low <<< 32 ||| uint64 child.High
                Assert.DoesNotContain(float (bits >>> 11) / 9007199254740992.0, numbers)

        law "splitting gives the first children" (grids 100 1) <| fun grid ->
            Assert.Equal<Key>(Array.init grid.Rows (fun i -> Key.child i grid.Key), Key.split grid.Rows grid.Key)

        law "different seeds give different keys" (both (seeds, seeds)) <| fun (a, b) ->
            Assert.Equal((a = b), (Key.ofSeed a = Key.ofSeed b))

        testCase "a seed's halves are the key's" <| fun () ->
            Assert.Equal({ High = 0x01234567u; Low = 0x89abcdefu }, Key.ofSeed 0x0123456789abcdefL)

        law "uniform numbers are multiples of 2^-53 in [0, 1)" (grids 200 1) <| fun grid ->
            for x in Key.uniforms grid.Rows grid.Key do
                Assert.InRange(x, 0.0, Math.BitDecrement 1.0)
                Assert.Equal(Math.Round(x * 9007199254740992.0), x * 9007199254740992.0)

        testCase "uniform numbers are spread evenly, neighbours too" <| fun () ->
            let x = Key.uniforms draw (Key.child 0 Law.key)
            // Kolmogorov's distance is above 2.6 / sqrt n once in 400,000 samples.
            let distance = Array.sort x |> Array.mapi (fun i x -> abs (x - (float i + 0.5) / float draw)) |> Array.max
            Assert.InRange(distance, 0.0, 2.6 / sqrt (float draw))
            let pairs = Array.append x [| x[0] |] |> Array.pairwise
            for i in 0 .. 3 do
                for j in 0 .. 3 do
                    let inside (a, b) = int (4.0 * a) = i && int (4.0 * b) = j
                    likely $"pairs in ({i}, {j})" 0.0625 (pairs |> Array.filter inside |> Array.length)

        testCase "normal numbers have mean 0, variance 1 and the right quantiles" <| fun () ->
            let x = Key.normals draw (Key.child 1 Law.key)
            let mean = Array.average x
            Assert.InRange(mean, -5.0 / sqrt (float draw), 5.0 / sqrt (float draw))
            let variance = Array.averageBy (fun x -> (x - mean) * (x - mean)) x
            Assert.InRange(variance, 1.0 - 5.0 * sqrt (2.0 / float draw), 1.0 + 5.0 * sqrt (2.0 / float draw))
            let shares =
                [ -3.0, 0.0013498980316301; -2.0, 0.0227501319481792; -1.0, 0.158655253931457
                  0.0, 0.5; 0.5, 0.691462461274013; 1.5, 0.933192798731142 ]
            for z, share in shares do likely $"below {z}" share (x |> Array.filter (fun x -> x < z) |> Array.length)

        law "integers are in range" (grids 50 1000) <| fun grid ->
            for i in Key.integers grid.Rows grid.Columns grid.Key do Assert.InRange(i, 0, grid.Columns - 1)

        testCase "every integer is equally likely" <| fun () ->
            for n, hits in Array.countBy id (Key.integers draw 7 (Key.child 2 Law.key)) do
                likely $"integer {n}" (1.0 / 7.0) hits

        law "a permutation is one" (grids 500 1) <| fun grid ->
            Assert.Equal<int>([| 0 .. grid.Rows - 1 |], Array.sort (Key.permutation grid.Rows grid.Key))

        law "distinct integers are distinct and in range" (grids 60 60) <| fun grid ->
            let count, bound = grid.Rows, grid.Rows + grid.Columns - 1
            let chosen = Key.distinct count bound grid.Key
            Assert.Equal(count, (Array.distinct chosen).Length)
            for i in chosen do Assert.InRange(i, 0, bound - 1)

        testCase "every permutation and every subset is equally likely" <| fun () ->
            let permutations = frequencies (Key.permutation 4 >> List.ofArray) (Key.child 3 Law.key)
            Assert.Equal(24, permutations.Length)
            for order, hits in permutations do likely $"order %A{order}" (1.0 / 24.0) hits
            let subsets = frequencies (Key.distinct 2 5 >> Set.ofArray) (Key.child 4 Law.key)
            Assert.Equal(10, subsets.Length)
            for subset, hits in subsets do likely $"subset %A{subset}" 0.1 hits

        law "counts that can't be are refused" (grids 50 50) <| fun grid ->
            let n, key = grid.Rows, grid.Key
            Assert.Contains($"{-n}", Law.refused (fun () -> Key.uniforms -n key))
            Assert.Contains($"{1 - n}", Law.refused (fun () -> Key.integers n (1 - n) key))
            Assert.Contains($"{n + 1}", Law.refused (fun () -> Key.distinct (n + 1) n key))
    ]
