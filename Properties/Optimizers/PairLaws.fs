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
    | Done of Transform
    /// Other rates, and a decay, of the first leaf, of those of its role, or of all.
    | Grouped of kind: int * factor: float * decay: float option

let private features: Gen<Feature> list =
    let scheduled (row: ScheduleRow) warmUp = Transform.Schedule((row.Schedule 5 0.3).AfterWarmUp warmUp)
    let grouped (kind, factor) decay = Grouped(kind, factor, decay)
    [ Gen.map2 scheduled (Gen.elements schedules) (Gen.elements [ 0; 2 ]) |> Gen.map Done
      Gen.map (Transform.Accumulate >> Done) (Gen.choose (2, 3))
      Gen.map (Transform.ClipValue >> Done) (Gen.elements [ 0.1; 1.0 ])
      Gen.map (Transform.ClipNorm >> Done) (Gen.elements [ 0.3; 3.0 ])
      Gen.map (fun scale -> Done(Transform.Noise(scale, 0.55, 3L))) (Gen.elements [ 0.01; 1.0 ])
      Gen.map (Transform.WeightDecay >> Done) (Gen.elements [ 0.1; 1.0 ])
      Gen.map (Transform.ProximalL1 >> Done) (Gen.elements [ 0.01; 0.3 ])
      Gen.zip (Gen.choose (1, 3)) (Gen.elements [ 0.5; 1.0 ]) |> Gen.map (Transform.LookAhead >> Done)
      Gen.map (Transform.Average >> Done) (Gen.elements [ 0.0; 0.9 ])
      Gen.map2 grouped (Gen.zip (Gen.choose (0, 2)) (Gen.elements [ 0.0; 0.5; 2.0 ]))
          (Gen.elements [ None; Some 0.0; Some 0.2 ]) ]

let private roleNames =
    dict [ Role.Weight, "weights"; Role.Bias, "biases"; Role.Scale, "scales"; Role.Shift, "shifts" ]

let private withFeature (patterns: string[]) (optimizer: Optimizer) feature : Optimizer =
    match feature with
    | Done transform -> optimizer.With transform
    | Grouped(kind, factor, decay) ->
        optimizer.WithGroup(patterns[kind], factor * optimizer.LearningRate, Option.toNullable decay)

/// The place of a rule in the table, and what is done besides it.
type Pair = { Row: int; Features: Feature list; Descent: Descent }

let private row pair = optimizers[pair.Row]
let private optimizerFor patterns pair =
    List.fold (withFeature patterns) ((row pair).Optimizer pair.Descent.Rate) pair.Features
let private optimizerOf pair =
    pair |> optimizerFor [| "leaf0"; roleNames[snd pair.Descent.Leaves.Head]; "leaf*" |]

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

