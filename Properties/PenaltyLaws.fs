module Functional.Properties.PenaltyLaws

open System
open FsCheck.FSharp
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases
open Functional.Properties.Gradients

let private every = rows penalties

/// Leaves of every role.
let private parametersOf (seed: int64) : Parameters<float> =
    Network.parameters (network (composed [ BatchNormalized 1e-6; Kept layerNorm; Units 6 ] 4 seed))

let private same (expected: float) (found: float) = near 1e-12 1e-12 [| expected |] [| found |]

let private added (penalty: Penalty) (parameters: Parameters<float>) =
    Penalty.addGradient penalty parameters (Parameters.zeros parameters)

[<Tests>]
let laws =
    testList "penalty" [
        gradientLaw "a penalty's gradient is its derivative" (both (every, seeds)) <| fun comparison (penalty, seed) ->
            let parameters = parametersOf seed
            let f (x: float[]) = Penalty.value penalty (Parameters.withVector (Dense.vector x) parameters)
            comparison.Require(string penalty, f, doublesOf parameters, doublesOf (added penalty parameters))

        law "penalties have the values of their definitions, of weights alone" seeds <| fun seed ->
            let parameters = parametersOf seed
            let weights = parameters |> Seq.filter (fun leaf -> leaf.Role = Role.Weight)
            let sum f = weights |> Seq.sumBy (fun leaf -> leaf.Values |> Seq.sumBy f)
            let value penalty = Penalty.value penalty parameters
            same (0.3 * sum abs) (value (Penalty.L1 0.3))
            same (0.5 * 0.3 * sum (fun w -> w * w)) (value (Penalty.L2 0.3))
            same (0.3 / 2.5 * sum (fun w -> abs w ** 2.5)) (value (Penalty.PNorm(0.3, 2.5)))
            same (value (Penalty.L1 0.3) + value (Penalty.L2 0.2)) (value (Penalty.ElasticNet(0.3, 0.2)))

        law "only weights are drawn towards 0" (both (every, seeds)) <| fun (penalty, seed) ->
            let parameters = parametersOf seed
            for leaf, g in Seq.zip parameters (added penalty parameters) do
                let pull (w: float) = if leaf.Role = Role.Weight && penalty <> Penalty.None then sign w else 0
                Assert.Equal<int seq>(Seq.map pull leaf.Values, Seq.map sign g.Values)

        law "no penalty pulls at 0" every <| fun penalty ->
            let zeros = Parameters.zeros (parametersOf 1L)
            Assert.Equal(0.0, Penalty.value penalty zeros)
            Assert.All(Parameters.toVector (added penalty zeros), fun g -> Assert.Equal(0.0, g))

        testCase "the p-norms of 1 and 2 are L1 and L2" <| fun () ->
            Assert.Equal(Penalty.L1 0.3, Penalty.PNorm(0.3, 1.0))
            Assert.Equal(Penalty.L2 0.3, Penalty.PNorm(0.3, 2.0))

        law "ridge and lasso by hand add the gradients of L2 and L1" (grids 9 9) <| fun grid ->
            let drawn i = matrix<float> grid.Rows grid.Columns (Key.child i grid.Key)
            let w, g = drawn 0, drawn 1
            sameMatrix (g + 0.3 * w) (Penalty.ridge 0.3 w g)
            sameMatrix (g + 0.3 * w.PointwiseSign()) (Penalty.lasso 0.3 w g)
            let leaf x = Parameters.ofSeq [ Parameter.ofMatrix "w" Role.Weight x ]
            let added penalty = (Penalty.addGradient penalty (leaf w) (leaf g)).Item(0).Matrix
            sameMatrix (Penalty.ridge 0.3 w g) (added (Penalty.L2 0.3))
            sameMatrix (Penalty.lasso 0.3 w g) (added (Penalty.L1 0.3))

        law "the losses of training and of evaluation include the penalty" compositions <| fun case ->
            let network, batch = network<float> case, batch<float> case
            let plain = Network.withPenalty Penalty.None network
            let extra = Penalty.value case.Penalty (Network.parameters network)
            same (Network.loss plain batch + extra) (Network.loss network batch)
            let training = Network.trainingLoss case.Key network batch
            same (Network.trainingLoss case.Key plain batch + extra) training
            Assert.Equal(training, (Network.gradient case.Key network batch).Loss)

        let amounts = rows [ 0.0; 0.1; 0.5; 2.0 ]
        law "a soft threshold makes weights smaller by its amount, and then 0" (both (amounts, seeds))
        <| fun (amount, seed) ->
            let parameters = parametersOf seed
            for leaf, after in Seq.zip parameters (Penalty.softThreshold amount parameters) do
                let shrunk w = if leaf.Role = Role.Weight then float (sign w) * max 0.0 (abs w - amount) else w
                near 0.0 1e-15 [| for w in leaf.Values -> shrunk w |] (after.Values.ToArray())

        testCase "wrong numbers are refused" <| fun () ->
            let network = network<float> (composed [] 4 1L)
            for penalty in [ Penalty.L1 -1.0; Penalty.L2 nan; Penalty.PNorm(0.1, 0.5); Penalty.PNorm(infinity, 3.0) ] do
                refused (fun () -> Network.withPenalty penalty network) |> ignore
    ]
