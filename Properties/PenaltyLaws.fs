module Functional.Properties.PenaltyLaws

open System
open FsCheck.FSharp
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Compositions

let private every =
    Gen.elements
        [ Penalty.L1 0.3; Penalty.L2 0.2; Penalty.ElasticNet(0.1, 0.4); Penalty.PNorm(0.5, 1.5); Penalty.PNorm(0.5, 3.0)
          Penalty.PNorm(0.2, 4.5); { Penalty.None with NormRate = 0.7; NormPower = 1.0 } ]

let private parameters (key: Key) : Parameters<float> =
    let case = caseOf<float> [ NormalizedByBatch 1e-6; NormalizedByLayer; AffineTo 6 ] losses[0] Penalty.None 4 key
    Network.parameters case.Network

let private same (a: float) (b: float) (what: string) = require (abs (a - b) <= 1e-12 * (1.0 + abs a)) $"{what}: {a} and {b}"

let private added (penalty: Penalty) (parameters: Parameters<float>) =
    Penalty.addGradient penalty parameters (Parameters.zeros parameters)

[<Tests>]
let laws =
    testList "penalty" [
        gradientLaw "A penalty's gradient is its derivative" (Arb.fromGen (Gen.zip every keys)) <| fun count (penalty, key) ->
            let parameters = parameters key
            let gradient = added penalty parameters
            let f (x: float[]) = Penalty.value penalty (Parameters.withVector parameters (Dense.vector x))
            let all (leaves: Parameters<float>) = (Parameters.toVector leaves).ToArray()
            requireGradient count (string penalty) f (all parameters) (all gradient)

        law "Penalties have the values of their definitions, of weights alone" (Arb.fromGen keys) <| fun key ->
            let parameters = parameters key
            let weights = parameters |> Seq.filter (fun leaf -> leaf.Role = Role.Weight)
            let sum f = weights |> Seq.sumBy (fun leaf -> leaf.Values |> Seq.sumBy f)
            same (0.3 * sum abs) (Penalty.value (Penalty.L1 0.3) parameters) "L1"
            same (0.5 * 0.3 * sum (fun w -> w * w)) (Penalty.value (Penalty.L2 0.3) parameters) "L2"
            same (0.3 / 2.5 * sum (fun w -> abs w ** 2.5)) (Penalty.value (Penalty.PNorm(0.3, 2.5)) parameters) "p-norm"
            same
                (Penalty.value (Penalty.L1 0.3) parameters + Penalty.value (Penalty.L2 0.2) parameters)
                (Penalty.value (Penalty.ElasticNet(0.3, 0.2)) parameters) "elastic net"

        law "Only weights are drawn towards 0" (Arb.fromGen (Gen.zip every keys)) <| fun (penalty, key) ->
            let parameters = parameters key
            for leaf, g in Seq.zip parameters (added penalty parameters) do
                require (leaf.Role = Role.Weight || g.Values |> Seq.forall ((=) 0.0)) leaf.Name
                require (leaf.Role <> Role.Weight || Seq.forall2 (fun w g -> sign w = sign g) leaf.Values g.Values) leaf.Name

        law "No penalty pulls at 0" (Arb.fromGen every) <| fun penalty ->
            let zeros = Parameters.zeros (parameters (Key.ofSeed 1L))
            require (Penalty.value penalty zeros = 0.0) "value"
            require ((Parameters.toVector (added penalty zeros)).ForAll(fun g -> g = 0.0)) "gradient"

        testCase "The p-norms of 1 and 2 are L1 and L2" <| fun () ->
            Assert.Equal(Penalty.L1 0.3, Penalty.PNorm(0.3, 1.0))
            Assert.Equal(Penalty.L2 0.3, Penalty.PNorm(0.3, 2.0))

        law "Ridge and lasso by hand add the gradients of L2 and L1" (Arb.fromGen keys) <| fun key ->
            let w, g = normals<float> 6 5 (Key.child 0 key), normals<float> 6 5 (Key.child 1 key)
            require (Penalty.ridge 0.3 w g = g + 0.3 * w) "ridge"
            require (Penalty.lasso 0.3 w g = g + 0.3 * w.PointwiseSign()) "lasso"
            let leaf x = Parameters.ofSeq [ Parameter.ofMatrix "w" Role.Weight x ]
            let added penalty = (Penalty.addGradient penalty (leaf w) (leaf g)).Item(0).Matrix
            require (added (Penalty.L2 0.3) = Penalty.ridge 0.3 w g) "L2"
            require (added (Penalty.L1 0.3) = Penalty.lasso 0.3 w g) "L1"

        law "The losses of training and of evaluation include the penalty" (Arb.fromGen (Gen.zip compositions<float> every)) <| fun (case, penalty) ->
            let plain = Network.withPenalty Penalty.None case.Network
            let network = Network.withPenalty penalty case.Network
            let extra = Penalty.value penalty (Network.parameters network)
            same (Network.loss plain case.Batch + extra) (Network.loss network case.Batch) "evaluation"
            let training = Network.trainingLoss case.Key network case.Batch
            same (Network.trainingLoss case.Key plain case.Batch + extra) training "training"
            require ((Network.gradient case.Key network case.Batch).Loss = training) "the gradient's loss"

        law "A soft threshold makes weights smaller by its amount, and then 0" (Arb.fromGen (Gen.zip (Gen.elements [ 0.0; 0.1; 0.5; 2.0 ]) keys)) <| fun (amount, key) ->
            let parameters = parameters key
            for leaf, after in Seq.zip parameters (Penalty.softThreshold amount parameters) do
                for w, shrunk in Seq.zip leaf.Values after.Values do
                    let expected = if leaf.Role = Role.Weight then float (sign w) * max 0.0 (abs w - amount) else w
                    require (abs (shrunk - expected) <= 1e-15) $"{w} became {shrunk}"

        testCase "Wrong numbers are refused" <| fun () ->
            let network = (caseOf<float> [] losses[0] Penalty.None 4 (Key.ofSeed 1L)).Network
            for penalty in [ Penalty.L1 -1.0; Penalty.L2 nan; Penalty.PNorm(0.1, 0.5); Penalty.PNorm(infinity, 3.0) ] do
                Assert.Throws<ArgumentException>(fun () -> Network.withPenalty penalty network |> ignore) |> ignore
    ]
