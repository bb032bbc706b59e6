module Functional.Properties.Numerics.ElementaryLaws

open System
open Xunit
open Expecto
open FsCheck
open FsCheck.FSharp
open Functional.Numerics
open Functional.Properties
open Functional.Properties.Law

/// How many numbers lie between two of the same sign.
let private ulps (a: float) (b: float) : int64 =
    abs (BitConverter.DoubleToInt64Bits a - BitConverter.DoubleToInt64Bits b)

/// Of every size, subnormal numbers and those around 1 among them.
let private positive: Arbitrary<float> =
    let between (low: float) (high: float) =
        Gen.choose64 (BitConverter.DoubleToInt64Bits low, BitConverter.DoubleToInt64Bits high)
    Gen.frequency [ 2, between Double.Epsilon Double.MaxValue; 1, between Double.Epsilon 2.3e-308; 2, between 0.25 4.0 ]
    |> Gen.map BitConverter.Int64BitsToDouble
    |> Arb.fromGen

let private assertLogarithm (x: float) =
    let expected, found = Math.Log x, Elementary.log x
    if expected <> found && ulps expected found > 2L then Assert.Fail $"log {x:R} is {expected:R}, found {found:R}"

/// Of the standard normal distribution. Source: Wichura's test values, and tables.
let private quantiles =
    [ 0.25, -0.6744897501960817; 0.001, -3.090232306167814; 1e-20, -9.262340089798408; 0.975, 1.959963984540054
      1e-10, -6.361340902404056; 0.5, 0.0 ]

[<Tests>]
let laws =
    testList "elementary" [
        lawOn 50_000
            "the logarithm is right to two units in the last place, subnormal numbers included"
            positive assertLogarithm

        testCase "the logarithm is right beside 1, at powers of 2 and at the ends" <| fun () ->
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

        testCase "normal quantiles are those of the tables" <| fun () ->
            for p, x in quantiles do Assert.Equal(x, Elementary.normalQuantile p, 1e-14 * (1.0 + abs x))

        let halves = Gen.choose64 (1L, 1L <<< 52) |> Gen.map (fun n -> float n * Math.ScaleB(1.0, -53))
        lawOn 2000 "normal quantiles are symmetric and rise" (Arb.fromGen (Gen.two halves)) <| fun (p, q) ->
            Assert.Equal(-(Elementary.normalQuantile p), Elementary.normalQuantile (1.0 - p))
            if p < q then Assert.True(Elementary.normalQuantile p <= Elementary.normalQuantile q)
    ]
