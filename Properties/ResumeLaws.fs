/// Laws of runs that are stopped and go on, and of the files that they go on from.
module Functional.Properties.ResumeLaws

open System
open System.Collections.Generic
open System.IO
open System.Linq
open System.Threading
open Xunit
open Expecto
open FsCheck
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Functional.Host.Data
open Functional.Host.Models
open Functional.Host.Runs
open Functional.Properties.Law
open Functional.Properties.Cases

/// A run, and the steps after which it is stopped before it goes on.
type private Plan =
    { Options: (string * string) list
      Stops: int list }

let private data: DataSet =
    let part (samples: int) (key: Key) =
        let pixels = Key.integers (samples * 30) 256 key |> Array.map byte
        DataPart(Images(6, 5, pixels), Classes(Classification.Numbered 3, Array.init samples (fun i -> i % 3)))
    DataSet(part 31 (Key.child 1 Law.key), part 20 (Key.child 2 Law.key))

let private plans: Arbitrary<Plan> =
    let option name values =
        Gen.elements values |> Gen.map (fun value -> if value = "" then [] else [ name, value ])
    let options =
        [ option "optimizer" (List.ofSeq OptimizerSettings.Names)
          option "schedule" [ ""; "cosine"; "warmup:5+one-cycle"; "step:4:0.5"; "exponential:0.9" ]
          option "hidden" [ "4"; "5,4" ]
          option "activation" [ "relu"; "tanh" ]
          option "batch-norm" [ ""; "true" ]
          option "dropout" [ ""; "0.3" ]
          option "dropout-form" [ ""; "book" ]
          option "l2" [ ""; "0.01" ]
          option "proximal-l1" [ ""; "0.01" ]
          option "clip-norm" [ ""; "0.5" ]
          option "weight-decay" [ ""; "0.1" ]
          option "accumulate" [ ""; "2"; "3" ]
          option "average" [ ""; "0.9" ]
          option "look-ahead" [ ""; "3" ]
          option "noise" [ ""; "0.01" ]
          option "groups" [ ""; "affine1:frozen"; "biases:learning-rate=0.01:weight-decay=0,affine*:weight-decay=0.1" ]
          option "augment" [ ""; "shift:1,noise:10"; "elastic,mixup"; "flip,cutout:2" ]
          option "sampling" [ "shuffle"; "replacement"; "distinct" ]
          option "scale" [ "unit"; "standard" ]
          option "validation" [ ""; "0.2" ]
          option "batch-size" [ "5"; "9"; "20" ]
          option "epochs" [ "1"; "2"; "3" ]
          option "seed" [ "1"; "2"; "3" ]
          option "checkpoint-every" [ "1"; "2"; "0.00001m"; "none" ] ]
        |> List.fold (Gen.map2 List.append) (Gen.constant [])
    // A run without one change of the weights is refused.
    let long options =
        if List.exists (fun (name, _) -> name = "accumulate") options
        then [ for name, value in options -> if name = "epochs" then name, "4" else name, value ] else options
    let stops = Gen.choose (0, 3) |> Gen.bind (fun count -> Gen.listOfLength count (Gen.choose (0, 20)))
    let generator = Gen.map2 (fun options stops -> { Options = long options; Stops = stops }) options stops
    let shrink plan =
        seq {
            for i in 0 .. plan.Options.Length - 1 do { plan with Options = List.removeAt i plan.Options }
            for i in 0 .. plan.Stops.Length - 1 do { plan with Stops = List.removeAt i plan.Stops }
        }
    Arb.fromGenShrink (generator, shrink)

let private configurationOf (plan: Plan) =
    TrainOptions.Parse(plan.Options |> List.map KeyValuePair.Create, TrainConfiguration())

