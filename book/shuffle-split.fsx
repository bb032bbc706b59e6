// 6.5.1: validation data. Shuffle the samples once, and cut.
//
//     dotnet build -c Release && dotnet fsi book/shuffle-split.fsx

#load "../scripts/Functional.fsx"

open Functional.FSharp
open Functional.Host.Data

let data = (DataSets.Load "digits").Training
let order = Key.permutation data.Count (Key.ofSeed 1L)

// By hand: x and t are indexed by the same shuffled numbers, so that each image keeps its label.
let count = int (float data.Count * 0.2)
let validation, training = Array.splitAt count order
let labels = [| for i in validation -> data.Classes.Labels[i] |]

// With the library; `Split.ByFraction(order, labels, 0.2)` takes 20% of every class.
let split = Split.ByFraction(order, 0.2)
let ours = data.Take split.Validation

printfn $"{training.Length} to train on, {validation.Length} to validate with"
let agree =
    validation = split.Validation
    && training = split.Training
    && labels = Array.ofSeq ours.Classes.Labels
    && Set.isEmpty (Set.intersect (set training) (set validation))
let result = if agree then "the library's split is the same, and no sample is in both parts" else "the splits differ"
printfn $"{result}"
if not agree then exit 1
