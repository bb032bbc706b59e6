/// The doctor on training loops that are written in F#.
module Functional.Properties.DoctorTest

open System.Collections.Generic
open Xunit
open Expecto
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Host.Doctor

/// Points in the plane, whose class is the side of a line that they are on.
let private sides (samples: int) (key: Key) : Batch<float32> =
    let points = Key.uniforms (2 * samples) key |> Array.map (fun u -> float32 (4.0 * u - 2.0))
    let labels = Array.init samples (fun i -> if points[2 * i] > points[2 * i + 1] then 1 else 0)
    Batch.ofLabels (Matrix<float32>.Build.Dense(2, samples, points)) labels

let private training, heldOut = sides 200 (Key.ofSeed 1L), sides 200 (Key.ofSeed 2L)

/// 100 steps with this rate, and what was asked of them.
let private loop (rate: float) (asked: List<int64 * TrainingChange>) (seed: int64) (change: TrainingChange) =
    asked.Add((seed, change))
    let keys = Key.split 2 (Key.ofSeed seed)
    let network = Network.create [ 2; 8; 2 ] Activation.Relu Initializer.He keys[0]
    let start = Training.start network (Optimizer.Sgd(rate * change.LearningRate)) keys[1]
    let step (state, losses) _ =
        let struct (next, report) = Training.step state training
        next, report.Loss :: losses
    let last, losses = List.fold step (start, []) [ 1 .. int (100.0 * change.Steps) ]
    ObservedTraining(start, last, List.rev losses, training, heldOut)

[<Tests>]
let laws =
    testList "doctor" [
        testCase "a loop with steps too short is told so, by longer ones with the same seeds" <| fun () ->
            let asked = List<int64 * TrainingChange>()
            let found = Doctor.Examine((fun seed change -> loop 1e-3 asked seed change), seeds = 2)
            Assert.Equal(FindingKind.LearningRateTooLow, found[0].Kind)
            Assert.True(found[0].Severity > Severity.Hint, string found[0])
            let seedsOf change = asked |> Seq.filter (fun (_, other) -> other = change) |> Seq.map fst |> Set.ofSeq
            Assert.Equal<Set<int64>>(Set.ofList [ 1L; 2L ], seedsOf (TrainingChange()))
            Assert.Equal<Set<int64>>(Set.ofList [ 1L; 2L ], seedsOf (TrainingChange(LearningRate = 100.0)))

        testCase "a loop that learns is let be" <| fun () ->
            let found = Doctor.Examine((fun seed change -> loop 0.5 (List()) seed change), seeds = 2)
            Assert.True(found |> Seq.forall (fun finding -> finding.Severity = Severity.Hint), $"%A{List.ofSeq found}")

        testCase "the same loop gives the same findings" <| fun () ->
            let said () = [ for finding in Doctor.Examine(loop 1e-3 (List()), seeds = 2) -> string finding ]
            Assert.Equal<string list>(said (), said ())
    ]
