module Functional.Properties.RuleLaws

open System
open FSharp.Reflection
open Xunit
open Expecto
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases
open Functional.Properties.Descents

let private descent<'T when Real<'T>> (descent: Descent) =
    let parameters, gradient, rate = draw<'T> descent 0, draw<'T> descent 1, Real.number<'T, float> descent.Rate
    let struct (found, _) = after (Optimizer.Sgd descent.Rate) parameters [ gradient ]
    sameParameters (Parameters.map2 (fun (w: 'T) (g: 'T) -> w - rate * g) parameters gradient) found

[<Tests>]
let laws =
    testList "rule" [
        law "gradient descent is w - rate g in every element, to the bit" descents <| fun case ->
            descent<float32> case
            descent<float> case

        each "a learning rate of 0 changes nothing" <| fun entry _ case ->
            let parameters = draw<float32> case 0
            let struct (found, _) = after (entry.Optimizer 0.0) parameters (gradients case)
            sameParameters parameters found

        let pairs rate =
            [ Optimizer.Momentum(rate, 0.0), Optimizer.Sgd rate
              Optimizer.Nesterov(rate, 0.0), Optimizer.Sgd rate
              Optimizer.AdamW(rate, 0.0), Optimizer.Adam rate ]
        law "rules without their memory are simpler rules" descents <| fun case ->
            for rule, simpler in pairs case.Rate do
                let struct (found, _) = after rule (draw<float32> case 0) (gradients case)
                let struct (expected, _) = after simpler (draw<float32> case 0) (gradients case)
                sameParameters expected found

        law "the largest second moment is the second moment while gradients grow" descents <| fun case ->
            let gradient = draw<float32> case 1
            let growing = [ for k in 0 .. 4 -> gradient |> Parameters.map (fun g -> g * float32 (1 <<< k)) ]
            let struct (adam, _) = after (Optimizer.Adam case.Rate) (draw case 0) growing
            let struct (largest, _) = after (Optimizer.AmsGrad case.Rate) (draw case 0) growing
            sameParameters adam largest

        each "the order of the leaves doesn't matter" <| fun _ optimizer case ->
            let reversed (parameters: Parameters<float32>) = Parameters.ofSeq (Seq.rev parameters)
            let struct (expected, _) = after optimizer (draw case 0) (gradients case)
            let struct (found, _) = after optimizer (reversed (draw case 0)) (gradients case |> List.map reversed)
            sameParameters (reversed expected) found

        each "leaves don't know of each other" <| fun _ optimizer case ->
            let parameters, gradient = draw<float> case 0, draw<float> case 1
            let struct (together, _) = after optimizer parameters [ gradient ]
            for i, leaf in Seq.indexed parameters do
                let struct (alone, _) = after optimizer (Parameters.ofSeq [ leaf ]) [ Parameters.ofSeq [ gradient[i] ] ]
                sameParameters (Parameters.ofSeq [ together[i] ]) alone

        each "nothing is written to an argument" <| fun _ optimizer case ->
            for optimizer in [ optimizer; (withTransforms optimizer).Freeze "leaf0" ] do
                let struct (parameters, state) = after optimizer (draw<float32> case 0) (gradients case)
                let gradient = draw<float32> case 10
                let arguments () = bits parameters, bits gradient, bits (OptimizerState.toLeaves state), string state
                let before = arguments ()
                let struct (once, _) = Optimizer.update optimizer state parameters gradient
                let struct (twice, _) = Optimizer.update optimizer state parameters gradient
                Assert.Equal(before, arguments ())
                sameParameters once twice

        each "single precision stays near double" <| fun _ optimizer case ->
            let struct (single, state) = after optimizer (draw<float32> case 0) (gradients case)
            let struct (double, _) = after optimizer (draw<float> case 0) (gradients case)
            near 1e-5 1e-5 (doublesOf double) (doublesOf single)
            Assert.Equal(case.Steps, state.Updates)

        testCase "every built-in rule is in Optimizer.BuiltIn" <| fun () ->
            let cases = FSharpType.GetUnionCases typeof<Rule> |> Array.map _.Name |> set
            let caseOf (rule: Rule) = (fst (FSharpValue.GetUnionFields(rule, typeof<Rule>))).Name
            let listed = set [ for one in Optimizer.BuiltIn -> caseOf one.Value.Rule ]
            Assert.Equal<Set<string>>(cases.Remove "Custom", listed)

        testCase "a rule is its numbers: each can be read and replaced by name" <| fun () ->
            for one in Optimizer.BuiltIn do
                let rule = one.Value.Rule
                for number in rule.Numbers do
                    let other = rule.With(number.Key, number.Value / 2.0)
                    Assert.NotEqual(rule, other)
                    Assert.Equal(rule, other.With(number.Key, number.Value))
                    for same in other.Numbers do
                        let before = rule.Numbers |> Seq.find (fun own -> own.Key = same.Key)
                        let changed = if same.Key = number.Key then number.Value / 2.0 else before.Value
                        Assert.Equal(changed, same.Value)
            Assert.Equal(
                "AdaDelta has no number 'momentum'; it has decay, epsilon (Parameter 'name')",
                refused (fun () -> Optimizer.AdaDelta().Rule.With("momentum", 0.5)))
            Assert.Contains("it has none", refused (fun () -> Optimizer.Sgd().Rule.With("momentum", 0.5)))
            let custom = optimizers |> List.map (fun row -> (row.Optimizer 0.1).Rule) |> List.find _.IsCustom
            Assert.Contains("can't be changed", refused (fun () -> custom.With("beta1", 0.5)))

        // What a rule keeps of a dead unit would otherwise stay at the smallest subnormal, and Lion would move the
        // unit's weights by the whole rate for ever.
        testCase "no rule remembers subnormal numbers" <| fun () ->
            for one in Optimizer.BuiltIn do
                let parameters = Parameters.ofVector (Vector<float32>.Build.Dense(20, 1.0f))
                let start = Optimizer.init one.Value parameters
                let small = Parameters.map (fun _ -> 1.005f * 1.17549435e-38f)
                let slots = [ for slot in start.Slots -> { slot with Values = small slot.Values } ]
                let step (struct (p, state)) _ = Optimizer.update one.Value state p (Parameters.zeros parameters)
                let still = { start with Slots = System.Collections.Immutable.ImmutableArray.CreateRange slots }
                let path = List.scan step (struct (parameters, still)) [ 1..3 ]
                let struct (_, state) = List.last path
                for slot in state.Slots do
                    for x in Parameters.toVector slot.Values do
                        Assert.False(Single.IsSubnormal x, $"{one.Key} keeps {x} in its {slot.Name}")
                if one.Value.Rule.IsLion then
                    let struct (third, _), struct (second, _) = path[3], path[2]
                    sameParameters second third

        testCase "threads don't change a bit" <| fun () ->
            let leaves = [ 300_001, Role.Weight; 200_000, Role.Bias; 7, Role.Bias ]
            let case = { Leaves = leaves; Steps = 2; Rate = 0.1; Seed = 1L }
            let parameters, gradients = draw<float32> case 0, gradients<float32> case
            for entry in optimizers do
                let optimizer = (entry.Optimizer case.Rate).WithClipNorm(1.0).WithClipValue(0.5).WithProximalL1(1e-3)
                let run threads =
                    Threads.Use(threads, fun () -> let struct (x, _) = after optimizer parameters gradients in bits x)
                let expected = run 1
                for threads in [ 2; 3; 5 ] do Assert.Equal<byte>(expected, run threads)

        law "gradient descent finds a bowl's lowest point, and counts its steps" (size 1 50) <| fun n ->
            let lowest = Parameters.ofVector (vector<float> n (Key.child n Law.key))
            let mutable struct (x, state) = after (Optimizer.Sgd 0.1) (Parameters.ofVector (vector<float> n Law.key)) []
            for step in 1 .. 200 do
                let struct (next, nextState) =
                    Optimizer.update (Optimizer.Sgd 0.1) state x (Parameters.map2 (fun x l -> 2.0 * (x - l)) x lowest)
                x <- next
                state <- nextState
                Assert.Equal(step, state.Updates)
            near 0.0 1e-12 (doublesOf lowest) (doublesOf x)

        testCase "a NaN in a gradient is not hidden" <| fun () ->
            let x = Parameters.ofVector (Vector<float32>.Build.Dense(20, 1.0f))
            let gradient = x |> Parameters.map (fun _ -> nanf)
            for entry in optimizers do
                let optimizer = (entry.Optimizer 0.1).WithClipNorm(1.0).WithClipValue(1.0).WithProximalL1(0.1)
                let struct (found, _) = after optimizer x [ gradient ]
                Assert.All(doublesOf found, fun w -> Assert.True(Double.IsNaN w, $"{optimizer}"))

        testCase "rates that are none are refused" <| fun () ->
            for row in optimizers do
                for rate in [ -0.1; nan; infinity ] do
                    let start () =
                        Optimizer.init (row.Optimizer rate) (Parameters.ofVector (Vector<float>.Build.Dense 1))
                    Assert.Contains(string rate, refused start)

        testCase "everything wrong with an optimizer is reported at once" <| fun () ->
            let optimizer =
                Optimizer.Adam(-1.0, 1.0, nan, 0.0).With(Schedule.Cosine(0, -1.0).AfterWarmUp -2).WithAccumulation(0)
                    .WithClipNorm(0.0).WithClipValue(-3.0).WithNoise(nan, -1.0).WithWeightDecay(infinity)
                    .WithProximalL1(-4.0).WithLookAhead(0, 1.5).WithAverage(1.0).WithGroup("x", -5.0)
            let message =
                refused (fun () -> Optimizer.init optimizer (Parameters.ofVector (Vector<float>.Build.Dense 1)))
            let lines = message.Split '\n'
            Assert.Equal(18, lines.Length)
            for line, (name: string, value: float) in
                Seq.zip lines
                    [ "learning rate", -1.0; "beta1", 1.0; "beta2", nan; "epsilon", 0.0; "warm-up", -2.0
                      "number of steps", 0.0; "final factor", -1.0; "gradients to accumulate", 0.0
                      "clip value", -3.0; "clip norm", 0.0; "noise's scale", nan; "noise's power", -1.0
                      "weight decay", infinity; "proximal L1", -4.0; "steps to look ahead", 0.0
                      "share of a look ahead", 1.5; "average", 1.0; "learning rate of x", -5.0 ] do
                Assert.Contains(name, line)
                Assert.EndsWith($" {value}", line)

        law "leaves and states that don't fit are refused, and the message names both" descents <| fun case ->
            let parameters = draw<float> case 0
            let other =
                parameters |> Seq.map (fun leaf -> { leaf with Name = "another " + leaf.Name }) |> Parameters.ofSeq
            for entry in optimizers do
                let optimizer = entry.Optimizer 0.1
                Assert.Contains("another", refused (fun () -> after optimizer parameters [ other ]))
                let state = Optimizer.init (optimizer.WithAccumulation 2) parameters
                let message = refused (fun () -> Optimizer.update optimizer state parameters parameters)
                Assert.Contains(optimizer.Rule.Name, message)
                Assert.Contains("gathered gradient", message)
                if optimizer.Rule.Slots.Length > 0 then
                    let state = Optimizer.init optimizer other
                    let message = refused (fun () -> Optimizer.update optimizer state parameters parameters)
                    Assert.Contains("another", message)

        testCase "an optimizer is a value that compares and prints in one line" <| fun () ->
            for entry in optimizers do
                Assert.Equal(entry.Optimizer 0.1, entry.Optimizer 0.1)
                Assert.NotEqual(entry.Optimizer 0.1, entry.Optimizer 0.2)
                Assert.Contains("learning rate 0.1", string (entry.Optimizer 0.1))
            let names = [ for entry in optimizers -> string (entry.Optimizer 0.1) ]
            Assert.Equal(optimizers.Length, (List.distinct names).Length)
            let optimizer = Optimizer.AdamW().With(Schedule.Cosine(100).AfterWarmUp 5)
            Assert.Equal(
                "Adam (learning rate 0.001, beta1 0.9, beta2 0.999, epsilon 1E-07), "
                + "warm-up of 5 steps, then cosine to 0 in 100 steps, "
                + "2 gradients a step, clipped to norm 1, weight decay 0.01",
                string (optimizer.WithAccumulation(2).WithClipNorm 1.0))
            Assert.Equal(
                "SGD (learning rate 0.1), gradient noise 0.3 (power 0.55, seed 7), look-ahead every 5 steps by 0.5, "
                + "moving average 0.99; affine1 frozen; *.bias learning rate 0.01 and weight decay 0",
                string (
                    Optimizer.Sgd().WithAverage(0.99).WithLookAhead().WithNoise(0.3, seed = 7L).Freeze("affine1")
                        .WithGroup("*.bias", 0.01, 0.0)))
    ]
