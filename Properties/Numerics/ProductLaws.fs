/// Matrix products equal the scalar chain of fused multiply-adds, bit for bit.
module ProductLaws

open System
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open FsCheck
open FsCheck.FSharp
open Functional
open Functional.Numerics
open Functional.Numerics.Product
open Xunit
open Expecto
open Functional.Properties.Law
open Functional.Properties.Cases

/// A matrix lies `Offset` elements into its array, `Gap` elements lie between its columns and `Slack` behind it.
type internal Place = { Offset: int; Gap: int; Slack: int; Transposed: bool }

type internal ProductCase =
    { M: int
      N: int
      K: int
      A: Place
      B: Place
      C: Place
      Threads: int
      Tuning: Tuning
      Seed: int }

let private place transposable =
    gen {
        let! offset = Gen.choose (0, 5)
        let! gap = Gen.frequency [ 2, Gen.constant 0; 1, Gen.choose (1, 20) ]
        let! slack = Gen.frequency [ 2, Gen.constant 0; 1, Gen.choose (1, 20) ]
        let! transposed = if transposable then Gen.elements [ false; true ] else Gen.constant false
        return { Offset = offset; Gap = gap; Slack = slack; Transposed = transposed }
    }

/// Blocks so small that a small product has several of each kind, and threads from the first multiply-add on.
let private tinyBlocks =
    gen {
        let! depth = Gen.elements [ 1; 7; 30; 512 ]
        let! blockOfA = Gen.elements [ 1; 5000; 1 <<< 20 ]
        let! span = Gen.elements [ 0; 1 <<< 20 ]
        let! spanOnce = Gen.elements [ 0; 1 <<< 20 ]
        let! keptA = Gen.elements [ 0; 1 <<< 20 ]
        let! panels = Gen.choose (0, 4)
        let! blockOfB = Gen.elements [ 1; 5000; 1 <<< 20 ]
        return
            { Depth = depth
              BlockOfA = blockOfA
              Span = span
              SpanOnce = spanOnce
              KeptA = keptA
              PanelsToPackB = panels
              BlockOfB = blockOfB
              Threading = 0L }
    }

let private case rows columns depth tunings : Arbitrary<ProductCase> =
    let generator =
        gen {
            let! m = rows
            let! n = columns
            let! k = depth
            let! a = place true
            let! b = place true
            let! c = place false
            let! threads = Gen.elements [ 1; 2; 4 ]
            let! tuning = tunings
            let! seed = Gen.choose (0, Int32.MaxValue)
            return { M = m; N = n; K = k; A = a; B = b; C = c; Threads = threads; Tuning = tuning; Seed = seed }
        }
    let plain place = { place with Offset = 0; Gap = 0; Slack = 0 }
    let shrink case =
        seq {
            for m in smaller 0 case.M do { case with ProductCase.M = m }
            for n in smaller 0 case.N do { case with N = n }
            for k in smaller 0 case.K do { case with K = k }
            for threads in smaller 1 case.Threads do { case with Threads = threads }
            if [ case.A; case.B; case.C ] |> List.exists (fun place -> place.Offset + place.Gap + place.Slack > 0) then
                { case with A = plain case.A; B = plain case.B; C = plain case.C }
        }
    Arb.fromGenShrink (generator, shrink)

let private small = Gen.choose (0, 70)
let private products = case small small small

/// Between -1 and 1, now and then 0, -0 or a subnormal number.
let private element<'T when Real<'T>> (random: Random) : 'T =
    match random.Next 20 with
    | 0 -> 'T.Zero
    | 1 -> 'T.NegativeZero
    | 2 -> 'T.Epsilon
    | _ -> 'T.CreateChecked(2.0 * random.NextDouble() - 1.0)

/// As many elements as a prime, so that what stands at other places of a matrix is other numbers.
type private Elements<'T when Real<'T>>() =
    static member val Some: 'T[] = let random = Random 1 in Array.init 4099 (fun _ -> element random)

/// A matrix in an array that is NaN everywhere else.
let private operand<'T when Real<'T>> (random: Random) rows columns (place: Place) : Operand<'T> =
    let rows, columns = if place.Transposed then columns, rows else rows, columns
    let stride = rows + place.Gap
    let data = Array.create (place.Offset + stride * max 0 (columns - 1) + rows + place.Slack) 'T.NaN
    let some = Elements<'T>.Some
    let mutable next = random.Next some.Length
    for j in 0 .. columns - 1 do
        for i in 0 .. rows - 1 do
            data[place.Offset + i + j * stride] <- some[next]
            next <- if next = some.Length - 1 then 0 else next + 1
    { Data = data; Offset = place.Offset; Stride = stride; Transposed = place.Transposed }

