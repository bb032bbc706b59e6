module Functional.Properties.DifferencesLaws

open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Functional.Properties.Law
open Functional.Properties.Cases

let private coefficients: FsCheck.Gen<float list> =
    Gen.listOfLength 4 (Gen.choose (-20, 20) |> Gen.map (fun n -> float n / 4.0))

[<Tests>]
let laws =
    testList "differences" [
        // Of a x^3 + ..., central differences give the derivative and a h^2 exactly; the rest is rounding.
        let arbitrary = Arb.fromGen (Gen.zip coefficients (Gen.choose (-12, 12) |> Gen.map (fun n -> float n / 4.0)))
        law "the derivative of a cubic is known" arbitrary <| fun (coefficients, x) ->
            let polynomial x = List.fold (fun sum c -> sum * x + c) 0.0 coefficients
            match coefficients with
            | [ a; b; c; _ ] ->
                let expected = 3.0 * a * x * x + 2.0 * b * x + c + a * Differences.step * Differences.step
                Assert.Equal(expected, Differences.numericalDiff polynomial x, 1e-9)
            | _ -> Assert.Fail "a cubic has four coefficients"

        law "the gradient of a quadratic is known" (size 1 20) <| fun n ->
            let a, x = matrix<float> n n Law.key, vector<float> n (Key.child n Law.key)
            let gradient = Differences.numericalGradient (fun x -> x * (a * x) + x.Sum()) x
            let expected = (a + a.Transpose()) * x + 1.0
            Law.near 0.0 1e-8 (expected.ToArray()) (gradient.ToArray())

        law "a gradient in float32 is divided by the distance really taken" (size 1 20) <| fun n ->
            let slopes, x = vector<float> n (Key.child 0 Law.key), vector<float32> n (Key.child n Law.key)
            let gradient = Differences.numericalGradient (fun x -> slopes * x.Map float) x
            Law.near 0.0 1e-6 (slopes.ToArray()) (Law.floats (gradient.ToArray()))

        law "differences and pullbacks agree for the book's network" (grids 12 12) <| fun grid ->
            for difference in Differences.check (network<float> (twoLayer grid)) (batch (twoLayer grid)) do
                Assert.InRange(difference.MeanAbsolute, 0.0, 1e-8)

        law "a comparison of gradients tells how far they are apart" (cases 10 4) <| fun case ->
            let gradient = (Network.gradient case.Key (network<float> case) (batch case)).Parameters
            for difference in Differences.compare gradient gradient do
                Assert.Equal((0.0, 0.0), (difference.MeanAbsolute, difference.LargestRelative))
            let moved = Parameters.map (fun x -> x + 0.5) gradient
            // What is near 0 beside the other leaves is measured by those.
            let largest (leaf: Parameter<float>) = leaf.Values.AbsoluteMaximum()
            let least = max 1e-4 (1e-3 * Seq.max (Seq.map largest gradient))
            for difference, leaf in Seq.zip (Differences.compare moved gradient) gradient do
                Assert.Equal(leaf.Name, difference.Parameter)
                Assert.Equal(0.5, difference.MeanAbsolute, 1e-12)
                let relative = 0.5 / max least (largest leaf)
                Assert.Equal(relative, difference.LargestRelative, 1e-9 * relative)
    ]
