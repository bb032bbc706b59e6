/// Samplers of searches, side by side on many tasks. See bench/README.md.
module Functional.Benchmarks.Samplers.Program

open System
open System.IO

let private usage =
    "bench/samplers record FUNCTIONAL FILE\n"
    + "bench/samplers regret [--seeds FIRST-LAST] [--only TASK]\n"
    + "bench/samplers RESULTS [SAMPLER[@ROUND] ...] [--seeds FIRST-LAST] [--only TASK]"

let private tables = Path.Combine(AppContext.BaseDirectory, "trainings.csv")

let rec private option (name: string) (words: string list) : string option * string list =
    match words with
    | first :: value :: rest when first = name -> Some value, rest
    | first :: rest -> let found, others = option name rest in found, first :: others
    | [] -> None, []

[<EntryPoint>]
let main arguments =
    let seeds, words = option "--seeds" (List.ofArray arguments)
    let only, words = option "--only" words
    let first, last =
        match seeds with
        | None -> 1, 30
        | Some text -> let ends = Array.map int (text.Split '-') in ends[0], ends[ends.Length - 1]
    let isMeant (task: Task) =
        only |> Option.forall (fun name -> task.Name.Contains(name, StringComparison.Ordinal))
    match words with
    | [ "record"; program; path ] ->
        Tables.record program path
        0
    | [ "regret" ] ->
        let tasks = Functions.all @ Tables.read tables |> List.filter isMeant
        Results.printRegrets
            [ for task in tasks do
                let unit = Results.unit task
                for seed in first..last -> Results.regrets task seed, unit ]
        0
    | path :: samplers ->
        let samplers = if samplers = [] then [ "random"; "sobol"; "tpe"; "gp" ] else samplers
        let tasks = Functions.all @ Tables.read tables |> List.filter isMeant
        // What was found before is not searched for again.
        let before = Results.read path
        let known = set [ for result in before -> result.Task, result.Sampler, result.Seed ]
        use file = new StreamWriter(path, append = true)
        let added =
            [ for seed in first..last do
                for task in tasks do
                    for sampler in samplers do
                        if not (known.Contains(task.Name, sampler, seed)) then
                            let result = Results.search task sampler seed
                            Results.write file result
                            result ]
        Results.print tasks samplers (before @ added |> List.filter (fun one -> one.Seed >= first && one.Seed <= last))
        0
    | [] ->
        eprintfn $"%s{usage}"
        2