/// How far apart two elements of a column are in the array, and two of a row.
let private steps (x: Operand<'T>) = if x.Transposed then struct (x.Stride, 1) else struct (1, x.Stride)

/// The rows or columns to look at: all, or the first, the last and others between them.
let private some (random: Random) (most: int) (count: int) : int[] =
    if count <= most then [| 0 .. count - 1 |]
    else [| 0; count - 1; yield! Array.init (most - 2) (fun _ -> random.Next count) |]

/// The array of c as it should be after the product: the chain's elements (of large products in some rows and columns,
/// and what was found elsewhere), and around c what was there before.
let private chain<'T when Real<'T>>
    random case (a: Operand<'T>) (b: Operand<'T>) (c: Operand<'T>) (before: 'T[]) : 'T[] =
    let struct (downA, acrossA), struct (downB, acrossB) = steps a, steps b
    let isSmall = max case.M (max case.N case.K) <= 70
    let rows = some random (if isSmall then 70 else 24) case.M
    let columns = some random (if isSmall then 70 else max 8 (100_000 / (1 + rows.Length * case.K))) case.N
    let expected = Array.copy before
    for j in 0 .. case.N - 1 do
        let column = c.Offset + j * c.Stride
        Array.blit c.Data column expected column case.M
    for j in columns do
        for i in rows do
            let mutable sum = 'T.Zero
            let mutable ai, bj = a.Offset + i * downA, b.Offset + j * acrossB
            for _ in 1 .. case.K do
                sum <- 'T.FusedMultiplyAdd(a.Data[ai], b.Data[bj], sum)
                ai <- ai + acrossA
                bj <- bj + downB
            expected[c.Offset + i + j * c.Stride] <- sum
    expected

let private sameBits<'T when Real<'T>> (x: 'T[]) (y: 'T[]) =
    MemoryMarshal.AsBytes(ReadOnlySpan<'T> x).SequenceEqual(MemoryMarshal.AsBytes(ReadOnlySpan<'T> y))

let private holds<'T when Real<'T>> multiply case =
    let random = Random case.Seed
    let a = operand<'T> random case.M case.K case.A
    let b = operand<'T> random case.K case.N case.B
    let c = operand<'T> random case.M case.N case.C
    let before = Array.copy c.Data
    Team.withThreads case.Threads (fun () -> multiply case.M case.N case.K a b c)
    sameBits (chain random case a b c before) c.Data

let private asMeasured = Gen.constant Tuning.measured

/// Vectors that the processor does not have are emulated by the runtime.
let private holdsOn<'T, 'V, 'S when Real<'T> and 'S: struct and 'S :> ISimd<'V>> case =
    holds<'T> (multiplyOn<'T, 'V, 'S> case.Tuning) case

[<Tests>]
let laws =
    testList "product" [
        law "a product is the scalar chain, in float32" (products asMeasured) (holds<float32> multiply)

        law "a product is the scalar chain, in float" (products asMeasured) (holds<float> multiply)

        let large = case (Gen.choose (150, 700)) (Gen.choose (1, 60)) (Gen.choose (400, 1200)) asMeasured
        law "a product beyond the blocks is the scalar chain" large <| fun case ->
            holds<float32> multiply case && holds<float> multiply case

        let flat = case (Gen.choose (1, 20)) (Gen.choose (1000, 4000)) (Gen.choose (0, 60)) asMeasured
        law "a product of few rows and many columns is the scalar chain" flat <| fun case ->
            holds<float32> multiply case && holds<float> multiply case

        let single = case (Gen.choose (1, 700)) (Gen.constant 1) (Gen.choose (0, 500)) asMeasured
        law "a product by a single column is the scalar chain" single <| fun case ->
            holds<float32> multiply case && holds<float> multiply case

        let tiny = products tinyBlocks
        law "blocks, packing and threads leave the chain unchanged, on vectors of 512 bits" tiny <| fun case ->
            holdsOn<float32, Vector512<float32>, Simd512<float32>> case
            && holdsOn<float, Vector512<float>, Simd512<float>> case

        law "blocks, packing and threads leave the chain unchanged, on vectors of 256 bits" tiny <| fun case ->
            holdsOn<float32, Vector256<float32>, Simd256<float32>> case
            && holdsOn<float, Vector256<float>, Simd256<float>> case

        law "blocks, packing and threads leave the chain unchanged, on vectors of 128 bits" tiny <| fun case ->
            holdsOn<float32, Vector128<float32>, Simd128<float32>> case
            && holdsOn<float, Vector128<float>, Simd128<float>> case

        law "blocks, packing and threads leave the chain unchanged, without vectors" tiny <| fun case ->
            holdsOn<float32, float32, Scalar<float32>> case && holdsOn<float, float, Scalar<float>> case

        law "a column of a product is the same alone" (case small (Gen.choose (1, 70)) small asMeasured) <| fun case ->
            let random = Random case.Seed
            let a = operand<float32> random case.M case.K case.A
            let b = operand<float32> random case.K case.N { case.B with Transposed = false }
            let c = operand<float32> random case.M case.N { case.C with Offset = 0; Gap = 0; Slack = 0 }
            multiply case.M case.N case.K a b c
            let column = random.Next case.N
            let alone = { c with Data = Array.zeroCreate case.M }
            multiply case.M 1 case.K a { b with Offset = b.Offset + column * b.Stride } alone
            sameBits alone.Data (Array.sub c.Data (column * case.M) case.M)
    ]
