/// Searches, and what they come to.
module Functional.Benchmarks.Samplers.Results

open System
open System.Globalization
open System.IO
open Functional
open Functional.Host.Search

/// Trials of a search, and after how many its best value is noted.
let trials, every = 64, 8

/// Trials of a search that may end before.
let longest = 96

/// What a search found: the least value so far, after each eight trials.
type Result = { Task: string; Sampler: string; Seed: int; Least: float[] }

/// A sampler, maybe with the size of its rounds behind an @: `tpe@1`.
let private settings (text: string) (task: Task) (seed: int) =
    let words = text.Split '@'
    let settings =
        StudySettings(
            SearchSpace task.Space, Direction = Direction.Minimize, Sampler = Sampler.Parse words[0], Seed = int64 seed)
    if words.Length = 1 then settings else
        StudySettings(
            settings.Space, Direction = settings.Direction, Sampler = settings.Sampler, Seed = settings.Seed,
            Round = int words[1])

let private searchFor (trials: int) (task: Task) (sampler: string) (seed: int) : Result =
    use study = Study.InMemory(settings sampler task seed)
    let found = study.Run((fun configuration _ -> task.Value configuration), trials)
    let values = [ for trial in found -> if trial.Value.HasValue then trial.Value.Value else infinity ]
    { Task = task.Name
      Sampler = sampler
      Seed = seed
      Least = [| for count in every .. every .. trials -> Seq.min (List.truncate count values) |] }

let search (task: Task) (sampler: string) (seed: int) : Result = searchFor trials task sampler seed

/// What a search that goes on for 96 trials says, after each eight, of the regret that is left, and what it is.
type Regret = { Task: string; Seed: int; Bounds: (float * float) list }

let regrets (task: Task) (seed: int) : Regret =
    use study = Study.InMemory(settings "gp" task seed)
    { Task = task.Name
      Seed = seed
      Bounds =
        [ for count in every .. every .. longest do
            study.Run((fun configuration _ -> task.Value configuration), count) |> ignore
            let bound = study.BoundRegret()
            let best = match study.FindBest() with null -> infinity | best -> best.Value.Value
            (if bound.HasValue then bound.Value else infinity), best - task.Least ] }

let write (file: TextWriter) (result: Result) : unit =
    let values = String.Join('\t', [ for value in result.Least -> value.ToString("R", CultureInfo.InvariantCulture) ])
    file.WriteLine $"{result.Task}\t{result.Sampler}\t{result.Seed}\t{values}"
    file.Flush()

let read (path: string) : Result list =
    [ if File.Exists path then
        for line in File.ReadLines path do
            let words = line.Split '\t'
            { Task = words[0]
              Sampler = words[1]
              Seed = int words[2]
              Least = [| for word in words[3..] -> Double.Parse(word, CultureInfo.InvariantCulture) |] } ]

/// Of each value its place among all, from 1; equal values share the mean of theirs.
let private ranks (values: float[]) : float[] =
    [| for value in values ->
        let before = values |> Array.filter (fun other -> other < value) |> Array.length
        let same = values |> Array.filter (fun other -> other = value) |> Array.length
        float before + 0.5 * float (same + 1) |]

