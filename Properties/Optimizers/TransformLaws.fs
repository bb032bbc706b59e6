module Functional.Properties.TransformLaws

open System
open Xunit
open Expecto
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Cases
open Functional.Properties.Tables
open Functional.Properties.Descents

let private limits = Gen.elements [ 1e-3; 0.1; 0.5; 1.0; 3.0; 1000.0 ] |> Arb.fromGen

/// Runs a law on every case and limit.
let private withLimit name (holds: float -> Descent -> unit) =
    law name (both (limits, descents)) (fun (limit, case) -> holds limit case)

let private plainNorm (x: float[]) = sqrt (Array.sumBy (fun x -> x * x) x)

[<Tests>]
let laws =
    testList "transform" [
        withLimit "clipping by value bounds every element, keeps those inside, and once is enough" <| fun limit case ->
            let gradient = draw<float32> case 1
            let clipped = Transform.clipByValue limit gradient
            let limit' = float32 limit
            sameParameters (gradient |> Parameters.map (fun g -> max -limit' (min limit' g))) clipped
            sameParameters clipped (Transform.clipByValue limit clipped)

        withLimit "clipping by norm bounds the norm, keeps the direction, and leaves what is inside"
        <| fun limit case ->
            let gradient = draw<float> case 1
            let clipped = Transform.clipByNorm limit gradient
            let before = plainNorm (doublesOf gradient)
            if before <= limit then sameParameters gradient clipped
            else
                near 1e-12 1e-12 (doublesOf gradient |> Array.map (fun g -> g * limit / before)) (doublesOf clipped)
                near 1e-12 1e-12 [| limit |] [| plainNorm (doublesOf clipped) |]
            near 1e-12 1e-12 (doublesOf clipped) (doublesOf (Transform.clipByNorm limit clipped))

        withLimit "a norm is exact to rounding in single precision too, however large or small the elements"
        <| fun scale case ->
            let gradient = draw<float32> case 1
            for factor in [ 1.0f; 1e30f; 1e-30f ] do
                let scaled = gradient |> Parameters.map (fun g -> g * factor * float32 scale)
                let expected = plainNorm (doublesOf scaled)
                Assert.InRange(Transform.norm scaled / expected, 1.0 - 1e-14, 1.0 + 1e-14)

        withLimit "an optimizer clips by value, then by norm, before its rule" <| fun limit case ->
            for entry in optimizers do
                let optimizer = entry.Optimizer case.Rate
                let clipping = optimizer.WithClipValue(limit).WithClipNorm(2.0 * limit)
                let struct (found, _) = after clipping (draw<float32> case 0) (gradients case)
                let clip gradient = gradient |> Transform.clipByValue limit |> Transform.clipByNorm (2.0 * limit)
                let struct (expected, _) = after optimizer (draw<float32> case 0) (gradients case |> List.map clip)
                sameParameters expected found

        law "gradients gathered for a step are one step with their mean" descents <| fun case ->
            let parameters, all = draw<float> case 0, gradients<float> case
            let n = all.Length
            let mean = all |> List.reduce (Parameters.map2 (+)) |> Parameters.map (fun g -> g / float n)
            for entry in optimizers do
                let optimizer = entry.Optimizer case.Rate
                let gathering = optimizer.WithAccumulation n
                let struct (expected, _) = after optimizer parameters [ mean; mean ]
                let struct (found, state) = after gathering parameters (all @ all)
                near 1e-12 1e-12 (doublesOf expected) (doublesOf found)
                Assert.Equal((2, 0), (state.Step, state.Gathered))
                let struct (before, state) = after gathering parameters (List.tail all)
                sameParameters parameters before
                Assert.Equal((0, n - 1), (state.Step, state.Gathered))

        withLimit "decay takes its share of weights, and of nothing else" <| fun decay case ->
            let parameters, gradient = draw<float> case 0, draw<float> case 1
            for entry in optimizers do
                let optimizer = (entry.Optimizer case.Rate).WithWeightDecay 0.0
                let struct (plain, _) = after optimizer parameters [ gradient ]
                let struct (decayed, _) = after (optimizer.WithWeightDecay decay) parameters [ gradient ]
                for i, leaf in Seq.indexed parameters do
                    if leaf.Role = Role.Weight then
                        let expected = plain[i].Values - case.Rate * decay * leaf.Values
                        near 1e-12 1e-12 (expected.ToArray()) (decayed[i].Values.ToArray())
                    else Assert.Equal<float>(plain[i].Values, decayed[i].Values)

        withLimit "the soft threshold makes small weights exactly 0 and shrinks the others by itself"
        <| fun threshold case ->
            let parameters = draw<float> case 0
            let found = Penalty.softThreshold threshold parameters
            for before, after in Seq.zip parameters found do
                for w, w' in Seq.zip before.Values after.Values do
                    if before.Role <> Role.Weight then Assert.Equal(w, w')
                    elif abs w <= threshold then Assert.Equal(0L, BitConverter.DoubleToInt64Bits w')
                    else
                        Assert.Equal(sign w, sign w')
                        near 1e-12 1e-12 [| abs w - threshold |] [| abs w' |]

        withLimit "the proximal step follows every rule's own, at the scheduled rate" <| fun l1 case ->
            for entry in optimizers do
                let optimizer = (entry.Optimizer case.Rate).With(Schedule.Exponential 0.5)
                let parameters = draw<float> case 0
                let mutable struct (x, state) = struct (parameters, Optimizer.init optimizer parameters)
                for t, gradient in Seq.indexed (gradients case) do
                    let struct (next, nextState) = Optimizer.update optimizer state x gradient
                    x <- Penalty.softThreshold (case.Rate * Elementary.power 0.5 t * l1) next
                    state <- nextState
                let struct (found, _) = after (optimizer.WithProximalL1 l1) parameters (gradients case)
                sameParameters x found

        law "proximal steps find the lasso's solution, with exact zeros" descents <| fun case ->
            // The minimum of |x - a|^2 / 2 + |x|_1 is a, thresholded by 1.
            let a = Parameters.toVector (draw<float> case 0)
            let found = Optimizer.minimize (Optimizer.Sgd(0.5).WithProximalL1 1.0) 200 (fun x -> x - a) (0.0 * a)
            near 1e-12 1e-12 (a.ToArray() |> Array.map (fun a -> a - max -1.0 (min 1.0 a))) (found.ToArray())
            for a, x in Seq.zip a found do Assert.Equal(abs a <= 1.0, (x = 0.0))
    ]
