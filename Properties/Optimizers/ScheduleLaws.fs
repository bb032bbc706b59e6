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
let private stepsAndFactor name (holds: int -> float -> unit) =
    law name (both (steps, factors)) (fun (n, x) -> holds n x)

let private same (expected: float) (found: float) = near 1e-12 1e-12 [| expected |] [| found |]

[<Tests>]
let laws =
    testList "schedule" [
        stepsAndFactor "every schedule is its formula, to its end and beyond" <| fun n x ->
            for row in schedules do
                let schedule = row.Schedule n x
                for t in [ 0; 1; 2; n / 3; n / 2; n - 1; n; n + 1; 2 * n; 10 * n ] do
                    near 1e-12 1e-14 [| row.Factor n x t |] [| Schedule.factor schedule t |]

        stepsAndFactor "a warm-up rises in equal steps to what follows it" <| fun n x ->
            for row in schedules do
                let shape = row.Schedule n x
                let schedule = shape.AfterWarmUp n
                let top = Schedule.factor shape 0
                for t in 0 .. n do same (top * float (t + 1) / float (n + 1)) (Schedule.factor schedule t)
                for t in 0 .. n do Assert.Equal(Schedule.factor shape t, Schedule.factor schedule (n + t))

        law "the learning rate is multiplied by the schedule's factor" descents <| fun case ->
            let schedule = Schedule.Cosine(10, 0.1).AfterWarmUp 2
            let optimizer = Optimizer.Sgd(case.Rate).With schedule
            let struct (found, _) = after optimizer (draw<float32> case 0) (gradients case)
            let expected =
                gradients case
                |> List.indexed
                |> List.fold
                    (fun x (t, gradient) ->
                        let struct (next, _) =
                            after (Optimizer.Sgd(case.Rate * Schedule.factor schedule t)) x [ gradient ]
                        next)
                    (draw<float32> case 0)
            sameParameters expected found

        testCase "what is wrong with a schedule's numbers is reported" <| fun () ->
            let count schedule = (Schedule.faults schedule).Length
            for row in schedules do
                let right = row.Schedule 3 0.5
                Assert.Equal((0, 1), (count right, count (right.AfterWarmUp -1)))
                for wrong, faults in row.Wrong do Assert.Equal(faults, count wrong)

        law "the cosine is the mathematical one, exact at multiples of one half" (both (steps, factors))
        <| fun (n, x) ->
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
