module Functional.Properties.OptimizerLaws

open System
open Xunit
open Expecto
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Cases

/// Some of each rule: laws of all optimizers go over this table.
let private optimizers (rate: float) : Optimizer list = [ Optimizer.Sgd rate ]

let private pair<'T when Real<'T>> (case: Case) : struct (Parameters<'T> * Parameters<'T>) =
    let parameters = Network.parameters (network<'T> case)
    struct (parameters, Parameters.withVector parameters (vector parameters.Length (Key.child 5 case.Key)))

let private update optimizer parameters gradient =
    let struct (updated, state) = Optimizer.update optimizer (Optimizer.init optimizer parameters) parameters gradient
    Assert.Equal(1, state.Step)
    updated

let private rates: FsCheck.Arbitrary<float> = Arb.fromGen (Gen.elements [ 1e-4; 0.01; 0.1; 0.5; 1.0; 3.0 ])

let private descent<'T when Real<'T>> (rate: float) (case: Case) =
    let struct (parameters, gradient) = pair<'T> case
    let rate': 'T = Real.number rate
    let stepped (w: 'T) (g: 'T) : 'T = w - rate' * g
    Law.sameParameters (Parameters.map2 stepped parameters gradient) (update (Optimizer.Sgd rate) parameters gradient)

[<Tests>]
let laws =
    testList "optimizer" [
        law "gradient descent is w - rate g in every element" (Arb.zip (rates, cases 20 1)) <| fun (rate, case) ->
            descent<float32> rate case
            descent<float> rate case

        law "a learning rate of 0 changes nothing" (cases 20 1) <| fun case ->
            let struct (parameters, gradient) = pair<float32> case
            for optimizer in optimizers 0.0 do Law.sameParameters parameters (update optimizer parameters gradient)

        law "the same state gives the same bits" (Arb.zip (rates, cases 20 1)) <| fun (rate, case) ->
            let struct (parameters, gradient) = pair<float32> case
            for optimizer in optimizers rate do
                Law.sameParameters (update optimizer parameters gradient) (update optimizer parameters gradient)

        law "leaves don't know of each other" (Arb.zip (rates, cases 20 1)) <| fun (rate, case) ->
            let struct (parameters, gradient) = pair<float> case
            for optimizer in optimizers rate do
                let together = update optimizer parameters gradient
                for i, leaf in Seq.indexed parameters do
                    let alone = update optimizer (Parameters.ofSeq [ leaf ]) (Parameters.ofSeq [ gradient[i] ])
                    Law.sameBits (together[i].Values.ToArray()) (alone[0].Values.ToArray())

        law "a bowl's lowest point is found" (size 1 50) <| fun n ->
            let lowest = vector<float> n (Key.child n Law.key)
            for optimizer in optimizers 0.1 do
                let mutable x = Parameters.ofVector (vector<float> n Law.key)
                let mutable state = Optimizer.init optimizer x
                for step in 1 .. 200 do
                    let gradient = Parameters.ofVector (2.0 * (Parameters.toVector x - lowest))
                    let struct (next, nextState) = Optimizer.update optimizer state x gradient
                    x <- next
                    state <- nextState
                    Assert.Equal(step, state.Step)
                Law.near 0.0 1e-12 (lowest.ToArray()) ((Parameters.toVector x).ToArray())

        law "a gradient of other leaves is refused" (cases 20 1) <| fun case ->
            let struct (parameters, gradient) = pair<float> case
            for optimizer in optimizers 0.1 do
                Law.refused (fun () -> update optimizer parameters (Parameters.ofSeq (Seq.tail gradient))) |> ignore

        testCase "rates that are none are refused" <| fun () ->
            for rate in [ -0.1; nan; Double.PositiveInfinity ] do
                let parameters = Parameters.ofVector (vector<float> 1 Law.key)
                let message = Law.refused (fun () -> Optimizer.init (Optimizer.Sgd rate) parameters)
                Assert.Contains(string rate, message)
    ]
