/// What optimizers and training do besides the rule, two things at a time: each is right alone, and they could still
/// disagree about which rate, which gradient or which step is meant.
module Functional.Properties.PairLaws

open FsCheck
open FsCheck.FSharp
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases
open Functional.Properties.Descents

type Feature =
    | Scheduled of Schedule
    | Gathering of int
    | ClippedByValue of float
    | ClippedByNorm of float
    | Decaying of float
    | Proximal of float

let private features: Gen<Feature> list =
    let scheduled (row: ScheduleRow) warmUp = Scheduled((row.Schedule 5 0.3).AfterWarmUp warmUp)
    [ Gen.map2 scheduled (Gen.elements schedules) (Gen.elements [ 0; 2 ])
      Gen.map Gathering (Gen.choose (2, 3))
      Gen.map ClippedByValue (Gen.elements [ 0.1; 1.0 ])
      Gen.map ClippedByNorm (Gen.elements [ 0.3; 3.0 ])
      Gen.map Decaying (Gen.elements [ 0.1; 1.0 ])
      Gen.map Proximal (Gen.elements [ 0.01; 0.3 ]) ]

let private withFeature (optimizer: Optimizer) feature : Optimizer =
    match feature with
    | Scheduled schedule -> optimizer.With schedule
    | Gathering count -> optimizer.WithAccumulation count
    | ClippedByValue most -> optimizer.WithClipValue most
    | ClippedByNorm most -> optimizer.WithClipNorm most
    | Decaying rate -> optimizer.WithWeightDecay rate
    | Proximal rate -> optimizer.WithProximalL1 rate

/// The place of a rule in the table, and what is done besides it.
type Pair = { Row: int; Features: Feature list; Descent: Descent }

let private row pair = optimizers[pair.Row]
let private optimizerOf pair = List.fold withFeature ((row pair).Optimizer pair.Descent.Rate) pair.Features

let private pairs: Arbitrary<Pair> =
    let generator =
        gen {
            let! row = Gen.choose (0, optimizers.Length - 1)
            let! chosen = Gen.shuffle features
            let! features = Gen.sequenceToList (List.ofArray chosen[.. 1])
            let! descent = descents.Generator
            return { Row = row; Features = features; Descent = { descent with Steps = 2 * descent.Steps } }
        }
    let shrink pair =
        seq {
            for i in 0 .. pair.Features.Length - 1 do { pair with Features = List.removeAt i pair.Features }
            for descent in descents.Shrinker pair.Descent do { pair with Descent = descent }
        }
    Arb.fromGenShrink (generator, shrink)

/// What the definitions give, element by element: gradients are gathered, clipped by value, then by norm; then come the
/// rule at the scheduled rate, decay of weights, and their proximal step, at that rate, too.
let private byDefinition
    (formula: Formula) (optimizer: Optimizer) (start: Parameters<float>) (gradients: Parameters<float> list) =
    let isWeight = [| for leaf in start do for _ in leaf.Values -> leaf.Role = Role.Weight |]
    let step (w: float[], slots: float[][]) (t, group: float[] list) =
        let mean = List.reduce (Array.map2 (+)) group |> Array.map (fun g -> g / float group.Length)
        let clipped = mean |> Array.map (fun g -> max -optimizer.ClipValue (min optimizer.ClipValue g))
        let norm = sqrt (Array.sumBy (fun g -> g * g) clipped)
        let g =
            if norm > optimizer.ClipNorm then clipped |> Array.map (fun g -> g * optimizer.ClipNorm / norm) else clipped
        let rate = optimizer.LearningRate * Schedule.factor optimizer.Schedule t
        let element i =
            let struct (next, remembered) = formula rate (t + 1) slots[i] w[i] g[i]
            let threshold = rate * optimizer.ProximalL1
            let decayed = next - rate * optimizer.WeightDecay * w[i]
            (if isWeight[i] then float (sign decayed) * max 0.0 (abs decayed - threshold) else next), remembered
        Array.unzip (Array.init w.Length element)
    let groups = gradients |> List.map doublesOf |> List.chunkBySize optimizer.Accumulation
    let whole = groups |> List.filter (fun group -> group.Length = optimizer.Accumulation) |> List.indexed
    fst (List.fold step (doublesOf start, Array.create isWeight.Length (Array.zeroCreate 3)) whole)

