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
                Assert.Equal((2, 0), (state.Updates, state.Gathered))
                let struct (before, state) = after gathering parameters (List.tail all)
                sameParameters parameters before
                Assert.Equal((0, n - 1), (state.Updates, state.Gathered))

        withLimit "decay takes its share of weights, and of nothing else" <| fun decay case ->
            let parameters, gradient = draw<float> case 0, draw<float> case 1
            for entry in optimizers |> List.filter (fun entry -> not entry.IsOfLeaf) do
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

        each "an average is that of the parameters after each step, in the state itself" <| fun _ optimizer case ->
            let plain = optimizer.WithAccumulation 2
            let averaging = plain.WithAverage 0.9
            let start, gradients = draw<float32> case 0, gradients<float32> case
            let step (optimizer: Optimizer) struct (x, state) gradient = Optimizer.update optimizer state x gradient
            let path = List.scan (step plain) struct (start, Optimizer.init plain start) gradients
            let steps =
                [ for struct (_, before), struct (x, after) in List.pairwise path do
                      if after.Updates > before.Updates then x ]
            let expected = List.fold Average.update (Average.initCorrected 0.9 start) steps
            let struct (x, state) = after averaging start gradients
            let struct (last, _) = List.last path
            sameParameters last x
            sameParameters (Average.value expected) (Optimizer.averaged averaging state x)

        each "a custom transform is what it does, before the rule and after it" <| fun _ optimizer case ->
            // Twice the gradient, with a count of steps that nothing depends on.
            let twice =
                CustomTransform("twice", [], [ "steps" ], Func<_, _, _, _, _>(fun _ _ g slots ->
                    struct (2.0 * g, [| slots[0] + 1.0 |] :> System.Collections.Generic.IReadOnlyList<_>)))
            let doubled = gradients<float> case |> List.map (Parameters.map (fun g -> 2.0 * g))
            let struct (expected, _) = after optimizer (draw<float> case 0) doubled
            let struct (found, state) = after (optimizer.With twice) (draw<float> case 0) (gradients case)
            sameParameters expected found
            for leaf in (Seq.last state.Slots).Values do
                Assert.All(leaf.Values, fun steps -> Assert.Equal(float case.Steps, steps))
            let lookAhead =
                let change (step: RuleStep) (leaf: Parameter<float>) (w: Vector<float>)
                    (slots: System.Collections.Generic.IReadOnlyList<Vector<float>>) =
                    let slow = if step.Number = 1 then leaf.Values else slots[0]
                    let slow = if step.Number % 2 = 0 then slow + 0.5 * (w - slow) else slow
                    struct ((if step.Number % 2 = 0 then slow else w),
                            [| slow |] :> System.Collections.Generic.IReadOnlyList<_>)
                CustomTransform("slow", [ struct ("share", 0.5) ], [ "slow" ], Func<_, _, _, _, _> change, true)
            let struct (expected, _) = after (optimizer.WithLookAhead 2) (draw<float> case 0) (gradients case)
            let struct (found, _) = after (optimizer.With lookAhead) (draw<float> case 0) (gradients case)
            sameParameters expected found

        testCase "a list of transforms keeps its order, and is refused with the reason if it can't be" <| fun () ->
            let clip, gather, decay = Transform.ClipNorm 1.0, Transform.Accumulate 2, Transform.WeightDecay 0.1
            // Each gradient is clipped by itself, and then their mean is not.
            let optimizer = Optimizer.Sgd(1.0).WithTransforms(clip, gather)
            let gradient (x: float) = Parameters.ofVector (Vector<float>.Build.Dense(1, x))
            let struct (x, _) = after optimizer (gradient 0.0) [ gradient 4.0; gradient -0.5 ]
            Assert.Equal<float>([| -0.25 |], doublesOf x)
            Assert.Equal("SGD (learning rate 1), clipped to norm 1, 2 gradients a step", string optimizer)
            let refusal (transforms: Transform[]) =
                refused (fun () -> Optimizer.init (Optimizer.Sgd().WithTransforms transforms) (gradient 0.0))
            Assert.Equal(
                "'clipped to norm 1' works on the gradient, so it can't come after 'weight decay 0.1', which works in "
                + "the rule's step",
                refusal [| decay; clip |])
            Assert.Equal(
                "there can be only one of a kind, but there are 'clipped to norm 1' and 'clipped to norm 2'",
                refusal [| clip; Transform.ClipNorm 2.0 |])
            let custom = CustomTransform("a", [], [ "velocity" ], Func<_, _, _, _, _>(fun _ _ g s -> struct (g, s)))
            Assert.Contains("2 slots have the name 'velocity'", refused (fun () ->
                Optimizer.init (Optimizer.Momentum().With custom) (gradient 0.0)))

        testCase "a custom transform replaces no built-in one, whatever its name" <| fun () ->
            let named name isAfter =
                CustomTransform(name, [], [], Func<_, _, _, _, _>(fun _ _ x slots -> struct (2.0 * x, slots)), isAfter)
            let clipped = Optimizer.Sgd(1.0).WithClipNorm(1.0)
            let both = clipped.With(named "ClipNorm" false)
            Assert.Equal(2, both.Transforms.Count)
            Assert.Empty(Optimizer.faults both)
            Assert.Equal(both, both.With(named "ClipNorm" false))
            Assert.Equal(3, both.With(named "ClipNorm" true).Transforms.Count)
            Assert.Equal(both, clipped.WithClipNorm(2.0).With(named "ClipNorm" false).WithClipNorm(1.0))
            let one = Parameters.ofVector (Vector<float>.Build.Dense(1, 4.0))
            let struct (x, _) = after both one [ one ]
            // 4, clipped to 1, doubled.
            Assert.Equal<float>([| 2.0 |], doublesOf x)
            let custom = Transform.Custom(named "ClipNorm" false)
            Assert.Contains("only one of a kind", refused (fun () ->
                Optimizer.init (Optimizer.Sgd().WithTransforms(custom, custom)) one))

        each "the order in which transforms are added makes no difference" <| fun _ optimizer _ ->
            let all: (Optimizer -> Optimizer) list =
                [ _.With(Schedule.Cosine 9); _.WithAccumulation(2); _.WithClipValue(0.5); _.WithClipNorm(1.0)
                  _.WithNoise(0.1); _.WithWeightDecay(0.1); _.WithProximalL1(0.1); _.WithLookAhead(3)
                  _.WithAverage(0.9) ]
            let withAll = List.fold (fun optimizer add -> add optimizer) optimizer
            Assert.Equal(withAll all, withAll (List.rev all))
            Assert.Equal(withAll all, withAll (all @ all))
            Assert.Empty(Optimizer.faults (withAll all))
    ]