// In memory where the system has such a folder: waiting for a disk, to which all is flushed, takes most of the time.
let private withFolder (use': string -> 'R) : 'R =
    let memory = "/dev/shm"
    let path =
        if Directory.Exists memory then
            Directory.CreateDirectory(Path.Combine(memory, $"functional-{Guid.NewGuid()}")).FullName
        else Directory.CreateTempSubdirectory("functional-").FullName
    try use' path
    finally Directory.Delete(path, true)

/// Cancels a run after a step; a run that is there already takes none.
let private stopAfter (step: int) (source: CancellationTokenSource) =
    { new IRunObserver with
        member _.Started start = if start.Step >= step then source.Cancel()
        member _.Stepped(report, _) = if report.Step >= step then source.Cancel()
        member _.EpochEnded _ = ()
        member _.Finished _ = () }

/// Trains in a folder, from its last checkpoint if it has one, until a step.
let private train (configuration: TrainConfiguration) (path: string) (until: int) : RunResult =
    let run = TrainingRun(configuration, data)
    use folder = if RunRecord.IsRun path then RunFolder.Open path else RunFolder.Create(path, false)
    let from = if RunRecord.IsRun path then folder.Progress(run, fun e -> raise e) else null
    use recorder = folder.Record(run, from)
    use source = new CancellationTokenSource()
    run.Run(Observers([| recorder :> IRunObserver; stopAfter until source |]), 1, path, source.Token, from)

let private sameState (expected: RunState) (found: RunState) =
    let e, f = expected.Training, found.Training
    Law.sameParameters (Network.parameters e.Network) (Network.parameters f.Network)
    Law.sameParameters (Network.statistics e.Network) (Network.statistics f.Network)
    Law.sameParameters (OptimizerState.toLeaves e.OptimizerState) (OptimizerState.toLeaves f.OptimizerState)
    let counts (state: TrainingState<float32>) =
        state.Step, state.Key, state.OptimizerState.Updates, state.OptimizerState.Gathered
    Assert.Equal(counts e, counts f)

/// The rows of metrics.csv without their last column, the time.
let private rows (path: string) =
    [ for line in File.ReadLines(Path.Combine(path, "metrics.csv")) -> line[.. line.LastIndexOf ',' - 1] ]

[<Tests>]
let laws =
    testList "resume" [
        law "a run that was stopped and went on comes to the same bits, files and all" plans <| fun plan ->
            let configuration = configurationOf plan
            withFolder (fun whole ->
                withFolder (fun stopped ->
                    let expected = train configuration whole Int32.MaxValue
                    for step in List.sort plan.Stops do train configuration stopped step |> ignore
                    let found = train configuration stopped Int32.MaxValue
                    sameState expected.State found.State
                    Law.sameBits (expected.Losses.ToArray()) (found.Losses.ToArray())
                    Assert.Equal<string list>(rows whole, rows stopped)
                    for file in [ "digest.txt"; "losses.f64"; "best.safetensors" ] do
                        let read path = File.ReadAllBytes(Path.Combine(path, file))
                        Assert.Equal<byte>(read whole, read stopped)))

        law "the model that is kept is that of the best epoch in validation or the last" plans <| fun plan ->
            withFolder (fun folder ->
                let result = train (configurationOf plan) folder Int32.MaxValue
                let best =
                    match EpochReport.Best result.Epochs with
                    | null -> result.Summary.Digest
                    | epoch -> epoch.Digest
                let kept = Model.Load<float32>(Path.Combine(folder, "best.safetensors"))
                Assert.Equal(best, Network.digest kept.Network))

        law "a state is read as it was written, whatever is in it" plans <| fun plan ->
            let configuration = configurationOf plan
            withFolder (fun folder ->
                let state = (train configuration folder (List.tryHead plan.Stops |> Option.defaultValue 7)).State
                let path = Path.Combine(folder, "state.safetensors")
                Checkpoint.Write(path, state)
                let found = Checkpoint.Read(path, TrainingRun(configuration, data).Start)
                sameState state found
                Assert.Equal(state.Seconds, found.Seconds))
    ]
