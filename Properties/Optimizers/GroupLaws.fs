/// Leaves with rates and decays of their own, and frozen ones.
module Functional.Properties.GroupLaws

open System
open Xunit
open Expecto
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Descents

let private leaf name role : Parameter<float> = Parameter.ofVector name role (Vector<float>.Build.Dense(2, 1.0))

let private block =
    Parameters.ofSeq
        [ leaf "affine1.weight" Role.Weight; leaf "affine1.bias" Role.Bias; leaf "affine10.weight" Role.Weight
          leaf "residual1.affine1.weight" Role.Weight; leaf "residual1.batchnorm1.scale" Role.Scale
          leaf "residual1.batchnorm1.shift" Role.Shift ]

/// The places of the leaves that a pattern picks: those that it freezes.
let private frozenBy pattern : int list =
    let optimizer = Optimizer.Sgd(0.5).Freeze pattern
    let struct (x, _) = Optimizer.update optimizer (Optimizer.init optimizer block) block block
    [ for i in 0 .. block.Count - 1 do if x[i].Values = block[i].Values then i ]

[<Tests>]
let laws =
    testList "group" [
        each "a frozen leaf keeps its bits, and nothing is computed of its gradient" <| fun _ optimizer case ->
            let negativeZero = draw<float32> case 0 |> Parameters.map (fun w -> if w > 0.0f then -0.0f else w)
            let nans = [ for g in gradients<float32> case -> g |> Parameters.map (fun _ -> nanf) ]
            let onlyFirst (leaves: Parameters<float32>) (others: Parameters<float32>) =
                Parameters.ofSeq [ for i in 0 .. leaves.Count - 1 -> if i = 0 then leaves[i] else others[i] ]
            for optimizer in [ optimizer; withTransforms optimizer ] do
                let optimizer = optimizer.Freeze "leaf0"
                let gradients = List.map2 onlyFirst nans (gradients<float32> case)
                let struct (found, state) = after optimizer negativeZero gradients
                let first (x: Parameters<float32>) = Parameters.ofSeq [ x[0] ]
                sameParameters (first negativeZero) (first found)
                sameParameters (first negativeZero) (first (Optimizer.averaged optimizer state found))
                Assert.All(doublesOf found, fun w -> Assert.True(Double.IsFinite w))

        each "freezing a leaf leaves the noise of the others unchanged" <| fun _ optimizer case ->
            let noisy = optimizer.WithNoise 0.1
            let others (optimizer: Optimizer) =
                let struct (x, _) = after optimizer (draw<float> case 0) (gradients case)
                Parameters.filter (fun leaf -> leaf.Name <> "leaf0") x
            sameParameters (others noisy) (others (noisy.Freeze "leaf0"))

        each "a leaf that is no longer frozen goes on" <| fun _ optimizer case ->
            let start, gradients = draw<float> case 0, gradients<float> case
            let struct (x, state) = after (optimizer.Freeze "leaf*") start gradients
            sameParameters start x
            let struct (moved, _) = Optimizer.update optimizer state x gradients.Head
            Assert.NotEqual<float>(doublesOf start, doublesOf moved)

        each "a group of all leaves is an optimizer with its numbers" <| fun row optimizer case ->
            let gradients = gradients<float32> case
            let struct (expected, _) = after (row.Optimizer(2.0 * case.Rate)) (draw case 0) gradients
            let struct (found, _) = after (optimizer.WithGroup("*", 2.0 * case.Rate)) (draw case 0) gradients
            sameParameters expected found
            let struct (expected, _) = after (optimizer.WithWeightDecay 0.3) (draw case 0) gradients
            if List.exists (fun (_, role) -> role = Role.Weight) case.Leaves then
                let weights = optimizer.WithGroup("weights", weightDecay = 0.3)
                let struct (found, _) = after weights (draw case 0) gradients
                sameParameters expected found

        testCase "a pattern picks by name, by layer, by part of a name and by role" <| fun () ->
            for pattern, picked in
                [ "affine1.weight", [ 0 ]; "affine1", [ 0; 1 ]; "affine*", [ 0; 1; 2 ]; "*.weight", [ 0; 2; 3 ]
                  "residual1", [ 3; 4; 5 ]; "residual1.batchnorm1", [ 4; 5 ]; "*affine1*", [ 0; 1; 2; 3 ]
                  "a*e1.b*s", [ 1 ]; "weights", [ 0; 2; 3 ]; "biases", [ 1 ]; "scales", [ 4 ]; "shifts", [ 5 ]
                  "*", [ 0 .. 5 ]; "r*1.*e1.*t", [ 3 ] ] do
                Assert.Equal<int list>(picked, frozenBy pattern)

        testCase "a pattern that picks nothing is named, with the leaves that there are" <| fun () ->
            for pattern in [ "affine2"; "affine"; "weight"; "*.gain"; "Weights"; "affine1.weight.x"; "e1"; "*x*" ] do
                let message = refused (fun () -> frozenBy pattern)
                Assert.StartsWith($"no parameter is like '{pattern}'; there are affine1.weight, affine1.bias", message)

        testCase "of several groups the last that says something counts" <| fun () ->
            let optimizer =
                Optimizer.Sgd(1.0).WithGroup("*", 0.5, 0.1).WithGroup("biases", weightDecay = 0.0).Freeze("shifts")
            let gradient = block |> Parameters.map (fun _ -> 0.0)
            let struct (x, _) = Optimizer.update optimizer (Optimizer.init optimizer block) block gradient
            near 1e-15 1e-15 [| 0.95; 1.0; 0.95; 0.95; 0.95; 1.0 |] [| for leaf in x -> leaf.Values[0] |]
            Assert.Equal(3, (optimizer.WithGroup("*", 0.25)).Groups.Count)

        testCase "groups that say nothing or the same twice are refused" <| fun () ->
            let twice = Optimizer.Sgd(1.0).Freeze "*"
            let twice = { twice with Groups = Seq.append twice.Groups twice.Groups |> List.ofSeq }
            Assert.Equal("there are 2 groups of *", refused (fun () -> Optimizer.init twice block))
            Assert.Equal("the group * sets neither a learning rate nor a weight decay", refused (fun () ->
                Optimizer.init (Optimizer.Sgd().WithGroup "*") block))
    ]
