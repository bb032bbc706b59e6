// A custom experiment: how wide must a hidden layer be? See docs/experiments.md.
//
//     dotnet build -c Release && dotnet fsi scripts/widths.fsx

#load "Functional.fsx"

open System.IO
open Functional.Host.Data
open Functional.Host.Experiments
open Functional.Host.Pages
open Functional.Host.Charts

type Widths() =
    inherit Experiment()
    override _.Name = "widths"
    override _.Title = LocalizedText "How wide must a hidden layer be?"
    override _.Question = LocalizedText "Each network has one hidden layer. From how many units on do more not help?"

    override _.Run(lab: Lab) =
        let curves =
            lab.Train [ for units in [ 2; 5; 20; 80 ] ->
                          Variant($"{units} units", lab.Configure $"--samples 1000 --hidden {units} --learning-rate 0.1 --iterations 200",
                                  Measured = Measured.Test) ]
        let lines = curves |> Seq.map (fun curve -> curve.Accuracy(curve.Name, fun point -> point.Test)) |> Array.ofSeq
        let test units seed = curves[units].Seeds[seed].Final.Test
        ExperimentReport(
            Parts = [| Figure("accuracy", LineChart("Test accuracy", Axis "epoch", Axis "accuracy", Series = lines), LocalizedText "More units, higher lines.") |],
            Claims = [| lab.Claim(LocalizedText "20 units beat 2", (fun seed -> test 2 seed > test 0 seed), fun seed -> $"20 units {test 2 seed}, 2 units {test 0 seed}") |])

let settings = LabSettings(Seeds = 2)
let results = ExperimentRunner.Run([| Widths() |], settings, DataSets.Load settings.Data)
for claim in results[0].Report.Claims do
    printfn $"{claim.Statement.English}: held with {claim.Count} of {claim.Held.Count} seeds ({claim.Evidence.English})"
printfn $"""{ExperimentPage(settings, results).Write(Path.Combine(Path.GetTempPath(), "functional-widths"))}"""
