module Functional.Properties.TrainingLaws

open Xunit
open Expecto
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Cases

let private start<'T when Real<'T>> (rate: float) (case: Case) : TrainingState<'T> =
    Training.start (network case) (Optimizer.Sgd rate) (Key.child 6 case.Key)

/// A batch for another step, that the case's network takes.
let private otherBatch<'T when Real<'T>> (i: int) (case: Case) : Batch<'T> =
    let other = { case with Seed = case.Seed ^^^ int64 i }
    Key.child (7 + i) case.Key
    |> targetsOf case.PossibleLoss case.Targets case.Outputs case.Samples
    |> batchOf (inputs other)

let private next state batch = let struct (state, _) = Training.step state batch in state
let private digest (state: TrainingState<'T>) = Network.digest state.Network

let private stepIsGradientAndUpdate<'T when Real<'T>> (case: Case) =
    let state, batch = start<'T> 0.1 case, batch<'T> case
    let struct (after, report) = Training.step state batch
    let gradient = Network.gradient (Key.child 0 state.Key) state.Network batch
    let parameters = Network.parameters state.Network
    let struct (expected, _) = Optimizer.update state.Optimizer state.OptimizerState parameters gradient.Parameters
    Law.sameParameters expected (Network.parameters after.Network)
    Assert.Equal({ Step = 1; Loss = Network.loss state.Network batch }, report)
    Assert.Equal((1, 1), (after.Step, after.OptimizerState.Updates))
    Assert.Equal((state.Key, state.Optimizer), (after.Key, after.Optimizer))

let private sameBits<'T when Real<'T>> (case: Case) =
    let run () = List.fold next (start<'T> 0.1 case) [ for i in 0 .. 4 -> otherBatch i case ]
    Assert.Equal(digest (run ()), digest (run ()))
    Assert.Equal(5, (run ()).Step)

let private trained<'T when Real<'T>> (case: Case) : float[] =
    let state = List.fold next (start<'T> 0.1 case) [ for i in 0 .. 4 -> otherBatch i case ]
    Law.doublesOf (Network.parameters state.Network)

[<Tests>]
let laws =
    testList "training" [
        law "a step is a gradient and an update, and reports the loss before it" (cases 20 10) <| fun case ->
            stepIsGradientAndUpdate<float32> case
            stepIsGradientAndUpdate<float> case

        law "a learning rate of 0 changes nothing" (cases 20 10) <| fun case ->
            let state = start<float32> 0.0 case
            Assert.Equal(digest state, digest (next state (batch case)))

        law "the same state and batches give the same bits" (cases 20 10) <| fun case ->
            sameBits<float32> case
            sameBits<float> case

        law "branches of a state don't disturb each other" (cases 20 10) <| fun case ->
            let trunk = next (start<float32> 0.1 case) (batch case)
            let before = digest trunk
            let left = next trunk (otherBatch 0 case)
            let leftDigest = digest left
            let right = next (next trunk (otherBatch 1 case)) (otherBatch 2 case)
            Assert.Equal(before, digest trunk)
            Assert.Equal(leftDigest, digest left)
            Assert.Equal(leftDigest, digest (next trunk (otherBatch 0 case)))
            Assert.Equal(digest right, digest (next (next trunk (otherBatch 1 case)) (otherBatch 2 case)))
            Assert.Equal((1, 2, 3), (trunk.Step, left.Step, right.Step))

        law "a step inside of another's batch is a step, and its state can be kept" (cases 40 10) <| fun case ->
            let begin', batch = start<float32> 0.1 case, batch<float32> case
            let expected = List.fold next begin' (List.replicate 3 batch)
            let mutable inner = begin'
            let inside () =
                inner <- next inner batch
                batch
            let outer = Training.runOn (fun _ -> true) begin' (List.replicate 3 inside)
            let kept = digest inner
            Assert.Equal(digest expected, kept)
            Assert.Equal(kept, digest outer)
            next outer batch |> ignore
            Training.run outer (List.replicate 3 (otherBatch 1 case)) |> ignore
            Assert.Equal(kept, digest inner)

        law "a small step lowers the loss" (cases 10 5) <| fun case ->
            let state, batch = start<float> 1e-6 case, batch<float> case
            let lower, before = Network.loss (next state batch).Network batch, Network.loss state.Network batch
            Assert.True(lower <= before + 1e-13 * (1.0 + abs before), $"{before} became {lower}")

        law "float32 trains like double" (grids 20 20) <| fun grid ->
            Law.near 1e-5 1e-6 (trained<float> (twoLayer grid)) (trained<float32> (twoLayer grid))

        law "a batch that doesn't fit leaves the state usable" (cases 10 5) <| fun case ->
            let state = start<float> 0.1 case
            let before = digest state
            let wrong = Batch.ofLabels (matrix (case.Inputs + 1) 1 case.Key) [ 0 ]
            Law.refused (fun () -> next state wrong) |> ignore
            Assert.Equal(before, digest state)
    ]