let private median (values: float[]) : float =
    let sorted = Array.sort values
    (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2.0

/// The mean over tasks of the mean over seeds, and its 95% interval: tasks are drawn again, and the seeds of each.
let private interval (scores: float[][]) : float * float * float =
    let mean = scores |> Array.averageBy Array.average
    let draws = 2000
    let drawn =
        Array.sort
            [| for draw in 0 .. draws - 1 ->
                let key = (Key.OfSeed 1L).Child draw
                let tasks = (key.Child 0).Integers(scores.Length, scores.Length)
                tasks
                |> Array.indexed
                |> Array.averageBy (fun (i, task) ->
                    let seeds = scores[task]
                    ((key.Child 1).Child i).Integers(seeds.Length, seeds.Length)
                    |> Array.averageBy (fun seed -> seeds[seed])) |]
    mean, drawn[draws / 40], drawn[draws - 1 - draws / 40]

let private number (value: float) : string = value.ToString("G3", CultureInfo.InvariantCulture)

/// Tables in Markdown: mean ranks and regrets over all tasks, and the median regret of each task.
let print (tasks: Task list) (samplers: string list) (results: Result list) : unit =
    // Only seeds that all samplers have been tried with.
    let found =
        [ for task in tasks do
            let complete =
                results
                |> List.filter (fun result -> result.Task = task.Name && List.contains result.Sampler samplers)
                |> List.groupBy _.Seed
                |> List.filter (fun (_, same) -> same.Length = samplers.Length)
                |> List.map (fun (_, same) ->
                    [| for sampler in samplers -> (List.find (fun one -> one.Sampler = sampler) same).Least |])
            if complete <> [] then task, Array.ofList complete ]
    let last = trials / every - 1
    let cell (mean, low, high) = $"{number mean} ({number low} to {number high})"
    let rankAt (place: int) (sampler: int) =
        interval
            [| for _, seeds in found ->
                [| for seed in seeds -> (ranks [| for least in seed -> least[place] |])[sampler] |] |]
    let regretAt (place: int) (sampler: int) =
        interval
            [| for task, seeds in found ->
                // What the first sampler has left after its first eight trials is 1.
                let unit = median [| for seed in seeds -> seed[0][0] |] - task.Least
                [| for seed in seeds -> (seed[sampler][place] - task.Least) / unit |] |]
    let seeds = found |> List.map (fun (_, seeds) -> seeds.Length)
    printfn $"{found.Length} tasks, {List.min seeds} to {List.max seeds} seeds\n"
    let half = trials / 2
    printfn $"| sampler | mean rank after {trials} trials | after {half} | regret after {trials} | after {half} |"
    printfn "|---|---|---|---|---|"
    for i, sampler in List.indexed samplers do
        let cells = [ rankAt last i; rankAt (last / 2) i; regretAt last i; regretAt (last / 2) i ]
        printfn $"""| {sampler} | {String.Join(" | ", List.map cell cells)} |"""
    printfn $"""{'\n'}| task | {String.Join(" | ", samplers)} |"""
    printfn $"""|---|{String.replicate samplers.Length "---|"}"""
    for task, seeds in found do
        let medians =
            [ for i in 0 .. samplers.Length - 1 -> median [| for seed in seeds -> seed[i][last] - task.Least |] ]
        printfn $"""| {task.Name} | {String.Join(" | ", List.map number medians)} |"""

/// What random points have left after eight trials: the median.
let unit (task: Task) : float =
    median [| for seed in 1..30 -> (searchFor every task "random" seed).Least[0] - task.Least |]

/// A table in Markdown: of rules that end a search when at most a share of what random points have left after eight
/// trials is left, when they end it and with what; and how often what was left was more than the bound.
let printRegrets (results: (Regret * float) list) : unit =
    printfn
        "| ends when at most | searches that ended | after (median) | regret then (median; 90th percentile) | \
more than said |"
    printfn "|---|---|---|---|---|"
    for share in [ 0.5; 0.2; 0.1; 0.05; 0.02; 0.01 ] do
        let ends =
            [ for result, unit in results do
                match result.Bounds |> List.tryFindIndex (fun (bound, _) -> bound <= share * unit) with
                // After the last there is nothing left to be saved.
                | Some place when place < longest / every - 1 ->
                    let _, left = result.Bounds[place]
                    float (every * (place + 1)), left / unit
                | _ -> () ]
        if ends <> [] then
            let lefts = ends |> List.map snd |> List.sort |> Array.ofList
            let wrong = lefts |> Array.filter (fun left -> left > share) |> Array.length
            printfn
                $"| {share} | {ends.Length} of {results.Length} | {median (ends |> List.map fst |> Array.ofList)} \
| {number (median lefts)}; {number lefts[lefts.Length * 9 / 10]} | {wrong} of {lefts.Length} |"
    let all = [ for result, _ in results do yield! List.filter (fun (bound, _) -> bound < infinity) result.Bounds ]
    let wrong = all |> List.filter (fun (bound, left) -> left > bound) |> List.length
    printfn $"\nmore was left than the bound in {wrong} of {all.Length} rounds"
