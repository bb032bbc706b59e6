// 6.5.2, 6.5.3: random search. Draw rates and decays on a logarithmic scale, train briefly, keep the best.
//
//     dotnet build -c Release && dotnet fsi book/hyperparameter-search.fsx

#load "../scripts/Functional.fsx"

open Functional
open Functional.FSharp
open Functional.Host.Data
open Functional.Host.Search

let data = (DataSets.Load "digits").Encode()
let few = data.Training.All[..499]
let validation = data.Training.Batch data.Training.All[500..599]

let train rate decay =
    let loader = Loader(data.Training, few, 10, Sampling.Shuffle, Key.ofSeed 1L)
    let network: Network<float32> = Network.create [ 784; 100; 100; 10 ] Activation.Relu Initializer.He (Key.ofSeed 2L)
    let start = Training.start (Network.withPenalty (Penalty.L2 decay) network) (Optimizer.Sgd rate) (Key.ofSeed 3L)
    let next state batch = let struct (state, _) = Training.step state batch in state
    Metrics.accuracy (Seq.fold next start (Seq.collect loader.Epoch [ 0..9 ])).Network validation

// By hand: 10 to the power of a uniform number. The book's rates end at 1e-2; ours are larger for a shorter training.
let at low high unit = 10.0 ** (low + (high - low) * unit)
let trials =
    [ for i in 0..7 do
          let units = Key.uniforms 2 (Key.child i (Key.ofSeed 3L))
          let rate, decay = at -4.0 -1.0 units[0], at -8.0 -4.0 units[1]
          {| Rate = rate; Decay = decay; Units = units; Accuracy = train rate decay |} ]

// With the library: the space says how each number is drawn.
let space =
    SearchSpace [ Hyperparameter.LogUniform("rate", 1e-4, 1e-1); Hyperparameter.LogUniform("decay", 1e-8, 1e-4) ]
let off = [ for trial in trials -> abs (1.0 - space.At(trial.Units).Number "rate" / trial.Rate) ]
let ofConfiguration (configuration: Configuration) = train (configuration.Number "rate") (configuration.Number "decay")
let study = Study.InMemory(StudySettings(space, Sampler = Sampler.Random))
study.Run((fun configuration _ -> ofConfiguration configuration), 8) |> ignore
let best = study.FindBest()
let again = ofConfiguration best.Configuration

for i, trial in trials |> List.sortByDescending _.Accuracy |> List.truncate 3 |> List.indexed do
    printfn $"Best-{i + 1} (val acc:{trial.Accuracy}) | lr:{trial.Rate:E3}, weight decay:{trial.Decay:E3}"
printfn $"the study's best: {best.Value.Value:P0} with {best.Configuration}"
printfn $"the same draws, to {List.max off:E1}; the study's best once more: {again:P0}"
let learned = min again (trials |> List.map _.Accuracy |> List.max) > 0.7
if not (List.max off < 1e-9 && again = best.Value.Value && learned) then exit 1
