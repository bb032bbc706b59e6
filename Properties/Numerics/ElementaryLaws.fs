module Functional.Properties.Numerics.ElementaryLaws

open System
open Xunit
open FsCheck.FSharp
open Functional.Numerics
open Functional.Properties

/// How many numbers lie between two of the same sign.
let private ulps (a: float) (b: float) : int64 =
    abs (BitConverter.DoubleToInt64Bits a - BitConverter.DoubleToInt64Bits b)

let private assertLogarithm (x: float) =
    let expected, found = Math.Log x, Elementary.log x
    if expected <> found && ulps expected found > 2L then Assert.Fail $"log {x:R} is {expected:R}, found {found:R}"

[<Fact>]
let ``the logarithm is right to two units in the last place, subnormal numbers included`` () =
    let largest = BitConverter.DoubleToInt64Bits Double.MaxValue
    let positive = Gen.choose64 (1L, largest)
    let subnormal = Gen.choose64 (1L, BitConverter.DoubleToInt64Bits 2.3e-308)
    let ordinary = Gen.choose64 (BitConverter.DoubleToInt64Bits 0.25, BitConverter.DoubleToInt64Bits 4.0)
    let numbers = Gen.frequency [ 2, positive; 1, subnormal; 2, ordinary ] |> Gen.map BitConverter.Int64BitsToDouble
    Law.holdsInEachOf 50_000 (Arb.fromGen numbers) assertLogarithm

[<Fact>]
let ``the logarithm is right beside 1, at powers of 2 and at the ends`` () =
    for n in -2000 .. 2000 do
        assertLogarithm (1.0 + float n * 1.1102230246251565e-16)
        assertLogarithm (1.0 + float n * 1e-7)
    for exponent in -1074 .. 1023 do assertLogarithm (Math.ScaleB(1.0, exponent))
    assertLogarithm Double.Epsilon
    assertLogarithm Double.MaxValue
    Assert.Equal(0.0, Elementary.log 1.0)
    Assert.Equal(Double.NegativeInfinity, Elementary.log 0.0)
    Assert.Equal(Double.PositiveInfinity, Elementary.log Double.PositiveInfinity)
    Assert.True(Double.IsNaN(Elementary.log -1.0) && Double.IsNaN(Elementary.log nan))

/// Of the standard normal distribution. Source: Wichura's test values, and tables.
let private quantiles =
    [ 0.25, -0.6744897501960817; 0.001, -3.090232306167814; 1e-20, -9.262340089798408; 0.975, 1.959963984540054
      1e-10, -6.361340902404056; 0.5, 0.0 ]

[<Fact>]
let ``normal quantiles are those of the tables`` () =
    for p, x in quantiles do Assert.Equal(x, Elementary.normalQuantile p, 1e-14 * (1.0 + abs x))

[<Fact>]
let ``normal quantiles are symmetric and rise`` () =
    let halves = Gen.choose64 (1L, 1L <<< 52) |> Gen.map (fun n -> float n * Math.ScaleB(1.0, -53))
    Law.holdsInEachOf 2000 (Arb.fromGen (Gen.two halves)) (fun (p, q) ->
        Assert.Equal(-(Elementary.normalQuantile p), Elementary.normalQuantile (1.0 - p))
        if p < q then Assert.True(Elementary.normalQuantile p <= Elementary.normalQuantile q))