/// What the definitions give, leaf by leaf and element by element: gradients are gathered, clipped by value, then by
/// norm, and noise is added; then come the rule at the scheduled rate, decay, the proximal step of weights at that
/// rate, too, and the slow weights.
let private byDefinition (row: OptimizerRow) (optimizer: Optimizer) (start: Parameters<float>) gradients =
    let pick f otherwise = optimizer.Transforms |> Seq.tryPick f |> Option.defaultValue otherwise
    let schedule = pick (function Transform.Schedule x -> Some x | _ -> None) Schedule.Constant
    let count = pick (function Transform.Accumulate x -> Some x | _ -> None) 1
    let most = pick (function Transform.ClipValue x -> Some x | _ -> None) infinity
    let longest = pick (function Transform.ClipNorm x -> Some x | _ -> None) infinity
    let scale, power, seed = pick (function Transform.Noise(a, b, c) -> Some(a, b, c) | _ -> None) (0.0, 0.0, 0L)
    let decay = pick (function Transform.WeightDecay x -> Some x | _ -> None) 0.0
    let l1 = pick (function Transform.ProximalL1 x -> Some x | _ -> None) 0.0
    let every, share = pick (function Transform.LookAhead(a, b) -> Some(a, b) | _ -> None) (1, 1.0)
    let roleOf (i: int) = start[i].Role
    let isWeight i = roleOf i = Role.Weight
    let own (f: ParameterGroup -> System.Nullable<float>) otherwise i =
        (otherwise, optimizer.Groups)
        ||> Seq.fold (fun x group ->
            let isPicked = List.contains group.Pattern [ $"leaf{i}"; roleNames[roleOf i]; "leaf*" ]
            if isPicked && (f group).HasValue then (f group).Value else x)
    let w: float[][] = [| for leaf in start -> leaf.Values.ToArray() |]
    let slow = Array.map Array.copy w
    let slots: float[][][] = w |> Array.map (Array.map (fun _ -> Array.zeroCreate 3))
    let trained = [| for i in 0 .. w.Length - 1 do if own _.LearningRate optimizer.LearningRate i > 0.0 then i |]
    let norm x = sqrt (Array.sumBy (fun x -> x * x) x)
    let whole = gradients |> List.chunkBySize count |> List.filter (fun all -> all.Length = count)
    for t, group in List.indexed whole do
        let clipped =
            [| for i in trained ->
                   let all = [ for gradient: Parameters<float> in group -> gradient[i].Values.ToArray() ]
                   List.reduce (Array.map2 (+)) all |> Array.map (fun g -> max -most (min most (g / float count))) |]
        let length = norm (Array.concat clipped)
        for place, i in Array.indexed trained do
            let noise = Key.normals w[i].Length (Key.ofSeed seed |> Key.child t |> Key.child i)
            let g =
                (clipped[place], noise)
                ||> Array.map2 (fun g noise ->
                    (if length > longest then g * longest / length else g)
                    + sqrt (scale / (1.0 + float t) ** power) * noise)
            let rate = Schedule.factor schedule t * own _.LearningRate optimizer.LearningRate i
            let decay = own _.WeightDecay (if isWeight i then decay else 0.0) i
            let element (rate: float) (k: int) : float * float[] =
                let before, slots = Array.item k w[i], Array.item k slots[i]
                let struct (next, remembered) = row.Formula rate (t + 1) slots before (Array.item k g)
                next - rate * decay * before, remembered
            let next, remembered = Array.unzip (Array.init g.Length (element rate))
            let next: float[] =
                if not row.IsOfLeaf then next
                else
                    let u = w[i] |> Array.mapi (fun k w -> w - fst (element 1.0 k))
                    let trust = if norm w[i] > 0.0 && norm u > 0.0 then norm w[i] / norm u else 1.0
                    Array.map2 (fun w u -> w - rate * trust * u) w[i] u
            let threshold = if isWeight i then rate * l1 else 0.0
            w[i] <- next |> Array.map (fun w -> float (sign w) * max 0.0 (abs w - threshold))
            slots[i] <- remembered
            if (t + 1) % every = 0 then
                slow[i] <- Array.map2 (fun slow w -> slow + share * (w - slow)) slow[i] w[i]
                w[i] <- slow[i]
    Array.concat w

[<Tests>]
let laws =
    testList "pair" [
        lawOn 2000 "every rule is its formula, whatever two things are done besides it" pairs <| fun pair ->
            let optimizer, start, gradients =
                optimizerOf pair, draw<float> pair.Descent 0, gradients<float> pair.Descent
            let struct (found, _) = after optimizer start gradients
            near 1e-11 1e-12 (byDefinition (row pair) optimizer start gradients) (doublesOf found)

        law "a state survives being a flat list of leaves and counts, whatever is done besides the rule" pairs
        <| fun pair ->
            let optimizer = optimizerOf pair
            let restored (state: OptimizerState<float32>) =
                OptimizerState.ofLeaves state.Updates state.Gathered (OptimizerState.toLeaves state)
            let interrupted =
                gradients<float32> pair.Descent
                |> List.fold
                    (fun struct (x, state) gradient -> Optimizer.update optimizer (restored state) x gradient)
                    struct (draw pair.Descent 0, Optimizer.init optimizer (draw pair.Descent 0))
            let struct (expected, _) = after optimizer (draw<float32> pair.Descent 0) (gradients pair.Descent)
            let struct (found, _) = interrupted
            sameParameters expected found

        law "a run has the bits of its steps, and what it gives stays as it is" (both (compositions, pairs))
        <| fun (case, pair) ->
            let network, batch = network<float32> case, batch<float32> case
            let first = (Network.parameters network)[0]
            let optimizer = optimizerFor [| first.Name; roleNames[first.Role]; "*" |] pair
            let start = Training.start network optimizer case.Key
            let batches = List.replicate 6 batch
            let steps =
                List.scan (fun state batch -> let struct (next, _) = Training.step state batch in next) start batches
            let same (expected: TrainingState<float32>) (found: TrainingState<float32>) =
                Assert.Equal(expected.Step, found.Step)
                Assert.Equal(expected.OptimizerState.Updates, found.OptimizerState.Updates)
                sameParameters (Network.leaves expected.Network) (Network.leaves found.Network)
                let remembered (state: TrainingState<float32>) = OptimizerState.toLeaves state.OptimizerState
                sameParameters (remembered expected) (remembered found)
            let half = Training.run start batches[..3]
            same steps[4] half
            same steps[6] (Training.run half batches[4..])
            // Another branch from the same state, and one that ends early.
            same steps[5] (Training.runOn (fun report -> report.Step < 5) half [ for x in batches -> fun () -> x ])
            same steps[4] half
            same steps[0] start

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

        law "an average of what is trained leaves training unchanged, dropout and batch norm included" compositions
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