[<Tests>]
let laws =
    testList "pair" [
        lawOn 2000 "every rule is its formula, whatever two things are done besides it" pairs <| fun pair ->
            let optimizer, start, gradients =
                optimizerOf pair, draw<float> pair.Descent 0, gradients<float> pair.Descent
            let struct (found, _) = after optimizer start gradients
            near 1e-11 1e-12 (byDefinition (row pair).Formula optimizer start gradients) (doublesOf found)

        law "a state survives being a flat list of leaves and counts, whatever is done besides the rule" pairs
        <| fun pair ->
            let optimizer = optimizerOf pair
            let restored (state: OptimizerState<float32>) =
                OptimizerState.ofLeaves state.Step state.Gathered (OptimizerState.toLeaves state)
            let interrupted =
                gradients<float32> pair.Descent
                |> List.fold
                    (fun struct (x, state) gradient -> Optimizer.update optimizer (restored state) x gradient)
                    struct (draw pair.Descent 0, Optimizer.init optimizer (draw pair.Descent 0))
            let struct (expected, _) = after optimizer (draw<float32> pair.Descent 0) (gradients pair.Descent)
            let struct (found, _) = interrupted
            sameParameters expected found

        let gatherings = both (compositions, size 2 3)
        law "gathering is over the steps' own gradients: masks, statistics and penalties of each" gatherings
        <| fun (case, count) ->
            let network, batch, optimizer =
                network<float> case, batch<float> case, Optimizer.Momentum(0.05).WithClipNorm 0.5
            let start = Training.start network (optimizer.WithAccumulation count) case.Key
            let states =
                List.scan (fun state _ -> let struct (next, _) = Training.step state batch in next) start [ 1 .. count ]
            // No parameter has moved until the last of them.
            let drawn = [ for i in 0 .. count - 1 -> Network.gradient (Key.child i case.Key) states[i].Network batch ]
            for state in states[.. count - 1] do
                sameParameters (Network.parameters network) (Network.parameters state.Network)
            let sum = drawn |> List.map _.Parameters |> List.reduce (Parameters.map2 (+))
            let mean = Parameters.map (fun g -> g / float count) sum
            let struct (expected, _) = after optimizer (Network.parameters network) [ mean ]
            near 1e-11 1e-12 (doublesOf expected) (doublesOf (Network.parameters (List.last states).Network))
            sameParameters (List.last drawn).Statistics (Network.statistics (List.last states).Network)

        law "every step draws masks of its own, also where nothing moves" seeds <| fun seed ->
            let case = composed [ Dropped { Ratio = 0.5; Form = DropoutForm.Inverted } ] 9 seed
            for optimizer in [ Optimizer.Sgd 0.0; Optimizer.Sgd(0.1).WithAccumulation 3 ] do
                let state = Training.start (network<float> case) optimizer case.Key
                let struct (next, first) = Training.step state (batch case)
                let struct (_, second) = Training.step next (batch case)
                let again i = Network.trainingLoss (Key.child i case.Key) (network<float> case) (batch case)
                Assert.Equal((again 0, again 1), (first.Loss, second.Loss))
                Assert.NotEqual(first.Loss, second.Loss)

        law "an average of what is trained leaves training as it is, dropout and batch norm included" compositions
        <| fun case ->
            let batch = batch<float> case
            let start = Training.start (network<float> case) (Optimizer.Adam 0.01) case.Key
            let step struct (state: TrainingState<float>, average) _ =
                let struct (next, _) = Training.step state batch
                struct (next, Average.update average (Network.parameters next.Network))
            let struct (averaged, average) =
                List.fold step struct (start, Average.init 0.5 (Network.parameters start.Network)) [ 1 .. 3 ]
            let plain =
                List.scan (fun state _ -> let struct (next, _) = Training.step state batch in next) start [ 1 .. 3 ]
            Assert.Equal(Network.digest (List.last plain).Network, Network.digest averaged.Network)
            let vectors = plain |> List.map (fun state -> doublesOf (Network.parameters state.Network))
            let expected = vectors |> List.reduce (Array.map2 (fun average x -> 0.5 * average + 0.5 * x))
            near 1e-12 1e-12 expected (doublesOf (Average.value average))
    ]
