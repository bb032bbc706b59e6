module Functional.Properties.ScheduleLaws

open System
open Xunit
open Expecto
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases
open Functional.Properties.Descents

let private steps = between 1 300
let private factors = between 1 1000 |> Arb.convert (fun n -> float n / 1000.0) (fun x -> int (round (1000.0 * x)))
let private stepsAndFactor name (holds: int -> float -> unit) = law name (both (steps, factors)) (fun (n, x) -> holds n x)

let private same (expected: float) (found: float) = near 1e-12 1e-12 [| expected |] [| found |]

let private falls (factors: float seq) = for a, b in Seq.pairwise factors do Assert.True(b <= a, $"{b} after {a}")

[<Tests>]
let laws =
    testList "schedule" [
        law "a constant is 1" steps <| fun t -> Assert.Equal(1.0, Schedule.factor Schedule.Constant t)

        stepsAndFactor "steps are constant in between and multiply" <| fun every x ->
            let schedule = Schedule.Step(every, x)
            for k in 0 .. 3 do
                same (x ** float k) (Schedule.factor schedule (k * every))
                Assert.Equal(Schedule.factor schedule (k * every), Schedule.factor schedule ((k + 1) * every - 1))

        stepsAndFactor "an exponential is multiplied in every step" <| fun t x ->
            let schedule = Schedule.Exponential x
            Assert.Equal(1.0, Schedule.factor schedule 0)
            same (x * Schedule.factor schedule t) (Schedule.factor schedule (t + 1))

        stepsAndFactor "a cosine falls from 1 to its end, half of the way in half of the steps, and stays there" <| fun n final ->
            let schedule = Schedule.Cosine(2 * n, final)
            Assert.Equal(1.0, Schedule.factor schedule 0)
            same ((1.0 + final) / 2.0) (Schedule.factor schedule n)
            for t in [ 2 * n; 2 * n + 1; 10 * n ] do same final (Schedule.factor schedule t)
            falls [ for t in 0 .. 2 * n + 2 -> Schedule.factor schedule t ]
            for t in 0 .. n do
                same (final + (1.0 - final) * (1.0 + cos (Math.PI * float t / float (2 * n))) / 2.0) (Schedule.factor schedule t)

        stepsAndFactor "a warm-up rises in equal steps to what follows it" <| fun n x ->
            for shape in [ Schedule.Constant; Schedule.Exponential x; Schedule.Cosine(n, x); Schedule.OneCycle(n, 0.5, x) ] do
                let schedule = shape.AfterWarmUp n
                let top = Schedule.factor shape 0
                for t in 0 .. n do same (top * float (t + 1) / float (n + 1)) (Schedule.factor schedule t)
                for t in 0 .. n do Assert.Equal(Schedule.factor shape t, Schedule.factor schedule (n + t))

        stepsAndFactor "one cycle rises from its start to 1 and falls to its end" <| fun n x ->
            let schedule = Schedule.OneCycle(10 * n, 0.3, x, x / 10.0)
            let factor = Schedule.factor schedule
            same x (factor 0)
            same 1.0 (factor (3 * n))
            same (x / 10.0) (factor (10 * n))
            same (x / 10.0) (factor (20 * n))
            falls [ for t in 3 * n .. -1 .. 0 -> factor t ]
            falls [ for t in 3 * n .. 10 * n + 2 -> factor t ]

        law "the learning rate is multiplied by the schedule's factor" descents <| fun case ->
            let schedule = Schedule.Cosine(10, 0.1).AfterWarmUp 2
            let optimizer = Optimizer.Sgd(case.Rate).With schedule
            let struct (found, _) = after optimizer (draw<float32> case 0) (gradients case)
            let expected =
                gradients case
                |> List.indexed
                |> List.fold
                    (fun x (t, gradient) ->
                        let struct (next, _) = after (Optimizer.Sgd(case.Rate * Schedule.factor schedule t)) x [ gradient ]
                        next)
                    (draw<float32> case 0)
            sameParameters expected found

        testCase "what is wrong with a schedule's numbers is told" <| fun () ->
            let count schedule = (Schedule.faults schedule).Length
            for right in [ Schedule.Constant; Schedule.Step(1, 0.5); Schedule.Exponential 0.9; Schedule.Cosine 1; Schedule.OneCycle 10 ] do
                Assert.Equal(0, count right)
                Assert.Equal(1, count (right.AfterWarmUp -1))
            for wrong, faults in
                [ Schedule.Step(0, nan), 2; Schedule.Exponential -1.0, 1; Schedule.Cosine(-1, infinity), 2
                  Schedule.OneCycle(0, 1.0, -1.0, nan), 4; Schedule.OneCycle(1, 0.0), 1 ] do
                Assert.Equal(faults, count wrong)

        law "the cosine is the mathematical one, exact at multiples of one half" (both (steps, factors)) <| fun (n, x) ->
            let x = x * float n / 50.0
            near 2e-15 2e-15 [| cos (Math.PI * (x - 2.0 * floor (x / 2.0))) |] [| Elementary.cosPi x |]
            Assert.Equal(Elementary.cosPi x, Elementary.cosPi -x)
            Assert.Equal((if n % 2 = 0 then 1.0 else -1.0), Elementary.cosPi (float n))
            Assert.Equal(0.0, Elementary.cosPi (float n + 0.5))

        stepsAndFactor "powers are products" <| fun n x ->
            let mutable product = 1.0
            for _ in 1 .. n do product <- product * x
            Assert.InRange(abs (Elementary.power x n - product), 0.0, 1e-12 * product + 1e-300)
            Assert.Equal(1.0, Elementary.power x 0)
    ]
