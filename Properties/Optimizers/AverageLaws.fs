module Functional.Properties.AverageLaws

open Xunit
open Expecto
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Functional.Properties.Law
open Functional.Properties.Cases
open Functional.Properties.Tables
open Functional.Properties.Descents

let private decays = rows [ 0.0; 0.5; 0.9; 0.999 ]
let private withDecay name (holds: float -> Descent -> unit) =
    law name (both (decays, descents)) (fun (decay, case) -> holds decay case)

let private averaged (start: Average<'T>) (updates: Parameters<'T> list) =
    Average.value (List.fold Average.update start updates)

[<Tests>]
let laws =
    testList "average" [
        withDecay "an average begins with what it is given" <| fun decay case ->
            let first = draw<float32> case 0
            sameParameters first (averaged (Average.init decay first) [])
            sameParameters first (averaged (Average.initCorrected decay first) [])

        withDecay "an average is the sum of all it has seen, each with its weight" <| fun decay case ->
            let first, updates = draw<float> case 0, gradients<float> case
            let n = updates.Length
            let weigh weights parameters =
                List.map2 (fun (weight: float) p -> doublesOf p |> Array.map (fun x -> weight * x)) weights parameters
                |> List.reduce (Array.map2 (+))
            let weights = [ for k in 1 .. n -> (1.0 - decay) * decay ** float (n - k) ]
            near 1e-12 1e-12
                (weigh (decay ** float n :: weights) (first :: updates))
                (doublesOf (averaged (Average.init decay first) updates))
            let total = List.sum weights
            near 1e-12 1e-12
                (weigh [ for w in weights -> w / total ] updates)
                (doublesOf (averaged (Average.initCorrected decay first) updates))

        withDecay "what doesn't change is its own average" <| fun decay case ->
            let x = draw<float> case 0
            for start in [ Average.init decay x; Average.initCorrected decay x ] do
                near 1e-12 1e-12 (doublesOf x) (doublesOf (averaged start (List.replicate 10 x)))

        law "an average with decay 0 is the last, and its arguments stay as they were" descents <| fun case ->
            let first, last = draw<float32> case 0, draw<float32> case 1
            let before = bits first, bits last
            let average = Average.init 0.0 first
            sameParameters last (averaged average [ last ])
            sameParameters first (Average.value average)
            Assert.Equal(before, (bits first, bits last))

        testCase "decays that are none, and other leaves, are refused" <| fun () ->
            let x = Parameters.ofVector (MathNet.Numerics.LinearAlgebra.Vector<float>.Build.Dense 3)
            let y = Parameters.ofVector (MathNet.Numerics.LinearAlgebra.Vector<float>.Build.Dense 4)
            for decay in [ -0.1; 1.0; nan ] do
                for start in [ Average.init; Average.initCorrected ] do
                    Assert.Contains($"{decay}", refused (fun () -> start decay x))
            Assert.Contains("x (4)", refused (fun () -> Average.update (Average.init 0.5 x) y))
    ]
